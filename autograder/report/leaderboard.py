"""A leaderboard: for an exercise whose verdict has figures, who got how far; read from the graded results alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from autograder.grading.results import SubmissionResult
from autograder.judging.verdict import figure


@dataclass(frozen=True)
class Ranked:
    """One student's line: the place (equal figures share one), and the figures by name."""

    place: int
    student: str
    figures: dict[str, float]

    @property
    def shown(self) -> list[str]:
        """The figures as people read them."""
        return [figure(name, value) for name, value in self.figures.items()]


def leaderboard(results: Sequence[SubmissionResult]) -> list[Ranked]:
    """Everyone whose answer was measured: the most accurate first, among equals the one that costs less."""
    found = [(result.student, outcome.figures) for result in results for outcome in result.exercises if outcome.figures]

    def key(figures: dict[str, float]) -> tuple[float, ...]:
        return tuple(-value if name == "accuracy" else value for name, value in sorted(figures.items()))

    ranked = sorted(found, key=lambda pair: (key(pair[1]), pair[0]))
    keys = [key(figures) for _, figures in ranked]
    return [Ranked(keys.index(key(figures)) + 1, student, figures) for student, figures in ranked]
