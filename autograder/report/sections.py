"""What the report is made from: the results of each assignment, and how its students are called."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from autograder.grading.results import SubmissionResult
from autograder.guest.status import Status
from autograder.report.groups import Group

UNITS = ((86_400, "day"), (3_600, "hour"), (60, "minute"))  # of time, in seconds


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


def marked_score(result: SubmissionResult) -> float | None:
    """The score of what is marked so far, the penalty taken off; None if nothing is marked."""
    return None if result.status == Status.GRADED and result.marked_points <= 0 else result.score


def lateness(seconds: float) -> str:
    """`late by 3 days`; empty for a submission in time."""
    if seconds <= 0:
        return ""
    for size, unit in UNITS:
        if seconds >= size:
            count = round(seconds / size)
            return f"late by {count} {unit}{'s' if count != 1 else ''}"
    return "late by less than a minute"
