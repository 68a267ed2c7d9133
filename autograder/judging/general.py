"""Mistakes that can be made in any exercise: what they are called, and how they are recognised.

Some are known by what kind of thing came back, some by the numbers, which follow from the right ones, and some by an
error that has one reason only.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import Any

import numpy as np

from autograder.guest.plain_data import Inputs, PlainData
from autograder.guest.response import Raised
from autograder.judging.close import EXACT, NEARLY, close
from autograder.judging.compare import Mismatch, same
from autograder.judging.mistake import Mistake, Parts, Several

MODIFIED = ("input-modified",)
KEPT = ("kept-from-before",)
NOT_REPEATABLE = ("not-repeatable",)
FEW = 6  # numbers whose rounding errors may all have the same sign by chance

# known by what happened: id -> sentence
OBSERVED = {
    "returns-nothing": "The function returns nothing: a `return` is missing.",
    "input-modified": "The function changes an array that was passed to it; the caller still needs that array.",
    "shares-memory": "The result is a view of another array: changing one would change the other.",
    "calls-disturb": "Two calls share memory, so a second call changes what the first one returned.",
    "dtype-lost": "The result has another dtype than the inputs: float32 in should give float32 out.",
    "not-repeatable": "Two calls with the same inputs return different answers: something is random, is kept from one "
    "call to the next, or is read before it is written (np.empty holds whatever was there before).",
    "kept-from-before": "A second call with other numbers of the same sizes gives a wrong answer. Either something is "
    "kept from the first call, such as an array stored by its shape, or memory is read before it is written: np.empty "
    "holds whatever was there before.",
    "bad-size-accepted": "Sizes that do not fit must raise an error, not return a number.",
    "no-array": "What is returned in place of an array is of another type: give back a plain array with axes of its "
    "own, no list, single number, generator or matrix.",
    "no-single-number": "What is returned must be a single number, not an array with an axis, a list or a tuple.",
    "keys": "The keys of the dict are fixed, because other code looks them up.",
    "cache-forgotten": "Only the result is returned; the function must return the cache too, which the backward pass "
    "needs.",
    "cache-incomplete": "The cache does not have as many items as agreed, so the backward pass cannot take it apart.",
    "float-for-an-int": "A float stands where Python or NumPy needs an int: a size, an index or a number of steps. `/` "
    "gives a float even where nothing is left over; `//` of two ints gives an int.",
    "name-unknown": "A name is used that has no value here: it is misspelt, belongs to another cell, or gets its value "
    "only in a branch or a loop that did not run.",
    "axis-not-there": "An axis of an array is asked for that the array does not have: not every array that is passed "
    "has as many axes.",
}


def by_kind(mismatch: Mismatch) -> tuple[str, ...]:
    """The mistake that a difference shows by its kind alone."""
    if mismatch.kind == "dtype":
        return ("dtype-lost",)
    if mismatch.kind == "missing":
        return ("keys",)
    if mismatch.part == "cache" and mismatch.kind in ("type", "no array", "no number"):
        return ("cache-incomplete",)
    if mismatch.kind == "no array":
        return ("no-array",)
    if mismatch.kind == "no number":
        return ("no-single-number",)
    return ()


def by_error(raised: Raised) -> tuple[str, ...]:
    """The mistake that an error shows whatever the exercise: it has no other reason."""
    if "NameError" in raised.bases:
        return ("name-unknown",)
    if raised.type == "TypeError" and "object cannot be interpreted as an integer" in raised.message:
        return ("float-for-an-int",) if "float" in raised.message.partition(" object")[0] else ()
    if raised.type == "IndexError" and raised.message == "tuple index out of range" and ".shape[" in raised.line:
        return ("axis-not-there",)
    return ()


class InFloat32(Several):
    """In a wrong answer: numbers that are right as far as float32 can tell, with errors of both signs."""

    def __init__(self, right: np.ndarray) -> None:
        self.right = right

    def fits(self, got: PlainData) -> bool:
        if not isinstance(got, np.ndarray) or not same(self.right, got, NEARLY):
            return False
        errors = (got - self.right) * np.sign(self.right)
        off = errors[~close(self.right, got, EXACT)]
        return off.size > 0 and (off.size < FEW or bool(off.min() < 0 < off.max()))


Change = Callable[[Any], PlainData | InFloat32]  # right value -> wrong one; raises ValueError where there is none


def _of_every_part(change: Change) -> Callable[[Inputs, Parts], Parts]:
    """A wrong answer in which each part with numbers is changed in this way."""

    def wrong(inputs: Inputs, right: Parts) -> Parts:
        changed: dict[str, Any] = {}
        for part, value in right.items():
            if isinstance(value, float) or (isinstance(value, np.ndarray) and value.dtype.kind == "f"):
                with contextlib.suppress(ValueError):
                    changed[part] = change(value)
        return changed

    return wrong


def _in_float32(right: Any) -> InFloat32:
    array = np.asarray(right)
    if array.dtype != np.float64 or array.ndim == 0 or same(array, array.astype(np.float32).astype(float), EXACT):
        raise ValueError("float32 is enough for these numbers")
    return InFloat32(array)


def _rounded(by: Callable[[Any], Any]) -> Change:
    def change(right: Any) -> PlainData:
        rounded = by(right)
        if not np.any(rounded):
            raise ValueError("nothing is left of these numbers")
        return rounded if isinstance(right, np.ndarray) else float(rounded)

    return change


def _without_short_axes(right: Any) -> PlainData:
    if not isinstance(right, np.ndarray):
        raise ValueError("a number has no axes")
    return right.squeeze()


def _decimals(digits: int) -> Change:
    return _rounded(lambda right: np.round(right, digits))


BY_NUMBERS = (
    Mistake(
        "whole-numbers",
        "The numbers were cut or rounded to whole ones: an array of ints keeps no fractions. Make it with a dtype of "
        "floats, such as that of the inputs.",
        *(_of_every_part(_rounded(by)) for by in (np.trunc, np.floor, np.rint)),
    ),
    Mistake(
        "rounded",
        "The numbers are right, but rounded to a few decimals: round what is printed, not what is returned.",
        *(_of_every_part(_decimals(digits)) for digits in range(1, 7)),
    ),
    Mistake(
        "computed-in-float32",
        "The numbers are right to about seven digits only: somewhere on the way an array is float32, where the inputs "
        "are float64. Leave the dtype as it is.",
        _of_every_part(_in_float32),
    ),
    Mistake(
        "short-axes-dropped",
        "The numbers are right, but axes of length 1 are gone, as after `squeeze()` without an axis: every axis stays, "
        "however short.",
        _of_every_part(_without_short_axes),
    ),
)
SENTENCES = OBSERVED | {mistake.name: mistake.says for mistake in BY_NUMBERS}
