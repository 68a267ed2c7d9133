"""Every answer of the gallery gets the same from `check`, `validate`, `grade` and `nbgrader autograde`.

It takes hours: only `pytest --every-style tests/doors/test_every_style.py` runs it. test_agreement.py has a few
notebooks, in every run.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import nbformat
import pytest
from nbgrader_commands import nbgrader as by_command
from small_course import REPOSITORY, SANDBOX
from test_agreement import outcomes, summary

from autograder.authoring.build import build
from autograder.course import Course
from autograder.exercises import ASSIGNMENTS, key_of
from autograder.exercises.fast_convolution.speed import TOO_SLOW
from autograder.gallery.registry import Answer, answers
from autograder.grading.grade import Settings, grade, students_to_grade, tasks_to_do
from autograder.grading.results import read_results
from autograder.guest.status import Status
from autograder.notebook_check import check_notebook
from autograder.notebooks import nbgrader, read_notebook
from autograder.outcome import Outcome
from autograder.restoring import pristine

SECONDS = 600  # for one cell
VALIDATED = 5  # one in so many notebooks of wrong answers: nbgrader starts anew for each
pytestmark = [
    pytest.mark.skipif(not SANDBOX, reason="this machine has no sandbox"),
    pytest.mark.skipif("not config.getoption('every_style')", reason="--every-style runs it"),
    pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning"),
]


def without_demonstrations(path: Path) -> None:
    """Leave out the cells that show how a finished function works: each answer here is run by four commands."""
    notebook = read_notebook(path)
    notebook.cells = [
        cell
        for cell in notebook.cells
        if cell.cell_type == "markdown" or not nbgrader(cell).get("grade_id", "demo").startswith("demo")
    ]
    nbformat.write(notebook, path)


def by_exercise(assignment: str, right: bool) -> dict[str, list[Answer]]:
    """The right or the wrong answers to each exercise of an assignment."""
    keys = {exercise.name: key_of(exercise.name, assignment) for exercise in ASSIGNMENTS[assignment]}
    return {name: [one for one in answers() if (one.exercise, one.right) == (key, right)] for name, key in keys.items()}


def hand_in(course: Course, assignment: str, student: str, chosen: dict[str, Answer]) -> None:
    """The released notebook with these answers, as a submission."""
    notebook = read_notebook(course.release(assignment))
    for cell in notebook.cells:
        if nbgrader(cell).get("solution"):
            name = nbgrader(cell)["grade_id"]
            cell.source = chosen[name].source.rstrip() if cell.cell_type == "code" else "In my own words."
    path = course.submitted(assignment, student)
    path.parent.mkdir(parents=True)
    nbformat.write(notebook, path)


def a_class(assignment: str, folder: Path) -> Course:
    """A course with notebooks of right answers and notebooks of wrong ones, in which each answer is used."""
    for name in (name for name in ASSIGNMENTS if name <= assignment):  # answers may call earlier functions
        shutil.copytree(REPOSITORY / "solutions" / name, folder / "solutions" / name)
    shutil.copy(REPOSITORY / "nbgrader_config.py", folder)
    course = Course(folder)
    without_demonstrations(course.source(assignment))
    build(course, [assignment])
    for right in (True, False):
        listed = by_exercise(assignment, right)
        for number in range(max(map(len, listed.values()))):
            chosen = {name: each[number % len(each)] for name, each in listed.items()}
            hand_in(course, assignment, f"{'right' if right else 'wrong'}-{number:02}", chosen)
    return course


def built_on_others(path: Path, assignment: str) -> set[str]:
    """The exercises whose answers call an answer to another one: two mistakes may cancel, as a kernel turned twice."""
    names = {exercise.name for exercise in ASSIGNMENTS[assignment]}
    cells = {nbgrader(cell).get("grade_id"): cell.source for cell in read_notebook(path).cells}
    return {name for name in names if any(f"{other}(" in cells.get(name, "") for other in names - {name})}


def too_slow(results: tuple[Outcome, ...] | list[Outcome]) -> set[str]:
    """The exercises that lost points for their speed alone."""
    return {one.exercise for one in results if [mistake.name for mistake in one.mistakes] == [TOO_SLOW.name]}


def scored(results: tuple[Outcome, ...] | list[Outcome]) -> list[Outcome]:
    """Without the answers that wait for a person."""
    return [one for one in results if one.status != Status.TO_BE_MARKED]


@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_every_answer_gets_the_same_from_every_command(
    assignment: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    course, settings = a_class(assignment, tmp_path), Settings()
    monkeypatch.setattr(pristine, "RELEASED", course.release(assignment).parent)
    for _ in grade(course, tasks_to_do(course, assignment, students_to_grade(course, assignment), settings), settings):
        pass
    graded = outcomes(read_results(course, assignment))
    done = by_command(course.root, "autograde", assignment, "--force")
    assert done.returncode == 0, done.stderr[-2000:]
    assert summary(outcomes(read_results(course, assignment))) == summary(graded)
    for student, results in graded.items():
        right, path = student.startswith("right"), course.submitted(assignment, student)
        others = built_on_others(path, assignment)
        if right:  # a right col2im may loop over numbers, and then what calls it is too slow
            others &= too_slow(results)
        assert [one.exercise for one in scored(results) if one.lost is right and one.exercise not in others] == [], (
            student
        )
        checked = check_notebook(path, SECONDS).outcomes
        assert [one.exercise for one in checked] == [one.exercise for one in results], student
        lost = {one.exercise for one in checked if one.lost}
        # at home an answer may pass all, and fail in hidden cases alone
        assert lost <= {one.exercise for one in results if one.lost}, student
        if right:
            assert [(one.status, one.score) for one in checked] == [(one.status, one.score) for one in results], student
        if right or int(student[-2:]) % VALIDATED == 0:
            validated = by_command(course.root, "validate", str(path))
            assert ("Success" in validated.stdout) is not bool(lost), f"{student}: {validated.stdout}{validated.stderr}"
