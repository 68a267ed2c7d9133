"""What the report is made from: the results of each assignment, and how its students are called."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from autograder.grading.results import SubmissionResult
from autograder.guest.status import Status
from autograder.report.groups import Group

HOUR, DAY = 3600, 86400  # seconds


@dataclass(frozen=True)
class Section:
    """One assignment on the page."""

    assignment: str
    exercises: Sequence[str]  # in the order of the notebook
    results: Sequence[SubmissionResult]  # by student
    links: Mapping[str, str] = field(
        default_factory=dict
    )  # student → the address of the feedback page, if there is one
    groups: Sequence[Group] = ()  # wrong answers without a name


@dataclass(frozen=True)
class Person:
    """A student on the page."""

    number: int  # from 0, in the order of the page
    id: str
    name: str  # the id, if the gradebook has no name


def people(sections: Iterable[Section]) -> dict[str, Person]:
    """id → student, of all who handed something in, by name."""
    names: dict[str, str] = {}
    for section in sections:
        for result in section.results:
            names[result.student] = result.name or names.get(result.student) or result.student
    order = sorted(names, key=lambda student: (names[student].casefold(), student))
    return {student: Person(number, student, names[student]) for number, student in enumerate(order)}


def marked_share(result: SubmissionResult) -> float | None:
    """The share of the points of what is marked so far; None if nothing is."""
    return result.score / result.marked_points if result.marked_points > 0 else None


def waits(outcome_status: Status) -> bool:
    """Whether an answer waits for a person's mark."""
    return outcome_status == Status.TO_BE_MARKED


def lateness(seconds: float) -> str:
    """`late by 3 days`; empty for a submission in time."""
    if seconds <= 0:
        return ""
    for size, unit in ((DAY, "day"), (HOUR, "hour"), (60, "minute")):
        if seconds >= size:
            count = round(seconds / size)
            return f"late by {count} {unit}{'s' if count != 1 else ''}"
    return "late by less than a minute"
