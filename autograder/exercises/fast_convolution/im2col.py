"""04_fast_convolution: im2col, which writes every window of an image as a column of a matrix."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np

from autograder.exercises.fast_convolution.column_cases import COLUMN_CASES
from autograder.exercises.fast_convolution.geometry import (
    SLICE_END,
    counts_of,
    geometry,
    image_shape,
    other_side_for_both,
    slice_end,
    split_axes,
    takes_no_pair,
    unfold,
    window_counts,
)
from autograder.exercises.shared.convolution import ONE_NUMBER_NEEDED
from autograder.guest.plain_data import Inputs, PlainData
from autograder.judging.case import Sizes
from autograder.judging.exercise import Exercise
from autograder.judging.mistake import Mistake, OfShape
from utils.sizes import pair

NOT_MOVED = (
    "The windows are reshaped without moving the axes, so numbers end up in the wrong rows: first transpose to the "
    "order N, C, KH, KW, H', W', then reshape."
)


def _reordered(q: Inputs, cols: np.ndarray, *order: int) -> np.ndarray:
    """cols when its axes (N, C, KH, KW, H', W') are brought into another order before they are joined."""
    return split_axes(cols, q["x"].shape, **geometry(q)).transpose(order).reshape(cols.shape)


def _first_place(q: Inputs, cols: np.ndarray) -> np.ndarray:
    """cols when every place in the kernel has the numbers of the first."""
    axes = split_axes(cols, q["x"].shape, **geometry(q))
    return np.broadcast_to(axes[:, :, :1, :1], axes.shape).reshape(cols.shape)


def _six_axes(q: Inputs, cols: np.ndarray, *order: int) -> OfShape:
    """Any array with the axes (N, C, KH, KW, H', W') in another order."""
    return OfShape(split_axes(cols, q["x"].shape, **geometry(q)).transpose(order).shape)


def _one_matrix(cols: np.ndarray) -> tuple[int, int]:
    """The shape of the columns of all images side by side."""
    return cols.shape[1], cols.shape[0] * cols.shape[2]


def _columns_of(q: Inputs, high: int, wide: int) -> OfShape:
    """Any columns of this many windows."""
    n, c = q["x"].shape[:2]
    kernel = pair(q["kernel"])
    return OfShape((n, c * kernel[0] * kernel[1], high * wide))


def _flipped(q: Inputs, cols: np.ndarray) -> np.ndarray:
    """cols when each window is rotated by 180°."""
    return split_axes(cols, q["x"].shape, **geometry(q))[:, :, ::-1, ::-1].reshape(cols.shape)


def _corner(q: Inputs) -> np.ndarray:
    """The columns of the first H' × W' windows at stride 1."""
    dense = geometry(q) | {"stride": 1}
    high, wide = window_counts(q["x"].shape, **geometry(q))
    windows = split_axes(unfold(q["x"], **dense), q["x"].shape, **dense)[..., :high, :wide]
    return windows.reshape(len(windows), -1, high * wide)


def _padded_with(q: Inputs, mode: Literal["constant", "edge", "wrap"]) -> np.ndarray:
    """cols when the image is padded in this mode of np.pad."""
    top, left = pair(q.get("padding", 0))
    x = np.pad(q["x"], ((0, 0), (0, 0), (top, top), (left, left)), mode=mode)
    return unfold(x, q["kernel"], q.get("stride", 1))


def _subsampled(q: Inputs) -> np.ndarray:
    """The columns, at stride 1, of an image that keeps only every stride-th row and column."""
    (top, left), (down, right) = pair(q.get("padding", 0)), pair(q.get("stride", 1))
    x = np.pad(q["x"], ((0, 0), (0, 0), (top, top), (left, left)))
    return unfold(x[:, :, ::down, ::right], q["kernel"])


def _fewer(q: Inputs, rows: int, columns: int) -> tuple[int, int]:
    """(H', W'), less this many rows and columns of windows."""
    high, wide = window_counts(q["x"].shape, **geometry(q))
    return high - rows, wide - columns


def _first_image(cols: np.ndarray) -> np.ndarray:
    """cols with zeros for all images but the first."""
    return np.where(np.arange(len(cols))[:, None, None] == 0, cols, 0)


class Im2col(Exercise):
    name, points = "im2col", 20
    returns = ("cols",)
    axes = {"cols": "N row column"}
    keywords = ("stride", "padding")
    smallest = {"n": 1, "c": 1, "padding": 0, "stride": 1, "kernel": 1, "h": 1, "w": 1}
    cases = COLUMN_CASES
    mistakes = (
        Mistake(
            "windows-not-moved",
            NOT_MOVED,
            lambda q, right: {"cols": _reordered(q, right["cols"], 0, 1, 4, 5, 2, 3)},
            lambda q, right: {"cols": _reordered(q, right["cols"], 0, 4, 5, 1, 2, 3)},
        ),
        Mistake(
            "place-in-kernel-not-used",
            "Every row of a channel holds the same numbers: row (p, q) must begin p rows lower and q columns further.",
            lambda q, right: {"cols": _first_place(q, right["cols"])},
        ),
        Mistake(
            "joined-in-another-order",
            'The axes are joined in another order than row by row, as `order="F"` does.',
            lambda q, right: {
                "cols": split_axes(right["cols"], q["x"].shape, **geometry(q)).reshape(right["cols"].shape, order="F")
            },
        ),
        Mistake(
            "rows-by-kernel-first",
            "The rows have the kernel position first and the channel last; all KH·KW rows of channel 0 come first.",
            lambda q, right: {"cols": _reordered(q, right["cols"], 0, 2, 3, 1, 4, 5)},
        ),
        Mistake(
            "kernel-transposed",
            "The rows of cols go down the kernel's columns; they must go through the kernel row by row, left to right.",
            lambda q, right: {"cols": _reordered(q, right["cols"], 0, 1, 3, 2, 4, 5)},
        ),
        Mistake(
            "places-transposed",
            "The windows are taken column by column; they must go through the image row by row, left to right.",
            lambda q, right: {"cols": _reordered(q, right["cols"], 0, 1, 2, 3, 5, 4)},
        ),
        Mistake(
            "kernel-flipped",
            "Every window is rotated by 180°: the first row must hold the upper left number of each window.",
            lambda q, right: {"cols": _flipped(q, right["cols"])},
        ),
        Mistake(
            "patches-in-rows",
            "Each window is a row; it must be a column: the shape is (N, C·KH·KW, L).",
            lambda q, right: {"cols": right["cols"].transpose(0, 2, 1)},
            lambda q, right: {"cols": OfShape(_one_matrix(right["cols"])[::-1])},
        ),
        Mistake(
            "batch-in-one-matrix",
            "The images are side by side in one matrix; keep the batch as the first axis: (N, C·KH·KW, L).",
            lambda q, right: {"cols": OfShape(_one_matrix(right["cols"]))},
        ),
        Mistake(
            "axes-not-joined",
            "The axes are still separate; join C, KH and KW into one axis, and H' and W' into another.",
            lambda q, right: {"cols": _six_axes(q, right["cols"], 0, 1, 2, 3, 4, 5)},
            lambda q, right: {"cols": _six_axes(q, right["cols"], 0, 1, 4, 5, 2, 3)},
        ),
        Mistake(
            "first-channel-only",
            "Only the first channel is used; a column must hold the window in all C channels.",
            lambda q, right: {"cols": unfold(q["x"][:, :1], **geometry(q))},
        ),
        Mistake(
            "first-image-only",
            "Only the first image of the batch has its columns.",
            lambda q, right: {"cols": _first_image(right["cols"])},
        ),
        Mistake(
            "padding-not-zero",
            "The padding repeats numbers of the image; it must be zeros.",
            lambda q, right: {"cols": _padded_with(q, "edge")},
            lambda q, right: {"cols": _padded_with(q, "wrap")},
        ),
        Mistake(
            "image-subsampled",
            "The stride is applied to the image before the windows are cut; a window must hold adjacent pixels, and "
            "only its position moves by the stride.",
            lambda q, right: {"cols": _subsampled(q)},
        ),
        Mistake(
            "stride-only-sizes",
            "The stride is used for the number of windows but not for where they begin: window i starts at i·stride.",
            lambda q, right: {"cols": _corner(q)},
        ),
        Mistake(
            "stride-ignored",
            "The stride is not used: there are as many columns as with stride 1.",
            lambda q, right: {"cols": _columns_of(q, *window_counts(q["x"].shape, **(geometry(q) | {"stride": 1})))},
        ),
        Mistake(
            "stride-as-gap",
            "The stride is used as the number of pixels skipped; it is the distance from one window to the next.",
            lambda q, right: {"cols": _columns_of(q, *window_counts(q["x"].shape, **geometry(q), gap=1))},
        ),
        Mistake(
            "rounded-up",
            "There are too many columns: a last window that does not fit is left out, so round down.",
            lambda q, right: {"cols": _columns_of(q, *window_counts(q["x"].shape, **geometry(q), up=True))},
        ),
        Mistake(
            "last-window-left-out",
            "The last window along an axis is left out: `range` stops before its end, so it needs W − K + 1.",
            lambda q, right: {"cols": _columns_of(q, *_fewer(q, 1, 1))},
            lambda q, right: {"cols": _columns_of(q, *_fewer(q, 0, 1))},
        ),
        Mistake(
            "padding-ignored",
            "The padding is not used: there are as many columns as without padding.",
            lambda q, right: {"cols": _columns_of(q, *window_counts(q["x"].shape, **(geometry(q) | {"padding": 0})))},
        ),
        Mistake(
            "padding-once",
            "The image is padded on one side only, or P is counted once: there are P zeros on each of its four sides.",
            lambda q, right: {"cols": _columns_of(q, *window_counts(q["x"].shape, **geometry(q), sides=1))},
        ),
        Mistake(
            "pair-swapped",
            "The pairs are (height, width); yours are used as (width, height).",
            lambda q, right: {"cols": unfold(q["x"], **_swapped(q))},
            convention="arguments",
        ),
        Mistake(
            "slice-end-without-stride",
            SLICE_END,
            error=lambda q, raised: slice_end(raised, counts_of(q["x"].shape, q), q.get("stride", 1)),
        ),
        Mistake(
            "pair-not-accepted",
            ONE_NUMBER_NEEDED,
            error=takes_no_pair,
            convention="arguments",
        ),
        Mistake(
            "width-from-height",
            "The width is computed from the height; W' comes from W and KW.",
            lambda q, right: {"cols": _columns_of(q, *2 * window_counts(q["x"].shape, **geometry(q))[:1])},
            error=lambda q, raised: other_side_for_both(raised, counts_of(q["x"].shape, q)),
        ),
    )

    def inputs(self, sizes: Sizes, rng: Any) -> Inputs:
        x = rng.standard_normal(image_shape(sizes))
        return {"x": x} | {key: sizes[key] for key in ("kernel", "stride", "padding") if key in sizes}

    def expected(self, q: Inputs) -> dict[str, PlainData]:
        return {"cols": unfold(q["x"], **geometry(q))}


def _swapped(q: Inputs) -> dict[str, Any]:
    """The geometry with the pairs of stride and padding reversed."""
    right = geometry(q)
    return {"kernel": right["kernel"]} | {key: pair(right[key])[::-1] for key in ("stride", "padding")}
