"""05_pooling: what every question about pooling has in common: its numbers, its windows, its sizes."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.guest.plain_data import Inputs
from autograder.judging.case import Sizes
from autograder.judging.oracle import Pair, pair

CACHE = {"cache": ("x", "kernel", "stride")}
SMALLEST = {"n": 1, "c": 1, "stride": 1, "kernel": 1, "h": 1, "w": 1}


def numbers(kind: str, shape: tuple[int, ...], rng: Any) -> np.ndarray:
    """Images of one kind, in float64.

    kind: any; negative (far below zero in every second channel); far below zero; whole (small numbers, many equal);
    relu (most of them 0); flat (each image one number); close (they differ in the tenth digit).
    """
    if kind == "negative":
        return (-1 - np.abs(rng.standard_normal(shape))) * 1e6 ** (np.arange(shape[1]) % 2)[:, None, None]
    if kind == "far below zero":
        return -1e6 * (1 + np.abs(rng.standard_normal(shape)))
    if kind == "whole":
        return rng.integers(-2, 2, shape).astype(float)
    if kind == "relu":
        return np.maximum(0.0, rng.integers(-3, 3, shape))
    if kind == "flat":
        return np.zeros(shape) + rng.integers(-3, 0, (*shape[:2], 1, 1))
    if kind == "close":
        return 1 + 1e-9 * rng.integers(0, 9, shape)
    return rng.standard_normal(shape)


def images(sizes: Sizes, rng: Any) -> np.ndarray:
    """x (N, C, H, W). ValueError if the window does not fit."""
    high, wide = pair(sizes["kernel"])
    if high > sizes["h"] or wide > sizes["w"]:
        raise ValueError(f"a window of {high}×{wide} does not fit an image of {sizes['h']}×{sizes['w']}")
    return numbers(sizes.get("values", "any"), tuple(sizes[key] for key in "nchw"), rng)


def forward_question(sizes: Sizes, rng: Any) -> Inputs:
    """x, kernel and, unless it is left out, stride."""
    asked = {"x": images(sizes, rng), "kernel": sizes["kernel"]}
    return asked | ({"stride": sizes["stride"]} if "stride" in sizes else {})


def backward_question(sizes: Sizes, rng: Any) -> Inputs:
    """dout and the cache (x, kernel, stride)."""
    x, kernel = images(sizes, rng), sizes["kernel"]
    stride: Any = sizes.get("stride", kernel)
    dout = rng.standard_normal((*x.shape[:2], *map_size(x.shape, kernel, stride)))
    return {"dout": dout, "cache": (x, kernel, stride)}


def stride_of(q: Inputs) -> Pair:
    """The stride in use: the kernel's size where none is given."""
    return q["kernel"] if q.get("stride") is None else q["stride"]


def map_size(shape: tuple[int, ...], kernel: Pair, stride: Pair, up: bool = False) -> tuple[int, int]:
    """(H', W') of images of this shape; `up` counts a last window that sticks out, too."""
    sides = [
        (size - k + (s - 1 if up else 0)) // s + 1
        for size, k, s in zip(shape[2:], pair(kernel), pair(stride), strict=True)
    ]
    return sides[0], sides[1]


def seen(q: Inputs) -> Any:
    """The part of x that some window reaches into, gaps between windows included."""
    x, kernel, stride = q["cache"]
    ends = [
        (n - 1) * s + k for n, s, k in zip(map_size(x.shape, kernel, stride), pair(stride), pair(kernel), strict=True)
    ]
    return ..., slice(ends[0]), slice(ends[1])


def placed(array: np.ndarray, size: tuple[int, int], fill: float = 0.0) -> np.ndarray:
    """The last two axes cut off, or continued with `fill`, to another size."""
    out = np.full((*array.shape[:-2], *size), fill)
    high, wide = (min(a, b) for a, b in zip(array.shape[-2:], size, strict=True))
    out[..., :high, :wide] = array[..., :high, :wide]
    return out
