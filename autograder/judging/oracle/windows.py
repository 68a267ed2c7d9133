"""The right answers of 02 to 05 in float64: convolution, its gradients, columns, and pooling."""

from __future__ import annotations

import math

import numpy as np

from autograder.judging.oracle.layers import gradients, in_float64
from utils.layers.reference.windows import (
    Sizes,
    avg_pooled,
    convolved,
    each_axis,
    folded,
    max_pooled,
    windows_of,
)
from utils.sizes import Pair, pair


def conv(x: np.ndarray, w: np.ndarray, b: np.ndarray | None, stride: Sizes = 1, padding: Sizes = 0) -> np.ndarray:
    """x (N, C, …), w (F, C, …), b (F,) or None, along one to three axes → (N, F, …)."""
    out = convolved(in_float64(x), in_float64(w), stride, padding).value
    return out if b is None else out + in_float64(b).reshape(-1, *[1] * (x.ndim - 2))


def conv2d_gradients(
    dout: np.ndarray, x: np.ndarray, w: np.ndarray, stride: Pair = 1, padding: Pair = 0
) -> list[np.ndarray]:
    """dx like x (N, C, H, W) and dw like w (F, C, KH, KW), for dout (N, F, H', W')."""
    return gradients(lambda x, w: convolved(x, w, stride, padding), [x, w], dout)


def unfold(x: np.ndarray, kernel: Pair, stride: Pair = 1, padding: Pair = 0) -> np.ndarray:
    """x (N, C, H, W) → (N, C·KH·KW, L), the numbers of each window."""
    windows = windows_of(in_float64(x), each_axis(x.shape[2:], kernel, stride, padding))
    return windows.reshape(len(x), math.prod(windows.shape[1:4]), -1)


def fold(cols: np.ndarray, x_shape: tuple[int, ...], kernel: Pair, stride: Pair = 1, padding: Pair = 0) -> np.ndarray:
    """cols (N, C·KH·KW, L) → x (N, C, H, W), added up where windows overlap."""
    rows, columns = each_axis(x_shape[2:], kernel, stride, padding)
    apart = in_float64(cols).reshape(*x_shape[:2], *pair(kernel), len(rows), len(columns))
    return folded(apart, [rows, columns])


def merge(w1: np.ndarray, w2: np.ndarray) -> np.ndarray:
    """w1 (M, C, K1, K1), applied first, and w2 (F, M, K2, K2) → the kernel (F, C, K1 + K2 − 1, …) that does both."""
    sides = (one + other - 1 for one, other in zip(w1.shape[2:], w2.shape[2:], strict=True))
    # number p of the merged kernel multiplies what number k of w1 sees from the place that number i of w2 looks at
    return conv2d_gradients(w2, np.zeros((len(w2), w1.shape[1], *sides)), w1)[0]


def max_pool2d(x: np.ndarray, kernel: Pair, stride: Pair) -> np.ndarray:
    """x (N, C, H, W) → (N, C, H', W'), the largest number of each window."""
    return max_pooled(in_float64(x), kernel, stride).value


def avg_pool2d(x: np.ndarray, kernel: Pair, stride: Pair) -> np.ndarray:
    """x (N, C, H, W) → (N, C, H', W'), the mean of each window."""
    return avg_pooled(in_float64(x), kernel, stride).value


def max_pool2d_gradient(dout: np.ndarray, x: np.ndarray, kernel: Pair, stride: Pair) -> np.ndarray:
    """dx like x; where numbers tie, the first one in the window (row by row) gets the gradient."""
    return gradients(lambda x: max_pooled(x, kernel, stride), [x], dout)[0]


def avg_pool2d_gradient(dout: np.ndarray, x: np.ndarray, kernel: Pair, stride: Pair) -> np.ndarray:
    """dx like x."""
    return gradients(lambda x: avg_pooled(x, kernel, stride), [x], dout)[0]


def tied_max_gradient(dout: np.ndarray, x: np.ndarray, kernel: Pair, stride: Pair, *, whole: bool) -> np.ndarray:
    """dx of a max pooling if numbers that tie shared the gradient, or with `whole`, if each got all of it."""
    places = each_axis(x.shape[2:], kernel, stride)
    windows = windows_of(in_float64(x), places)
    ties = windows == windows.max((2, 3), keepdims=True)
    upstream = np.broadcast_to(in_float64(dout)[:, :, None, None], windows.shape)
    return folded(ties * upstream / (1 if whole else ties.sum((2, 3), keepdims=True)), places)
