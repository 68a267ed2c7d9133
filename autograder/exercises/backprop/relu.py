"""01_backprop: the ReLU, forward and backward."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.guest.plain_data import Inputs, PlainData
from autograder.judging import oracle
from autograder.judging.case import CONVENTIONS_NAME, Case, Sizes, one_of
from autograder.judging.exercise import Exercise
from autograder.judging.mistake import Mistake
from autograder.judging.seeds import by_hand

LEFT_OUT = "The numbers where x ≤ 0 are left out, as `[x > 0]` does; they must be 0, so that the shape stays."
# an answer that does nothing has these numbers right, so they earn nothing: only the convention counts
ALL_POSITIVE = Case(
    "every number is positive: still a new array",
    {"shape": (2, 3), "positive": True},
    weight=0,
    conventions=("memory",),
)


def with_zeros(rng: Any, shape: tuple[int, ...]) -> np.ndarray:
    """Numbers of both signs, a third of them exactly 0, where a ReLU is not smooth."""
    if by_hand(rng):
        every_third = (np.arange(np.prod(shape)) % 3 == 1).reshape(shape)
        return np.where(every_third, 0.0, rng.standard_normal(shape))
    x = np.asarray(rng.standard_normal(shape) * (rng.integers(0, 3, shape) > 0))
    if x.size >= 3 and not ((x < 0).any() and (x == 0).any() and (x > 0).any()):
        x.flat[:3] = -1.0, 0.0, 1.0  # else an answer could be right that pays no heed to a sign
    return x


class ReluForward(Exercise):
    name, points = "relu_forward", 5
    returns = ("out", "cache")
    smallest = {"shape": 1}
    cases = (
        Case("a row of numbers, some negative, some zero", {"shape": (7,)}),
        Case("a batch of images", {"shape": (2, 3, 4, 5)}),
        Case("float32 stays float32", {"shape": (3, 4)}, dtype="float32", conventions=("dtype", "memory")),
        Case("the cache is x", {"shape": (3, 4)}, conventions=("cache",)),
        Case(CONVENTIONS_NAME, {"shape": (3, 5)}, strided=True, conventions=("memory",)),
        ALL_POSITIVE,
        Case("another shape", {"shape": one_of((5,), (4, 3), (2, 3, 2))}, hidden=True),
    )
    mistakes = (
        Mistake(
            "absolute-value",
            "Negative numbers become 0; yours lose their sign.",
            lambda q, right: {"out": np.abs(q["x"])},
        ),
        Mistake(
            "sign-wrong-way",
            "max(0, x) keeps the positive numbers; yours keeps the negative ones.",
            lambda q, right: {"out": np.minimum(q["x"], 0)},
        ),
        Mistake(
            "mask-returned",
            "This is the mask x > 0, not max(0, x).",
            lambda q, right: {"out": (q["x"] > 0).astype(float)},
        ),
        Mistake(
            "doubled",
            "Positive numbers come out twice as large: (x + |x|) / 2 is max(0, x).",
            lambda q, right: {"out": 2 * right["out"]},
        ),
        Mistake(
            "largest-of-all",
            "np.max takes the largest number of an array; np.maximum(0, x) compares every number with 0.",
            lambda q, right: (
                {"out": np.asarray(np.max(q["x"], 0))} if q["x"].ndim > 1 else {"out": float(np.max(q["x"]))}
            ),
            lambda q, right: {"out": float(np.max(q["x"]))},
        ),
        Mistake(
            "numbers-left-out",
            LEFT_OUT,
            lambda q, right: {"out": q["x"][q["x"] > 0]},
        ),
        Mistake("nothing-done", "x is returned unchanged.", lambda q, right: {"out": q["x"]}),
        Mistake(
            "leaky",
            "Negative numbers must become exactly 0; yours lets a fraction of them through.",
            lambda q, right: {"out": np.where(q["x"] > 0, q["x"], 0.01 * q["x"])},
        ),
        Mistake(
            "cache-holds-output",
            "The cache must hold x, not the output: the backward pass must know where x was positive.",
            lambda q, right: {"cache": np.maximum(q["x"], 0)},
            convention="cache",
        ),
        Mistake(
            "cache-holds-mask",
            "The cache must hold x itself, not a mask.",
            lambda q, right: {"cache": q["x"] > 0},
            convention="cache",
        ),
    )

    def inputs(self, sizes: Sizes, rng: Any) -> Inputs:
        x = with_zeros(rng, sizes["shape"])
        return {"x": np.abs(x) + 1 if sizes.get("positive") else x}

    def expected(self, q: Inputs) -> dict[str, PlainData]:
        return {"out": oracle.relu(q["x"]), "cache": q["x"]}


class ReluBackward(Exercise):
    name, points = "relu_backward", 10
    returns = ("dx",)
    smallest = {"shape": 1}
    cases = (
        Case("a row of numbers, some of them exactly 0", {"shape": (8,)}, conventions=("zeros",)),
        Case("a batch of images", {"shape": (2, 3, 4, 5)}),
        Case("float32 stays float32", {"shape": (3, 4)}, dtype="float32", conventions=("dtype", "memory")),
        Case(CONVENTIONS_NAME, {"shape": (3, 5)}, strided=True, conventions=("memory",)),
        ALL_POSITIVE,
        Case("another shape", {"shape": one_of((9,), (4, 3), (2, 3, 2))}, hidden=True),
    )
    mistakes = (
        Mistake(
            "zero-passes",
            "Where x is exactly 0 the gradient is 0 by the convention of this course (and of PyTorch); yours lets dout "
            "pass.",
            lambda q, right: {"dx": q["dout"] * (q["cache"] >= 0)},
            convention="zeros",
        ),
        Mistake(
            "half-at-zero",
            "Where x is exactly 0 the gradient is 0 by the convention of this course (and of PyTorch), not one half.",
            lambda q, right: {"dx": q["dout"] * np.where(q["cache"] > 0, 1, np.where(q["cache"] < 0, 0, 0.5))},
            convention="zeros",
        ),
        Mistake(
            "mask-from-upstream",
            "The mask is made from dout; it must be made from x, which is in the cache.",
            lambda q, right: {"dx": np.maximum(q["dout"], 0)},
        ),
        Mistake(
            "upstream-ignored",
            "The upstream gradient dout is not used: downstream = local gradient × dout.",
            lambda q, right: {"dx": (q["cache"] > 0).astype(float)},
        ),
        Mistake(
            "mask-forgotten",
            "dout is returned unchanged; where x ≤ 0 the gradient must be 0.",
            lambda q, right: {"dx": q["dout"]},
        ),
        Mistake(
            "mask-inverted",
            "The gradient passes where x is negative; it must pass where x is positive.",
            lambda q, right: {"dx": q["dout"] * (q["cache"] <= 0)},
        ),
        Mistake(
            "multiplied-by-x",
            "dout is multiplied by max(0, x), the output; the local gradient is 1 where x > 0.",
            lambda q, right: {"dx": q["dout"] * np.maximum(q["cache"], 0)},
        ),
        Mistake(
            "numbers-left-out",
            LEFT_OUT,
            lambda q, right: {"dx": q["dout"][q["cache"] > 0]},
        ),
        Mistake(
            "negative-gradients-stopped",
            "The gradient passes only where dout is positive too; it passes wherever x is positive, whatever its sign.",
            lambda q, right: {"dx": np.maximum(q["dout"], 0) * (q["cache"] > 0)},
        ),
    )

    def inputs(self, sizes: Sizes, rng: Any) -> Inputs:
        dout, x = rng.standard_normal(sizes["shape"]), with_zeros(rng, sizes["shape"])
        return {"dout": dout, "cache": np.abs(x) + 1 if sizes.get("positive") else x}

    def expected(self, q: Inputs) -> dict[str, PlainData]:
        return {"dx": oracle.relu_gradient(q["dout"], q["cache"])}
