"""06_batchnorm: batch normalization backward, for rows of features, in training and at test time."""

from __future__ import annotations

from typing import Any

from autograder.exercises.batchnorm.arrays import CLEARER, both_arrays
from autograder.exercises.batchnorm.backward_mistakes import (
    CACHE,
    FACTORS_AND_SUMS,
    THROUGH_STATISTICS,
    UNSUMMED,
    gradients,
    unsummed,
)
from autograder.exercises.batchnorm.forward_and_backward import ForwardAndBackward, forward_arguments
from autograder.exercises.batchnorm.forward_mistakes import batchnorm
from autograder.guest.plain_data import Inputs, PlainData
from autograder.judging.case import CONVENTIONS_NAME, Case, Sizes, one_of
from autograder.judging.mistake import Mistake, OfShape


class BatchnormBackward(ForwardAndBackward):
    name, points = "batchnorm_backward", 25
    forward = "batchnorm_forward"
    arguments = ("batchnorm_forward", "batchnorm_backward")
    axes = {"dx": "N D", "dgamma": "D", "dbeta": "D"}
    smallest, clearer = {"n": 3, "d": 1}, CLEARER
    cases = (
        Case("dbeta", {"n": 4, "d": 3}, parts=("dbeta",)),
        Case("dgamma", {"n": 4, "d": 3}, parts=("dgamma",)),
        Case("dx", {"n": 4, "d": 3}, parts=("dx",)),
        Case("as many rows as columns", {"n": 4, "d": 4}),
        Case("a large eps, 0.5", {"n": 5, "d": 3, "eps": 0.5}),
        Case("a column of equal numbers: variance 0", {"n": 4, "d": 3, "flat": True}),
        Case("one row in training: out is beta, so dx is 0", {"n": 1, "d": 4}),
        Case("one column", {"n": 4, "d": 1}, weight=0.5),
        Case("test time: a linear operator", {"n": 4, "d": 3, "training": False, "eps": 0.1}),
        Case("another batch in training before the backward pass", {"n": 4, "d": 3, "momentum": 0.5, "next": True}),
        Case(
            "test time, another batch in training before the backward pass",
            {"n": 4, "d": 3, "training": False, "momentum": 0.5, "next": True},
        ),
        Case("float32 stays float32", {"n": 6, "d": 3}, dtype="float32", conventions=("dtype",)),
        Case(CONVENTIONS_NAME, {"n": 5, "d": 3}, strided=True, conventions=("memory",)),
        Case(
            "other sizes, another eps",
            {"n": range(4, 9), "d": range(2, 7), "eps": one_of(1e-3, 0.2)},
            hidden=True,
            weight=2,
            hint="In training; eps is passed and is not the default.",
        ),
        Case(
            "other sizes, test time",
            {"n": range(3, 8), "d": range(2, 7), "training": False, "eps": one_of(1e-5, 0.1)},
            hidden=True,
            weight=2,
            hint="At test time, mean and variance are constants.",
        ),
        Case(
            "other sizes, float32, arrays that are not contiguous",
            {"n": range(6, 10), "d": range(2, 6), "momentum": 0.5, "next": True},
            hidden=True,
            dtype="float32",
            strided=True,
            hint="Inputs may be views, and other calls may come between your forward and your backward call.",
        ),
    )
    mistakes = (
        *CACHE,
        *THROUGH_STATISTICS,
        *FACTORS_AND_SUMS,
        unsummed(*UNSUMMED),
        Mistake(
            "summed-along-rows",
            "dgamma or dbeta is summed over the columns; it has one number for each column, so sum over the N rows.",
            lambda q, right: {"dbeta": q["dout"].sum(axis=1)},
            lambda q, right: {"dgamma": OfShape((len(q["x"]),))} if len(q["x"]) != q["x"].shape[1] else {},
        ),
    )

    def inputs(self, sizes: Sizes, rng: Any) -> Inputs:
        return both_arrays(sizes, rng)

    def expected(self, q: Inputs) -> dict[str, PlainData]:
        return dict(gradients(q))

    def right_out(self, inputs: Inputs) -> Any:
        return batchnorm(forward_arguments(inputs))["out"].astype(inputs["x"].dtype)
