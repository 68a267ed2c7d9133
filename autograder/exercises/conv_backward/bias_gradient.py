"""03_conv_backward: the gradient of the biases."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.exercises.shared.conv_gradients import only, reshaped_only
from autograder.guest.plain_data import Inputs, PlainData
from autograder.judging.case import CONVENTIONS_NAME, Case, Sizes
from autograder.judging.exercise import Exercise
from autograder.judging.mistake import Mistake, WrongAnswer


def summed(dout: np.ndarray, *axes: int) -> np.ndarray:
    """dout summed over these axes in float64."""
    return np.asarray(dout.sum(axes, dtype=np.float64))


def over(*axes: int) -> WrongAnswer:
    """db when dout is summed over these axes."""
    return lambda q, right: {"db": summed(q["dout"], *axes)}


MISTAKES = (
    Mistake(
        "db-averaged",
        "db is averaged; every position of every image contributes to it, so it is a sum.",
        lambda q, right: {"db": right["db"] * q["dout"].shape[1] / q["dout"].size},
    ),
    Mistake(
        "db-divided-by-n",
        "db is divided by N. Only the loss averages over the batch; here the images' contributions are added.",
        lambda q, right: {"db": right["db"] / len(q["dout"])},
    ),
    Mistake(
        "db-averaged-over-places",
        "db is averaged over the positions in a map; every position contributes to it, so it is a sum.",
        lambda q, right: {"db": right["db"] / q["dout"][0, 0].size},
    ),
    Mistake(
        "db-wrong-axes",
        "db is summed over the wrong axes: b[f] affects out[n, f, i, j] for all n, i and j.",
        over(1, 2, 3),
        over(0, 1, 3),
        over(0, 1, 2),
    ),
    Mistake(
        "db-not-summed-over-all",
        "db is not summed over everything that b[f] affects: every image and every position.",
        over(0),
        over(2, 3),
        over(0, 2),
        over(0, 3),
        over(2),
        over(3),
    ),
    Mistake(
        "db-one-number",
        "db is one sum over everything; each filter has its own bias, and so its own gradient.",
        lambda q, right: {"db": np.full(right["db"].shape, q["dout"].sum())},
        lambda q, right: {"db": float(q["dout"].sum())},
    ),
    Mistake(
        "db-axes-kept",
        "db must have shape (F,), like b: remove the axes of length 1.",
        lambda q, right: {"db": right["db"].reshape(1, -1, 1, 1)},
    ),
    Mistake(
        "last-image-only",
        "Only the last image is in db: the sum is overwritten, not added to.",
        lambda q, right: {"db": summed(q["dout"][-1], 1, 2)},
    ),
    Mistake(
        "first-image-only",
        "Only the first image is in db; sum over the batch.",
        lambda q, right: {"db": summed(q["dout"][0], 1, 2)},
    ),
    Mistake(
        "last-place-only",
        "Only the last position is in db: the sum is overwritten, not added to.",
        lambda q, right: {"db": summed(q["dout"][:, :, -1:, -1:], 0, 2, 3)},
        lambda q, right: {"db": q["dout"][-1, :, -1, -1]},
    ),
    Mistake(
        "upstream-ignored",
        "The upstream gradient dout is not used: downstream = local gradient × dout.",
        lambda q, right: {"db": summed(np.ones(q["dout"].shape), 0, 2, 3)},
    ),
    Mistake(
        "magnitudes",
        "The numbers of dout lose their signs.",
        lambda q, right: {"db": summed(np.abs(q["dout"]), 0, 2, 3)},
    ),
    Mistake(
        "reshaped-without-moving-axes",
        "dout is reshaped to one row per filter without moving F to the front first, so a row mixes filters and "
        "images.",
        lambda q, right: {"db": summed(reshaped_only(q["dout"]), 0, 2, 3)},
    ),
    Mistake(
        "last-filter-only",
        "Only the last filter's bias has a gradient: db is created again for every filter.",
        lambda q, right: {"db": only(right["db"], -1)},
    ),
)


class ConvBackwardBias(Exercise):
    name, points = "conv_backward_bias", 10
    returns = ("db",)
    axes = {"db": "F"}
    smallest = {"n": 1, "f": 1, "h": 1, "w": 1}
    cases = (
        Case("one image, two maps of 2×3", {"n": 1, "f": 2, "h": 2, "w": 3}),
        Case("a batch of three", {"n": 3, "f": 2, "h": 2, "w": 4}),
        Case("as many images as filters, rows and columns", {"n": 3, "f": 3, "h": 3, "w": 3}),
        Case("one number a map", {"n": 4, "f": 3, "h": 1, "w": 1}),
        Case(
            "float32 stays float32", {"n": 2, "f": 4, "h": 3, "w": 5}, dtype="float32", conventions=("dtype", "memory")
        ),
        Case(CONVENTIONS_NAME, {"n": 2, "f": 3, "h": 4, "w": 3}, strided=True, conventions=("memory",)),
        Case(
            "drawn sizes",
            {"n": range(2, 6), "f": range(2, 7), "h": range(2, 5), "w": range(5, 9), "scale": 1e-5},
            hidden=True,
        ),
        Case(
            "drawn sizes, float32, arrays that are not contiguous",
            {"n": range(1, 5), "f": range(1, 7), "h": range(3, 9), "w": range(2, 5)},
            hidden=True,
            dtype="float32",
            strided=True,
        ),
    )
    mistakes = MISTAKES

    def inputs(self, sizes: Sizes, rng: Any) -> Inputs:
        return {"dout": rng.standard_normal([sizes[key] for key in "nfhw"]) * sizes.get("scale", 1.0)}

    def expected(self, q: Inputs) -> dict[str, PlainData]:
        return {"db": summed(q["dout"], 0, 2, 3)}
