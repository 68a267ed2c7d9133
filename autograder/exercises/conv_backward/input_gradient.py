"""03_conv_backward: the gradient of the input images."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.exercises.conv_backward.geometries import GEOMETRIES
from autograder.exercises.conv_backward.weight_gradient import ONE_SIDE, RAISED
from autograder.exercises.shared.conv_gradients import (
    SMALLEST,
    cut_at,
    drawn,
    dx,
    geometry,
    of_one_side,
    only,
    reshaped_only,
    unpacked,
    windows_at,
)
from autograder.exercises.shared.short_windows import one_side, other_side
from autograder.guest.plain_data import Inputs, PlainData
from autograder.judging.case import Case, Sizes
from autograder.judging.exercise import Exercise
from autograder.judging.mistake import Mistake, OfShape

OVERLAP = "Where several windows or filters contribute to a pixel, the last one overwrites the others; add them (`+=`)."
BEYOND = (
    "Your code fails where P is larger than K − 1: dout cannot be padded by K − 1 − P there. Cut the result instead."
)


def windows(q: Inputs, **changed: Any) -> np.ndarray:
    """How many windows cover each pixel: (1, 1, H, W)."""
    a = unpacked(q, **changed)
    ones = {"dout": np.ones((1, 1, *a["dout"].shape[2:])), "w": np.ones((1, 1, *a["w"].shape[2:]))}
    return dx(q, **changed | ones | {"x": a["x"][:1, :1]})


def overwritten(q: Inputs, **changed: Any) -> np.ndarray:
    """dx if each window overwrote the earlier ones, from left to right and from top to bottom."""
    a = unpacked(q, **changed)
    result = np.zeros(a["x"].shape)
    for i, j in np.ndindex(a["dout"].shape[2:]):
        dout = only(only(a["dout"], i, axis=2), j, axis=3)
        one = np.zeros((1, 1, *dout.shape[2:]))
        one[:, :, i, j] = 1
        one_window = {"dout": one, "w": np.ones((1, 1, *a["w"].shape[2:])), "x": a["x"][:1, :1]}
        covered = dx(q, **changed | one_window)[0, 0] > 0
        result[:, :, covered] = dx(q, **changed | {"dout": dout})[:, :, covered]
    return result


def of_images(q: Inputs, high: int, wide: int) -> dict[str, PlainData]:
    """dx, whatever its numbers, with images of this size."""
    return {"dx": OfShape((*unpacked(q)["x"].shape[:2], high, wide))}


def still_padded(q: Inputs) -> tuple[int, int]:
    """(H + 2P, W + 2P)."""
    a = unpacked(q)
    high, wide = (n + 2 * p for n, p in zip(a["x"].shape[2:], a["padding"], strict=True))
    return high, wide


def cut_by_minus_p(q: Inputs) -> tuple[int, int]:
    """(height, width) of what `[p:-p]` leaves: 0 where p is 0."""
    a = unpacked(q)
    high, wide = (n if p else 0 for n, p in zip(a["x"].shape[2:], a["padding"], strict=True))
    return high, wide


def within_kernel(q: Inputs) -> tuple[int, int]:
    """The padding, limited to K − 1: what is cut off if a negative K − 1 − P is replaced by 0."""
    a = unpacked(q)
    high, wide = (min(p, k - 1) for p, k in zip(a["padding"], a["w"].shape[2:], strict=True))
    return high, wide


def reached(q: Inputs, strides: bool = True) -> tuple[int, int]:
    """(height, width) without the rows and columns at the end that no window reaches."""
    a = unpacked(q)
    high, wide = (
        (a["dout"].shape[k] - 1) * (a["stride"][k - 2] if strides else 1) + a["w"].shape[k] - 2 * a["padding"][k - 2]
        for k in (2, 3)
    )
    return high, wide


MISTAKES = (
    Mistake(
        "one-side-for-both",
        ONE_SIDE,
        lambda q, right: {"dx": dx(q, **windows_at(q, of_one_side(q, "stride", 0)))},
        lambda q, right: {"dx": cut_at(q, *of_one_side(q, "padding", 0))},
        lambda q, right: {"dx": cut_at(q, *of_one_side(q, "padding", 1))},
        error=lambda q, raised: one_side(raised, *geometry(q)),
        convention="arguments",
    ),
    Mistake(
        "kernel-not-turned",
        "The kernel is rotated by 180° where it should not be, or not rotated where it should be: when it is added "
        "window by window it stays as it is; when it slides over dout it must be rotated.",
        lambda q, right: {"dx": dx(q, w=unpacked(q)["w"][:, :, ::-1, ::-1])},
    ),
    Mistake(
        "kernel-turned-in-one-axis",
        "The kernel is flipped along one axis only; rotating it by 180° flips both its rows and its columns.",
        lambda q, right: {"dx": dx(q, w=unpacked(q)["w"][:, :, ::-1])},
        lambda q, right: {"dx": dx(q, w=unpacked(q)["w"][:, :, :, ::-1])},
    ),
    Mistake(
        "kernel-transposed",
        "The kernel's rows and columns are swapped.",
        lambda q, right: {"dx": dx(q, w=unpacked(q)["w"].swapaxes(2, 3))},
    ),
    Mistake(
        "filters-and-channels-swapped",
        "Filters and channels are swapped: dx[n, c] sums dout[n, f] · w[f, c] over f.",
        lambda q, right: {"dx": dx(q, w=unpacked(q)["w"].swapaxes(0, 1))},
    ),
    Mistake(
        "overlap-assigned",
        OVERLAP,
        lambda q, right: {"dx": overwritten(q)},
        lambda q, right: {"dx": overwritten(q, w=only(unpacked(q)["w"], -1))},
    ),
    Mistake(
        "overlap-averaged",
        "Where windows overlap, their contributions are averaged; they must be added.",
        lambda q, right: {"dx": right["dx"] / np.maximum(windows(q), 1)},
    ),
    Mistake(
        "stride-ignored",
        "The stride is not used: the gradient at position (i, j) goes to the window that begins at row i·S and "
        "column j·S of the padded image; dx has x_shape.",
        lambda q, right: {"dx": dx(q, **windows_at(q, (1, 1)))},
        lambda q, right: of_images(q, *reached(q, strides=False)),
    ),
    Mistake(
        "padding-cut-from-one-side",
        "The padding is cut off at the end only; cut off P rows or columns at each of the four sides.",
        lambda q, right: {"dx": cut_at(q, 0, 0)},
    ),
    Mistake(
        "padding-not-cut",
        "dx still has the padding around it; it must have x_shape, the shape of x.",
        lambda q, right: of_images(q, *still_padded(q)),
    ),
    Mistake(
        "nothing-left-without-padding",
        "dx has lost its rows or columns: `[p:-p]` is empty where p is 0. Cut from p to p + H.",
        lambda q, right: of_images(q, *cut_by_minus_p(q)),
    ),
    Mistake(
        "padding-wider-than-kernel",
        BEYOND,
        lambda q, right: {"dx": cut_at(q, *within_kernel(q))},
        error=lambda q, raised: within_kernel(q) != unpacked(q)["padding"] and "negative" in raised.message,
    ),
    Mistake(
        "end-of-image-left-out",
        "dx is too small: rows and columns at the end that no window reaches are part of x too; their gradient is 0.",
        lambda q, right: of_images(q, *reached(q)),
    ),
    Mistake(
        "filters-not-summed",
        "Only one filter is in dx; every filter reads a pixel, so sum over f.",
        lambda q, right: {"dx": dx(q, w=only(unpacked(q)["w"], -1))},
        lambda q, right: {"dx": dx(q, w=only(unpacked(q)["w"], 0))},
    ),
    Mistake(
        "first-filter-only",
        "Every map of dout goes back through the first filter; dout[n, f] goes back through w[f].",
        lambda q, right: {"dx": dx(q, w=unpacked(q)["w"][:1].repeat(q["dout"].shape[1], 0))},
    ),
    Mistake(
        "channels-summed",
        "The channels of the filters are added up; dx[n, c] needs channel c of every filter.",
        lambda q, right: {"dx": right["dx"].sum(1, keepdims=True).repeat(right["dx"].shape[1], 1)},
    ),
    Mistake(
        "first-channel-only",
        "Every channel of dx is computed with the first channel of the filters; dx[n, c] needs w[:, c].",
        lambda q, right: {"dx": right["dx"][:, :1].repeat(right["dx"].shape[1], 1)},
    ),
    Mistake(
        "last-image-only",
        "Only the last image has a gradient; each image must have its own.",
        lambda q, right: {"dx": only(right["dx"], -1)},
    ),
    Mistake(
        "first-image-only",
        "Only the first image has a gradient; each image must have its own.",
        lambda q, right: {"dx": only(right["dx"], 0)},
    ),
    Mistake(
        "divided-by-n",
        "dx is divided by N; each image has its own gradient.",
        lambda q, right: {"dx": right["dx"] / len(q["dout"])},
    ),
    Mistake(
        "averaged",
        "dx is averaged over the filters; every filter contributes to it, so it is a sum.",
        lambda q, right: {"dx": right["dx"] / q["dout"].shape[1]},
    ),
    Mistake(
        "batch-shuffled",
        "dx[n] depends on dout[n] only; in yours the images are in another order, or added up.",
        lambda q, right: {"dx": right["dx"][::-1]},
        lambda q, right: {"dx": right["dx"].sum(0, keepdims=True).repeat(len(right["dx"]), 0)},
    ),
    Mistake(
        "reshaped-without-moving-axes",
        "dout is reshaped to one row per filter without moving F to the front first, so a row mixes filters and "
        "images.",
        lambda q, right: {"dx": dx(q, dout=reshaped_only(q["dout"]))},
    ),
    Mistake(
        "upstream-ignored",
        "The upstream gradient dout is not used: each filter is multiplied by a number of dout before it is added.",
        lambda q, right: {"dx": dx(q, dout=np.ones(q["dout"].shape))},
    ),
)


SIDES = Mistake(
    "sides-swapped",
    "Height and width are swapped: x_shape is (N, C, H, W), and a pair is (height, width).",
    lambda q, right: {"dx": OfShape((*right["dx"].shape[:2], *right["dx"].shape[:1:-1]))},
    lambda q, right: {"dx": cut_at(q, *unpacked(q)["padding"][::-1])},
    error=lambda q, raised: other_side(raised, *geometry(q)),
)


class ConvBackwardInput(Exercise):
    name, points = "conv_backward_input", 35
    returns = ("dx",)
    axes = {"dx": "N C H W"}
    keywords = ("stride", "padding")
    smallest = SMALLEST
    cases = (
        Case(
            "one place: the filter comes back, times one number",
            {"n": 1, "c": 1, "h": 3, "w": 3, "f": 1, "kernel": 3},
        ),
        Case("2×2 windows that overlap", {"n": 1, "c": 1, "h": 3, "w": 4, "f": 1, "kernel": 2}),
        Case("three channels, two filters", {"n": 1, "c": 3, "h": 4, "w": 4, "f": 2, "kernel": 3}),
        Case(
            "a batch of three images, as many filters as channels",
            {"n": 3, "c": 2, "h": 4, "w": 4, "f": 2, "kernel": 2},
        ),
        *GEOMETRIES,
    )
    mistakes = (*MISTAKES, *RAISED, SIDES)

    def inputs(self, sizes: Sizes, rng: Any) -> Inputs:
        arguments = drawn(sizes, rng)
        geometry: Inputs = {key: arguments[key] for key in ("stride", "padding") if key in arguments}
        return {"dout": arguments["dout"], "w": arguments["w"], "x_shape": arguments["x"].shape, **geometry}

    def expected(self, q: Inputs) -> dict[str, PlainData]:
        return {"dx": dx(q)}
