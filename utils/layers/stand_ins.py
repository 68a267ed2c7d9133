"""Stand-ins for the functions of earlier notebooks, on PyTorch: the same arguments, results and caches.

With them a student can start at any notebook. The notebooks explain what each function computes; this module only
calls PyTorch for it. No stand-in changes its inputs (but for batchnorm's running arrays), and every result is a new
array with the dtype of the inputs.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from utils.layers.batchnorm import batchnorm_backward as batchnorm_backward  # 06_batchnorm
from utils.layers.batchnorm import batchnorm_forward as batchnorm_forward
from utils.layers.batchnorm import fuse_conv_batchnorm as fuse_conv_batchnorm
from utils.layers.batchnorm import spatial_batchnorm_backward as spatial_batchnorm_backward
from utils.layers.batchnorm import spatial_batchnorm_forward as spatial_batchnorm_forward
from utils.layers.bridge import array, gradients, labels, stand_in, tensor, torch
from utils.layers.network import LeNet5 as LeNet5  # 07_lenet_numpy
from utils.sizes import Pair, pair

Array = np.ndarray
Cache = tuple[Any, ...]
Shape = tuple[int, int, int, int]

# ---------------------------------------------------------------------------------------------- 01_backprop


def _linear(x: Any, w: Any, b: Any) -> Any:
    return torch().nn.functional.linear(x.flatten(1), w.T, b)


@stand_in
def linear_forward(x: Array, w: Array, b: Array) -> tuple[Array, Cache]:
    """x (N, d1, …, dk), flattened to (N, D); w (D, M), b (M,) → out (N, M) and the cache (x, w, b)."""
    return array(_linear(tensor(x), tensor(w), tensor(b))), (x, w, b)


@stand_in
def linear_backward(dout: Array, cache: Cache) -> tuple[Array, Array, Array]:
    """dout (N, M) → dx, dw, db, each in the shape of its input."""
    dx, dw, db = gradients(_linear, list(cache), dout)
    return dx, dw, db


@stand_in
def relu_forward(x: Array) -> tuple[Array, Array]:
    """x of any shape → max(x, 0) and the cache x."""
    return array(tensor(x).relu()), x


@stand_in
def relu_backward(dout: Array, cache: Array) -> Array:
    """dout like x → dx like x, with 0 where x ≤ 0."""
    return gradients(lambda x: x.relu(), [cache], dout)[0]


@stand_in
def softmax_loss(scores: Array, y: Array) -> tuple[float, Array]:
    """scores (N, M), labels y (N,) → the mean cross-entropy and its gradient (N, M)."""
    leaf = tensor(scores).requires_grad_()
    loss = torch().nn.functional.cross_entropy(leaf, labels(y))
    loss.backward()
    return loss.item(), array(leaf.grad)


@stand_in
def numerical_gradient(f: Callable[[Array], Any], x: Array, dout: Any, h: float = 1e-5) -> Array:
    """The gradient of sum(f(x) · dout), like x, by central differences of width 2h in float64."""
    point, upstream = tensor(x).double(), torch().as_tensor(np.asarray(dout, dtype=np.float64))
    steps = torch().diag(torch().full((point.numel(),), h, dtype=point.dtype)).reshape(-1, *point.shape)

    def loss(moved: Any) -> Any:
        return torch().sum(torch().as_tensor(np.asarray(f(array(moved)), dtype=np.float64)) * upstream)

    slopes = [torch().sub(loss(point + step), loss(point - step)).div(2 * h) for step in steps]
    return array(torch().stack(slopes).reshape(point.shape)) if slopes else np.zeros(x.shape)


@stand_in
def two_layer_loss(params: dict[str, Array], x: Array, y: Array) -> tuple[float, dict[str, Array]]:
    """The loss of W2 max(0, W1 x + b1) + b2 on x (N, …) and labels y (N,), and the gradient of each parameter."""
    leaves = {name: tensor(value).requires_grad_() for name, value in params.items()}
    hidden = _linear(tensor(x), leaves["W1"], leaves["b1"]).relu()
    loss = torch().nn.functional.cross_entropy(_linear(hidden, leaves["W2"], leaves["b2"]), labels(y))
    loss.backward()
    return loss.item(), {name: array(leaf.grad) for name, leaf in leaves.items()}


# -------------------------------------------------------------------------------------------- 02_convolution


@stand_in
def conv_output_size(size: int, kernel: int, stride: int = 1, padding: int = 0) -> int:
    """Length of one output axis, or ValueError if the kernel does not fit or an argument is too small."""
    if min(kernel, stride) < 1 or padding < 0:
        raise ValueError(f"kernel {kernel} and stride {stride} must be at least 1, padding {padding} at least 0.")
    try:
        # tensors on the device "meta" have a shape but no values
        x, w = (torch().empty(1, 1, length, device="meta") for length in (size, kernel))
        return int(torch().nn.functional.conv1d(x, w, stride=stride, padding=padding).shape[-1])
    except RuntimeError:
        raise ValueError(f"a kernel of {kernel} does not fit an input of {size} with padding {padding}.") from None


@stand_in
def conv_cost(
    in_shape: tuple[int, int, int], out_channels: int, kernel: int, stride: int = 1, padding: int = 0
) -> tuple[tuple[int, int, int], int, int]:
    """in_shape (C, H, W) → output shape, parameters with biases, multiply-adds for one image."""
    from torch.utils.flop_counter import FlopCounterMode

    with torch().device("meta"), FlopCounterMode(display=False) as counter:
        layer = torch().nn.Conv2d(in_shape[0], out_channels, kernel, stride, padding)
        out = layer(torch().empty(1, *in_shape))
    _, height, width = out.shape[1:]
    params = sum(parameter.numel() for parameter in layer.parameters())
    return (out_channels, height, width), params, counter.get_total_flops() // 2  # a multiply-add is two flops


@stand_in
def conv_forward(x: Array, w: Array, b: Array, stride: Pair = 1, padding: Pair = 0) -> tuple[Array, Cache]:
    """x (N, C, H, W), w (F, C, KH, KW), b (F,) → out (N, F, H', W') and the cache of all arguments."""
    out = torch().nn.functional.conv2d(tensor(x), tensor(w), tensor(b), pair(stride), pair(padding))
    return array(out), (x, w, b, stride, padding)


def hand_filters() -> Array:
    """(3, 1, 3, 3): identity, horizontal edges (Sobel), box blur."""
    from scipy import ndimage  # type: ignore[import-untyped]

    impulse = np.pad(np.ones((1, 1)), 1)
    # the response of a filter to a single 1 is the filter itself, rotated by 180°
    return np.stack([impulse, ndimage.sobel(impulse, 0), ndimage.uniform_filter(impulse, 3)])[:, None]


@stand_in
def conv1x1_forward(x: Array, w: Array, b: Array) -> Array:
    """x (N, C, H, W), w (F, C), b (F,) → (N, F, H, W)."""
    return array(torch().nn.functional.conv2d(tensor(x), tensor(w)[:, :, None, None], tensor(b)))


@stand_in
def merge_convs(w1: Array, w2: Array) -> Array:
    """w1 (M, C, K1, K1), applied first, and w2 (F, M, K2, K2) → one filter bank (F, C, K1 + K2 − 1, K1 + K2 − 1)."""
    return array(torch().nn.functional.conv_transpose2d(tensor(w2), tensor(w1)))


@stand_in
def receptive_field(layers: list[tuple[int, int]]) -> int:
    """Width of the input that one output depends on, for layers of (kernel, stride), input first."""
    seen = torch().ones(1, 1, 1)
    for kernel, stride in reversed(layers):
        seen = torch().nn.functional.conv_transpose1d(seen, torch().ones(1, 1, kernel), stride=stride)
    return int(seen.shape[-1])


# ------------------------------------------------------------------------------------------ 03_conv_backward


@stand_in
def conv_backward_bias(dout: Array) -> Array:
    """dout (N, F, H', W') → db (F,)."""
    return array(tensor(dout).sum((0, 2, 3)))


@stand_in
def conv_backward_weight(dout: Array, x: Array, kernel: Pair, stride: Pair = 1, padding: Pair = 0) -> Array:
    """dout (N, F, H', W'), x (N, C, H, W) → dw (F, C, KH, KW)."""
    shape = (dout.shape[1], x.shape[1], *pair(kernel))
    return array(torch().nn.grad.conv2d_weight(tensor(x), shape, tensor(dout), pair(stride), pair(padding)))


@stand_in
def conv_backward_input(dout: Array, w: Array, x_shape: Shape, stride: Pair = 1, padding: Pair = 0) -> Array:
    """dout (N, F, H', W'), w (F, C, KH, KW) → dx (N, C, H, W)."""
    return array(torch().nn.grad.conv2d_input(x_shape, tensor(w), tensor(dout), pair(stride), pair(padding)))


def conv_backward(dout: Array, cache: Cache) -> tuple[Array, Array, Array]:
    """dout (N, F, H', W') → dx, dw, db, each in the shape of its input."""
    x, w, _, stride, padding = cache
    dx = conv_backward_input(dout, w, x.shape, stride, padding)
    dw = conv_backward_weight(dout, x, w.shape[2:], stride, padding)
    return dx, dw, conv_backward_bias(dout)


# -------------------------------------------------------------------------------------- 04_fast_convolution


@stand_in
def im2col(x: Array, kernel: Pair, stride: Pair = 1, padding: Pair = 0) -> Array:
    """x (N, C, H, W) → cols (N, C·KH·KW, L), one column per window."""
    unfold = torch().nn.functional.unfold
    return array(unfold(tensor(x), pair(kernel), padding=pair(padding), stride=pair(stride)))


@stand_in
def col2im(cols: Array, x_shape: Shape, kernel: Pair, stride: Pair = 1, padding: Pair = 0) -> Array:
    """cols (N, C·KH·KW, L) → x (N, C, H, W): the adjoint of im2col, in which overlaps add up."""
    fold = torch().nn.functional.fold
    return array(fold(tensor(cols), x_shape[2:], pair(kernel), padding=pair(padding), stride=pair(stride)))


conv_forward_fast, conv_backward_fast = conv_forward, conv_backward


@stand_in
def conv1d_forward(x: Array, w: Array, b: Array, stride: int = 1, padding: int = 0) -> Array:
    """x (N, C, L), w (F, C, K), b (F,) → (N, F, L')."""
    return array(torch().nn.functional.conv1d(tensor(x), tensor(w), tensor(b), stride, padding))


@stand_in
def conv3d_forward(x: Array, w: Array, b: Array, stride: int = 1, padding: int = 0) -> Array:
    """x (N, C, D, H, W), w (F, C, KD, KH, KW), b (F,) → (N, F, D', H', W')."""
    return array(torch().nn.functional.conv3d(tensor(x), tensor(w), tensor(b), stride, padding))


# ------------------------------------------------------------------------------------------------ 05_pooling


@stand_in
def max_pool_forward(x: Array, kernel: Pair, stride: Pair | None = None) -> tuple[Array, Cache]:
    """x (N, C, H, W) → (N, C, H', W') and the cache (x, kernel, stride); stride None means the kernel."""
    stride = kernel if stride is None else stride
    return array(torch().nn.functional.max_pool2d(tensor(x), pair(kernel), pair(stride))), (x, kernel, stride)


@stand_in
def max_pool_backward(dout: Array, cache: Cache) -> Array:
    """dout (N, C, H', W') → dx (N, C, H, W); of equal maxima the first in reading order gets the gradient."""
    x, kernel, stride = cache
    return gradients(lambda x: torch().nn.functional.max_pool2d(x, pair(kernel), pair(stride)), [x], dout)[0]


@stand_in
def avg_pool_forward(x: Array, kernel: Pair, stride: Pair | None = None) -> tuple[Array, Cache]:
    """x (N, C, H, W) → (N, C, H', W') and the cache (x, kernel, stride); stride None means the kernel."""
    stride = kernel if stride is None else stride
    return array(torch().nn.functional.avg_pool2d(tensor(x), pair(kernel), pair(stride))), (x, kernel, stride)


@stand_in
def avg_pool_backward(dout: Array, cache: Cache) -> Array:
    """dout (N, C, H', W') → dx (N, C, H, W)."""
    x, kernel, stride = cache
    return gradients(lambda x: torch().nn.functional.avg_pool2d(x, pair(kernel), pair(stride)), [x], dout)[0]
