"""05_pooling: average pooling, forward and backward."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

from autograder.exercises.pooling import misrouted
from autograder.exercises.pooling.backward_mistakes import backward_mistakes
from autograder.exercises.pooling.cases import (
    DEFAULT_STRIDE,
    FIRST,
    FLOAT32,
    INTS_IN_THE_CACHE,
    LAST,
    NO_STRIDE,
    SIDE_BY_SIDE,
    SPACED,
    TILED,
)
from autograder.exercises.pooling.forward_mistakes import forward_mistakes
from autograder.exercises.pooling.inputs import CACHE, SMALLEST, backward_inputs, forward_inputs, stride_of, with_pairs
from autograder.guest.plain_data import Inputs, PlainData
from autograder.judging import oracle
from autograder.judging.case import CONVENTIONS_NAME, Case, Sizes, one_of
from autograder.judging.exercise import Exercise
from autograder.judging.mistake import Mistake, WrongAnswer
from utils.sizes import pair

Sides = tuple[int, int]
Count = Callable[[Sides, Sides, Sides], int]  # (kernel, stride, size of the output map) -> what a sum is divided by

WRONG_COUNTS: tuple[Count, ...] = (
    lambda kernel, stride, size: kernel[0],
    lambda kernel, stride, size: kernel[1],
    lambda kernel, stride, size: kernel[0] ** 2,
    lambda kernel, stride, size: kernel[1] ** 2,
    lambda kernel, stride, size: kernel[0] + kernel[1],
    lambda kernel, stride, size: stride[0] * stride[1],
    lambda kernel, stride, size: size[0] * size[1],
)
NO_COUNT: Count = lambda kernel, stride, size: 1  # noqa: E731


def mean_over(count: Count) -> WrongAnswer:
    """The output when the sum of each window is divided by this count."""

    def answer(q: Inputs, right: Mapping[str, PlainData]) -> dict[str, PlainData]:
        kernel, stride, size = pair(q["kernel"]), pair(stride_of(q)), right["out"].shape[2:]
        return {"out": right["out"] * kernel[0] * kernel[1] / count(kernel, stride, size)}

    return answer


def share_of(count: Count) -> WrongAnswer:
    """dx when dout is divided by this count."""

    def answer(q: Inputs, right: Mapping[str, PlainData]) -> dict[str, PlainData]:
        kernel, stride = (pair(size) for size in q["cache"][1:])
        return {"dx": right["dx"] * kernel[0] * kernel[1] / count(kernel, stride, q["dout"].shape[2:])}

    return answer


class AvgPoolForward(Exercise):
    name, points = "avg_pool_forward", 15
    returns = ("out", "cache")
    fields = CACHE
    axes = {"out": "N C H' W'"}
    keywords = ("stride",)
    smallest = SMALLEST
    cases = (
        *FIRST,
        Case("3×3 windows, stride 2: they overlap", {"n": 1, "c": 2, "h": 5, "w": 7, "kernel": 3, "stride": 2}),
        *SPACED,
        Case("many zeros: they count", {"n": 1, "c": 2, "h": 4, "w": 6, "kernel": 2, "values": "relu"}),
        NO_STRIDE,
        DEFAULT_STRIDE,
        *TILED,
        Case(
            "one window over the whole image (global average pooling)",
            {"n": 2, "c": 2, "h": 3, "w": 4, "kernel": (3, 4), "stride": 1},
        ),
        *LAST,
        Case(
            "drawn sizes, windows that overlap",
            {
                "n": range(2, 4),
                "c": range(2, 5),
                "h": range(7, 10),
                "w": range(10, 13),
                "kernel": one_of(3, 4),
                "stride": 2,
            },
            hidden=True,
            weight=2,
            hint="Images that are not square, and overlapping windows.",
        ),
        Case(
            "drawn pairs, float32",
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
            dtype="float32",
            strided=True,
            hint="Kernel and stride that differ between height and width; inputs may be views.",
            conventions=("arguments",),
        ),
    )
    mistakes = (
        Mistake(
            "wrong-count",
            "Each window's sum is divided by the wrong count; a window has kernel height × kernel width numbers.",
            *(mean_over(count) for count in WRONG_COUNTS),
        ),
        Mistake(
            "not-divided",
            "This is the sum of each window: divide by how many numbers it has.",
            mean_over(NO_COUNT),
        ),
        Mistake(
            "floor-division",
            "The mean is rounded down: `//` rounds to a whole number, `/` keeps the fraction.",
            lambda q, right: {"out": np.floor(right["out"])},
        ),
        Mistake(
            "zeros-not-counted",
            "Zeros are left out of the mean; they count like any other number.",
            lambda q, right: {"out": right["out"] / _share_of_nonzero(q)},
        ),
        Mistake(
            "largest-instead",
            "This is the largest number of each window, not the mean.",
            lambda q, right: {"out": oracle.max_pool2d(q["x"], q["kernel"], stride_of(q))},
        ),
        *forward_mistakes(oracle.avg_pool2d, beyond=0.0),
    )

    def inputs(self, sizes: Sizes, rng: Any) -> Inputs:
        return forward_inputs(sizes, rng)

    def expected(self, q: Inputs) -> dict[str, PlainData]:
        stride = stride_of(q)
        return {"out": oracle.avg_pool2d(q["x"], q["kernel"], stride), "cache": (q["x"], q["kernel"], stride)}


def _share_of_nonzero(q: Inputs) -> np.ndarray:
    """The share of numbers other than 0 in each window; 1 if all are 0."""
    share = oracle.avg_pool2d((q["x"] != 0).astype(float), q["kernel"], stride_of(q))
    return np.where(share > 0, share, 1)


class AvgPoolBackward(Exercise):
    name, points = "avg_pool_backward", 20
    returns = ("dx",)
    fields = CACHE
    axes = {"dx": "N C H W"}
    smallest = SMALLEST
    cases = (
        Case("one image, 2×2 windows side by side", {"n": 1, "c": 1, "h": 4, "w": 4, "kernel": 2}),
        Case("batch of two, three channels", {"n": 2, "c": 3, "h": 4, "w": 6, "kernel": 2}),
        Case(
            "3×3 windows, stride 2: where they overlap, gradients add",
            {"n": 1, "c": 1, "h": 7, "w": 9, "kernel": 3, "stride": 2},
            weight=2,
        ),
        Case("2×2 windows, stride 3: gaps between them", {"n": 1, "c": 1, "h": 8, "w": 8, "kernel": 2, "stride": 3}),
        Case(
            "the stride does not divide the image: dx has the shape of x",
            {"n": 2, "c": 1, "h": 5, "w": 7, "kernel": 2, "stride": 2},
        ),
        Case(
            "kernel (2, 3), stride (1, 2): pairs",
            {"n": 2, "c": 2, "h": 4, "w": 8, "kernel": (2, 3), "stride": (1, 2)},
            conventions=("arguments",),
        ),
        Case(
            "one window over the whole image (global average pooling)",
            {"n": 2, "c": 3, "h": 3, "w": 4, "kernel": (3, 4), "stride": (3, 4)},
        ),
        *TILED,
        INTS_IN_THE_CACHE,
        FLOAT32,
        SIDE_BY_SIDE,
        Case(
            CONVENTIONS_NAME,
            {"n": 2, "c": 2, "h": 7, "w": 5, "kernel": 3, "stride": 2},
            strided=True,
            conventions=("memory",),
        ),
        Case(
            "drawn sizes, windows that overlap",
            {
                "n": range(2, 4),
                "c": range(2, 4),
                "h": range(7, 10),
                "w": range(10, 13),
                "kernel": one_of(3, 4),
                "stride": 2,
            },
            hidden=True,
            weight=2,
            hint="Images that are not square, and overlapping windows.",
        ),
        Case(
            "drawn pairs, float32",
            {
                "n": 2,
                "c": range(1, 4),
                "h": range(10, 13),
                "w": range(6, 9),
                "kernel": one_of((3, 4), (4, 2), (2, 5)),
                "stride": one_of((1, 2), (2, 1), (5, 2)),
            },
            hidden=True,
            weight=2,
            dtype="float32",
            strided=True,
            conventions=("arguments",),
            hint="Kernel and stride that differ between height and width; inputs may be views.",
        ),
    )
    mistakes = (
        Mistake(
            "wrong-count",
            "dout is divided by the wrong count; each of the kernel height × kernel width numbers of a window gets "
            "an equal share.",
            *(share_of(count) for count in WRONG_COUNTS),
        ),
        Mistake(
            "not-divided",
            "Every number of a window gets all of dout; each one contributes 1/(kernel height × kernel width) to the "
            "mean.",
            share_of(NO_COUNT),
        ),
        Mistake(
            "to-the-largest",
            "The gradient goes to the largest number of a window, as in max pooling; here all numbers get a share.",
            lambda q, right: {"dx": oracle.max_pool2d_gradient(q["dout"], *q["cache"])},
        ),
        Mistake(
            "first-of-window",
            "Only the first number of each window gets a gradient; all numbers must get a share.",
            lambda q, right: {"dx": oracle.max_pool2d_gradient(q["dout"], 0 * q["cache"][0], *q["cache"][1:])},
        ),
        Mistake(
            "multiplied-by-x",
            "dout is multiplied by x; the mean is linear, and x does not occur in its gradient.",
            lambda q, right: {"dx": right["dx"] * q["cache"][0]},
            lambda q, right: {"dx": right["dx"] * q["cache"][0] * misrouted.area(q)},
        ),
        *backward_mistakes(oracle.avg_pool2d_gradient),
    )

    def inputs(self, sizes: Sizes, rng: Any) -> Inputs:
        return backward_inputs(sizes, rng)

    def other_forms(self, q: Inputs) -> Iterator[Inputs]:
        yield with_pairs(q)

    def expected(self, q: Inputs) -> dict[str, PlainData]:
        return {"dx": oracle.avg_pool2d_gradient(q["dout"], *q["cache"])}
