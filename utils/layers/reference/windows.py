"""Convolution and pooling as sums over positions: number k of window i is number i·stride + k − padding of an axis."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np

from utils.layers.reference.chain_rule import Operand, Traced, contract, einsum, largest, value_of
from utils.sizes import Pair

# letters of the positions of an image, the positions in a kernel, and the windows, axis by axis
IMAGE, KERNEL, WINDOW = "pqr", "klm", "ijh"
Sizes = int | tuple[int, ...]  # one for every axis, or one for each


@lru_cache(maxsize=1024)
def positions(size: int, kernel: int, stride: int, padding: int, dtype: str) -> np.ndarray:
    """(windows, kernel, size): 1 where number k of window i is number p of the axis, else 0; read-only.

    Raises:
        ValueError: if no window fits, or a size is too small.
    """
    if min(kernel, stride, size) < 1 or padding < 0 or kernel > size + 2 * padding:
        raise ValueError(f"no window: kernel {kernel}, stride {stride}, padding {padding}, size {size}.")
    windows = (size + 2 * padding - kernel) // stride + 1
    i, k, p = np.ogrid[:windows, :kernel, :size]
    result = (p == i * stride + k - padding).astype(dtype)
    result.flags.writeable = False
    return result


def each_axis(
    sizes: tuple[int, ...], kernel: Sizes, stride: Sizes, padding: Sizes = 0, dtype: Any = "float64"
) -> list[np.ndarray]:
    """`positions` of each axis of an image of these sizes; kernel, stride and padding are one int, or one an axis."""
    settings = [value if isinstance(value, tuple) else (value,) * len(sizes) for value in (kernel, stride, padding)]
    return [positions(*map(int, axis), str(dtype)) for axis in zip(sizes, *settings, strict=True)]


def convolved(x: Operand, w: Operand, stride: Sizes = 1, padding: Sizes = 0) -> Traced:
    """x (N, C, …), w (F, C, …), along one to three axes → (N, F, …), without a bias."""
    values, kernels = value_of(x), value_of(w).shape[2:]
    places, axes = each_axis(values.shape[2:], kernels, stride, padding, values.dtype), values.ndim - 2
    image, kernel, window = IMAGE[:axes], KERNEL[:axes], WINDOW[:axes]
    lists = ",".join(i + k + p for i, k, p in zip(window, kernel, image, strict=True))
    # in two steps: equal windows then give equal numbers, to the last digit, which ties in a pooling depend on
    numbers = contract(f"nc{image},{lists}->nc{kernel}{window}", x, *places)
    return contract(f"nc{kernel}{window},fc{kernel}->nf{window}", numbers, w)


def max_pooled(x: Operand, kernel: Pair, stride: Pair) -> Traced:
    """x (N, C, H, W) → (N, C, H', W'), the largest number of each window; of equal ones, the first row by row."""
    image = value_of(x)
    rows, columns = each_axis(image.shape[2:], kernel, stride, 0, image.dtype)
    return largest(largest(x, 3, columns), 2, rows)  # in each row the first column, then of these the first row


def avg_pooled(x: Operand, kernel: Pair, stride: Pair) -> Traced:
    """x (N, C, H, W) → (N, C, H', W'), the mean of each window."""
    image = value_of(x)
    rows, columns = (places.mean(1) for places in each_axis(image.shape[2:], kernel, stride, 0, image.dtype))
    return contract("ncpq,ip,jq->ncij", x, rows, columns)


def windows_of(x: np.ndarray, places: list[np.ndarray]) -> np.ndarray:
    """(N, C, KH, KW, H', W'): the numbers of each window."""
    return einsum("ncpq,ikp,jlq->ncklij", value_of(x), *places)


def folded(windows: np.ndarray, places: list[np.ndarray]) -> np.ndarray:
    """(N, C, KH, KW, H', W') → (N, C, H, W): each number added where it was taken from."""
    return np.ascontiguousarray(einsum("ncklij,ikp,jlq->ncpq", windows, *places))
