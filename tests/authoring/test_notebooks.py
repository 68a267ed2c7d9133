"""Every notebook, solved and as students get it, run from top to bottom."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from nbformat import NotebookNode

from autograder.exercises import ASSIGNMENTS
from autograder.guest.status import Status
from autograder.notebook_check import outcome, run
from autograder.notebooks import error_in, graded_cells, nbgrader, read_notebook

ROOT = Path(__file__).resolve().parents[2]
SECONDS = 600  # for one cell; how long one takes is measured, not tested


def executed(folder: str, name: str, place: Path) -> NotebookNode:
    """A notebook with its outputs, run in a copy of its folder."""
    shutil.copytree(ROOT / folder / name, place / name)
    notebook = read_notebook(place / name / f"{name}.ipynb")
    assert not run(notebook, place / name, SECONDS), "the kernel died"
    return notebook


def printed(cell: NotebookNode) -> str:
    return "".join(output.get("text", "") for output in cell.get("outputs", ()))


@pytest.mark.parametrize("name", ASSIGNMENTS)
def test_the_solved_notebook_gets_full_marks(name: str, tmp_path: Path) -> None:
    notebook = executed("solutions", name, tmp_path)
    errors = {cell.id: error_in(cell) for cell in notebook.cells if cell.cell_type == "code" and error_in(cell)}
    assert not errors
    assert not [cell.id for cell in notebook.cells if "demonstration failed" in printed(cell)]
    outcomes = [outcome(cell) for cell in graded_cells(notebook)]
    assert [o.exercise for o in outcomes if o.lost] == []
    checked = [o.exercise for o in outcomes if o.status != Status.TO_BE_MARKED]
    assert set(checked) == {exercise.name for exercise in ASSIGNMENTS[name]}
    assert sum(o.points for o in outcomes) == 100


@pytest.mark.parametrize("name", ASSIGNMENTS)
def test_the_released_notebook_runs_without_an_error_and_scores_nothing(name: str, tmp_path: Path) -> None:
    notebook = executed("notebooks", name, tmp_path)
    graded = {nbgrader(cell).get("grade_id") for cell in graded_cells(notebook)}
    for cell in notebook.cells:
        if cell.cell_type == "code" and nbgrader(cell).get("grade_id") not in graded:
            assert not error_in(cell), f"{cell.id}: {error_in(cell)}"
    outcomes = [outcome(cell) for cell in graded_cells(notebook)]
    assert {o.status for o in outcomes} == {Status.NOT_ATTEMPTED, Status.TO_BE_MARKED}
    assert sum(o.score for o in outcomes) == 0
