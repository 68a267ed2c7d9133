"""The random numbers of a check: the same everywhere in visible cases, from the course's secret in hidden ones."""

from __future__ import annotations

import hashlib
import math
import os
from typing import Any

import numpy as np

from autograder.judging.secret import VARIABLE
from autograder.judging.secret import course_secret as course_secret  # settings of earlier courses import it here

# of an example by hand: of both signs and of different sizes. The first two, three, four have a sum that is not 0, and
# no two of them are as far from their mean
NUMBERS = (3, -2, -4, 7, 6, -5, 9, -8, 1)


def generator(assignment: str, exercise: str, case: str, hidden: bool) -> np.random.Generator:
    """The random generator for one case: within a course, a case has the same numbers each time it is asked."""
    secret = os.environ.get(VARIABLE, "") if hidden else "visible"
    digest = hashlib.sha256("/".join((secret, assignment, exercise, case)).encode()).digest()
    return np.random.default_rng(int.from_bytes(digest[:16], "little"))


class SmallNumbers:
    """A generator for an example by hand: small whole numbers in place of those of the normal distribution.

    The numbers of an array differ from one another, and as long as there are few of them, so do those of all arrays.

    Args:
        sign: 0 for numbers of both signs, else that of all of them.
    """

    by_hand = True  # tells an exercise that its numbers are for an example by hand

    def __init__(self, sign: int = 0) -> None:
        self._sign = sign
        self._rng = np.random.default_rng(0)
        self._round, self._drawn = 0, 0  # how often all of NUMBERS were used; how many since then

    def standard_normal(self, size: tuple[int, ...] | int = ()) -> np.ndarray:
        shape = (size,) if isinstance(size, int) else tuple(size)
        count = math.prod(shape)
        if count > len(NUMBERS):
            numbers = self._rng.choice([-1, 1], count) * self._rng.permutation(np.arange(1, count + 1))
        else:
            if self._drawn + count > len(NUMBERS):  # the next round begins with other numbers
                self._round, self._drawn = self._round + 4, 0
            start, self._drawn = self._round + self._drawn, self._drawn + count
            numbers = np.array([NUMBERS[(start + k) % len(NUMBERS)] for k in range(count)])
        signed = self._sign * np.abs(numbers) if self._sign else numbers
        return np.asarray(signed, float).reshape(shape)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._rng, name)


def by_hand(rng: Any) -> bool:
    """Whether the numbers that this generator draws are for an example by hand."""
    return getattr(rng, "by_hand", False) is True
