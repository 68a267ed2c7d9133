"""04_fast_convolution: col2im, the adjoint of im2col: every number of the columns is added to its pixel."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.exercises.fast_convolution.column_cases import COLUMN_CASES
from autograder.exercises.fast_convolution.geometry import (
    SLICE_END,
    counts_of,
    fold,
    geometry,
    image_shape,
    other_side_for_both,
    overlaid,
    slice_end,
    split_axes,
    takes_no_pair,
    window_counts,
)
from autograder.exercises.shared.convolution import ONE_NUMBER_NEEDED
from autograder.guest.plain_data import Inputs, PlainData
from autograder.judging.case import Sizes
from autograder.judging.exercise import Exercise
from autograder.judging.mistake import Mistake, OfShape
from utils.sizes import pair

ASSIGNED = (
    "Where windows overlap, only the last number remains; they must be added. `=` overwrites, and `+=` with arrays of "
    "indices adds only once to a pixel that occurs several times (np.add.at, or slices, add every time)."
)
SPLIT_IN_ANOTHER_ORDER = (
    "The columns are reshaped to windows without moving the axes: (N, C·KH·KW, L) splits into N, C, KH, KW, H', W', in "
    "this order."
)


def add_back(q: Inputs, cols: np.ndarray | None = None, **changed: Any) -> np.ndarray:
    """The right answer, or that for other columns, stride or padding."""
    return fold(q["cols"] if cols is None else cols, q["x_shape"], **(geometry(q) | changed))


def _read_as(q: Inputs, *order: int) -> np.ndarray:
    """The answer when the columns are split into axes in this order, where 0 … 5 are N, C, KH, KW, H', W'."""
    cols, right = q["cols"], split_axes(q["cols"], q["x_shape"], **geometry(q))
    split = cols.reshape([right.shape[axis] for axis in order])
    return add_back(q, split.transpose(np.argsort(order)).reshape(cols.shape))


def _flipped(q: Inputs) -> np.ndarray:
    """The answer when each window is rotated by 180°."""
    windows = split_axes(q["cols"], q["x_shape"], **geometry(q))
    return add_back(q, windows[:, :, ::-1, ::-1].reshape(q["cols"].shape))


def _padded(q: Inputs) -> np.ndarray:
    """The image with its border of padding."""
    n, c, h, w = q["x_shape"]
    high, wide = pair(q.get("padding", 0))
    return fold(q["cols"], (n, c, h + 2 * high, w + 2 * wide), q["kernel"], q.get("stride", 1))


def _corner(q: Inputs) -> np.ndarray:
    """The upper left H × W pixels of the image with its border."""
    return _padded(q)[:, :, : q["x_shape"][2], : q["x_shape"][3]]


def _at_stride_one(q: Inputs) -> np.ndarray:
    """The answer when window (i, j) is added at (i, j) and not at (i·stride, j·stride)."""
    n, c, h, w = q["x_shape"]
    (kernel_h, kernel_w), (high, wide) = pair(q["kernel"]), pair(q.get("padding", 0))
    out_h, out_w = window_counts(q["x_shape"], **geometry(q))
    image = np.zeros((n, c, h + 2 * high, w + 2 * wide))
    covered = (n, c, out_h + kernel_h - 1, out_w + kernel_w - 1)
    image[:, :, : covered[2], : covered[3]] = fold(q["cols"], covered, q["kernel"])
    return image[:, :, high : high + h, wide : wide + w]


def _reached(q: Inputs) -> tuple[int, int]:
    """(height, width) if the image ended with the last window."""
    (down, right), (high, wide), kernel = pair(q.get("stride", 1)), pair(q.get("padding", 0)), pair(q["kernel"])
    out_h, out_w = window_counts(q["x_shape"], **geometry(q))
    return (out_h - 1) * down + kernel[0] - 2 * high, (out_w - 1) * right + kernel[1] - 2 * wide


def _averaged(q: Inputs) -> np.ndarray:
    """The answer when overlapping windows are averaged."""
    return add_back(q) / np.maximum(1, add_back(q, np.ones_like(q["cols"])))


def _cut_to_nothing(q: Inputs) -> dict[str, PlainData]:
    """The shape that [p:-p] leaves when p is 0."""
    n, c, h, w = q["x_shape"]
    high, wide = pair(q.get("padding", 0))
    return {"x": OfShape((n, c, h if high else 0, w if wide else 0))} if not (high and wide) else {}


class Col2im(Exercise):
    name, points = "col2im", 20
    returns = ("x",)
    axes = {"x": "N C H W"}
    keywords = ("stride", "padding")
    smallest = {"n": 1, "c": 1, "padding": 0, "stride": 1, "kernel": 1, "h": 1, "w": 1}
    cases = COLUMN_CASES
    mistakes = (
        Mistake(
            "overlap-assigned",
            ASSIGNED,
            lambda q, right: {"x": overlaid(q["cols"], q["x_shape"], **geometry(q))},
            lambda q, right: {"x": overlaid(q["cols"], q["x_shape"], **geometry(q), by_window=True)},
        ),
        Mistake(
            "overlap-averaged",
            "Where windows overlap, the numbers are averaged; they must be added, as gradients are.",
            lambda q, right: {"x": _averaged(q)},
        ),
        Mistake(
            "rows-by-kernel-first",
            "The rows are read with the kernel position first and the channel last; all KH·KW rows of channel 0 come "
            "first.",
            lambda q, right: {"x": _read_as(q, 0, 2, 3, 1, 4, 5)},
        ),
        Mistake(
            "windows-not-moved",
            SPLIT_IN_ANOTHER_ORDER,
            lambda q, right: {"x": _read_as(q, 0, 1, 4, 5, 2, 3)},
            lambda q, right: {"x": _read_as(q, 0, 4, 5, 1, 2, 3)},
        ),
        Mistake(
            "kernel-transposed",
            "The rows of cols are read down the kernel's columns; they go through the kernel row by row, left to "
            "right.",
            lambda q, right: {"x": _read_as(q, 0, 1, 3, 2, 4, 5)},
        ),
        Mistake(
            "places-transposed",
            "The windows are placed column by column; they go through the image row by row, left to right.",
            lambda q, right: {"x": _read_as(q, 0, 1, 2, 3, 5, 4)},
        ),
        Mistake(
            "kernel-flipped",
            "Every window is added rotated by 180°; each number must return to the pixel it was read from.",
            lambda q, right: {"x": _flipped(q)},
        ),
        Mistake(
            "stride-only-sizes",
            "The windows are placed one pixel apart: window i starts at i·stride.",
            lambda q, right: {"x": _at_stride_one(q)},
        ),
        Mistake(
            "padding-not-cut",
            "The result still has its border of padding; cut off P rows and columns on each side.",
            lambda q, right: {"x": OfShape(_padded(q).shape)},
        ),
        Mistake(
            "end-of-image-left-out",
            "The result is too small: rows and columns at the end that no window reaches are part of x too; they stay "
            "0.",
            lambda q, right: {"x": OfShape((*q["x_shape"][:2], *_reached(q)))},
        ),
        Mistake(
            "padding-cut-at-the-end",
            "The padding is cut off at the end only; the image begins at row P and column P.",
            lambda q, right: {"x": _corner(q)},
        ),
        Mistake(
            "cut-to-nothing",
            "Without padding, [p:-p] is [0:0], which is empty: cut with [p : p + H].",
            lambda q, right: _cut_to_nothing(q),
        ),
        Mistake(
            "first-image-only",
            "Only the first image of the batch is restored.",
            lambda q, right: {"x": np.where(np.arange(len(right["x"]))[:, None, None, None] == 0, right["x"], 0)},
        ),
        Mistake(
            "channels-summed",
            "Every channel gets the sum over all channels; the rows of channel c must go back to channel c only.",
            lambda q, right: {"x": np.broadcast_to(right["x"].sum(axis=1, keepdims=True), right["x"].shape)},
        ),
        Mistake(
            "slice-end-without-stride",
            SLICE_END,
            error=lambda q, raised: slice_end(raised, counts_of(q["x_shape"], q), q.get("stride", 1)),
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
            lambda q, right: {"x": OfShape((*q["x_shape"][:3], q["x_shape"][2]))},
            error=lambda q, raised: other_side_for_both(raised, counts_of(q["x_shape"], q)),
        ),
    )

    def inputs(self, sizes: Sizes, rng: Any) -> Inputs:
        x_shape = image_shape(sizes)
        windows: Inputs = {key: sizes[key] for key in ("kernel", "stride", "padding") if key in sizes}
        kernel, (out_h, out_w) = pair(sizes["kernel"]), window_counts(x_shape, **windows)
        rows = x_shape[1] * kernel[0] * kernel[1]
        return {"cols": rng.standard_normal((x_shape[0], rows, out_h * out_w)), "x_shape": x_shape, **windows}

    def expected(self, q: Inputs) -> dict[str, PlainData]:
        return {"x": add_back(q)}
