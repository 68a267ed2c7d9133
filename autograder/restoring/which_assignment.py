"""Which assignment of the course a notebook is of, whatever its file is called."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from nbformat import NotebookNode

from autograder import exercises
from autograder.errors import Unreadable
from autograder.restoring.alignment import grade_id

MOST_CELLS = 2_000  # that are looked at
# the call of a check, or a definition; an import is none, since later notebooks import what earlier ones ask for
EXERCISE = re.compile(r"^(?:check\.(\w+)\(|(?:def|class) +(\w+)\b)", re.MULTILINE)


def likeliest_assignment(notebook: NotebookNode) -> str | None:
    """The assignment most of whose exercises the notebook has; None if it has at most half of any one's."""
    return _likeliest(_shares(notebook, exercises.ASSIGNMENTS))


def require_assignment(notebook: NotebookNode, assignment: str, name: str) -> None:
    """Raise Unreadable if the notebook is that of another assignment of the course; `name` is the file's."""
    if assignment not in exercises.ASSIGNMENTS or _shares(notebook, [assignment])[assignment] >= 0.5:
        return  # without a look at the other assignments, whose exercises would be imported for it
    other = likeliest_assignment(notebook)
    if other not in (None, assignment):
        raise Unreadable(f"{name} holds the notebook of another assignment, {other}: hand in that of {assignment}")


def _likeliest(shares: Mapping[str, float]) -> str | None:
    likeliest = max(shares, key=lambda assignment: shares[assignment])
    return likeliest if shares[likeliest] > 0.5 else None


def _shares(notebook: NotebookNode, assignments: Iterable[str]) -> dict[str, float]:
    """Assignment → the share of its exercises that the notebook has."""
    present: set[str] = set()
    for cell in notebook.cells[:MOST_CELLS]:
        present |= {key.removeprefix("check_") for key in (grade_id(cell), str(cell.get("id", "")))}
        if cell.get("cell_type") == "code":
            present |= {check or defined for check, defined in EXERCISE.findall(str(cell.get("source", "")))}
    groups = {assignment: exercises.ASSIGNMENTS[assignment] for assignment in assignments}
    return {
        assignment: sum(exercise.name in present for exercise in group) / max(1, len(group))
        for assignment, group in groups.items()
    }
