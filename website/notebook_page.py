"""A notebook as a page: the sources that students get, with the outputs of a solved run."""

from __future__ import annotations

import nbformat
from nbformat import NotebookNode

from autograder.notebooks import nbgrader
from autograder.outcome import TEXT_STUB
from website.outputs import Figures, shown


def page(released: NotebookNode, run: NotebookNode, figures: Figures, download: str) -> NotebookNode:
    """The released notebook, with the outputs that demonstrations and checks have in a solved run of it.

    Args:
        run: the same cells with the solutions in them, after they were run.
        download: what to link to as the notebook's file.
    """
    outputs = {cell.id: cell.get("outputs", []) for cell in run.cells}
    cells = [_cell(cell, outputs[cell.id], figures) for cell in released.cells]
    cells.insert(1, nbformat.v4.new_markdown_cell(_about(download), id="about-this-page"))
    metadata = {"kernelspec": released.metadata.kernelspec, "language_info": {"name": "python"}}
    return nbformat.v4.new_notebook(cells=cells, metadata=metadata)


def _about(download: str) -> str:
    return (
        ":::{note}\nThis page shows the notebook with the figures and cards that appear once every exercise is solved. "
        f"The exercises are yours: {{download}}`download the notebook <{download}>`.\n:::"
    )


def _cell(cell: NotebookNode, outputs: list[NotebookNode], figures: Figures) -> NotebookNode:
    """A cell without the metadata of grading; an exercise is as students get it, and shows nothing."""
    marks = nbgrader(cell)
    if cell.cell_type != "code":
        source = cell.source.replace(TEXT_STUB, _written(marks.get("points"))) if marks else cell.source
        return nbformat.v4.new_markdown_cell(source, id=cell.id)
    if marks.get("grade"):  # what a check prints says only how long it takes
        outputs = [output for output in outputs if output.output_type != "stream"]
    kept = [] if marks.get("solution") else list(shown(outputs, figures))
    return nbformat.v4.new_code_cell(cell.source, id=cell.id, outputs=kept)


def _written(points: float | None) -> str:
    return f"*Your answer goes here: {points or 0:g} points, which a person gives.*"
