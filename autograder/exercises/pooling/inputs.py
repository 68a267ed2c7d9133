"""05_pooling: the inputs of its cases, and the geometry of the windows."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.guest.plain_data import Inputs
from autograder.judging.case import Sizes
from autograder.judging.seeds import by_hand
from utils.sizes import Pair, pair

CACHE = {"cache": ("x", "kernel", "stride")}  # names of its items
# images by hand of the kinds with equal numbers, repeated down and to the right; in the first three, the first 2×2
# window is a tie
TILES = {
    "whole": [[2.0, 7.0, 3.0, 5.0], [7.0, 4.0, 5.0, 1.0]],
    "relu": [[0.0, 0.0, 0.0, 6.0], [0.0, 0.0, 4.0, 0.0]],
    "flat": [[-2.0, -2.0, -2.0, -2.0], [-2.0, -2.0, -2.0, -2.0]],
    "close": [[1 + 1e-9, 1 + 3e-9, 1.0, 1 + 2e-9], [1 + 2e-9, 1.0, 1 + 4e-9, 1 + 3e-9]],
}
SMALLEST = {"n": 1, "c": 1, "stride": 1, "kernel": 1, "h": 1, "w": 1}


def numbers(kind: str, shape: tuple[int, ...], rng: Any) -> np.ndarray:
    """Images of one kind, in float64.

    kind: "any"; "negative" (far below zero in every second channel); "far below zero"; "whole" (small integers,
    many of them equal); "relu" (most are 0); "flat" (all numbers of a map are equal); "close" (they differ in the
    tenth digit).
    """
    if by_hand(rng) and kind in TILES:
        tile = np.array(TILES[kind])[np.arange(shape[2])[:, None] % 2, np.arange(shape[3]) % 4]
        return np.broadcast_to(tile, shape).copy()
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
    """x (N, C, H, W). Raises ValueError if the window does not fit."""
    high, wide = pair(sizes["kernel"])
    if high > sizes["h"] or wide > sizes["w"]:
        raise ValueError(f"a window of {high}×{wide} does not fit an image of {sizes['h']}×{sizes['w']}")
    return numbers(sizes.get("values", "any"), tuple(sizes[key] for key in "nchw"), rng)


def forward_inputs(sizes: Sizes, rng: Any) -> Inputs:
    """x, kernel, and stride if the sizes have one."""
    inputs = {"x": images(sizes, rng), "kernel": sizes["kernel"]}
    return inputs | ({"stride": sizes["stride"]} if "stride" in sizes else {})


def backward_inputs(sizes: Sizes, rng: Any) -> Inputs:
    """dout and the cache (x, kernel, stride)."""
    x, kernel = images(sizes, rng), sizes["kernel"]
    stride: Any = sizes.get("stride", kernel)
    dout = rng.standard_normal((*x.shape[:2], *map_size(x.shape, kernel, stride)))
    return {"dout": dout, "cache": (x, kernel, stride)}


def with_pairs(q: Inputs) -> Inputs:
    """The inputs of a backward pass with kernel and stride as pairs."""
    x, kernel, stride = q["cache"]
    return q | {"cache": (x, pair(kernel), pair(stride))}


def stride_of(q: Inputs) -> Pair:
    """The stride in use: the kernel's size if none is passed."""
    return q["kernel"] if q.get("stride") is None else q["stride"]


def map_size(shape: tuple[int, ...], kernel: Pair, stride: Pair, up: bool = False) -> tuple[int, int]:
    """(H', W') for images of this shape; `up` also counts a last window that extends beyond the image."""
    sides = [
        (size - k + (s - 1 if up else 0)) // s + 1
        for size, k, s in zip(shape[2:], pair(kernel), pair(stride), strict=True)
    ]
    return sides[0], sides[1]


def reached(q: Inputs) -> Any:
    """The index of x up to the end of the last window, including gaps between windows."""
    x, kernel, stride = q["cache"]
    ends = [
        (n - 1) * s + k for n, s, k in zip(map_size(x.shape, kernel, stride), pair(stride), pair(kernel), strict=True)
    ]
    return ..., slice(ends[0]), slice(ends[1])


def resized(array: np.ndarray, size: tuple[int, int], fill: float = 0.0) -> np.ndarray:
    """The array with its last two axes cut, or extended with `fill`, to this size."""
    out = np.full((*array.shape[:-2], *size), fill)
    high, wide = (min(a, b) for a, b in zip(array.shape[-2:], size, strict=True))
    out[..., :high, :wide] = array[..., :high, :wide]
    return out
