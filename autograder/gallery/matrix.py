"""Run every check on the answers of the gallery: right ones must pass, wrong ones must lose marks and be named."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from autograder import check
from autograder.exercises import EXERCISES
from autograder.gallery.registry import Answer, answers, called
from autograder.judging.examine import Skip
from autograder.judging.verdict import Verdict


@dataclass(frozen=True)
class Row:
    """The result of one check."""

    exercise: str  # its key in EXERCISES
    right: int  # right answers in the gallery
    passed: int  # of these, how many passed
    wrong: int  # wrong answers in the gallery
    failed: int  # of these, how many failed
    named: int  # of these, how many had their mistake named


def verdict_on(answer: Answer) -> Verdict:
    """The verdict on an answer in its notebook, hidden cases included; once a case failed, costly ones are skipped."""
    return verdict_without(answer, lambda case, failed: failed and case.costly)


def verdict_without(answer: Answer, skip: Skip) -> Verdict:
    """The verdict on an answer in its notebook, hidden cases included, without those that `skip` leaves out."""
    return check.verdict(answer.exercise, called(answer), hidden=True, skip=skip)


def is_named(answer: Answer, verdict: Verdict) -> bool:
    """Whether the card names the mistake that was made, or another one of which it is true to say so."""
    return verdict.named is not None and verdict.named.mistake in (answer.says, *answer.also)


def is_misnamed(answer: Answer, verdict: Verdict) -> bool:
    """Whether the card is sure of a mistake that was not made."""
    return verdict.named is not None and verdict.named.sure and not is_named(answer, verdict)


def rows() -> Iterator[Row]:
    """One row for each exercise that has answers in the gallery."""
    for exercise in EXERCISES:
        judged = [(answer, verdict_on(answer)) for answer in answers() if answer.exercise == exercise]
        right = [verdict for answer, verdict in judged if answer.right]
        wrong = [(answer, verdict) for answer, verdict in judged if not answer.right]
        if judged:
            yield Row(
                exercise,
                len(right),
                sum(verdict.passed for verdict in right),
                len(wrong),
                sum(not verdict.passed for _, verdict in wrong),
                sum(is_named(answer, verdict) for answer, verdict in wrong),
            )


def promised() -> Iterator[Row]:
    """The rows if every answer is judged as it was registered, which tests/gallery/test_answers.py proves."""
    for exercise in EXERCISES:
        registered = [answer for answer in answers() if answer.exercise == exercise]
        right, named = sum(answer.right for answer in registered), sum(answer.named for answer in registered)
        if registered:
            yield Row(exercise, right, right, len(registered) - right, len(registered) - right, named)


def markdown(rows: Iterable[Row]) -> str:
    """The table that docs/checks.md publishes."""
    table = list(rows)
    columns = ("right", "passed", "wrong", "failed", "named")
    lines = ["| check | right | passed | wrong | failed | named |", "| --- | --- | --- | --- | --- | --- |"]
    for row in table:
        lines.append(f"| `{row.exercise}` | " + " | ".join(str(getattr(row, name)) for name in columns) + " |")
    lines.append("| all | " + " | ".join(str(sum(getattr(row, name) for row in table)) for name in columns) + " |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    print(markdown(rows()), end="")
