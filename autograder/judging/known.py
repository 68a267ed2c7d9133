"""What is known about a question before anybody answers it: the right answer and the known wrong ones.

A class is asked the same questions over and over, so the last few hundred are kept.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from functools import cached_property
from typing import Any

import numpy as np

from autograder.guest.plain_data import Inputs, PlainData
from autograder.judging.mistake import Mistake

KEPT = 256  # questions; an exercise asks about twenty, and twice as many in a search for a small example

Wrong = tuple[tuple[str, Mapping[str, PlainData]], ...]  # (id of a mistake, its wrong answer by part)


class Known:
    """The right answer to one question, and where known mistakes answer it otherwise; each worked out when needed."""

    def __init__(
        self,
        inputs: Inputs,
        reference: Callable[[Inputs], dict[str, PlainData]],
        mistakes: tuple[Mistake, ...],
        parts: tuple[str, ...],
    ) -> None:
        self._inputs, self._reference, self._mistakes, self._parts = inputs, reference, mistakes, parts

    @cached_property
    def right(self) -> dict[str, PlainData]:
        """part → the right value."""
        return self._reference(self._inputs)

    @cached_property
    def wrong(self) -> Wrong:
        """The wrong answers that known mistakes lead to here, in the parts that count, in the order of the mistakes."""
        return tuple(
            (mistake.name, answer)
            for mistake in self._mistakes
            for answer in mistake.wrong_answers(self._inputs, self.right, self._parts)
        )


_kept: OrderedDict[Hashable, Known] = OrderedDict()


def known(exercise: Any, parts: tuple[str, ...], inputs: Inputs) -> Known:
    """What is known about a question to an exercise, of whose answer these parts are looked at."""
    key = exercise, parts, content(inputs)
    # taken out and put in again, so that the oldest comes first; each step is safe beside other threads
    found = _kept.pop(key, None) or Known(inputs, exercise.reference, exercise.mistakes, parts)
    _kept[key] = found
    if len(_kept) > KEPT:
        _kept.popitem(last=False)
    return found


def content(value: PlainData) -> Hashable:
    """A key that two pieces of plain data have in common if their numbers, types and shapes are the same."""
    if isinstance(value, np.ndarray):
        return value.dtype.str, value.shape, value.tobytes()
    if isinstance(value, (tuple, list)):
        return type(value), tuple(content(item) for item in value)
    if isinstance(value, dict):
        return tuple((key, content(item)) for key, item in value.items())
    return type(value), value
