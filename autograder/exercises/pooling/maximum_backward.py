"""05_pooling: max pooling, backward."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from autograder.exercises.pooling import misrouted
from autograder.exercises.pooling.backward_mistakes import backward_mistakes
from autograder.exercises.pooling.cases import FLOAT32, INTS_IN_THE_CACHE, SIDE_BY_SIDE, TILED
from autograder.exercises.pooling.inputs import CACHE, SMALLEST, backward_inputs, with_pairs
from autograder.guest.plain_data import Inputs, PlainData
from autograder.judging import oracle
from autograder.judging.case import CONVENTIONS_NAME, Case, Sizes, one_of
from autograder.judging.exercise import Exercise
from autograder.judging.mistake import Mistake

TIES = "Where numbers tie, the first one in the window (row by row) gets the gradient"


class MaxPoolBackward(Exercise):
    name, points = "max_pool_backward", 30
    returns = ("dx",)
    fields = CACHE
    axes = {"dx": "N C H W"}
    smallest = SMALLEST
    cases = (
        Case("one image, 2×2 windows side by side, no ties", {"n": 1, "c": 1, "h": 4, "w": 4, "kernel": 2}),
        Case("batch of two, three channels", {"n": 2, "c": 3, "h": 4, "w": 6, "kernel": 2}),
        Case(
            "3×3 windows, stride 2 (AlexNet): where they overlap, gradients add",
            {"n": 1, "c": 1, "h": 7, "w": 9, "kernel": 3, "stride": 2},
            weight=2,
        ),
        Case(
            "ties: small whole numbers",
            {"n": 1, "c": 2, "h": 4, "w": 6, "kernel": 2, "values": "whole"},
            weight=2,
            hint=f"{TIES}, and no other one.",
            conventions=("ties",),
        ),
        Case(
            "after a ReLU: windows that are all zero",
            {"n": 1, "c": 2, "h": 6, "w": 6, "kernel": 2, "values": "relu"},
            hint="In a window of zeros, the first zero is the maximum and gets the gradient.",
            conventions=("ties",),
        ),
        Case("every number is negative", {"n": 1, "c": 2, "h": 4, "w": 4, "kernel": 2, "values": "negative"}),
        Case(
            "a flat image, 3×2 windows: one tie each",
            {"n": 2, "c": 2, "h": 6, "w": 4, "kernel": (3, 2), "values": "flat"},
            conventions=("ties",),
        ),
        Case(
            "overlap and ties at once",
            {"n": 1, "c": 2, "h": 5, "w": 7, "kernel": 3, "stride": 1, "values": "whole"},
            weight=2,
            conventions=("ties",),
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
            "numbers that almost tie",
            {"n": 1, "c": 2, "h": 4, "w": 6, "kernel": 2, "values": "close"},
            hint="Numbers that differ in the tenth digit do not tie.",
            conventions=("ties",),
        ),
        *TILED,
        INTS_IN_THE_CACHE,
        FLOAT32,
        SIDE_BY_SIDE,
        Case(
            CONVENTIONS_NAME,
            {"n": 2, "c": 2, "h": 7, "w": 5, "kernel": 3, "stride": 2, "values": "whole"},
            strided=True,
            conventions=("memory",),
        ),
        Case(
            "drawn sizes, overlap and ties",
            {
                "n": range(2, 4),
                "c": range(2, 4),
                "h": range(7, 10),
                "w": range(10, 13),
                "kernel": one_of(3, 4),
                "stride": 2,
                "values": one_of("whole", "relu"),
            },
            hidden=True,
            weight=2,
            hint="Images that are not square, overlapping windows, and ties.",
        ),
        Case(
            "drawn pairs, ties",
            {
                "n": 2,
                "c": range(1, 4),
                "h": range(10, 13),
                "w": range(6, 9),
                "kernel": one_of((3, 4), (4, 2), (2, 5)),
                "stride": one_of((1, 2), (2, 1), (5, 2)),
                "values": "whole",
            },
            hidden=True,
            weight=2,
            hint="Kernel and stride that differ between height and width, and ties.",
            conventions=("arguments",),
        ),
        Case(
            "drawn sizes, float32, arrays that are not contiguous",
            {
                "n": 2,
                "c": range(2, 4),
                "h": range(5, 9),
                "w": range(5, 9),
                "kernel": one_of(2, 3),
                "stride": one_of(2, 4),
                "values": "far below zero",
            },
            hidden=True,
            dtype="float32",
            strided=True,
        ),
    )
    mistakes = (
        Mistake(
            "every-tie",
            f"{TIES}; in yours every number that equals the maximum gets all of it.",
            lambda q, right: {"dx": oracle.tied_max_gradient(q["dout"], *q["cache"], whole=True)},
            convention="ties",
        ),
        Mistake(
            "ties-shared",
            f"{TIES}, all of it; in yours the numbers that tie share it.",
            lambda q, right: {"dx": oracle.tied_max_gradient(q["dout"], *q["cache"], whole=False)},
            convention="ties",
        ),
        Mistake(
            "last-tie",
            f"{TIES}; in yours the last one gets it.",
            lambda q, right: {"dx": misrouted.last_tie(q)},
            convention="ties",
        ),
        Mistake(
            "ties-by-columns",
            f"{TIES}; yours goes through a window column by column.",
            lambda q, right: {"dx": misrouted.by_columns(q)},
            convention="ties",
        ),
        Mistake(
            "almost-ties",
            "Numbers that differ only in the tenth digit do not tie: compare exactly, or use the index of the maximum.",
            lambda q, right: {
                "dx": oracle.tied_max_gradient(q["dout"], misrouted.rounded(q), *q["cache"][1:], whole=True)
            },
            lambda q, right: {"dx": oracle.max_pool2d_gradient(q["dout"], misrouted.rounded(q), *q["cache"][1:])},
            convention="ties",
        ),
        Mistake(
            "zero-maximum-skipped",
            "Where the largest number is 0 or negative, no number gets the gradient; the largest must get it there "
            "too.",
            lambda q, right: {"dx": right["dx"] * (q["cache"][0] > 0)},
            lambda q, right: {"dx": right["dx"] * (q["cache"][0] != 0)},
        ),
        Mistake(
            "spread-evenly",
            "The gradient is spread over the whole window, as in average pooling; only the largest number gets it.",
            lambda q, right: {"dx": oracle.avg_pool2d_gradient(q["dout"], *q["cache"])},
        ),
        Mistake(
            "whole-window",
            "Every number of a window gets the whole gradient; only the largest must get it.",
            lambda q, right: {"dx": oracle.avg_pool2d_gradient(q["dout"], *q["cache"]) * misrouted.area(q)},
        ),
        Mistake(
            "first-of-window",
            "The first number of each window gets the gradient; the largest must get it, wherever it is.",
            lambda q, right: {"dx": oracle.max_pool2d_gradient(q["dout"], 0 * q["cache"][0], *q["cache"][1:])},
        ),
        Mistake(
            "smallest",
            "The smallest number of each window gets the gradient; the largest must get it.",
            lambda q, right: {"dx": oracle.max_pool2d_gradient(q["dout"], -q["cache"][0], *q["cache"][1:])},
        ),
        Mistake(
            "largest-magnitude",
            "The number furthest from 0 gets the gradient; the largest must get it, and −3 is smaller than 1.",
            lambda q, right: {"dx": oracle.max_pool2d_gradient(q["dout"], np.abs(q["cache"][0]), *q["cache"][1:])},
        ),
        Mistake(
            "value-passed",
            "dx holds the largest numbers themselves; they only determine where dout goes.",
            lambda q, right: {"dx": q["cache"][0] * (right["dx"] != 0)},
        ),
        Mistake(
            "multiplied-by-x",
            "dout is multiplied by the largest number; the local gradient there is 1.",
            lambda q, right: {"dx": right["dx"] * q["cache"][0]},
        ),
        Mistake(
            "window-not-added",
            "All gradients are in the upper left corner: the index of the maximum is relative to the window, so add "
            "i·stride and j·stride to it.",
            lambda q, right: {"dx": misrouted.in_the_corner(q)},
        ),
        Mistake(
            "place-transposed",
            "The row and the column of the maximum in its window are swapped.",
            lambda q, right: {"dx": misrouted.place_transposed(q)},
        ),
        Mistake(
            "unravelled-by-height",
            "The index of the maximum in its window is split by the window's height; row by row, it is "
            "divmod(index, KW), with the width.",
            lambda q, right: {"dx": misrouted.split_by_height(q)},
        ),
        Mistake(
            "channels-mixed",
            "The maximum is taken over all channels; each channel has its own.",
            lambda q, right: {"dx": misrouted.over_channels(q, summed=False)},
            lambda q, right: {"dx": misrouted.over_channels(q, summed=True)},
        ),
        *backward_mistakes(oracle.max_pool2d_gradient),
    )

    def inputs(self, sizes: Sizes, rng: Any) -> Inputs:
        return backward_inputs(sizes, rng)

    def by_hand(self, case: Case) -> Iterator[Inputs]:
        """For ties, one window in which two numbers are the largest, and one in which all are equal."""
        if "ties" in case.conventions:
            for window in ([[2.0, 7.0], [7.0, 3.0]], [[0.0, 0.0], [0.0, 0.0]]):
                yield {"dout": np.array([[[[5.0]]]]), "cache": (np.array([[window]]), 2, 2)}

    def other_forms(self, q: Inputs) -> Iterator[Inputs]:
        yield with_pairs(q)

    def expected(self, q: Inputs) -> dict[str, PlainData]:
        return {"dx": oracle.max_pool2d_gradient(q["dout"], *q["cache"])}
