"""The instructor's solutions to earlier notebooks, for kernels on NumPy, which do not have the stand-ins."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterable
from typing import Any

from autograder.course import Course
from autograder.errors import CourseError, Unreadable
from autograder.files import read_bytes
from autograder.guest.limits import PYTORCH_FROM
from autograder.notebooks import nbgrader
from utils.layers import NOTEBOOKS
from utils.symbols import names_read, table_of

START = "import numpy as np\n"


def earlier_functions(course: Course, assignment: str) -> str:
    """Python source of the solutions to all notebooks before `assignment`, empty if there are none.

    Raises:
        CourseError: if the solution of `assignment` calls one that the course does not have: whoever solved it in the
            same way would lose the points.
    """
    found: list[str] = []
    for notebook, names in NOTEBOOKS.items():
        if notebook < assignment:
            found += [source for marks, source in _code_cells(course, notebook) if marks.get("grade_id") in names]
    if assignment < PYTORCH_FROM:  # later ones have the stand-ins
        _require_needed(course, assignment, found)
    return "\n\n".join([START, *found]) + "\n" if found else ""


def _require_needed(course: Course, assignment: str, found: Iterable[str]) -> None:
    """Raise CourseError unless each earlier function that the solution of `assignment` calls is in the found cells."""
    earlier = {name for notebook, names in NOTEBOOKS.items() if notebook < assignment for name in names}
    cells = _code_cells(course, assignment)
    answers = [source for marks, source in cells if marks.get("solution") and any(name in source for name in earlier)]
    lacking = set().union(*(names_read(table) for table in map(table_of, answers) if table)) & earlier
    for sources in (found, [source for _, source in cells]):  # parsed only while something is lacking
        if lacking:
            lacking -= _defined(sources)
    needs = [
        f"{', '.join(missing)} from {course.relative(course.source(notebook).parent)}/"
        for notebook, names in NOTEBOOKS.items()
        if (missing := [name for name in names if name in lacking])
    ]
    if needs:
        raise CourseError(
            f"answers to {assignment} need {'; '.join(needs)}: put the instructor's notebook there; it need not be "
            "handed out"
        )


def _defined(sources: Iterable[str]) -> set[str]:
    """The names that cells define at their top level; what they import is not theirs."""
    tables = [table for table in map(table_of, sources) if table]
    symbols = [symbol for table in tables for symbol in table.get_symbols()]
    return {symbol.get_name() for symbol in symbols if symbol.is_assigned()}


def _code_cells(course: Course, assignment: str) -> list[tuple[dict[str, Any], str]]:
    """nbgrader's metadata and the source of each code cell of the instructor's notebook; none if it cannot be read."""
    with contextlib.suppress(Unreadable, ValueError, LookupError, TypeError, AttributeError):
        cells = json.loads(read_bytes(course.source(assignment)))["cells"]
        return [(nbgrader(cell), "".join(cell["source"])) for cell in cells if cell["cell_type"] == "code"]
    return []
