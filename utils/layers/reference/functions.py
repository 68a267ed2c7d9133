"""Stand-ins for the functions of 01 to 06 by NumPy alone: the same arguments, results and caches.

They are sums of products and formulas, and their gradients come from the chain rule in general: what the notebooks ask
for is not in here. No stand-in changes its inputs (but for batchnorm's running arrays), and every result is a new array
with the dtype of the inputs.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from utils.layers.reference.chain_rule import Traced, add, backward, gradients, reshape, value_of
from utils.layers.reference.dense import affine, mean_loss, rectified
from utils.layers.reference.windows import avg_pooled, convolved, each_axis, folded, max_pooled, windows_of
from utils.sizes import Pair, pair

Array = np.ndarray
Cache = tuple[Any, ...]
Shape = tuple[int, int, int, int]

# ---------------------------------------------------------------------------------------------- 01_backprop


def linear_forward(x: Array, w: Array, b: Array) -> tuple[Array, Cache]:
    """x (N, d1, …, dk), flattened to (N, D); w (D, M), b (M,) → out (N, M) and the cache (x, w, b)."""
    return affine(x, w, b).value, (x, w, b)


def linear_backward(dout: Array, cache: Cache) -> tuple[Array, Array, Array]:
    """dout (N, M) → dx, dw, db, each in the shape of its input."""
    dx, dw, db = gradients(affine, cache, dout)
    return dx, dw, db


def relu_forward(x: Array) -> tuple[Array, Array]:
    """x of any shape → max(x, 0) and the cache x."""
    return rectified(x).value, x


def relu_backward(dout: Array, cache: Array) -> Array:
    """dout like x → dx like x, with 0 where x ≤ 0."""
    return gradients(rectified, [cache], dout)[0]


def softmax_loss(scores: Array, y: Array) -> tuple[float, Array]:
    """scores (N, M), labels y (N,) → the mean cross-entropy and its gradient (N, M)."""
    leaf = Traced(scores)
    loss = mean_loss(leaf, y)
    return float(loss.value), backward(loss, [leaf])[0]


def numerical_gradient(f: Callable[[Array], Any], x: Array, dout: Any, h: float = 1e-5) -> Array:
    """The gradient of sum(f(x) · dout), like x, by central differences of width 2h in float64."""
    steps = h * np.eye(np.size(x)).reshape(-1, *np.shape(x))

    def loss(moved: Array) -> Any:
        return (np.asarray(f(moved), dtype=np.float64) * dout).sum()

    slopes = [(loss(x + step) - loss(x - step)) / (2 * h) for step in steps]
    return np.array(slopes, dtype=np.float64).reshape(np.shape(x))


def two_layer_loss(params: dict[str, Array], x: Array, y: Array) -> tuple[float, dict[str, Array]]:
    """The loss of W2 max(0, W1 x + b1) + b2 on x (N, …) and labels y (N,), and the gradient of each parameter."""
    leaves = {name: Traced(value) for name, value in params.items()}
    hidden = rectified(affine(x, leaves["W1"], leaves["b1"]))
    loss = mean_loss(affine(hidden, leaves["W2"], leaves["b2"]), y)
    return float(loss.value), dict(zip(leaves, backward(loss, list(leaves.values())), strict=True))


# -------------------------------------------------------------------------------------------- 02_convolution


def conv_output_size(size: int, kernel: int, stride: int = 1, padding: int = 0) -> int:
    """Length of one output axis, or ValueError if the kernel does not fit or an argument is too small."""
    if min(kernel, stride) < 1 or padding < 0:
        raise ValueError(f"kernel {kernel} and stride {stride} must be at least 1, padding {padding} at least 0.")
    places = range(-padding, size + padding - kernel + 1, stride)  # where a window can begin
    if not places:
        raise ValueError(f"a kernel of {kernel} does not fit an input of {size} with padding {padding}.")
    return len(places)


def conv_cost(
    in_shape: tuple[int, int, int], out_channels: int, kernel: int, stride: int = 1, padding: int = 0
) -> tuple[tuple[int, int, int], int, int]:
    """in_shape (C, H, W) → output shape, parameters with biases, multiply-adds for one image."""
    filters = np.broadcast_to(0.0, (out_channels, in_shape[0], kernel, kernel))
    height, width = (conv_output_size(side, kernel, stride, padding) for side in in_shape[1:])
    maps = np.broadcast_to(0.0, (out_channels, height, width))
    return (out_channels, height, width), filters.size + len(filters), maps.size * filters[0].size


def _convolution(x: Any, w: Any, b: Any, stride: Any, padding: Any) -> Traced:
    out = convolved(x, w, stride, padding)
    return add(out, reshape(b, -1, *[1] * (out.value.ndim - 2)))


def conv_forward(x: Array, w: Array, b: Array, stride: Pair = 1, padding: Pair = 0) -> tuple[Array, Cache]:
    """x (N, C, H, W), w (F, C, KH, KW), b (F,) → out (N, F, H', W') and the cache of all arguments."""
    return _convolution(x, w, b, pair(stride), pair(padding)).value, (x, w, b, stride, padding)


def hand_filters() -> Array:
    """(3, 1, 3, 3): identity, horizontal edges (Sobel), box blur."""
    impulse, pairs = np.pad(np.ones((1, 1)), 1), np.ones(2)
    # sums of neighbours and differences of neighbours, each taken of sums of neighbours, along one axis and the other
    edges = np.convolve(pairs, [1, -1])[:, None] * np.convolve(pairs, pairs)
    return np.stack([impulse, edges, np.full_like(impulse, impulse.mean())])[:, None]


def conv1x1_forward(x: Array, w: Array, b: Array) -> Array:
    """x (N, C, H, W), w (F, C), b (F,) → (N, F, H, W)."""
    return _convolution(x, w[:, :, None, None], b, 1, 0).value


def merge_convs(w1: Array, w2: Array) -> Array:
    """w1 (M, C, K1, K1), applied first, and w2 (F, M, K2, K2) → one filter bank (F, C, K1 + K2 − 1, K1 + K2 − 1)."""
    side = w1.shape[2] + w2.shape[2] - 1
    # number p of the merged kernel multiplies what number k of w1 sees from the place that number i of w2 looks at
    return conv_backward_input(w2, w1, (len(w2), w1.shape[1], side, side))


def receptive_field(layers: list[tuple[int, int]]) -> int:
    """Width of the input that one output depends on, for layers of (kernel, stride), input first."""
    seen = np.ones(1)
    for kernel, stride in reversed(layers):
        apart = np.zeros((len(seen) - 1) * stride + 1)
        apart[::stride] = seen
        seen = np.convolve(apart, np.ones(kernel))
    return len(seen)


# ------------------------------------------------------------------------------------------ 03_conv_backward


def conv_backward_bias(dout: Array) -> Array:
    """dout (N, F, H', W') → db (F,)."""
    return gradients(lambda b: add(0 * dout, reshape(b, -1, 1, 1)), [0 * dout[0, :, 0, 0]], dout)[0]


def conv_backward_weight(dout: Array, x: Array, kernel: Pair, stride: Pair = 1, padding: Pair = 0) -> Array:
    """dout (N, F, H', W'), x (N, C, H, W) → dw (F, C, KH, KW)."""
    w = np.zeros((dout.shape[1], x.shape[1], *pair(kernel)), dout.dtype)
    return gradients(lambda w: convolved(x, w, pair(stride), pair(padding)), [w], dout)[0]


def conv_backward_input(dout: Array, w: Array, x_shape: Shape, stride: Pair = 1, padding: Pair = 0) -> Array:
    """dout (N, F, H', W'), w (F, C, KH, KW) → dx (N, C, H, W)."""
    x = np.zeros(x_shape, dout.dtype)
    return gradients(lambda x: convolved(x, w, pair(stride), pair(padding)), [x], dout)[0]


def conv_backward(dout: Array, cache: Cache) -> tuple[Array, Array, Array]:
    """dout (N, F, H', W') → dx, dw, db, each in the shape of its input."""
    x, w, _, stride, padding = cache
    dx, dw = gradients(lambda x, w: convolved(x, w, pair(stride), pair(padding)), [x, w], dout)
    return dx, dw, conv_backward_bias(dout)


# -------------------------------------------------------------------------------------- 04_fast_convolution


def im2col(x: Array, kernel: Pair, stride: Pair = 1, padding: Pair = 0) -> Array:
    """x (N, C, H, W) → cols (N, C·KH·KW, L), one column per window."""
    places = each_axis(x.shape[2:], pair(kernel), pair(stride), pair(padding), value_of(x).dtype)
    apart = windows_of(x, places)
    return np.array(apart.reshape(len(x), math.prod(apart.shape[1:4]), -1), order="C")


def col2im(cols: Array, x_shape: Shape, kernel: Pair, stride: Pair = 1, padding: Pair = 0) -> Array:
    """cols (N, C·KH·KW, L) → x (N, C, H, W): the adjoint of im2col, in which overlaps add up."""
    places = each_axis(tuple(x_shape[2:]), pair(kernel), pair(stride), pair(padding), value_of(cols).dtype)
    return folded(cols.reshape(*x_shape[:2], *pair(kernel), *map(len, places)), places)


conv_forward_fast, conv_backward_fast = conv_forward, conv_backward


def conv1d_forward(x: Array, w: Array, b: Array, stride: int = 1, padding: int = 0) -> Array:
    """x (N, C, L), w (F, C, K), b (F,) → (N, F, L')."""
    return _convolution(x, w, b, stride, padding).value


def conv3d_forward(x: Array, w: Array, b: Array, stride: int = 1, padding: int = 0) -> Array:
    """x (N, C, D, H, W), w (F, C, KD, KH, KW), b (F,) → (N, F, D', H', W')."""
    return _convolution(x, w, b, stride, padding).value


# ------------------------------------------------------------------------------------------------ 05_pooling


def max_pool_forward(x: Array, kernel: Pair, stride: Pair | None = None) -> tuple[Array, Cache]:
    """x (N, C, H, W) → (N, C, H', W') and the cache (x, kernel, stride); stride None means the kernel."""
    stride = kernel if stride is None else stride
    return max_pooled(x, pair(kernel), pair(stride)).value, (x, kernel, stride)


def max_pool_backward(dout: Array, cache: Cache) -> Array:
    """dout (N, C, H', W') → dx (N, C, H, W); of equal maxima the first in reading order gets the gradient."""
    x, kernel, stride = cache
    return gradients(lambda x: max_pooled(x, pair(kernel), pair(stride)), [x], dout)[0]


def avg_pool_forward(x: Array, kernel: Pair, stride: Pair | None = None) -> tuple[Array, Cache]:
    """x (N, C, H, W) → (N, C, H', W') and the cache (x, kernel, stride); stride None means the kernel."""
    stride = kernel if stride is None else stride
    return avg_pooled(x, pair(kernel), pair(stride)).value, (x, kernel, stride)


def avg_pool_backward(dout: Array, cache: Cache) -> Array:
    """dout (N, C, H', W') → dx (N, C, H, W)."""
    x, kernel, stride = cache
    return gradients(lambda x: avg_pooled(x, pair(kernel), pair(stride)), [x], dout)[0]
