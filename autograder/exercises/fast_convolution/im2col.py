"""04_fast_convolution: im2col, which writes every window as a column, and col2im, which adds columns back."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np

from autograder.exercises.fast_convolution.column_cases import COLUMN_CASES
from autograder.exercises.fast_convolution.geometry import (
    SLICE_END,
    apart,
    geometry,
    image_shape,
    places,
    size_error_off_square,
    slice_end,
    takes_no_pair,
    unfold,
)
from autograder.guest.plain_data import Inputs, PlainData
from autograder.judging.case import Sizes
from autograder.judging.exercise import Exercise
from autograder.judging.mistake import Mistake, OfShape
from autograder.judging.oracle import pair

NOT_MOVED = (
    "The windows are reshaped as they are, so numbers end up in other rows: first bring the axes into the order N, C, "
    "KH, KW, H', W' (transpose), then reshape."
)


def _reordered(q: Inputs, cols: np.ndarray, *order: int) -> np.ndarray:
    """Columns with the axes (N, C, KH, KW, H', W') in another order, in the shape they had."""
    return apart(cols, q["x"].shape, **geometry(q)).transpose(order).reshape(cols.shape)


def _stretched(q: Inputs, cols: np.ndarray, *order: int) -> OfShape:
    """Of the shape that columns have with their axes in another order."""
    return OfShape(apart(cols, q["x"].shape, **geometry(q)).transpose(order).shape)


def _one_matrix(cols: np.ndarray) -> tuple[int, int]:
    """The shape of the columns of all images side by side."""
    return cols.shape[1], cols.shape[0] * cols.shape[2]


def _columns_of(q: Inputs, high: int, wide: int) -> OfShape:
    n, c = q["x"].shape[:2]
    kernel = pair(q["kernel"])
    return OfShape((n, c * kernel[0] * kernel[1], high * wide))


def _flipped(q: Inputs, cols: np.ndarray) -> np.ndarray:
    return apart(cols, q["x"].shape, **geometry(q))[:, :, ::-1, ::-1].reshape(cols.shape)


def _corner(q: Inputs) -> np.ndarray:
    """The first H' by W' windows at stride 1."""
    once = geometry(q) | {"stride": 1}
    high, wide = places(q["x"].shape, **geometry(q))
    near = apart(unfold(q["x"], **once), q["x"].shape, **once)[..., :high, :wide]
    return near.reshape(len(near), -1, high * wide)


def _padded_with(q: Inputs, mode: Literal["constant", "edge", "wrap"]) -> np.ndarray:
    (top, left), asked = pair(q.get("padding", 0)), geometry(q)
    x = np.pad(q["x"], ((0, 0), (0, 0), (top, top), (left, left)), mode=mode)
    return unfold(x, asked["kernel"], asked["stride"])


def _subsampled(q: Inputs) -> np.ndarray:
    """The columns, at stride 1, of an image of which every stride-th row and column is left."""
    (top, left), (down, right) = pair(q.get("padding", 0)), pair(q.get("stride", 1))
    x = np.pad(q["x"], ((0, 0), (0, 0), (top, top), (left, left)))
    return unfold(x[:, :, ::down, ::right], q["kernel"])


def _fewer(q: Inputs, rows: int, columns: int) -> tuple[int, int]:
    high, wide = places(q["x"].shape, **geometry(q))
    return high - rows, wide - columns


def _first_image(cols: np.ndarray) -> np.ndarray:
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
            "rows-by-kernel-first",
            "The rows run over the kernel first and over the channels last; all KH·KW rows of channel 0 come first.",
            lambda q, right: {"cols": _reordered(q, right["cols"], 0, 2, 3, 1, 4, 5)},
        ),
        Mistake(
            "kernel-transposed",
            "The rows run down the kernel's columns; they follow its reading order: row by row, left to right.",
            lambda q, right: {"cols": _reordered(q, right["cols"], 0, 1, 3, 2, 4, 5)},
        ),
        Mistake(
            "places-transposed",
            "The columns run down the image first; the windows come in reading order: left to right, then down.",
            lambda q, right: {"cols": _reordered(q, right["cols"], 0, 1, 2, 3, 5, 4)},
        ),
        Mistake(
            "kernel-flipped",
            "Every window is turned by 180°: the first row holds the window's upper left number.",
            lambda q, right: {"cols": _flipped(q, right["cols"])},
        ),
        Mistake(
            "patches-in-rows",
            "Each window is a row of yours; it must be a column: the shape is (N, C·KH·KW, L).",
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
            "The axes are left apart; join C, KH and KW into one, and H' and W' into another.",
            lambda q, right: {"cols": _stretched(q, right["cols"], 0, 1, 2, 3, 4, 5)},
            lambda q, right: {"cols": _stretched(q, right["cols"], 0, 1, 4, 5, 2, 3)},
        ),
        Mistake(
            "first-channel-only",
            "Only the first channel is there; a column holds the window in all C channels.",
            lambda q, right: {"cols": unfold(q["x"][:, :1], **geometry(q))},
        ),
        Mistake(
            "first-image-only",
            "Only the first image of the batch has its columns.",
            lambda q, right: {"cols": _first_image(right["cols"])},
        ),
        Mistake(
            "padding-not-zero",
            "The border is padded with numbers of the image; it must be zeros.",
            lambda q, right: {"cols": _padded_with(q, "edge")},
            lambda q, right: {"cols": _padded_with(q, "wrap")},
        ),
        Mistake(
            "image-subsampled",
            "The stride thins out the image before the windows are cut; a window holds neighbours, and only its place "
            "moves by the stride.",
            lambda q, right: {"cols": _subsampled(q)},
        ),
        Mistake(
            "stride-only-sizes",
            "The stride sets how many windows there are but not where they begin: window i starts at i·stride.",
            lambda q, right: {"cols": _corner(q)},
        ),
        Mistake(
            "stride-ignored",
            "The stride is not used: there are as many columns as with stride 1.",
            lambda q, right: {"cols": _columns_of(q, *places(q["x"].shape, **(geometry(q) | {"stride": 1})))},
        ),
        Mistake(
            "stride-as-gap",
            "The stride is taken as the number of places left out; it is the distance from one window to the next.",
            lambda q, right: {"cols": _columns_of(q, *places(q["x"].shape, **geometry(q), gap=1))},
        ),
        Mistake(
            "rounded-up",
            "There are too many columns: a last window that does not fit is left out, so round down.",
            lambda q, right: {"cols": _columns_of(q, *places(q["x"].shape, **geometry(q), up=True))},
        ),
        Mistake(
            "last-window-left-out",
            "The last window along an axis is left out: `range` stops before its end, so it needs W − K + 1.",
            lambda q, right: {"cols": _columns_of(q, *_fewer(q, 1, 1))},
            lambda q, right: {"cols": _columns_of(q, *_fewer(q, 0, 1))},
        ),
        Mistake(
            "padding-ignored",
            "The padding is not used: there are as many columns as without.",
            lambda q, right: {"cols": _columns_of(q, *places(q["x"].shape, **(geometry(q) | {"padding": 0})))},
        ),
        Mistake(
            "padding-once",
            "The image is padded on one side only, or P is counted once: there are P zeros on each of its four sides.",
            lambda q, right: {"cols": _columns_of(q, *places(q["x"].shape, **geometry(q), sides=1))},
        ),
        Mistake(
            "pair-swapped",
            "The pairs are (height, width); yours are used the other way round.",
            lambda q, right: {"cols": unfold(q["x"], **_swapped(q))},
        ),
        Mistake(
            "slice-end-without-stride",
            SLICE_END,
            error=slice_end,
        ),
        Mistake(
            "pair-not-accepted",
            "kernel, stride and padding may be an int or a pair (height, width); yours takes only an int.",
            error=takes_no_pair,
        ),
        Mistake(
            "width-from-height",
            "The width is computed from the height: W' comes from W and KW.",
            lambda q, right: {"cols": _columns_of(q, *2 * places(q["x"].shape, **geometry(q))[:1])},
            error=lambda q, raised: size_error_off_square(q, q["x"].shape, raised),
        ),
    )

    def inputs(self, sizes: Sizes, rng: Any) -> Inputs:
        x = rng.standard_normal(image_shape(sizes))
        return {"x": x} | {key: sizes[key] for key in ("kernel", "stride", "padding") if key in sizes}

    def expected(self, q: Inputs) -> dict[str, PlainData]:
        return {"cols": unfold(q["x"], **geometry(q))}


def _swapped(q: Inputs) -> dict[str, Any]:
    asked = geometry(q)
    return {"kernel": asked["kernel"]} | {key: pair(asked[key])[::-1] for key in ("stride", "padding")}
