"""The instructor's solutions to earlier notebooks, for kernels on NumPy, which do not have the stand-ins."""

from __future__ import annotations

import contextlib
import json
import symtable
from collections.abc import Collection
from typing import Any

from autograder.course import Course
from autograder.errors import CourseError, Unreadable
from autograder.files import read_bytes
from autograder.guest.limits import PYTORCH_FROM
from autograder.notebooks import nbgrader
from utils.layers import NOTEBOOKS
from utils.symbols import names_read

START = "import numpy as np\n"


def earlier_functions(course: Course, assignment: str) -> str:
    """Python source of the solutions to all notebooks before `assignment`, empty if there are none.

    Raises:
        CourseError: if the solution of `assignment` itself needs one that the course does not have, as then every
            student's answer would fail.
    """
    found: dict[str, str] = {}  # function → source of its cell
    for notebook, names in NOTEBOOKS.items():
        if notebook < assignment:
            found |= {name: source for name, source in _solutions(course, notebook).items() if name in names}
    if assignment < PYTORCH_FROM:  # later ones have the stand-ins
        _require_needed(course, assignment, found)
    return "\n\n".join([START, *found.values()]) + "\n" if found else ""


def _require_needed(course: Course, assignment: str, found: Collection[str]) -> None:
    """Raise CourseError unless all earlier functions that the solution of `assignment` uses are found."""
    cells = [symtable.symtable(source, assignment, "exec") for source in _solutions(course, assignment).values()]
    own = {symbol.get_name() for cell in cells for symbol in cell.get_symbols() if symbol.is_local()}
    used = set().union(*map(names_read, cells)) - own
    for notebook, names in NOTEBOOKS.items():
        missing = [name for name in names if notebook < assignment and name in used and name not in found]
        if missing:
            folder = course.relative(course.source(notebook).parent)
            raise CourseError(
                f"answers to {assignment} need {', '.join(missing)} from {folder}/: "
                "put the instructor's notebook there; it need not be handed out"
            )


def _solutions(course: Course, assignment: str) -> dict[str, str]:
    """Grade id → source of the cells for answers in code in the instructor's notebook; none if it cannot be read."""
    with contextlib.suppress(Unreadable, ValueError, LookupError, TypeError, AttributeError):
        cells: list[dict[str, Any]] = json.loads(read_bytes(course.source(assignment)))["cells"]
        code = [cell for cell in cells if cell["cell_type"] == "code" and nbgrader(cell).get("solution")]
        return {str(nbgrader(cell)["grade_id"]): "".join(cell["source"]) for cell in code}
    return {}
