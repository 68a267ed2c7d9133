"""A mistake that is known: the sentence a student needs, and the wrong answer or the error it is recognised by."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from autograder.guest.plain_data import Inputs, PlainData
from autograder.guest.response import Raised
from autograder.judging.compare import TOLERANCE, Tolerance, same
from autograder.judging.dtypes import cast, dtype_of


@dataclass(frozen=True)
class OfShape:
    """In a mistake's answer: any array of this shape, whatever its numbers."""

    shape: tuple[int, ...]


@dataclass(frozen=True)
class NotFinite:
    """In a mistake's answer: numbers with inf or nan among them."""


@dataclass(frozen=True)
class Mistake:
    """A wrong answer that is known: its id, the sentence a student needs, and how it is recognised.

    answer: (inputs, the right answer by part) → {part: wrong value, OfShape or NotFinite}; error: (inputs, what was
    raised) → is it this one?
    """

    name: str
    says: str
    answer: Callable[[Inputs, Mapping[str, PlainData]], Mapping[str, PlainData]] = lambda inputs, right: {}
    error: Callable[[Inputs, Raised], bool] = lambda inputs, raised: False

    def wrong(self, inputs: Inputs, right: Mapping[str, PlainData], parts: Sequence[str]) -> dict[str, PlainData]:
        """What this mistake answers in the parts looked at, where that differs from what is right; empty if nowhere."""
        dtype = dtype_of(inputs)
        with contextlib.suppress(Exception):  # a wrong oracle need not work on every geometry
            answer = self.answer(inputs, right)
            told = {part: cast(value, dtype) for part, value in answer.items() if part in parts}
            if any(not fits(value, right[part], TOLERANCE[dtype]) for part, value in told.items()):
                return told
        return {}


def fits(wanted: PlainData, got: PlainData, tolerance: Tolerance) -> bool:
    """Whether a value is what a mistake gives."""
    if isinstance(wanted, OfShape):
        return isinstance(got, np.ndarray) and got.shape == wanted.shape
    if isinstance(wanted, NotFinite):
        return isinstance(got, (float, np.ndarray)) and not np.all(np.isfinite(got))
    return same(wanted, got, tolerance)
