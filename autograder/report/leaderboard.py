"""A leaderboard of the students whose answers were measured, from the figures in their verdicts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from autograder.grading.results import SubmissionResult
from autograder.judging.verdict import figure


@dataclass(frozen=True)
class Ranked:
    """One line of the leaderboard."""

    place: int  # from 1; equal figures share a place
    student: str
    figures: dict[str, float]  # by name

    @property
    def shown(self) -> list[str]:
        """The figures as people read them."""
        return [figure(name, value) for name, value in self.figures.items()]


def leaderboard(results: Sequence[SubmissionResult]) -> list[Ranked]:
    """Everyone whose answer was measured: the most accurate first, then the one that costs least."""
    measured = [(result.student, out.figures) for result in results for out in result.exercises if out.figures]

    def key(figures: dict[str, float]) -> tuple[float, ...]:
        return tuple(-value if name == "accuracy" else value for name, value in sorted(figures.items()))

    ranked = sorted(measured, key=lambda pair: (key(pair[1]), pair[0]))
    keys = [key(figures) for _, figures in ranked]
    return [Ranked(keys.index(key(figures)) + 1, student, figures) for student, figures in ranked]
