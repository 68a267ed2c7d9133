"""The checks tried against the gallery: every right answer must pass, every wrong one must lose marks and be named."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from autograder import check
from autograder.exercises import ASSIGNMENTS, EXERCISES, assignment_of
from autograder.gallery.registry import Answer, answers, functions
from autograder.judging.examine import Skip
from autograder.judging.verdict import Verdict


@dataclass(frozen=True)
class Row:
    """How one check did: right answers in all and passed; wrong answers in all, failed, and named."""

    exercise: str
    right: int
    passed: int
    wrong: int
    failed: int
    named: int


def verdict_on(answer: Answer) -> Verdict:
    """The verdict on an answer in its notebook, hidden cases and all. Nobody waits to see a failed answer trained."""
    return _verdict(answer, lambda case, failed: failed and case.costly)


def gets_full_marks(answer: Answer) -> bool:
    """Whether an answer passes, from as many cases as it takes to tell; costly ones are taken to pass."""
    return _verdict(answer, lambda case, failed: failed or case.costly).passed


def _verdict(answer: Answer, skip: Skip) -> Verdict:
    notebook = tuple(exercise.name for exercise in ASSIGNMENTS[assignment_of(answer.exercise)])
    defined = functions(answer, notebook)
    checked = {name: defined[name] for name in EXERCISES[answer.exercise].functions}
    return check.verdict(answer.exercise, checked, hidden=True, skip=skip)


def is_named(answer: Answer, verdict: Verdict) -> bool:
    """Whether the verdict says which mistake this is."""
    return answer.says in [mistake.name for mistake in verdict.mistakes]


def rows() -> Iterator[Row]:
    """One row for each exercise that the gallery has answers to."""
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
    """The rows if every answer is judged as it says of itself; tests/gallery/test_answers.py holds them to it."""
    for exercise in EXERCISES:
        here = [answer for answer in answers() if answer.exercise == exercise]
        right, named = sum(answer.right for answer in here), sum(answer.named for answer in here)
        if here:
            yield Row(exercise, right, right, len(here) - right, len(here) - right, named)


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
