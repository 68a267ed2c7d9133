"""05_pooling: max pooling, forward."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.exercises.pooling.cases import DEFAULT_STRIDE, FIRST, LAST, NO_STRIDE, SPACED, TILED
from autograder.exercises.pooling.forward_mistakes import forward_mistakes
from autograder.exercises.pooling.inputs import CACHE, SMALLEST, forward_inputs, stride_of
from autograder.guest.plain_data import Inputs, PlainData
from autograder.judging import oracle
from autograder.judging.case import Case, Sizes, one_of
from autograder.judging.exercise import Exercise
from autograder.judging.mistake import Mistake, WrongAnswer

# numbers at which a search for the maximum may wrongly start, instead of −∞
STARTS = (-1, -10, -99, -100, -999, -1000, -9999, -10_000, -99_999, -100_000, -999_999, -1_000_000)


def no_less_than(start: float) -> WrongAnswer:
    """The output of a search that starts at this number instead of −∞."""
    return lambda q, right: {"out": np.maximum(right["out"], start)}


class MaxPoolForward(Exercise):
    name, points = "max_pool_forward", 25
    returns = ("out", "cache")
    fields = CACHE
    axes = {"out": "N C H' W'"}
    keywords = ("stride",)
    smallest = SMALLEST
    cases = (
        *FIRST,
        Case(
            "every number is negative",
            {"n": 1, "c": 2, "h": 4, "w": 4, "kernel": 2, "stride": 2, "values": "negative"},
        ),
        Case(
            "3×3 windows, stride 2 (AlexNet): they overlap", {"n": 1, "c": 2, "h": 5, "w": 7, "kernel": 3, "stride": 2}
        ),
        *SPACED,
        NO_STRIDE,
        DEFAULT_STRIDE,
        *TILED,
        Case("one window over the whole image", {"n": 2, "c": 2, "h": 3, "w": 4, "kernel": (3, 4), "stride": 1}),
        *LAST,
        Case(
            "drawn sizes, windows that overlap, numbers far below zero",
            {
                "n": range(2, 4),
                "c": range(2, 5),
                "h": range(7, 10),
                "w": range(10, 13),
                "kernel": one_of(3, 4),
                "stride": 2,
                "values": "far below zero",
            },
            hidden=True,
            weight=2,
            hint="Images that are not square, overlapping windows, and no number near zero.",
        ),
        Case(
            "drawn pairs",
            {
                "n": 2,
                "c": range(1, 4),
                "h": range(10, 13),
                "w": range(6, 9),
                "kernel": one_of((1, 4), (4, 1), (2, 5)),
                "stride": one_of((1, 2), (3, 1), (5, 2)),
            },
            hidden=True,
            weight=2,
            hint="Kernel and stride that differ between height and width.",
            conventions=("arguments",),
        ),
        Case(
            "drawn sizes, float32, arrays that are not contiguous",
            {
                "n": 2,
                "c": range(2, 5),
                "h": range(5, 9),
                "w": range(5, 9),
                "kernel": one_of(2, 3),
                "values": "negative",
            },
            hidden=True,
            dtype="float32",
            strided=True,
            conventions=("arguments",),
        ),
    )
    mistakes = (
        Mistake(
            "starts-at-zero",
            "Where all numbers of a window are negative, yours returns 0: start from the first number of the window "
            "or from −∞, and do not pad with zeros.",
            lambda q, right: {"out": np.maximum(right["out"], 0)},
        ),
        Mistake(
            "starts-too-high",
            "Where all numbers of a window are far below zero, yours returns the number that it started from: start "
            "from the first number of the window or from −∞.",
            *(no_less_than(start) for start in STARTS),
        ),
        Mistake(
            "averaged",
            "This is the mean of each window; max pooling takes the largest number.",
            lambda q, right: {"out": oracle.avg_pool2d(q["x"], q["kernel"], stride_of(q))},
        ),
        Mistake(
            "smallest",
            "This is the smallest number of each window, not the largest.",
            lambda q, right: {"out": -oracle.max_pool2d(-q["x"], q["kernel"], stride_of(q))},
        ),
        Mistake(
            "largest-magnitude",
            "Yours takes the number furthest from 0; it must take the largest, and −3 is smaller than 1.",
            lambda q, right: {"out": oracle.max_pool2d(np.abs(q["x"]), q["kernel"], stride_of(q))},
            lambda q, right: {"out": _furthest(q)},
        ),
        Mistake(
            "first-of-window",
            "Yours takes the first number of each window: that is subsampling, not the maximum.",
            lambda q, right: {"out": _first(q)},
        ),
        *forward_mistakes(oracle.max_pool2d, beyond=-np.inf),
    )

    def inputs(self, sizes: Sizes, rng: Any) -> Inputs:
        return forward_inputs(sizes, rng)

    def expected(self, q: Inputs) -> dict[str, PlainData]:
        stride = stride_of(q)
        return {"out": oracle.max_pool2d(q["x"], q["kernel"], stride), "cache": (q["x"], q["kernel"], stride)}


def _furthest(q: Inputs) -> np.ndarray:
    """The number of each window that is furthest from 0."""
    high, low = (oracle.max_pool2d(sign * q["x"], q["kernel"], stride_of(q)) for sign in (1, -1))
    return np.where(high >= low, high, -low)


def _first(q: Inputs) -> np.ndarray:
    """The first number of each window."""
    high, wide = oracle.max_pool2d(q["x"], q["kernel"], stride_of(q)).shape[2:]
    return oracle.max_pool2d(q["x"], 1, stride_of(q))[..., :high, :wide]
