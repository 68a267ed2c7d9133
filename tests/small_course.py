"""A course with one tiny assignment, whose kernels start fast, for tests of building, grading and reporting.

Its notebook imports small_check, which stands for the real checks at home. The grader judges by EXERCISES.
"""

from __future__ import annotations

import contextlib
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat import NotebookNode

from autograder.course import Course
from autograder.errors import Unreadable
from autograder.grading.record import record
from autograder.grading.submission import grade_submission
from autograder.grading.task import Task
from autograder.guest.plain_data import Inputs
from autograder.judging.case import Case, Sizes
from autograder.judging.exercise import Exercise
from autograder.judging.mistake import Mistake
from autograder.sandbox.availability import why_unavailable

SANDBOX = not why_unavailable()  # on a machine without a sandbox the small course is graded without
REPOSITORY = Path(__file__).resolve().parent.parent
NAME = "01_small"


class Double(Exercise):
    name, points, returns, seconds = "double", 10, ("out",), 1.5
    cases = (
        Case("x = 2", {"x": 2.0}),
        *(Case(f"x = {x:g}", {"x": x}, hidden=True) for x in (0.0, -3.0, 1.5)),
    )
    mistakes = (Mistake("squared", "This is x times x, not two times x.", lambda q, right: {"out": q["x"] ** 2}),)

    def inputs(self, sizes: Sizes, rng: Any) -> Inputs:
        return {"x": sizes["x"]}

    def expected(self, q: Inputs) -> dict[str, Any]:
        return {"out": 2 * q["x"]}


class Half(Double):
    name, points, arguments, mistakes = "half", 5, ("half", "double"), ()
    cases = (Case("x = 2", {"x": 2.0}), Case("x = -3", {"x": -3.0}, hidden=True))

    def expected(self, q: Inputs) -> dict[str, Any]:
        return {"out": q["x"] / 2}


EXERCISES = (Double(), Half())
STUB = "# YOUR CODE HERE\n    raise NotWritten"
ASSIGNMENTS = {NAME: EXERCISES}
RIGHT = {"double": "return 2 * x", "half": "return x / 2"}

# shows and returns what the real checks do, for two functions of one number
SMALL_CHECK = """
from IPython.display import publish_display_data

CASES = {"double": [(2.0, 4.0)], "half": [(2.0, 1.0)]}
HIDDEN = {"double": [(0.0, 0.0), (-3.0, -6.0), (1.5, 3.0)], "half": [(-3.0, -1.5)]}
POINTS = {"double": 10, "half": 5}


class NotWritten(NotImplementedError):
    pass


class Score(float):
    __repr__ = lambda self: f"{float(self):g}"


def judge(name, function, x, y, hidden):
    case = {"name": f"x = {x:g}", "hidden": hidden, "weight": 1.0, "message": "", "mistake": None}
    try:
        got = function(x)
    except NotImplementedError:
        return {**case, "passed": False, "status": "not attempted", "message": f"{name} is not written yet"}
    except Exception as error:
        return {**case, "passed": False, "status": "raised", "message": f"{type(error).__name__}: {error}"}
    if got == y:
        return {**case, "passed": True, "status": "passed"}
    mistake = "squared" if got == x * x else None
    return {**case, "passed": False, "status": "failed", "message": f"expected {y:g}, got {got!r}", "mistake": mistake}


class Check:
    def __getattr__(self, name):
        def check(function, *others, hidden=False):
            questions = [(*case, False) for case in CASES[name]] + [(*case, True) for case in HIDDEN[name] if hidden]
            cases = [judge(name, function, *case) for case in questions]
            passed = sum(case["passed"] for case in cases)
            states = {case["status"] for case in cases} - {"passed"}
            score = round(POINTS[name] * passed / len(cases), 2)
            named = {case["mistake"] for case in cases} - {None}
            verdict = {
                "exercise": name, "assignment": "01_small", "points": POINTS[name], "score": score, "hidden": hidden,
                "status": "passed" if not states else states.pop() if len(states) == 1 else "failed", "cases": cases,
                "mistakes": [{"name": item, "says": "This is x times x, not two times x."} for item in named],
            }
            publish_display_data(
                {"text/plain": name, "text/html": f"<b>{name}</b>", "application/vnd.autograder.verdict+json": verdict}
            )
            return Score(score)

        return check


check = Check()
"""


def cell(kind: str, name: str, source: str, **metadata: Any) -> NotebookNode:
    """A cell with a stable id; the keywords are nbgrader's metadata."""
    new = {"code": nbformat.v4.new_code_cell, "markdown": nbformat.v4.new_markdown_cell}[kind]
    tags = {"tags": metadata.pop("tags")} if "tags" in metadata else {}
    if metadata:
        marks = {
            "grade": False,
            "locked": False,
            "solution": False,
            "task": False,
            "schema_version": 3,
            "grade_id": name,
        }
        tags["nbgrader"] = marks | metadata
    return new(source, id=name.replace("_", "-"), metadata=tags)


def solution_notebook() -> NotebookNode:
    """The instructor's notebook: setup, two exercises with their checks, a demonstration, a written answer."""
    cells = [
        cell("markdown", "intro", "# Small\nTwo functions of one number."),
        cell("code", "setup", "from small_check import NotWritten, check", locked=True),
    ]
    for exercise in EXERCISES:
        name, called = exercise.name, ", ".join(exercise.functions)
        body = f"def {name}(x):\n    ### BEGIN SOLUTION\n    {RIGHT[name]}\n    ### END SOLUTION"
        test = (
            f"check.{name}({called})\n### BEGIN HIDDEN TESTS\ncheck.{name}({called}, hidden=True)\n### END HIDDEN TESTS"
        )
        cells.append(cell("code", name, body, solution=True))
        cells.append(cell("code", f"check_{name}", test, grade=True, locked=True, points=exercise.points))
    cells += [
        cell("code", "demo_double", "for shown in range(3):\n    print(shown)", locked=True, tags=["demo"]),
        cell("markdown", "why", "Why is half the inverse of double?"),
        cell("markdown", "answer_why", "Because 2 x / 2 = x.", grade=True, solution=True, points=5),
    ]
    kernel = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
    return nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernel, "language_info": {"name": "python"}})


def make_course(root: Path) -> Path:
    """Write the course, with the repository's own settings of nbgrader, into the new folder `root`."""
    (root / "solutions" / NAME).mkdir(parents=True)
    shutil.copy(REPOSITORY / "nbgrader_config.py", root)
    with (root / "nbgrader_config.py").open("a") as settings:
        settings.write('\nc.Autograder.modules = ["small_check.py"]\n')
    nbformat.write(solution_notebook(), root / "solutions" / NAME / f"{NAME}.ipynb")
    (root / "small_check.py").write_text(SMALL_CHECK)
    return root


@contextlib.contextmanager
def known_course(root: Path) -> Iterator[Course]:
    """The small course in the new folder `root`. Inside, commands of this process know its exercises, and no secret."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("AUTOGRADER_SECRET", raising=False)
        patch.setattr("autograder.exercises.ASSIGNMENTS", ASSIGNMENTS)
        yield Course(make_course(root))


def released() -> NotebookNode:
    """The students' version, as building makes it: solutions and hidden tests gone."""
    notebook = solution_notebook()
    for one in notebook.cells:
        one.source = re.sub(r"### BEGIN SOLUTION.*### END SOLUTION", STUB, one.source, flags=re.DOTALL)
        one.source = re.sub(r"\n### BEGIN HIDDEN TESTS.*### END HIDDEN TESTS", "", one.source, flags=re.DOTALL)
        if one.metadata.get("nbgrader", {}).get("grade_id") == "answer_why":
            one.source = "YOUR ANSWER HERE"
    return notebook


def solved() -> NotebookNode:
    """The students' version with right answers in it."""
    notebook = released()
    for one in notebook.cells:
        grade_id = one.metadata.get("nbgrader", {}).get("grade_id")
        one.source = one.source.replace(STUB, RIGHT.get(grade_id, ""))
    return notebook


def answered(root: Path, answers: dict[str, str], written: str | None = None) -> NotebookNode:
    """The released notebook with a student's answers in it: exercise → the body of its function."""
    notebook = nbformat.read(root / "notebooks" / NAME / f"{NAME}.ipynb", as_version=4)
    for one in notebook.cells:
        grade_id = one.metadata.get("nbgrader", {}).get("grade_id")
        if grade_id in answers:
            one.source = one.source.replace(STUB, answers[grade_id])
        if grade_id == "answer_why" and written is not None:
            one.source = written
    return notebook


def submission(root: Path, student: str) -> Path:
    """Where a student's notebook is handed in; its folder is made."""
    folder = root / "submitted" / student / NAME
    folder.mkdir(parents=True, exist_ok=True)
    return folder / f"{NAME}.ipynb"


def hand_in(root: Path, student: str, answers: dict[str, str], written: str | None = None) -> Path:
    """Put a student's answered notebook into submitted/."""
    path = submission(root, student)
    nbformat.write(answered(root, answers, written), path)
    return path


def record_unreadable(course: Course, student: str, why: str) -> None:
    """What grading records for a submission that nothing can be graded of."""
    skeleton = course.release(NAME).read_bytes()
    record(course, grade_submission(Task(NAME, student, Unreadable(why), skeleton, "", "", "")))
