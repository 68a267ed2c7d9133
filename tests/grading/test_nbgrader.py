"""nbgrader's own commands work on every notebook of the course, and give the scores that `autograder grade` gives."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import nbformat
import pytest
from nbgrader.api import Gradebook
from nbgrader_commands import nbgrader
from small_course import SANDBOX

from autograder.authoring.build import build
from autograder.course import Course
from autograder.demo.students import CLASS
from autograder.demo.students import hand_in as hand_in_demo
from autograder.exercises import ASSIGNMENTS
from autograder.grading.grade import Settings, grade, students_to_grade, tasks_to_do
from autograder.grading.note import FIELD
from autograder.grading.results import graded_names, read_results
from autograder.guest.status import Status

REPOSITORY = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")


def hand_in(course: Course, student: str, assignment: str, answered: set[str]) -> Path:
    """The released notebook with the instructor's answers to some of its exercises."""
    source = nbformat.read(course.source(assignment), as_version=4)
    solved = {cell.id: cell.source for cell in source.cells}
    notebook = nbformat.read(course.release(assignment), as_version=4)
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("grade_id") in answered:
            cell.source = solved[cell.id]
    path = course.submitted(assignment, student)
    path.parent.mkdir(parents=True)
    nbformat.write(notebook, path)
    return path


def plant_verdict(path: Path, exercise: str) -> None:
    """Let a submission claim that an exercise has passed."""
    notebook = nbformat.read(path, as_version=4)
    passed = {"exercise": exercise, "points": 20, "score": 20, "hidden": True, "status": "passed", "cases": []}
    notebook.metadata[FIELD] = {"status": "graded", "verdicts": {exercise: passed | {"mistakes": []}}}
    nbformat.write(notebook, path)


def scores(root: Path, assignment: str) -> dict[tuple[str, str], float | None]:
    with Gradebook(f"sqlite:///{root / 'gradebook.db'}") as gradebook:
        submissions = gradebook.assignment_submissions(assignment)
        grades = [grade for submission in submissions for grade in submission.notebooks[0].grades]
        return {(grade.student.id, grade.name): grade.auto_score for grade in grades}


def test_nbgraders_own_executor_gives_the_same_scores(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the plug-in in its settings, a course grades the same cells in the students' own kernels."""
    monkeypatch.delenv("AUTOGRADER_SECRET", raising=False)
    assignment, root = "01_backprop", tmp_path / "course"
    shutil.copytree(REPOSITORY / "solutions" / assignment, root / "solutions" / assignment)
    settings = (REPOSITORY / "nbgrader_config.py").read_text()
    shutil.copy(REPOSITORY / "nbgrader_config.py", root)
    course = Course(root)
    build(course, [assignment])
    for student in CLASS:
        if student.name in ("ada", "noor", "priya"):
            hand_in_demo(student, assignment, course.release(assignment), course.path("submitted"))
    students, how = students_to_grade(course, assignment), Settings(sandboxed=SANDBOX)
    assert len(list(grade(course, tasks_to_do(course, assignment, students, how), how))) == 3
    ours = scores(root, assignment)
    stock = re.sub(r"^c\.Autograde\.(.*?= \[.*?^\]|.*?$)", "", settings, flags=re.MULTILINE | re.DOTALL)
    assert "c.Autograde." in settings and "c.Autograde." not in stock
    (root / "nbgrader_config.py").write_text(stock)
    done = nbgrader(root, "autograde", assignment, "--force")
    assert done.returncode == 0, done.stderr
    assert scores(root, assignment) == ours
    assert len({score for (_, name), score in ours.items() if name == "check_softmax_loss"} - {20.0}) > 0


def test_every_command_works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assignment = "01_backprop"  # nbgrader treats every notebook alike
    monkeypatch.delenv("AUTOGRADER_SECRET", raising=False)
    monkeypatch.setenv("PYTHONPATH", str(REPOSITORY))
    root = tmp_path / "course"
    shutil.copytree(REPOSITORY / "solutions" / assignment, root / "solutions" / assignment)
    shutil.copy(REPOSITORY / "nbgrader_config.py", root)

    made = nbgrader(root, "generate_assignment", assignment)
    assert made.returncode == 0, made.stderr
    course = Course(root)
    committed = REPOSITORY / "notebooks" / assignment / f"{assignment}.ipynb"
    assert course.release(assignment).read_bytes() == committed.read_bytes()

    names = [exercise.name for exercise in ASSIGNMENTS[assignment]]
    written = [name for name in graded_names(course, assignment) if name.startswith("answer_")]
    whole = hand_in(course, "ada", assignment, {*names, *written})
    half = hand_in(course, "bob", assignment, {*names[::2]})
    plant_verdict(half, names[1])
    done = nbgrader(root, "autograde", assignment)
    assert done.returncode == 0, done.stderr
    stock = scores(root, assignment)
    for exercise in ASSIGNMENTS[assignment]:
        assert stock["ada", f"check_{exercise.name}"] == exercise.points
    for exercise in ASSIGNMENTS[assignment][::2]:
        assert stock["bob", f"check_{exercise.name}"] is not None
    outcomes = {(r.student, o.exercise): o for r in read_results(course, assignment) for o in r.exercises}
    assert outcomes["bob", names[1]].status == Status.NOT_ATTEMPTED
    assert outcomes["bob", names[0]].status == Status.PASSED

    paged = nbgrader(root, "generate_feedback", assignment)
    assert paged.returncode == 0, paged.stderr
    assert course.feedback(assignment, "ada").is_file() and course.feedback(assignment, "bob").is_file()

    assert "Success! Your notebook passes all the tests." in nbgrader(root, "validate", str(whole)).stdout
    refused = nbgrader(root, "validate", str(half)).stdout
    assert "VALIDATION FAILED" in refused and f"check.{names[1]}" in refused

    settings = Settings(sandboxed=SANDBOX)
    tasks = tasks_to_do(course, assignment, ["ada", "bob"], settings)
    assert [done.status for done in grade(course, tasks, settings)] == ["graded", "graded"]
    assert not tasks_to_do(course, assignment, ["ada", "bob"], settings)
    assert scores(root, assignment) == stock
    results = {result.student: result for result in read_results(course, assignment)}
    assert not any(outcome.lost for outcome in results["ada"].exercises) and results["ada"].to_be_marked
    assert any(outcome.status == Status.NOT_ATTEMPTED for outcome in results["bob"].exercises)
