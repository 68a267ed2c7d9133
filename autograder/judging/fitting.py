"""Mistakes that explain an answer whose right one depends on what the student's own network or loop reported."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from autograder.guest.plain_data import Inputs, PlainData
from autograder.judging.compare import Tolerance
from autograder.judging.mistake import Mistake, fits


def fitting(
    mistakes: tuple[Mistake, ...],
    q: Inputs,
    right: Mapping[str, PlainData],
    got: Mapping[str, PlainData],
    parts: tuple[str, ...],
    tolerance: Tolerance,
) -> Iterator[str]:
    """Ids of the mistakes that answer just what was got, in these parts; each is worked out when it is asked for."""
    for mistake in mistakes:
        for wrong in mistake.wrong_answers(q, right, parts):
            if all(fits(value, got.get(part), tolerance) for part, value in wrong.items()):
                yield mistake.name
