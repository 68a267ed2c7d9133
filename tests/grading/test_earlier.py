"""A course that lacks notebooks which others build on says so, before right answers would fail."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode

from autograder.course import Course
from autograder.errors import CourseError
from autograder.exercises import ASSIGNMENTS
from autograder.grading.earlier import earlier_functions
from autograder.notebooks import nbgrader, read_notebook
from utils.layers import NOTEBOOKS

REPOSITORY = Path(__file__).resolve().parents[2]
LENET, FAST = "07_lenet_numpy", "04_fast_convolution"
POOLING, SIZES = "05_pooling", "conv_output_size from solutions/02_convolution/"
UP_TO_LENET = [name for name in ASSIGNMENTS if name <= LENET]


def course_of(folder: Path, *assignments: str) -> Course:
    """A course whose instructor has these solutions alone."""
    shutil.copy(REPOSITORY / "nbgrader_config.py", folder)
    for name in assignments:
        shutil.copytree(REPOSITORY / "solutions" / name, folder / "solutions" / name)
    return Course(folder)


def test_all_functions_that_a_notebook_may_import_are_there(tmp_path: Path) -> None:
    source = earlier_functions(course_of(tmp_path, *UP_TO_LENET), LENET)
    names = [name for notebook, names in NOTEBOOKS.items() if notebook < LENET for name in names]
    assert names and [name for name in names if f"\ndef {name}(" not in source] == []


def edited(course: Course, assignment: str, edit: Callable[[NotebookNode], None]) -> None:
    """Change the code cells of an instructor's notebook."""
    notebook = read_notebook(course.source(assignment))
    for cell in notebook.cells:
        if cell.cell_type == "code":
            edit(cell)
    nbformat.write(notebook, course.source(assignment))


def calls_it(cell: NotebookNode) -> bool:
    return bool(nbgrader(cell).get("solution")) and "conv_output_size(" in cell.source


def test_a_course_without_what_answers_call_is_told_all_of_it(tmp_path: Path) -> None:
    course = course_of(tmp_path, *(name for name in UP_TO_LENET if name not in ("01_backprop", FAST)))
    with pytest.raises(CourseError) as caught:
        earlier_functions(course, LENET)
    assert str(caught.value).startswith(f"answers to {LENET} need linear_forward, ")
    assert " from solutions/01_backprop/; conv_forward_fast, conv_backward_fast from solutions/04_" in str(caught.value)


def test_a_notebook_that_cannot_be_read_is_missing_too(tmp_path: Path) -> None:
    course = course_of(tmp_path, *UP_TO_LENET)
    path = course.source(FAST)
    path.write_bytes(path.read_bytes()[:3000])
    with pytest.raises(CourseError, match=FAST):
        earlier_functions(course, LENET)


@pytest.mark.parametrize("alone", [FAST, "08_pytorch", "09_gpu"])
def test_a_notebook_that_calls_no_earlier_function_or_has_the_stand_ins_stands_alone(
    alone: str, tmp_path: Path
) -> None:
    assert earlier_functions(course_of(tmp_path, alone), alone) == ""


@pytest.mark.parametrize("where", ["in the answer", "in a cell of its own"])
def test_a_notebook_that_defines_a_function_itself_does_not_need_it(where: str, tmp_path: Path) -> None:
    course = course_of(tmp_path, POOLING)
    with pytest.raises(CourseError, match=SIZES):
        earlier_functions(course, POOLING)

    def define(cell: NotebookNode) -> None:
        if calls_it(cell) if where == "in the answer" else cell.id == "setup":
            cell.source += "\n\n\ndef conv_output_size(*sizes):\n    return 1\n"

    edited(course, POOLING, define)
    assert earlier_functions(course, POOLING) == ""


def test_a_function_that_an_answer_imports_itself_is_needed(tmp_path: Path) -> None:
    course = course_of(tmp_path, POOLING)

    def import_it(cell: NotebookNode) -> None:
        cell.source = f"from utils.layers import conv_output_size\n{cell.source}" if calls_it(cell) else cell.source

    edited(course, POOLING, import_it)
    with pytest.raises(CourseError, match=SIZES):
        earlier_functions(course, POOLING)


def test_a_function_may_stand_in_another_cell_of_its_notebook(tmp_path: Path) -> None:
    course = course_of(tmp_path, "02_convolution", POOLING)

    def move(cell: NotebookNode) -> None:
        name = nbgrader(cell).get("grade_id")
        if name == "conv_output_size":
            cell.source = "pass\n"
        elif name == "conv_cost":
            cell.source += "\n\n\ndef conv_output_size(*sizes):\n    return 1\n"

    edited(course, "02_convolution", move)
    assert "def conv_output_size(*sizes)" in earlier_functions(course, POOLING)


def test_magics_and_mistakes_in_the_instructors_cells_stop_nothing(tmp_path: Path) -> None:
    course = course_of(tmp_path, "02_convolution", POOLING)

    def spoil(cell: NotebookNode) -> None:
        cell.source = f"%matplotlib inline\n{cell.source}" if calls_it(cell) else f"{cell.source}\n!ls"

    edited(course, POOLING, spoil)
    assert "def conv_output_size(" in earlier_functions(course, POOLING)
    course.source("02_convolution").unlink()
    with pytest.raises(CourseError, match=SIZES):
        earlier_functions(course, POOLING)
