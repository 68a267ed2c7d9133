"""Figures that a student made are drawn while a notebook is graded; those of the released cells are not."""

from __future__ import annotations

import nbformat
import pytest
from in_sandbox import COURSE, graded

from autograder.notebooks import read_notebook
from autograder.restoring.restore import OWN
from autograder.sandbox.availability import why_unavailable

EXAMPLE = "graph-in-numbers"  # draws two figures, and students may change its last line
CALL = "one_number_each(x=2.0, W1=3.0, b1=-1.0, W2=0.5, b2=1.0)"


@pytest.mark.skipif(bool(why_unavailable()), reason="this machine cannot run the sandbox")
def test_a_changed_example_shows_its_figures_and_the_released_one_runs_without() -> None:
    notebook = read_notebook(COURSE.release("01_backprop"))
    example = next(cell for cell in notebook.cells if cell.id == EXAMPLE)
    source = example.source
    assert source.endswith(CALL)
    example.source = source.replace(CALL, CALL.replace("x=2.0", "x=-2.0"))
    notebook.cells.append(nbformat.v4.new_code_cell("print(one_number_each.__name__)"))
    cells = nbformat.reads(graded("01_backprop", notebook).notebook.decode(), as_version=4).cells
    released = next(cell for cell in cells if cell.id == EXAMPLE)
    changed, used = (cell for cell in cells if cell.id.startswith(OWN))
    assert (released.source, released.outputs) == (source, [])
    assert len([output for output in changed.outputs if "image/png" in output.get("data", {})]) == 2
    assert used.outputs[0].text == "one_number_each\n"
