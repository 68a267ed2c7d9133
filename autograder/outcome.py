"""The outcome of one graded cell: its status and points, and why some were lost, read from the outputs it has."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from autograder.guest.status import Status
from autograder.judging.verdict import NamedMistake
from autograder.notebooks import error_in, nbgrader, verdict_in

if TYPE_CHECKING:
    from nbformat import NotebookNode

SAME = 1e-9  # scores are rounded to hundredths; two that differ by less are equal
TEXT_STUB = "YOUR ANSWER HERE"  # what nbgrader releases in place of a model answer


@dataclass(frozen=True)
class Outcome:
    """The outcome of one graded cell."""

    exercise: str  # its name, or the grade id of a written answer
    status: Status  # the whole submission's where that could not be graded
    score: float
    points: float  # the most that it can score
    why: str = ""  # why points were lost
    mistakes: tuple[NamedMistake, ...] = ()  # the mistakes that the check recognised
    figures: dict[str, float] = field(default_factory=dict)  # for a leaderboard

    @property
    def lost(self) -> bool:
        """Whether points were lost; those that a person has yet to give are not."""
        return self.status != Status.TO_BE_MARKED and self.score < self.points - SAME

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


def outcome(cell: NotebookNode, crashed: bool = False) -> Outcome:
    """The outcome of one graded cell, from the outputs that running it has left.

    crashed: whether the kernel died on the way.
    """
    marks = nbgrader(cell)
    name = str(marks["grade_id"]).removeprefix("check_")
    points = float(marks.get("points") or 0)
    if cell.cell_type != "code":
        why = "nothing is written yet" if cell.source.strip() == TEXT_STUB else "a person marks it"
        return Outcome(name, Status.TO_BE_MARKED, 0.0, points, why)
    verdict = verdict_in(cell, name)
    if error := error_in(cell):
        if error.startswith(f"NameError: name '{name}'"):
            error = f"{name} is not defined: its cell did not run to the end"
        if error == Status.TIMED_OUT:
            return Outcome(name, Status.TIMED_OUT, 0.0, points, "its cell was stopped: it ran too long")
        return Outcome(name, Status.RAISED, 0.0, points, error)
    if verdict is not None:
        reasons = verdict.message, verdict.mistakes, verdict.figures
        return Outcome(name, verdict.status, verdict.score, points, *reasons)
    if crashed:
        return Outcome(name, Status.CRASHED, 0.0, points, "the kernel died before this check ran")
    why = "its cell shows no verdict: is the call of the check still in it?"
    return Outcome(name, Status.NOT_RUN, 0.0, points, why)
