"""The map of a class: students × notebooks, with totals, and a summary of each notebook."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from autograder.grading.results import SubmissionResult
from autograder.guest.status import Status
from autograder.report.figures import step
from autograder.report.sections import Person, Section, marked_share
from autograder.tables import number


@dataclass(frozen=True)
class Square:
    """One square of the map."""

    text: str = ""  # written in it; empty where nothing was handed in
    kind: str = "none"  # CSS classes
    sort: float | None = None  # what its column is sorted by; None comes last
    late: bool = False
    provisional: bool = False  # whether answers wait for a mark
    status: str = ""  # of a submission that was not graded


@dataclass(frozen=True)
class Row:
    """One student."""

    person: Person
    total: Square
    squares: Sequence[Square]  # by notebook


@dataclass(frozen=True)
class Summary:
    """One notebook, or all of them together."""

    points: str  # the most that can be scored
    count: int  # submissions
    median: str  # of the shares of what is marked so far
    full: int  # submissions with all points of what is marked
    waiting: int  # answers that wait for a mark
    late: int  # submissions


def rows(sections: Sequence[Section], persons: Mapping[str, Person]) -> list[Row]:
    """The map's rows, by student."""
    by_student: dict[str, dict[int, SubmissionResult]] = {student: {} for student in persons}
    for column, section in enumerate(sections):
        for result in section.results:
            by_student[result.student][column] = result
    return [
        Row(
            person,
            _total([*by_student[student].values()]),
            [_square(by_student[student].get(k)) for k in range(len(sections))],
        )
        for student, person in persons.items()
    ]


def summary(results: Sequence[SubmissionResult]) -> Summary:
    """The summary of one notebook."""
    shares = shares_of(results)
    return Summary(
        points=number(max((result.points for result in results), default=0)),
        count=len(results),
        median=f"{statistics.median(shares):.0%}" if shares else "–",
        full=sum(share > 1 - 1e-9 for share in shares),
        waiting=sum(result.to_be_marked for result in results),
        late=sum(result.seconds_late > 0 for result in results),
    )


def shares_of(results: Sequence[SubmissionResult]) -> list[float]:
    """The share of each submission's points, of what is marked so far; without those in which nothing is."""
    return [share for result in results if (share := marked_share(result)) is not None]


def total_median(sections: Sequence[Section]) -> str:
    """The median of the students' shares of all that is marked so far."""
    scores: dict[str, list[float]] = {}
    for section in sections:
        for result in section.results:
            if result.marked_points > 0:
                pair = scores.setdefault(result.student, [0.0, 0.0])
                pair[0] += result.score
                pair[1] += result.marked_points
    return f"{statistics.median(score / points for score, points in scores.values()):.0%}" if scores else "–"


def _square(result: SubmissionResult | None) -> Square:
    if result is None:
        return Square()
    share, late = marked_share(result), result.seconds_late > 0
    if result.status != Status.GRADED:
        return Square(number(result.score), f"{step(share or 0.0)} odd", result.score, late, False, result.status.value)
    if share is None:
        return Square("to mark", "open", None, late, True)
    kind = step(share) + (" open" if result.to_be_marked else "")
    return Square(number(result.score), kind, result.score, late, bool(result.to_be_marked))


def _total(every: Sequence[SubmissionResult]) -> Square:
    points, score = sum(result.marked_points for result in every), sum(result.score for result in every)
    late, waiting = any(result.seconds_late > 0 for result in every), any(result.to_be_marked for result in every)
    if points <= 0:
        return Square("to mark", "open", None, late, True) if every else Square()
    return Square(number(score), step(score / points) + (" open" if waiting else ""), score, late, waiting)
