"""The instructor's page, from the results of a class; its layout is in page.html."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from autograder.grading.results import SubmissionResult
from autograder.guest.status import Status
from autograder.notebook_check import Outcome
from autograder.report.figures import UNTRIED, histogram, shade
from autograder.report.leaderboard import leaderboard
from autograder.tables import number, reason

MOST = 12  # mistakes listed; the rest are collapsed
SIGNS = {Status.NOT_ATTEMPTED: "–", Status.TO_BE_MARKED: "…"}


@dataclass(frozen=True)
class Section:
    """One assignment on the page."""

    assignment: str
    exercises: Sequence[str]  # in the order of the notebook
    results: Sequence[SubmissionResult]  # by student
    links: Sequence[str]  # the address of each result's page, empty if it has none


@dataclass(frozen=True)
class Square:
    """One square of the heat map."""

    text: str  # written in it
    colour: str  # as #rrggbb
    tooltip: str
    kind: str = ""  # CSS class, from the status
    sort: float = 0.0  # sort key of its column


@dataclass
class CommonMistake:
    """A mistake that a check recognised, and who made it."""

    assignment: str
    exercise: str
    name: str  # the mistake's id
    says: str  # its sentence for students
    students: list[str] = field(default_factory=list)


def render(course: str, sections: Sequence[Section]) -> str:
    """The whole page as HTML that needs no other file; the template escapes all text that comes from students."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    mistakes = common_mistakes(sections)
    return environment.get_template("page.html").render(
        course=course.replace("_", " "),
        made=datetime.now().astimezone().strftime("%d %B %Y, %H:%M"),
        students=len({result.student for section in sections for result in section.results}),
        submissions=sum(len(section.results) for section in sections),
        mistakes=mistakes[:MOST],
        rarer=mistakes[MOST:],
        most=max((len(mistake.students) for mistake in mistakes), default=1),
        sections=[_section(section) for section in sections],
    )


def common_mistakes(sections: Sequence[Section]) -> list[CommonMistake]:
    """Every mistake that a check recognised, the most frequent first."""
    mistakes: dict[tuple[str, str, str], CommonMistake] = {}
    for section in sections:
        for result in section.results:
            for outcome in result.exercises:
                for mistake in outcome.mistakes:
                    key = (section.assignment, outcome.exercise, mistake.name)
                    mistakes.setdefault(key, CommonMistake(*key, mistake.says)).students.append(result.student)
    return sorted(mistakes.values(), key=lambda mistake: (-len(mistake.students), mistake.exercise, mistake.name))


def _section(section: Section) -> dict[str, object]:
    """What the template needs to show one assignment."""
    shares = [result.score / result.points for result in section.results if result.points]
    waiting = sum(result.to_be_marked for result in section.results)
    return {
        "assignment": section.assignment,
        "exercises": [
            {"name": name, "points": number(_points(section, name)), "class": _class_square(section, name)}
            for name in section.exercises
        ],
        "points": number(max((result.points for result in section.results), default=0)),
        "rows": [
            {"student": result.student, "link": link, "total": _total(result), "squares": _squares(section, result)}
            for result, link in zip(section.results, section.links, strict=True)
        ],
        "count": len(section.results),
        "median": f"{statistics.median(shares):.0%}" if shares else "–",
        "full": sum(share >= 1 for share in shares),
        "waiting": waiting,
        "odd": [result for result in section.results if result.status != Status.GRADED],
        "histogram": histogram(shares),
        "ranks": leaderboard(section.results),
    }


def _squares(section: Section, result: SubmissionResult) -> list[Square]:
    by_name = {outcome.exercise: outcome for outcome in result.exercises}
    return [_square(result, by_name.get(name)) for name in section.exercises]


def _square(result: SubmissionResult, outcome: Outcome | None) -> Square:
    if outcome is None:
        return Square("", shade(None), "not in this submission", "none", -1)
    points = f"{number(outcome.score)} of {number(outcome.points)}"
    tooltip = f"{result.student} · {outcome.exercise}\n{outcome.status}, {points}"
    if why := reason(outcome):
        tooltip += f"\n{why}"
    waiting = outcome.status == Status.TO_BE_MARKED
    share = outcome.score / outcome.points if outcome.points else 0.0
    tint = UNTRIED if outcome.status == Status.NOT_ATTEMPTED else shade(None if waiting else share)
    kind = outcome.status.replace(" ", "-")
    return Square(SIGNS.get(outcome.status, number(outcome.score)), tint, tooltip, kind, outcome.score)


def _total(result: SubmissionResult) -> Square:
    share = result.score / result.points if result.points else 0.0
    tooltip = f"{result.student}: {number(result.score)} of {number(result.points)}"
    if result.status != Status.GRADED:
        tooltip += f"\n{result.status}: {result.why}"
    return Square(number(result.score), shade(share), tooltip, result.status.replace(" ", "-"), result.score)


def _points(section: Section, name: str) -> float:
    points = [outcome.points for result in section.results for outcome in result.exercises if outcome.exercise == name]
    return max(points, default=0.0)


def _class_square(section: Section, name: str) -> Square:
    """The class's average share of an exercise's points, over the answers marked so far."""
    outcomes = [outcome for result in section.results for outcome in result.exercises if outcome.exercise == name]
    marked = [outcome for outcome in outcomes if outcome.points and outcome.status != Status.TO_BE_MARKED]
    if not marked:
        return Square("…", shade(None), f"{name}: nobody's is marked yet")
    shares = [outcome.score / outcome.points for outcome in marked]
    mean, full = statistics.fmean(shares), sum(share >= 1 for share in shares)
    return Square(
        f"{mean:.0%}", shade(mean), f"{name}: {mean:.0%} of the points; {full} of {len(shares)} have them all"
    )
