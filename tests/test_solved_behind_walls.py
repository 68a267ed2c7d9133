"""Every notebook, solved, gets full marks where students' code is really graded: behind the walls."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest

from autograder.course import Course
from autograder.exercises import ASSIGNMENTS
from autograder.grading.earlier import earlier_functions
from autograder.grading.submission import Task, grade_submission
from autograder.notebooks import nbgrader, read_notebook
from autograder.sandbox.probe import missing_wall

ROOT = Path(__file__).resolve().parents[1]


@pytest.mark.skipif(bool(missing_wall()), reason="this machine cannot put up walls")
@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_the_instructors_answers_get_full_marks(assignment: str) -> None:
    course = Course(ROOT)
    solved = {cell.id: cell.source for cell in read_notebook(course.source(assignment)).cells}
    notebook = read_notebook(course.release(assignment))
    for cell in notebook.cells:
        if nbgrader(cell).get("solution") and cell.cell_type == "code":
            cell.source = solved[cell.id]
    task = Task(
        assignment=assignment,
        student="ada",
        submitted=nbformat.writes(notebook).encode(),
        skeleton=course.release(assignment).read_bytes(),
        earlier=earlier_functions(course, assignment),
        secret="of this test",
        key="",
        modules=course.modules(assignment),
    )
    graded = grade_submission(task)
    points = {f"check_{exercise.name}": float(exercise.points) for exercise in ASSIGNMENTS[assignment]}
    assert {name: graded.scores[name] for name in points} == points, graded.why
