"""The instructor's solutions to earlier notebooks, for kernels on NumPy, which do not have the stand-ins."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Collection

from autograder.course import Course
from autograder.errors import Unreadable
from autograder.files import read_bytes
from autograder.notebooks import nbgrader
from utils.layers import NOTEBOOKS

START = "import numpy as np\n"


def earlier_functions(course: Course, assignment: str) -> str:
    """Python source of the solutions to all notebooks before `assignment`, empty if there are none."""
    parts = [START]
    for notebook, names in NOTEBOOKS.items():
        if notebook >= assignment:
            continue
        with contextlib.suppress(Unreadable):  # a course may leave notebooks out; later ones then get stand-ins
            parts += _solutions(read_bytes(course.source(notebook)), names)
    return "\n\n".join(parts) + "\n" if len(parts) > 1 else ""


def _solutions(notebook: bytes, names: Collection[str]) -> list[str]:
    """The source of the code cells with these grade ids; none if it is no notebook."""
    try:
        code = [cell for cell in json.loads(notebook)["cells"] if cell["cell_type"] == "code"]
        return ["".join(cell["source"]) for cell in code if nbgrader(cell).get("grade_id") in names]
    except (ValueError, LookupError, TypeError, AttributeError):
        return []
