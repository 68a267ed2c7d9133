"""04_fast_convolution: how many windows an image has, its columns, and errors about sizes."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autograder.guest.plain_data import Inputs
from autograder.guest.response import Raised
from autograder.judging import oracle
from autograder.judging.case import Sizes
from autograder.judging.clash import clashing, cut_short, pair_refused, reshaped
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


def counts_of(shape: tuple[int, ...], q: Inputs) -> tuple[int, int]:
    """(H', W') for an image of this shape, by the kernel, stride and padding among the inputs."""
    return window_counts(shape, **geometry(q))


def takes_no_pair(q: Inputs, raised: Raised) -> bool:
    """Whether a size is passed as a pair and the error is that of using it as a number."""
    return pair_refused(raised, *(q.get(name) for name in GEOMETRY))


def other_side_for_both(raised: Raised, counts: tuple[int, int]) -> bool:
    """Whether an array with H' × H' or W' × W' windows was made; counts: (H', W')."""
    high, wide = counts
    ends = {shape[-2:] for shape in (*clashing(raised), reshaped(raised))}
    return high != wide and not ends.isdisjoint({(high, high), (wide, wide)})


def slice_end(raised: Raised, counts: tuple[int, int], stride: Any) -> bool:
    """Whether a slice from p to p + H', S apart, met the (H', W') windows; counts: (H', W')."""
    cut, steps = cut_short(raised, counts), pair(stride)
    return cut is not None and all(
        side in (count, -(-count // step)) for side, count, step in zip(cut, counts, steps, strict=True)
    )
