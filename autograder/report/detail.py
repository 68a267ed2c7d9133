"""The data of the page's script: each student's result in each exercise, as JSON that is safe inside a page."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup

from autograder.grading.results import SubmissionResult
from autograder.guest.status import Status
from autograder.outcome import Outcome
from autograder.report.sections import Person, Section, lateness, marked_score
from autograder.tables import number, reason


class Texts:
    """Texts that many cells share, each kept once."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    def number(self, text: str) -> int:
        """The place of a text in `list`."""
        return self._numbers.setdefault(text, len(self._numbers))

    @property
    def list(self) -> list[str]:
        return [*self._numbers]


def page_data(sections: Sequence[Section], persons: Mapping[str, Person]) -> Markup:
    """What the script needs, as JSON. No `<` is left in it, so no text of a student can end the script element.

    A row is [student, score, points, sentences on the submission, address of its page, a square for each exercise]; a
    square is [status, score or null where none is given yet, reason], or 0 if the exercise is not in the submission.
    Statuses, sentences and reasons are places in `texts`.
    """
    texts = Texts()
    notebooks = [
        {
            "name": section.assignment,
            "exercises": [[name, _points(section, name)] for name in section.exercises],
            "rows": [_row(section, result, persons, texts) for result in section.results],
        }
        for section in sections
    ]
    students = [[person.name, person.id] for person in persons.values()]
    return safe_json({"students": students, "notebooks": notebooks, "texts": texts.list})


def safe_json(data: object) -> Markup:
    """JSON for a script element."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    for letter in "<>&\u2028\u2029":
        text = text.replace(letter, f"\\u{ord(letter):04x}")
    return Markup(text)


def _row(section: Section, result: SubmissionResult, persons: Mapping[str, Person], texts: Texts) -> list[Any]:
    by_name = {outcome.exercise: outcome for outcome in result.exercises}
    squares = [_square(by_name.get(name), texts) for name in section.exercises]
    about = [texts.number(sentence) for sentence in sentences(result)]
    link = section.links.get(result.student, "")
    score = marked_score(result)
    shown = None if score is None else round(score, 2)
    return [persons[result.student].number, shown, number(result.points), about, link, squares]


def sentences(result: SubmissionResult) -> list[str]:
    """What is said about a submission as a whole beside its score."""
    said = []
    if result.status != Status.GRADED:
        said.append(f"{result.status}: {result.why}")
    elif result.why:
        said.append(result.why)
    if late := lateness(result.seconds_late):
        said.append(
            f"{late}: {number(result.penalty)} points are taken off" if result.penalty else f"{late}: no penalty"
        )
    if count := result.to_be_marked:
        answers = f"{count} answers wait" if count > 1 else "1 answer waits"
        said.append(f"provisional: {answers} for a mark, {number(result.marked_points)} points are marked so far")
    return said


def _square(outcome: Outcome | None, texts: Texts) -> list[Any] | int:
    if outcome is None:
        return 0
    score = None if outcome.status == Status.TO_BE_MARKED else round(outcome.score, 2)
    return [texts.number(outcome.status.value), score, texts.number(reason(outcome))]


def _points(section: Section, name: str) -> float:
    points = [outcome.points for result in section.results for outcome in result.exercises if outcome.exercise == name]
    return max(points, default=0.0)
