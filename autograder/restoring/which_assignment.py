"""Which assignment of the course a notebook is of, whatever its file is called."""

from __future__ import annotations

from nbformat import NotebookNode

from autograder import exercises
from autograder.errors import Unreadable
from autograder.restoring.alignment import defines, grade_id

MOST_CELLS = 2_000  # that are looked at


def likeliest_assignment(notebook: NotebookNode) -> str | None:
    """The assignment most of whose exercises the notebook has; None if it has at most half of any one's."""
    shares = {assignment: share_of(notebook, assignment) for assignment in exercises.ASSIGNMENTS}
    likeliest = max(shares, key=lambda assignment: shares[assignment])
    return likeliest if shares[likeliest] > 0.5 else None


def require_assignment(notebook: NotebookNode, assignment: str, name: str) -> None:
    """Raise Unreadable if the notebook is that of another assignment of the course; `name` is the file's."""
    other = likeliest_assignment(notebook)
    known = assignment in exercises.ASSIGNMENTS
    if known and other not in (None, assignment) and share_of(notebook, assignment) < 0.5:
        raise Unreadable(f"{name} holds the notebook of another assignment, {other}: hand in that of {assignment}")


def share_of(notebook: NotebookNode, assignment: str) -> float:
    """The share of an assignment's exercises that the notebook has: a cell of that name, its check, or a definition."""
    names = [exercise.name for exercise in exercises.ASSIGNMENTS[assignment]]
    cells = notebook.cells[:MOST_CELLS]
    by_id = {key.removeprefix("check_") for cell in cells for key in (grade_id(cell), str(cell.get("id", "")))}
    code = [cell for cell in cells if cell.get("cell_type") == "code"]
    present = [name for name in names if name in by_id or any(defines(cell, name) for cell in code)]
    return len(present) / max(1, len(names))
