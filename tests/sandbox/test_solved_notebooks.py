"""Every solved notebook gets full marks when it is graded in the sandbox."""

from __future__ import annotations

import pytest
from in_sandbox import COURSE, graded

from autograder.exercises import ASSIGNMENTS
from autograder.notebooks import nbgrader, read_notebook
from autograder.sandbox.availability import why_unavailable

# graded with the same answers in exercises/test_pytorch.py and grading/test_design_graded.py, since training takes long
ELSEWHERE = {"08_pytorch", "10_design_your_own"}


@pytest.mark.skipif(bool(why_unavailable()), reason="this machine cannot run the sandbox")
@pytest.mark.parametrize("assignment", [name for name in ASSIGNMENTS if name not in ELSEWHERE])
def test_the_instructors_answers_get_full_marks(assignment: str) -> None:
    solved = {cell.id: cell.source for cell in read_notebook(COURSE.source(assignment)).cells}
    notebook = read_notebook(COURSE.release(assignment))
    for cell in notebook.cells:
        if nbgrader(cell).get("solution") and cell.cell_type == "code":
            cell.source = solved[cell.id]
    result = graded(assignment, notebook)
    points = {f"check_{exercise.name}": float(exercise.points) for exercise in ASSIGNMENTS[assignment]}
    assert {name: result.scores[name] for name in points} == points, result.why
