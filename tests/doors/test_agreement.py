"""The ways to check agree: `autograder check`, `nbgrader validate`, `autograder grade` and `nbgrader autograde`.

Each has the same notebooks, as students write them and as editors, browsers and systems leave them.
"""

from __future__ import annotations

import copy
import shutil
from collections.abc import Callable

import nbformat
import pytest
from nbformat import NotebookNode
from nbgrader_commands import nbgrader as by_command
from small_course import REPOSITORY, SANDBOX

from autograder.authoring.build import build
from autograder.course import Course
from autograder.gallery.registry import right_answers
from autograder.grading.grade import Settings, grade, students_to_grade, tasks_to_do
from autograder.grading.results import SubmissionResult, read_results
from autograder.guest.status import Status
from autograder.notebook_check import check_notebook
from autograder.notebooks import nbgrader, read_notebook
from autograder.outcome import Outcome

NAME = "01_backprop"
WRONG_RELU = "def relu_forward(x):\n    return np.minimum(x, 0), x"
HELPER = "import numpy as np\n\n\ndef relu_forward(x):\n    return np.maximum(x, 0), x\n"
pytestmark = [
    pytest.mark.skipif(not SANDBOX, reason="this machine has no sandbox"),
    pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning", "ignore::nbformat.validator.DuplicateCellId"),
]


def cell_of(notebook: NotebookNode, name: str) -> NotebookNode:
    return next(cell for cell in notebook.cells if nbgrader(cell).get("grade_id") == name)


def right(notebook: NotebookNode) -> None:
    pass


def damaged(notebook: NotebookNode) -> None:
    """One check is copied with its answer, one deleted, one turned into text; an answer moved; an experiment below."""
    for name in ("check_relu_forward", "relu_forward"):
        cell = cell_of(notebook, name)
        notebook.cells.insert(notebook.cells.index(cell), copy.deepcopy(cell))
    notebook.cells.remove(cell_of(notebook, "check_relu_backward"))
    retyped = cell_of(notebook, "check_linear_forward")
    retyped.cell_type = "raw"
    del retyped["outputs"], retyped["execution_count"]
    moved = cell_of(notebook, "softmax_loss")
    notebook.cells.insert(notebook.cells.index(moved), nbformat.v4.new_code_cell(moved.source))
    moved.source = "# see above"
    notebook.cells.append(nbformat.v4.new_code_cell(WRONG_RELU))


def stripped(notebook: NotebookNode) -> None:
    """All metadata and ids are gone, and lines end as another system's do."""
    for k, cell in enumerate(notebook.cells):
        cell.metadata, cell["id"] = {}, f"n{k}"
        cell.source = cell.source.replace("\n", "\r\n")


def from_elsewhere(notebook: NotebookNode) -> None:
    """Its kernel has another name, and an answer is imported from a file beside it."""
    notebook.metadata.kernelspec = {"name": "conda-env-dl", "display_name": "Python [dl]", "language": "python"}
    cell_of(notebook, "relu_forward").source = "from my_relu import relu_forward"


def wrong(notebook: NotebookNode) -> None:
    cell_of(notebook, "relu_forward").source = WRONG_RELU


ALL = (right, damaged, stripped, from_elsewhere, wrong)
EDITS: dict[str, Callable[[NotebookNode], None]] = {edit.__name__: edit for edit in ALL}


def outcomes(results: list[SubmissionResult]) -> dict[str, tuple[Outcome, ...]]:
    return {result.student: result.exercises for result in results}


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    root = tmp_path_factory.mktemp("doors") / "course"
    shutil.copytree(REPOSITORY / "solutions" / NAME, root / "solutions" / NAME)
    shutil.copy(REPOSITORY / "nbgrader_config.py", root)
    course = Course(root)
    build(course, [NAME])
    for student, edit in EDITS.items():
        notebook = read_notebook(course.release(NAME))
        for cell in notebook.cells:
            name = nbgrader(cell).get("grade_id")
            if cell.cell_type == "code" and nbgrader(cell).get("solution"):
                cell.source = right_answers(name)[0].source.rstrip()
            elif nbgrader(cell).get("solution"):
                cell.source = "In my own words."
        edit(notebook)
        path = course.submitted(NAME, student)
        path.parent.mkdir(parents=True)
        path.write_bytes(nbformat.writes(notebook).encode())
        (path.parent / "my_relu.py").write_text(HELPER)
    return course


@pytest.fixture(scope="module")
def graded(course: Course) -> dict[str, tuple[Outcome, ...]]:
    settings = Settings()
    for _ in grade(course, tasks_to_do(course, NAME, students_to_grade(course, NAME), settings), settings):
        pass
    return outcomes(read_results(course, NAME))


def points(exercises: tuple[Outcome, ...] | list[Outcome]) -> tuple[float, float]:
    return sum(one.score for one in exercises), sum(one.points for one in exercises)


@pytest.mark.parametrize("student", ["right", "damaged", "wrong"])
def test_check_has_the_results_of_grading(course: Course, graded: dict[str, tuple[Outcome, ...]], student: str) -> None:
    checked = check_notebook(course.submitted(NAME, student), 60).outcomes
    assert [one.exercise for one in checked] == [one.exercise for one in graded[student]]
    assert [one.lost for one in checked] == [one.lost for one in graded[student]]
    if student != "wrong":  # grading asks more cases, so what is lost is not the same
        assert points(graded[student]) == (90, 100), graded[student]
        assert points(checked) == points(graded[student])
        assert [one.status for one in checked] == [one.status for one in graded[student]]


def test_nbgrader_has_the_same_results_after_grade_and_before(
    course: Course, graded: dict[str, tuple[Outcome, ...]]
) -> None:
    done = by_command(course.root, "autograde", NAME, "--force")
    assert done.returncode == 0, done.stderr[-2000:]
    assert summary(outcomes(read_results(course, NAME))) == summary(graded)
    settings = Settings(force=True)  # over nbgrader's read-only files
    for _ in grade(course, tasks_to_do(course, NAME, ["right"], settings), settings):
        pass
    assert summary(outcomes(read_results(course, NAME))) == summary(graded)


def summary(found: dict[str, tuple[Outcome, ...]]) -> dict[str, list[tuple[str, Status, float]]]:
    return {student: [(one.exercise, one.status, one.score) for one in ones] for student, ones in found.items()}


def test_validate_passes_what_is_right(course: Course) -> None:
    done = by_command(course.root, "validate", str(course.submitted(NAME, "from_elsewhere")))
    assert done.returncode == 0 and "Success" in done.stdout, done.stdout + done.stderr[-2000:]
