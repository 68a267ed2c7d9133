"""The hints on an exercise: read from the notebook as it was released, where they are written, and nowhere else.

A text cell of folded blocks, `<details><summary>Hint 1: shapes</summary> … </details>`, is about the answer cells
between it and the one before it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from autograder.errors import CourseError
from autograder.notebooks import nbgrader
from autograder.progress.naming import Named
from autograder.restoring.alignment import grade_id, text
from autograder.restoring.pristine import released_notebook

HINT = re.compile(r"<details>\s*<summary>\s*Hint\s+\d+:?\s*(.*?)\s*</summary>\s*(.*?)\s*</details>", re.DOTALL)


@dataclass(frozen=True)
class Hint:
    """One rung of the ladder."""

    exercise: str
    number: int  # from 1
    of: int  # how many there are
    title: str
    text: str  # Markdown with formulas, as the notebook has it

    @property
    def is_last(self) -> bool:
        return self.number == self.of


def hints_on(named: Named) -> list[Hint]:
    """The hints on an exercise, from general to specific.

    Raises:
        CourseError: if the released notebook is not in this installation.
        Unreadable: if it is damaged.
    """
    notebook = released_notebook(named.assignment)
    if notebook is None:
        raise CourseError(f"the released notebook of {named.assignment} is missing: unpack the course again")
    waiting: list[str] = []
    for cell in notebook.cells:
        if cell.cell_type == "code" and nbgrader(cell).get("solution"):
            waiting.append(grade_id(cell))
        elif blocks := _blocks(cell):
            if named.name in waiting:
                pairs = enumerate(blocks, start=1)
                return [Hint(named.name, number, len(blocks), *block) for number, block in pairs]
            waiting.clear()
    return []


def _blocks(cell: Any) -> list[tuple[str, str]]:
    return HINT.findall(text(cell)) if cell.cell_type == "markdown" else []


def as_plain_text(markdown: str) -> str:
    """A hint for a terminal: its formulas as text, `$iS_H$` as iS_H."""
    from pylatexenc.latex2text import LatexNodes2Text

    converter = LatexNodes2Text(math_mode="text", keep_comments=True)

    def plain(formula: re.Match[str]) -> str:
        return str(converter.latex_to_text(formula[0])).replace("*", r"\*").replace("_", r"\_")

    pieces = re.split(r"(`[^`]*`)", markdown)  # what is code stays as it is
    return "".join(piece if k % 2 else re.sub(r"\$[^$]+\$", plain, piece) for k, piece in enumerate(pieces))
