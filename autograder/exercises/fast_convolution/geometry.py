"""04_fast_convolution: how many windows an image has, its columns, and errors about sizes."""

from __future__ import annotations

import math
import re
from typing import Any

import numpy as np

from autograder.guest.plain_data import Inputs
from autograder.guest.response import Raised
from autograder.judging import oracle
from autograder.judging.case import Sizes
from utils.sizes import pair

SLICE_END = (
    "Your code fails where the stride is above 1: H' positions, S apart, extend over S·H' rows, so a slice from p ends "
    "at "
    "p + S·H', not at p + H'."
)
GEOMETRY = ("kernel", "stride", "padding")


def geometry(q: Inputs) -> dict[str, Any]:
    """Kernel, stride and padding among the inputs, or their defaults."""
    return {"kernel": q["kernel"], "stride": q.get("stride", 1), "padding": q.get("padding", 0)}


def image_shape(sizes: Sizes) -> tuple[int, int, int, int]:
    """(N, C, H, W). Raises ValueError if the kernel does not fit."""
    n, c, h, w = (sizes[key] for key in "nchw")
    kernel, padding = pair(sizes["kernel"]), pair(sizes.get("padding", 0))
    if kernel[0] > h + 2 * padding[0] or kernel[1] > w + 2 * padding[1]:
        raise ValueError(f"kernel {kernel} does not fit image {(h, w)} with padding {padding}")
    return n, c, h, w


def window_counts(
    shape: tuple[int, ...],
    kernel: Any,
    stride: Any = 1,
    padding: Any = 0,
    up: bool = False,
    sides: int = 2,
    gap: int = 0,
) -> tuple[int, int]:
    """(H', W'): how many windows an image (N, C, H, W) of this shape has.

    For wrong sizes, `up` rounds up, `sides` is how many sides are padded, and `gap` is added to the stride.
    """
    counts = []
    for axis in (0, 1):
        length = shape[2 + axis] - pair(kernel)[axis] + sides * pair(padding)[axis]
        steps = length / (pair(stride)[axis] + gap)
        counts.append((math.ceil(steps) if up else math.floor(steps)) + 1)
    return counts[0], counts[1]


def unfold(x: np.ndarray, kernel: Any, stride: Any = 1, padding: Any = 0) -> np.ndarray:
    """x (N, C, H, W) → (N, C·KH·KW, L)."""
    return oracle.unfold(x, kernel, stride, padding)


def fold(cols: np.ndarray, x_shape: tuple[int, ...], kernel: Any, stride: Any = 1, padding: Any = 0) -> np.ndarray:
    """cols (N, C·KH·KW, L) → x (N, C, H, W), added up where windows overlap."""
    return oracle.fold(cols, tuple(x_shape), kernel, stride, padding)


def split_axes(
    cols: np.ndarray, x_shape: tuple[int, ...], kernel: Any, stride: Any = 1, padding: Any = 0
) -> np.ndarray:
    """cols (N, C·KH·KW, L) reshaped to (N, C, KH, KW, H', W')."""
    counts = window_counts(x_shape, kernel, stride, padding)
    return cols.reshape(*x_shape[:2], *pair(kernel), *counts)


def overlaid(
    cols: np.ndarray, x_shape: tuple[int, ...], kernel: Any, stride: Any = 1, padding: Any = 0, by_window: bool = False
) -> np.ndarray:
    """x when col2im assigns instead of adding, kernel position by kernel position or, `by_window`, window by window."""
    if by_window:
        masks = np.eye(cols.shape[2])[:, None, None, :]
    else:
        area = math.prod(pair(kernel))
        masks = np.tile(np.eye(area), cols.shape[1] // area)[:, None, :, None]
    image = np.zeros(x_shape)
    for mask in masks:
        assigned = fold(np.ones(cols.shape) * mask, x_shape, kernel, stride, padding) > 0
        image = np.where(assigned, fold(cols * mask, x_shape, kernel, stride, padding), image)
    return image


def takes_no_pair(q: Inputs, raised: Raised) -> bool:
    """Whether a size is passed as a pair and the error is that of using it as a number."""
    pairs = any(isinstance(q.get(name), tuple) for name in GEOMETRY)
    return pairs and raised.type == "TypeError"


def size_error_off_square(q: Inputs, shape: tuple[int, ...], raised: Raised) -> bool:
    """Whether sizes do not fit together where the stride is 1 and height and width differ."""
    not_square = shape[2] != shape[3] or isinstance(q["kernel"], tuple)
    stride_one = pair(q.get("stride", 1)) == (1, 1)
    return not_square and stride_one and raised.type in ("ValueError", "IndexError")


def slice_end(q: Inputs, raised: Raised) -> bool:
    """Whether a slice and the array assigned to it differ in size, where the stride is above 1."""
    stride = q["cache"][3] if "cache" in q else q.get("stride", 1)
    # a shape with one axis in the message is that of the bias
    clash = "broadcast" in raised.message and not re.search(r"\(\d+,\)", raised.message)
    return pair(stride) != (1, 1) and raised.type == "ValueError" and clash
