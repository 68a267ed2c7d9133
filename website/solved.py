"""Run the solved notebooks, each once for each state of its sources, and keep what came out of them."""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from autograder.errors import CourseError
from autograder.grading.checks_version import imported, sources, version_of_checks
from autograder.notebook_check import outcome, restored, run
from autograder.notebooks import error_in, graded_cells, read_notebook

ROOT = Path(__file__).resolve().parent.parent
SECONDS = 600  # for one cell


def solution(assignment: str) -> Path:
    """The notebook that instructors edit."""
    return ROOT / "solutions" / assignment / f"{assignment}.ipynb"


def released(assignment: str) -> Path:
    """The notebook that students get."""
    return ROOT / "notebooks" / assignment / f"{assignment}.ipynb"


def solved(assignment: str, kept: Path) -> NotebookNode:
    """The released notebook with the solutions in it, after it was run; read from the folder `kept` if it is there.

    Raises:
        CourseError: if a cell raised an error, or a check did not give all points.
    """
    path = kept / f"{assignment}-{_version(assignment)[:16]}.ipynb"
    if not path.exists():
        notebook = executed(assignment)
        kept.mkdir(parents=True, exist_ok=True)
        for older in kept.glob(f"{assignment}-*.ipynb"):
            older.unlink()
        beside = path.with_suffix(".part")
        nbformat.write(notebook, beside)
        os.replace(beside, path)
    return read_notebook(path)


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
    digest = hashlib.sha256(solution(assignment).read_bytes() + released(assignment).read_bytes())
    digest.update(version_of_checks(assignment).encode())
    for module, source in sorted(sources(imported(code.encode(), ""), Path.read_bytes).items()):
        digest.update(f"{module} {len(source)}\n".encode() + source)
    return digest.hexdigest()
