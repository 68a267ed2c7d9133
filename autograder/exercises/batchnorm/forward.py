"""06_batchnorm: batch normalization forward, for rows of features, in training and at test time."""

from __future__ import annotations

from typing import Any

from autograder.exercises.batchnorm.arrays import (
    CLEARER,
    OPTIONS,
    batchnorm_arrays,
    grouped,
    in_training,
)
from autograder.exercises.batchnorm.forward_mistakes import KEEPING, STATISTICS, batchnorm, only
from autograder.guest.plain_data import Inputs, PlainData
from autograder.guest.responders.batchnorm import RUNNING
from autograder.guest.response import Raised
from autograder.judging.case import CONVENTIONS_NAME, Case, Sizes, one_of
from autograder.judging.clash import clashing
from autograder.judging.exercise import Exercise
from autograder.judging.mistake import Mistake

FAR_FROM_ZERO = Case(
    "numbers near 512, float32",
    {"n": 8, "d": 3, "far": 512},
    parts=("out",),
    dtype="float32",
    hint="The mean of the squares less the square of the mean is a small difference of two large numbers, which keeps "
    "few digits: subtract the mean first, then square.",
)


def _by_row(q: Inputs, raised: Raised) -> bool:
    """Whether an array with a number for each of the N rows met one with a number for each of the D columns."""
    rows, columns = q["x"].shape
    one_axis = {shape for shape in clashing(raised) if len(shape) == 1}
    return (rows,) in one_axis and {*clashing(raised)} <= {(rows,), (columns,), (rows, columns)}


class BatchnormForward(Exercise):
    name, points = "batchnorm_forward", 25
    returns = ("out", "cache")
    mutates = RUNNING
    axes = {"out": "N D", "running_mean": "D", "running_var": "D"}
    keywords = OPTIONS
    smallest, clearer = {"n": 3, "d": 1}, CLEARER
    cases = (
        Case("four rows of three numbers, gamma 1, beta 0", {"n": 4, "d": 3, "plain": True}, parts=("out",)),
        Case("gamma scales, beta shifts", {"n": 4, "d": 3}, parts=("out",)),
        Case("running_mean and running_var after a batch", {"n": 4, "d": 3}, parts=RUNNING),
        Case("as many rows as columns", {"n": 4, "d": 4}, parts=("out",)),
        Case("momentum 0.3", {"n": 5, "d": 3, "momentum": 0.3}, parts=RUNNING),
        Case("a large eps, 0.5", {"n": 5, "d": 3, "eps": 0.5}, parts=("out",)),
        Case("a column of equal numbers: variance 0", {"n": 4, "d": 3, "flat": True}, parts=("out",)),
        Case("one row in training", {"n": 1, "d": 4}),
        Case("one column", {"n": 4, "d": 1}, weight=0.5),
        Case("the first batch: running_mean is 0, running_var 1", {"n": 4, "d": 3, "fresh": True}, parts=RUNNING),
        FAR_FROM_ZERO,
        Case("test time: the running values are used", {"n": 4, "d": 3, "training": False}, parts=("out",)),
        Case("test time: the running values stay", {"n": 4, "d": 3, "training": False}, parts=RUNNING),
        Case("test time, one row, eps 0.5", {"n": 1, "d": 3, "training": False, "eps": 0.5}),
        Case("float32 stays float32", {"n": 6, "d": 3, "momentum": 0.2}, dtype="float32", conventions=("dtype",)),
        Case(CONVENTIONS_NAME, {"n": 5, "d": 3, "momentum": 0.25}, strided=True, conventions=("memory", "cache")),
        Case(
            "other sizes, other momentum and eps",
            {"n": range(2, 8), "d": range(2, 7), "momentum": one_of(0.05, 0.1, 0.9), "eps": one_of(1e-3, 0.2)},
            hidden=True,
            weight=2,
            hint="In training; momentum and eps are passed and are not the defaults.",
        ),
        Case(
            "other sizes, test time",
            {"n": range(1, 8), "d": range(2, 7), "training": False, "eps": one_of(1e-5, 0.1)},
            hidden=True,
            weight=2,
            hint="At test time, the running values are used and are not changed.",
        ),
        Case(
            "other sizes, float32, arrays that are not contiguous",
            {"n": range(5, 9), "d": range(2, 6), "momentum": 0.5},
            hidden=True,
            dtype="float32",
            strided=True,
            conventions=("memory",),
            hint="Inputs may be views: change the running arrays in place, through the views that are passed.",
        ),
    )
    mistakes = (
        *STATISTICS,
        *KEEPING,
        Mistake(
            "wrong-axis",
            "The statistics are taken over each row; they must be taken over each column, the N rows of the batch.",
            lambda q, right: only(in_training(q), {"out": grouped(q, 1, len(q["x"]), -1)}),
            error=lambda q, raised: in_training(q) and _by_row(q, raised),
        ),
    )

    def inputs(self, sizes: Sizes, rng: Any) -> Inputs:
        return batchnorm_arrays(sizes, rng)

    def expected(self, q: Inputs) -> dict[str, PlainData]:
        return {**batchnorm(q), "cache": None}  # the cache is the student's own
