"""The instructor's own functions of earlier notebooks, for a kernel that has no PyTorch and so no stand-ins."""

from __future__ import annotations

from autograder.course import Course
from autograder.errors import Unreadable
from autograder.notebooks import nbgrader, read_notebook
from utils.layers import NOTEBOOKS

START = "import numpy as np\n"


def earlier_functions(course: Course, assignment: str) -> str:
    """Python source of the solutions to all notebooks before `assignment`; none of its own or of a later one."""
    parts = [START]
    for notebook, names in NOTEBOOKS.items():
        if notebook >= assignment:
            continue
        try:
            cells = read_notebook(course.source(notebook)).cells
        except Unreadable:
            continue  # a course may leave notebooks out; what needs their functions then gets a stand-in
        parts += [cell.source for cell in cells if nbgrader(cell).get("grade_id") in names and cell.cell_type == "code"]
    return "\n\n".join(parts) + "\n" if len(parts) > 1 else ""
