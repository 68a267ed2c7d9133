"""Which of a notebook's written questions have an answer, and which of its tasks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from autograder.notebooks import nbgrader
from autograder.restoring.alignment import grade_id, text


@dataclass(frozen=True)
class WrittenAnswer:
    """A written question or a task."""

    name: str  # its grade id
    answered: bool  # whether anything is written


def written_answers(cells: list[Any], pristine: list[Any], match: list[int | None]) -> tuple[WrittenAnswer, ...]:
    """The written answers of a notebook, in order.

    Args:
        match: for each cell the index of the cell of `pristine` that it is a copy of.
    """
    answers = []
    for place, released in enumerate(pristine):
        marks = nbgrader(released)
        copies = [k for k, other in enumerate(match) if other == place]
        if marks.get("task"):
            own = any(_own_words_after(cells, match, k) for k in copies)
            answers.append(WrittenAnswer(grade_id(released), own))
        elif released.cell_type == "markdown" and marks.get("solution"):
            own = any(text(cells[k]) not in ("", text(released)) for k in copies)
            answers.append(WrittenAnswer(grade_id(released), own))
    return tuple(answers)


def _own_words_after(cells: list[Any], match: list[int | None], k: int) -> bool:
    """Whether a cell of the student's own with words in it comes directly after cell `k`."""
    for cell, place in zip(cells[k + 1 :], match[k + 1 :], strict=True):
        if place is not None:
            return False
        if cell.cell_type != "code" and text(cell):
            return True
    return False
