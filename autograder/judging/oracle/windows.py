"""Convolution and pooling as sums over positions: number k of window i is number i·stride + k − padding of an axis."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from autograder.judging.oracle.chain_rule import (
    Operand,
    Traced,
    contract,
    einsum,
    gradients,
    largest,
    value_of,
)
from utils.sizes import Pair, pair

# letters of the positions of an image, the positions in a kernel, and the windows, axis by axis
IMAGE, KERNEL, WINDOW = "pqr", "klm", "ijh"
Sizes = int | tuple[int, ...]  # one for every axis, or one for each


@lru_cache(maxsize=1024)
def positions(size: int, kernel: int, stride: int = 1, padding: int = 0) -> np.ndarray:
    """(windows, kernel, size): 1 where number k of window i is number p of the axis, else 0; read-only.

    Raises:
        ValueError: if no window fits, or a size is too small.
    """
    if min(kernel, stride, size) < 1 or padding < 0 or kernel > size + 2 * padding:
        raise ValueError(f"no window: kernel {kernel}, stride {stride}, padding {padding}, size {size}.")
    windows = (size + 2 * padding - kernel) // stride + 1
    i, k, p = np.ogrid[:windows, :kernel, :size]
    result = (p == i * stride + k - padding).astype(np.float64)
    result.flags.writeable = False
    return result


def each_axis(sizes: tuple[int, ...], kernel: Sizes, stride: Sizes, padding: Sizes = 0) -> list[np.ndarray]:
    """`positions` of each axis of an image of these sizes; kernel, stride and padding are one int, or one an axis."""
    settings = [value if isinstance(value, tuple) else (value,) * len(sizes) for value in (kernel, stride, padding)]
    return [positions(*(int(number) for number in axis)) for axis in zip(sizes, *settings, strict=True)]


def convolved(x: Operand, w: Operand, stride: Sizes = 1, padding: Sizes = 0) -> Traced:
    """x (N, C, …), w (F, C, …), along one to three axes → (N, F, …), without a bias."""
    sizes, kernels = value_of(x).shape[2:], value_of(w).shape[2:]
    places, axes = each_axis(sizes, kernels, stride, padding), len(sizes)
    image, kernel, window = IMAGE[:axes], KERNEL[:axes], WINDOW[:axes]
    lists = ",".join(i + k + p for i, k, p in zip(window, kernel, image, strict=True))
    return contract(f"nc{image},fc{kernel},{lists}->nf{window}", x, w, *places)


def conv(x: np.ndarray, w: np.ndarray, b: np.ndarray | None, stride: Sizes = 1, padding: Sizes = 0) -> np.ndarray:
    """x (N, C, …), w (F, C, …), b (F,) or None, along one to three axes → (N, F, …)."""
    out = convolved(x, w, stride, padding).value
    return out if b is None else out + value_of(b).reshape(-1, *[1] * (x.ndim - 2))


def conv2d_gradients(
    dout: np.ndarray, x: np.ndarray, w: np.ndarray, stride: Pair = 1, padding: Pair = 0
) -> list[np.ndarray]:
    """dx like x (N, C, H, W) and dw like w (F, C, KH, KW), for dout (N, F, H', W')."""
    return gradients(lambda x, w: convolved(x, w, stride, padding), [x, w], dout)


def unfold(x: np.ndarray, kernel: Pair, stride: Pair = 1, padding: Pair = 0) -> np.ndarray:
    """x (N, C, H, W) → (N, C·KH·KW, L), the numbers of each window."""
    return _windows(x, each_axis(x.shape[2:], kernel, stride, padding)).reshape(len(x), _rows(x.shape, kernel), -1)


def fold(cols: np.ndarray, x_shape: tuple[int, ...], kernel: Pair, stride: Pair = 1, padding: Pair = 0) -> np.ndarray:
    """cols (N, C·KH·KW, L) → x (N, C, H, W), added up where windows overlap."""
    rows, columns = each_axis(x_shape[2:], kernel, stride, padding)
    apart = value_of(cols).reshape(*x_shape[:2], *pair(kernel), len(rows), len(columns))
    return _folded(apart, [rows, columns])


def merge(w1: np.ndarray, w2: np.ndarray) -> np.ndarray:
    """w1 (M, C, K1, K1), applied first, and w2 (F, M, K2, K2) → the kernel (F, C, K1 + K2 − 1, …) that does both."""
    sides = (one + other - 1 for one, other in zip(w1.shape[2:], w2.shape[2:], strict=True))
    # number p of the merged kernel multiplies what number k of w1 sees from the place that number i of w2 looks at
    return conv2d_gradients(w2, np.zeros((len(w2), w1.shape[1], *sides)), w1)[0]


def max_pooled(x: Operand, kernel: Pair, stride: Pair) -> Traced:
    """x (N, C, H, W) → (N, C, H', W'), the largest number of each window; of equal ones, the first row by row."""
    rows, columns = (places.max(1) > 0 for places in each_axis(value_of(x).shape[2:], kernel, stride))
    return largest(largest(x, 3, columns), 2, rows)  # in each row the first column, then of these the first row


def avg_pooled(x: Operand, kernel: Pair, stride: Pair) -> Traced:
    """x (N, C, H, W) → (N, C, H', W'), the mean of each window."""
    rows, columns = (places.mean(1) for places in each_axis(value_of(x).shape[2:], kernel, stride))
    return contract("ncpq,ip,jq->ncij", x, rows, columns)


def max_pool2d(x: np.ndarray, kernel: Pair, stride: Pair) -> np.ndarray:
    """x (N, C, H, W) → (N, C, H', W'), the largest number of each window."""
    return max_pooled(x, kernel, stride).value


def avg_pool2d(x: np.ndarray, kernel: Pair, stride: Pair) -> np.ndarray:
    """x (N, C, H, W) → (N, C, H', W'), the mean of each window."""
    return avg_pooled(x, kernel, stride).value


def max_pool2d_gradient(dout: np.ndarray, x: np.ndarray, kernel: Pair, stride: Pair) -> np.ndarray:
    """dx like x; where numbers tie, the first one in the window (row by row) gets the gradient."""
    return gradients(lambda x: max_pooled(x, kernel, stride), [x], dout)[0]


def avg_pool2d_gradient(dout: np.ndarray, x: np.ndarray, kernel: Pair, stride: Pair) -> np.ndarray:
    """dx like x."""
    return gradients(lambda x: avg_pooled(x, kernel, stride), [x], dout)[0]


def tied_max_gradient(dout: np.ndarray, x: np.ndarray, kernel: Pair, stride: Pair, *, whole: bool) -> np.ndarray:
    """dx of a max pooling if numbers that tie shared the gradient, or with `whole`, if each got all of it."""
    places = each_axis(x.shape[2:], kernel, stride)
    windows = _windows(x, places)
    ties = windows == windows.max((2, 3), keepdims=True)
    upstream = np.broadcast_to(value_of(dout)[:, :, None, None], windows.shape)
    return _folded(ties * upstream / (1 if whole else ties.sum((2, 3), keepdims=True)), places)


def _windows(x: np.ndarray, places: list[np.ndarray]) -> np.ndarray:
    """(N, C, KH, KW, H', W'): the numbers of each window."""
    return einsum("ncpq,ikp,jlq->ncklij", value_of(x), *places)


def _folded(windows: np.ndarray, places: list[np.ndarray]) -> np.ndarray:
    """(N, C, KH, KW, H', W') → (N, C, H, W): each number added where it was taken from."""
    return np.ascontiguousarray(einsum("ncklij,ikp,jlq->ncpq", windows, *places))


def _rows(shape: tuple[int, ...], kernel: Pair) -> int:
    high, wide = pair(kernel)
    return shape[1] * high * wide
