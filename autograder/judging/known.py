"""The right answer to a question and the wrong answers of known mistakes, kept for the next submission.

Every submission of a class gets the same questions, so these are worked out once.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from functools import cached_property
from typing import Any

import numpy as np

from autograder.guest.plain_data import Inputs, PlainData
from autograder.judging.close import Tolerance
from autograder.judging.general import BY_NUMBERS
from autograder.judging.mistake import Form, Mistake, Parts, by_numbers, fits

KEPT = 256  # questions; an exercise has about twenty, and a search for a smaller example up to sixty

Wrong = tuple[tuple[Form, Parts], ...]  # (which wrong answer of which mistake, its value by part)


class Known:
    """The right answer to one question and the known wrong ones, each worked out when it is first needed."""

    def __init__(
        self,
        inputs: Inputs,
        reference: Callable[[Inputs], dict[str, PlainData]],
        mistakes: tuple[Mistake, ...],
        parts: tuple[str, ...],
    ) -> None:
        self._inputs = inputs
        self._reference = reference  # inputs → part → right value
        self._mistakes = mistakes
        self._parts = parts  # of the answer that count

    @cached_property
    def right(self) -> dict[str, PlainData]:
        """part → the right value."""
        return self._reference(self._inputs)

    @cached_property
    def wrong(self) -> Wrong:
        """The wrong answers, in the order of the mistakes, where they differ from `right`."""
        return tuple(
            each for mistake in self._mistakes for each in mistake.forms(self._inputs, self.right, self._parts)
        )

    def fitting(self, got: Mapping[str, PlainData], tolerance: Tolerance) -> dict[Form, bool]:
        """Each known wrong answer that this one is, in their order → whether by numbers, not by a shape alone.

        got: part → value.
        """
        return {
            form: any(by_numbers(value) for value in wrong.values())
            for form, wrong in self.wrong
            if all(fits(value, got[part], tolerance) for part, value in wrong.items())
        }


_kept: OrderedDict[Hashable, Known] = OrderedDict()


def known(exercise: Any, parts: tuple[str, ...], inputs: Inputs) -> Known:
    """The right and the wrong answers to a question of an exercise, where these parts of the answer count."""
    key = exercise, parts, content(inputs)
    # taken out and put back, so that the least recently used comes first; each step is safe with other threads
    answers = _kept.pop(key, None) or Known(inputs, exercise.reference, (*exercise.mistakes, *BY_NUMBERS), parts)
    _kept[key] = answers
    if len(_kept) > KEPT:
        _kept.popitem(last=False)
    return answers


def content(value: PlainData) -> Hashable:
    """A key that is the same for two pieces of plain data if their numbers, types and shapes are the same."""
    if isinstance(value, np.ndarray):
        return value.dtype.str, value.shape, value.tobytes()
    if isinstance(value, (tuple, list)):
        return type(value), tuple(content(item) for item in value)
    if isinstance(value, dict):
        return tuple((key, content(item)) for key, item in value.items())
    return type(value), value
