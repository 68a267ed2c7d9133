"""03_conv_backward: the gradient of the filters."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.exercises.conv_backward.geometries import GEOMETRIES
from autograder.exercises.shared.conv_gradients import (
    SMALLEST,
    as_passed,
    drawn,
    dw,
    geometry,
    multiplied_matrices,
    of_one_side,
    only,
    padded_at,
    reshaped_only,
    swapped_kernel,
    unpacked,
    windows_at,
)
from autograder.exercises.shared.convolution import ONE_NUMBER_NEEDED
from autograder.exercises.shared.short_windows import end_without_stride, one_side, padding_swapped, without_padding
from autograder.guest.plain_data import Inputs, PlainData
from autograder.judging.case import Case, Sizes
from autograder.judging.clash import pair_refused
from autograder.judging.exercise import Exercise
from autograder.judging.mistake import Mistake, NoAnswer, OfShape, Parts

ONE_SIDE = (
    "Your code fails where height and width differ: the first of a pair is for the rows, the second for the columns."
)


def last_place(dout: np.ndarray) -> np.ndarray:
    """dout with zeros everywhere except at the last position of each map."""
    return only(only(dout, -1, axis=2), -1, axis=3)


def uncut(q: Inputs) -> dict[str, PlainData]:
    """dw, whatever its numbers, with extra rows and columns for the end of the image that no window reaches."""
    a = unpacked(q)
    sides = [a["x"].shape[k] + 2 * a["padding"][k - 2] - (a["dout"].shape[k] - 1) * a["stride"][k - 2] for k in (2, 3)]
    return {"dw": OfShape((*a["w"].shape[:2], *sides))}


def with_first_channel(q: Inputs) -> np.ndarray:
    """dw if every channel of the images were the first one."""
    x = unpacked(q)["x"]
    return dw(q, x=np.repeat(x[:, :1], x.shape[1], 1))


MISTAKES = (
    Mistake(
        "one-side-for-both",
        ONE_SIDE,
        lambda q, right: {"dw": dw(q, **windows_at(q, of_one_side(q, "stride", 0)))},
        lambda q, right: {"dw": dw(q, **padded_at(q, *of_one_side(q, "padding", 0)))},
        error=lambda q, raised: one_side(raised, *geometry(q)),
        convention="arguments",
    ),
    Mistake(
        "dw-reversed",
        "dw is rotated by 180°: the two arguments of the correlation are swapped. Weight (p, q) multiplied the pixels "
        "p rows below and q columns to the right of each window's upper left corner.",
        lambda q, right: {"dw": right["dw"][:, :, ::-1, ::-1]},
    ),
    Mistake(
        "kernel-transposed",
        "The rows and columns of dw are swapped.",
        lambda q, right: {"dw": right["dw"].swapaxes(2, 3)},
    ),
    Mistake(
        "filters-and-channels-swapped",
        "dw has its filters and channels swapped: like w, it is (F, C, KH, KW).",
        lambda q, right: {"dw": right["dw"].swapaxes(0, 1)},
    ),
    Mistake(
        "kernel-axes-first",
        "dw must be (F, C, KH, KW), like w; yours has the right numbers with the axes in another order.",
        lambda q, right: {"dw": right["dw"].transpose(2, 3, 1, 0)},
    ),
    Mistake(
        "stride-ignored",
        "The stride is not used: window (i, j) begins at row i·S and column j·S of the padded image.",
        lambda q, right: {"dw": dw(q, **windows_at(q, (1, 1)))},
    ),
    Mistake(
        "padded-at-the-end",
        "The windows are off by P rows and columns: there must be P zeros on each of the four sides.",
        lambda q, right: {"dw": dw(q, **padded_at(q, 0, 0))},
    ),
    Mistake(
        "assigned-not-added",
        "Only the last window is in dw: every window of every image contributes to it, so add (`+=`), do not assign.",
        lambda q, right: {"dw": dw(q, dout=last_place(q["dout"]))},
        lambda q, right: {"dw": dw(q, dout=only(last_place(q["dout"]), -1))},
    ),
    Mistake(
        "last-image-only",
        "Only the last image is in dw; a filter was applied to every image of the batch, so sum over n.",
        lambda q, right: {"dw": dw(q, dout=only(q["dout"], -1))},
    ),
    Mistake(
        "first-image-only",
        "Only the first image is in dw; a filter was applied to every image of the batch, so sum over n.",
        lambda q, right: {"dw": dw(q, dout=only(q["dout"], 0))},
        lambda q, right: {"dw": dw(q, x=unpacked(q)["x"][:1].repeat(len(q["dout"]), 0))},
    ),
    Mistake(
        "divided-by-n",
        "dw is divided by N. Only the loss averages over the batch; here the images' contributions are added.",
        lambda q, right: {"dw": right["dw"] / len(q["dout"])},
    ),
    Mistake(
        "averaged",
        "dw is averaged; every position of every image contributes to it, so it is a sum.",
        lambda q, right: {"dw": right["dw"] / q["dout"][0, 0].size},
        lambda q, right: {"dw": right["dw"] / q["dout"][:, 0].size},
    ),
    Mistake(
        "batch-shuffled",
        "Images and upstream gradients are paired wrongly: dout[n] belongs to x[n].",
        lambda q, right: {"dw": dw(q, dout=q["dout"][::-1])},
        lambda q, right: {"dw": dw(q, dout=q["dout"].sum(0, keepdims=True).repeat(len(q["dout"]), 0))},
    ),
    Mistake(
        "reshaped-without-moving-axes",
        "dout is reshaped to one row per filter without moving F to the front first, so a row mixes filters and "
        "images.",
        lambda q, right: {"dw": dw(q, dout=reshaped_only(q["dout"]))},
    ),
    Mistake(
        "first-channel-only",
        "Every channel of dw is computed from the first channel of x; dw[f, c] needs channel c.",
        lambda q, right: {"dw": with_first_channel(q)},
    ),
    Mistake(
        "channels-summed",
        "The channels of x are added up; a filter has separate weights for each channel, and so has dw.",
        lambda q, right: {"dw": right["dw"].sum(1, keepdims=True).repeat(right["dw"].shape[1], 1)},
    ),
    Mistake(
        "filters-summed",
        "The maps of dout are added up; dw[f] needs only dout[:, f].",
        lambda q, right: {"dw": right["dw"].sum(0, keepdims=True).repeat(len(right["dw"]), 0)},
    ),
    Mistake(
        "first-filter-only",
        "Every filter gets the gradient of the first filter; dw[f] needs dout[:, f].",
        lambda q, right: {"dw": right["dw"][:1].repeat(len(right["dw"]), 0)},
    ),
    Mistake(
        "upstream-ignored",
        "The upstream gradient dout is not used: every window is multiplied by its number of dout before it is added.",
        lambda q, right: {"dw": dw(q, dout=np.ones(q["dout"].shape))},
    ),
    Mistake(
        "end-of-image-not-cut",
        "dw is too large: it includes rows or columns for the end of the image, which no window reaches. Keep the "
        "first KH rows and KW columns.",
        lambda q, right: uncut(q),
    ),
    Mistake(
        "kernel-as-square",
        "dw must have the height and the width of the kernel, which need not be the same.",
        lambda q, right: {"dw": OfShape((*right["dw"].shape[:3], right["dw"].shape[2]))},
        lambda q, right: {"dw": OfShape((*right["dw"].shape[:2], right["dw"].shape[3], right["dw"].shape[3]))},
    ),
    Mistake(
        "pair-swapped",
        "The pairs are (height, width); yours are used as (width, height).",
        lambda q, right: {"dw": OfShape((*right["dw"].shape[:2], *right["dw"].shape[:1:-1]))},
        error=swapped_kernel,
        convention="arguments",
    ),
    Mistake(
        "padding-swapped",
        "The two numbers of the padding are used the other way round: the first is for above and below, the second for "
        "left and right.",
        lambda q, right: {"dw": dw(q, **padded_at(q, *unpacked(q)["padding"][::-1]))},
        error=lambda q, raised: padding_swapped(raised, *geometry(q)),
        convention="arguments",
    ),
)


def _no_answer(right: Parts) -> Parts:
    """No answer, but an error."""
    return {part: NoAnswer() for part in right if part in ("dw", "dx")}


# mistakes that raise an error, in dw as in dx
RAISED = (
    Mistake(
        "matrix-product",
        "One number of dout multiplies a whole block, element by element: use `*`, not a matrix product.",
        error=multiplied_matrices,
    ),
    Mistake(
        "pair-not-accepted",
        ONE_NUMBER_NEEDED,
        error=lambda q, raised: pair_refused(raised, q.get("kernel"), *as_passed(q)),
        convention="arguments",
    ),
    Mistake(
        "window-end-without-stride",
        "Your code fails where the stride is above 1: a window that starts at i·S ends at i·S + K, not at i + K.",
        error=lambda q, raised: end_without_stride(raised, *geometry(q)[:2], q["dout"].shape[2:]),
    ),
    Mistake(
        "padding-forgotten",
        "Your code fails where there is padding: the windows lie on an image with P zeros on each of its four sides.",
        lambda q, right: _no_answer(right) if any(unpacked(q)["padding"]) else {},
        error=lambda q, raised: without_padding(raised, *geometry(q)),
    ),
)


class ConvBackwardWeight(Exercise):
    name, points = "conv_backward_weight", 30
    returns = ("dw",)
    axes = {"dw": "F C KH KW"}
    keywords = ("stride", "padding")
    smallest = SMALLEST
    cases = (
        Case("one image, one channel, one 2×2 filter", {"n": 1, "c": 1, "h": 4, "w": 4, "f": 1, "kernel": 2}),
        Case("three channels, two filters", {"n": 1, "c": 3, "h": 4, "w": 4, "f": 2, "kernel": 3}),
        Case("a batch of three images", {"n": 3, "c": 2, "h": 4, "w": 4, "f": 2, "kernel": 2}),
        *GEOMETRIES,
    )
    mistakes = (*MISTAKES, *RAISED)

    def inputs(self, sizes: Sizes, rng: Any) -> Inputs:
        arguments = drawn(sizes, rng)
        geometry: Inputs = {key: arguments[key] for key in ("stride", "padding") if key in arguments}
        return {"dout": arguments["dout"], "x": arguments["x"], "kernel": sizes["kernel"], **geometry}

    def expected(self, q: Inputs) -> dict[str, PlainData]:
        return {"dw": dw(q)}
