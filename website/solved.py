"""Run the solved notebooks, each once for each state of its sources, and keep what came out of them."""

from __future__ import annotations

import tempfile
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from autograder.errors import CourseError
from autograder.grading.checks_version import digest_of, imported, sources, version_of_checks
from autograder.notebook_check import restored, run
from autograder.notebooks import error_in, graded_cells, parse_notebook, read_notebook
from autograder.outcome import outcome
from website.kept import kept

ROOT = Path(__file__).resolve().parent.parent
SECONDS = 600  # for one cell


def solution(assignment: str) -> Path:
    """The notebook that instructors edit."""
    return ROOT / "solutions" / assignment / f"{assignment}.ipynb"


def released(assignment: str) -> Path:
    """The notebook that students get."""
    return ROOT / "notebooks" / assignment / f"{assignment}.ipynb"


def solved(assignment: str, folder: Path) -> NotebookNode:
    """The released notebook with the solutions in it, after it was run; read from the folder if it is there.

    Raises:
        CourseError: if a cell raised an error, or a check did not give all points.
    """
    written = kept(folder, assignment, _version(assignment), ".ipynb", lambda: nbformat.writes(executed(assignment)))
    return parse_notebook(written.encode(), assignment)


def executed(assignment: str) -> NotebookNode:
    """The released notebook with the solutions in it, run from top to bottom in a folder of its own."""
    notebook, _ = restored(solution(assignment))
    with tempfile.TemporaryDirectory() as folder:
        crashed = run(notebook, Path(folder), SECONDS)
    for cell in notebook.cells:
        if cell.cell_type == "code" and (error := error_in(cell)):
            raise CourseError(f"{assignment}: the cell {cell.id} of the solved notebook did not run: {error}")
    for result in (outcome(cell, crashed) for cell in graded_cells(notebook)):
        if result.lost:
            points = f"{result.score:g} of {result.points:g} points"
            raise CourseError(f"{assignment}: the solution of {result.exercise} got {points}: {result.why}")
    return notebook


def _version(assignment: str) -> str:
    """A digest of the notebook and of the modules that it imports, its checks included."""
    code = "\n".join(cell.source for cell in read_notebook(solution(assignment)).cells if cell.cell_type == "code")
    modules = sources(imported(code.encode(), ""), Path.read_bytes)
    notebooks = {"solution": solution(assignment).read_bytes(), "released": released(assignment).read_bytes()}
    return digest_of(modules | notebooks | {"checks": version_of_checks(assignment).encode()})
