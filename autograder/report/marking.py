"""What waits for a person: answers to mark, marks to look at again, and submissions that could not be graded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from autograder.grading.results import SubmissionResult
from autograder.guest.status import Status
from autograder.report.sections import Section


@dataclass
class ToMark:
    """An answer of a notebook that some students' submissions wait with."""

    assignment: str
    answer: str  # its grade id
    points: float  # the most that it can score
    again: bool  # whether it has marks, of an earlier submission
    students: list[str] = field(default_factory=list)  # ids


def to_mark(sections: Sequence[Section]) -> list[ToMark]:
    """The answers that wait, in the order of the notebooks; those that were never marked first."""
    waiting: dict[tuple[str, str, bool], ToMark] = {}
    for section in sections:
        for result in section.results:
            for outcome in result.exercises:
                again = outcome.status == Status.MARKED and "look again" in outcome.why
                if outcome.status == Status.TO_BE_MARKED or again:
                    key = (section.assignment, outcome.exercise, again)
                    waiting.setdefault(key, ToMark(*key[:2], outcome.points, again)).students.append(result.student)
    return sorted(waiting.values(), key=lambda each: (each.again, each.assignment))


def not_graded(sections: Sequence[Section]) -> list[SubmissionResult]:
    """The submissions that count zero as a whole, or have no result, in the order of the notebooks."""
    return [result for section in sections for result in section.results if result.status != Status.GRADED]
