"""A course that lacks notebooks which others build on says so, before right answers would fail."""

from __future__ import annotations

import shutil
from pathlib import Path

import nbformat
import pytest

from autograder.course import Course
from autograder.errors import CourseError
from autograder.exercises import ASSIGNMENTS
from autograder.grading.earlier import earlier_functions
from autograder.notebooks import nbgrader, read_notebook
from utils.layers import NOTEBOOKS

REPOSITORY = Path(__file__).resolve().parents[2]
LENET, FAST = "07_lenet_numpy", "04_fast_convolution"
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


@pytest.mark.parametrize("left_out", ["01_backprop", FAST])
def test_a_course_without_what_answers_call_is_not_graded(left_out: str, tmp_path: Path) -> None:
    course = course_of(tmp_path, *(name for name in UP_TO_LENET if name != left_out))
    with pytest.raises(CourseError) as caught:
        earlier_functions(course, LENET)
    assert f"answers to {LENET} need " in str(caught.value) and f"solutions/{left_out}/" in str(caught.value)
    assert ("conv_forward_fast, conv_backward_fast" in str(caught.value)) is (left_out == FAST)


def test_a_notebook_that_cannot_be_read_is_missing_too(tmp_path: Path) -> None:
    course = course_of(tmp_path, *UP_TO_LENET)
    path = course.source(FAST)
    path.write_bytes(path.read_bytes()[:3000])
    with pytest.raises(CourseError, match=FAST):
        earlier_functions(course, LENET)


@pytest.mark.parametrize("alone", ["04_fast_convolution", "08_pytorch", "09_gpu"])
def test_a_notebook_that_calls_no_earlier_function_or_has_the_stand_ins_stands_alone(
    alone: str, tmp_path: Path
) -> None:
    assert earlier_functions(course_of(tmp_path, alone), alone) == ""


def test_a_solution_that_defines_a_function_itself_does_not_need_it(tmp_path: Path) -> None:
    course = course_of(tmp_path, "05_pooling")
    with pytest.raises(CourseError, match="conv_output_size from solutions/02_convolution/"):
        earlier_functions(course, "05_pooling")
    notebook = read_notebook(course.source("05_pooling"))
    for cell in notebook.cells:
        if cell.cell_type == "code" and "conv_output_size(" in cell.source and nbgrader(cell).get("solution"):
            cell.source = f"def conv_output_size(*sizes):\n    return 1\n\n\n{cell.source}"
    nbformat.write(notebook, course.source("05_pooling"))
    assert earlier_functions(course, "05_pooling") == ""
