"""02_convolution: the forward pass of a convolution."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.exercises.convolution.window_mistakes import WINDOW_MISTAKES, geometry, padding_swapped_around
from autograder.exercises.shared.convolution import CONV_CACHE, conv, conv_arrays, map_size, of_map
from autograder.exercises.shared.fixed_cases import FIXED
from autograder.exercises.shared.hidden_cases import DRAWN_PAIRS, DRAWN_VIEWS
from autograder.exercises.shared.short_windows import beyond_end, end_without_stride, other_side
from autograder.guest.plain_data import Inputs, PlainData
from autograder.guest.response import Raised
from autograder.judging.case import CONVENTIONS_NAME, Case, Sizes, one_of
from autograder.judging.clash import clashing, outside, pair_refused, reshaped
from autograder.judging.exercise import Exercise
from autograder.judging.mistake import Mistake
from utils.sizes import pair


def _other_side(q: Inputs, raised: Raised) -> bool:
    """Whether windows run over the edge because H' was taken for W', in the loop or in the output."""
    high, wide = map_size(q)
    index = outside(raised) in ((wide, 3, wide), (high, 2, high))
    square = reshaped(raised)[-2:] in ((high, high), (wide, wide))
    return other_side(raised, *geometry(q)) or (high != wide and (index or square))


def _pads_every_axis(q: Inputs, raised: Raised) -> bool:
    """Whether an array has the channels of x and as many more as there are zeros around it, beside a filter."""
    channels, (top, left) = q["x"].shape[1], pair(q.get("padding", 0))
    padded = {channels + 2 * top, channels + 2 * left, channels + top + left} - {channels}
    return any(padded.intersection(shape[1:2] + shape[-3:-2]) for shape in clashing(raised))


def _first_image_only(q: Inputs) -> np.ndarray:
    out = 0 * conv(q)
    out[0] = conv(q)[0]
    return out


class ConvForward(Exercise):
    name, points = "conv_forward", 30
    returns = ("out", "cache")
    fields = CONV_CACHE
    axes = {"out": "N F H' W'"}
    keywords = ("stride", "padding")
    smallest = {"n": 1, "c": 1, "f": 1, "padding": 0, "stride": 1, "kernel": 1, "h": 1, "w": 1}
    cases = (
        Case("one image, one channel, one 3×3 filter", {"n": 1, "c": 1, "h": 5, "w": 5, "f": 1, "kernel": 3}),
        Case(
            "batch of two, three channels, four filters",
            {"n": 2, "c": 3, "h": 5, "w": 5, "f": 4, "kernel": 3, "stride": 1, "padding": 0},
        ),
        Case(
            "image and kernel that are not square",
            {"n": 1, "c": 2, "h": 5, "w": 7, "f": 2, "kernel": (2, 3), "stride": 1, "padding": 0},
        ),
        Case("padding 2", {"n": 2, "c": 1, "h": 4, "w": 6, "f": 2, "kernel": 3, "stride": 1, "padding": 2}),
        Case(
            "stride 2, which does not divide the width",
            {"n": 1, "c": 2, "h": 7, "w": 8, "f": 2, "kernel": 3, "stride": 2, "padding": 0},
        ),
        Case(
            "stride (2, 3), padding (0, 1): pairs",
            {"n": 2, "c": 2, "h": 9, "w": 8, "f": 3, "kernel": (3, 2), "stride": (2, 3), "padding": (0, 1)},
            conventions=("arguments", "cache"),
        ),
        Case(
            "float32 stays float32",
            {"n": 2, "c": 2, "h": 5, "w": 7, "f": 3, "kernel": 3, "stride": 2, "padding": 1},
            dtype="float32",
            conventions=("dtype", "memory"),
        ),
        Case(
            "the cache is (x, w, b, stride, padding)",
            {"n": 3, "c": 2, "h": 5, "w": 6, "f": 4, "kernel": 3, "stride": 2, "padding": 1},
            conventions=("cache",),
        ),
        Case(
            CONVENTIONS_NAME,
            {"n": 2, "c": 2, "h": 6, "w": 5, "f": 2, "kernel": 3, "stride": 2, "padding": 0},
            strided=True,
            conventions=("memory",),
        ),
        *FIXED,
        Case(
            "drawn sizes, stride and padding that differ",
            {
                "n": range(2, 4),
                "c": range(2, 5),
                "h": range(8, 12),
                "w": range(5, 8),
                "f": range(2, 5),
                "kernel": one_of(2, 3, 4),
                "stride": 3,
                "padding": range(1, 3),
            },
            hidden=True,
            weight=2,
            hint="Images that are not square, a stride that does not divide the sizes, and padding, all at once.",
        ),
        DRAWN_PAIRS,
        DRAWN_VIEWS,
    )
    mistakes = (
        Mistake(
            "kernel-flipped",
            "The kernel is flipped. That is convolution as mathematics defines it; these networks use the filter as it "
            "is (cross-correlation).",
            *(lambda q, right, a=a: {"out": conv(q, w=np.flip(q["w"], a))} for a in ((2, 3), (2,), (3,))),
        ),
        Mistake(
            "kernel-transposed",
            "The kernel's rows and columns are swapped.",
            lambda q, right: {"out": conv(q, w=q["w"].swapaxes(2, 3))},
        ),
        Mistake("bias-forgotten", "The bias b[f] is not added.", lambda q, right: {"out": conv(q, b=0 * q["b"])}),
        Mistake(
            "bias-once-per-channel",
            "The bias is added once for every input channel; add it once for every output number.",
            lambda q, right: {"out": conv(q, b=q["b"] * q["x"].shape[1])},
        ),
        Mistake(
            "bias-once-per-weight",
            "The bias is added inside the sum, once for every weight; add it once for every output number.",
            lambda q, right: {"out": conv(q, b=q["b"] * q["w"][0].size)},
        ),
        Mistake(
            "bias-of-first-filter",
            "Every map gets the bias of the first filter; map f needs b[f].",
            lambda q, right: {"out": conv(q, b=0 * q["b"] + q["b"][0])},
        ),
        Mistake(
            "first-channel-only",
            "Only the first input channel is used; a filter spans all C channels and sums over them.",
            lambda q, right: {"out": conv(q, x=q["x"][:, :1], w=q["w"][:, :1])},
        ),
        Mistake(
            "last-channel-only",
            "Only the last input channel is in the result: the sum over channels is overwritten, not added to.",
            lambda q, right: {"out": conv(q, x=q["x"][:, -1:], w=q["w"][:, -1:])},
        ),
        Mistake(
            "averaged",
            "The window is averaged; the output is the sum of the products, not their mean.",
            lambda q, right: {"out": conv(q, w=q["w"] / q["w"][0].size)},
        ),
        Mistake(
            "first-filter-only",
            "Every map is made with the first filter; map f needs w[f].",
            lambda q, right: {"out": conv(q, w=np.repeat(q["w"][:1], len(q["w"]), 0))},
        ),
        Mistake(
            "first-image-only",
            "Only the first image of the batch is used.",
            lambda q, right: {"out": _first_image_only(q)},
            lambda q, right: {"out": np.repeat(right["out"][:1], len(right["out"]), 0)},
        ),
        Mistake(
            "reshaped-without-moving-axes",
            "A reshape moves no axes: move the channels last before making rows, and F back to axis 1 afterwards.",
            lambda q, right: {"out": right["out"].transpose(0, 2, 3, 1).reshape(right["out"].shape)},
            lambda q, right: {"out": right["out"].swapaxes(0, 1).reshape(right["out"].shape)},
        ),
        Mistake(
            "channels-left-last",
            "The output has its channels last: it must be (N, F, H', W').",
            lambda q, right: {"out": right["out"].transpose(0, 2, 3, 1)},
        ),
        Mistake(
            "stride-only-sizes",
            "The stride is used for the output size but not for where the windows begin: window i starts at i·stride.",
            lambda q, right: {"out": _unstrided_corner(q)},
        ),
        Mistake(
            "rounded-up",
            "The output is too large: a last window that does not fit is left out, so round down.",
            lambda q, right: of_map(q, *map_size(q, up=True)),
            error=lambda q, raised: beyond_end(raised, *geometry(q)),
        ),
        Mistake(
            "width-from-height",
            "Height and width are mixed up, in the output's size or in the loops: H' and the rows belong to H and KH, "
            "W' and the columns to W and KW.",
            lambda q, right: of_map(q, map_size(q)[0], map_size(q)[0]),
            error=lambda q, raised: _other_side(q, raised),
        ),
        Mistake(
            "stride-ignored",
            "The stride is not used: the output has the size it would have with stride 1.",
            lambda q, right: of_map(q, *map_size(q, stride=1)),
        ),
        Mistake(
            "stride-as-gap",
            "The stride is used as the number of pixels skipped; it is the distance from one window to the next.",
            lambda q, right: of_map(q, *map_size(q, gap=1)),
        ),
        Mistake(
            "padding-ignored",
            "The padding is not used: the output has the size it would have without padding.",
            lambda q, right: of_map(q, *map_size(q, padding=0)),
        ),
        Mistake(
            "padding-once",
            "The image is padded on one side only, or P is counted once: there are P zeros on each of its four sides.",
            lambda q, right: of_map(q, *map_size(q, once=True)),
        ),
        Mistake(
            "padding-at-one-end",
            "All the zeros are at one end of each axis; there must be P of them on each side.",
            lambda q, right: {"out": conv(q, x=_padded(q, at_end=True), padding=0)},
        ),
        Mistake(
            "padding-in-every-axis",
            "np.pad with one number pads every axis, the batch and the channels too: pass a pair for each of the four "
            "axes.",
            error=lambda q, raised: _pads_every_axis(q, raised),
        ),
        Mistake(
            "pair-swapped",
            "The pairs are (height, width); yours are used as (width, height).",
            lambda q, right: of_map(
                q,
                *map_size(q, stride=pair(q.get("stride", 1))[::-1], padding=pair(q.get("padding", 0))[::-1]),
            ),
            padding_swapped_around,
            convention="arguments",
        ),
        Mistake(
            "pair-not-accepted",
            "A pair (height, width) is used where one number is needed: stride and padding may be an int or a pair, so "
            "make two numbers of either first.",
            error=lambda q, raised: pair_refused(raised, q.get("stride"), q.get("padding")),
            convention="arguments",
        ),
        Mistake(
            "window-end-without-stride",
            "Your code fails where the stride is above 1: a window that starts at i·stride ends at i·stride + K, not "
            "at i + "
            "K.",
            error=lambda q, raised: end_without_stride(raised, *geometry(q)[:2], map_size(q)),
        ),
        *WINDOW_MISTAKES,
        Mistake(
            "cache-holds-pairs",
            "The cache must hold stride and padding as they were passed: an int stays an int.",
            lambda q, right: {"cache": (*right["cache"][:3], pair(q["stride"]), pair(q["padding"]))},
            convention="cache",
        ),
        Mistake(
            "cache-holds-padded-x",
            "The cache must hold x as it was passed, not the padded one.",
            lambda q, right: {"cache": (_padded(q), q["w"], q["b"], q["stride"], q["padding"])},
            convention="cache",
        ),
    )

    def inputs(self, sizes: Sizes, rng: Any) -> Inputs:
        arrays = dict(zip("xwb", conv_arrays(sizes, rng), strict=True))
        return arrays | {key: sizes[key] for key in ("stride", "padding") if key in sizes}

    def expected(self, q: Inputs) -> dict[str, PlainData]:
        return {"out": conv(q), "cache": (q["x"], q["w"], q["b"], q.get("stride", 1), q.get("padding", 0))}


def _padded(q: Inputs, at_end: bool = False) -> np.ndarray:
    """x with zeros around it, or with all of them at the end of each axis."""
    high, wide = pair(q["padding"])
    sides = ((0, 2 * high), (0, 2 * wide)) if at_end else ((high, high), (wide, wide))
    return np.pad(q["x"], ((0, 0), (0, 0), *sides))


def _unstrided_corner(q: Inputs) -> np.ndarray:
    """The first H' × W' numbers of each map of the output with stride 1."""
    high, wide = map_size(q)
    return conv(q, stride=1)[:, :, :high, :wide]
