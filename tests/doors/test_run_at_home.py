"""A notebook that `autograder check` runs does the same whatever its surroundings set."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest

from autograder.notebook_check import run
from autograder.notebooks import error_in

FIGURE = "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()"


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("MPLBACKEND", "Agg"),  # as on a build machine: figures would be drawn and not shown
        ("MPLBACKEND", "TkAgg"),  # a window, in which plt.show() would wait for somebody to close it
        ("PYTHONBREAKPOINT", "no_such_debugger.start"),
    ],
)
def test_figures_and_breakpoints_are_the_notebooks_own(
    variable: str, value: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, value)
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(text) for text in (FIGURE, "breakpoint()")])
    assert not run(notebook, tmp_path, 120)
    figure, stop = notebook.cells
    assert [error_in(cell) for cell in notebook.cells] == [None, None]
    assert [list(output.data) for output in figure.outputs] == [["text/plain", "image/png"]]
    assert stop.outputs == []
