"""Stand-ins for functions of earlier notebooks, on PyTorch: the same arguments, results and caches.

They let a reader start late. The docstrings in the notebooks say what every function does; what is said here is how
PyTorch is made to do it. None changes its inputs; every result has memory of its own and the dtype it came in.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from utils.layers.bridge import array, gradients, labels, stand_in, tensor, torch
from utils.layers.network import LeNet5 as LeNet5  # 07_lenet_numpy
from utils.sizes import Pair, pair

Array = np.ndarray
Cache = tuple[Any, ...]

# ---------------------------------------------------------------------------------------------- 01_backprop


def _linear(x: Any, w: Any, b: Any) -> Any:
    return torch().nn.functional.linear(x.flatten(1), w.T, b)


@stand_in
def linear_forward(x: Array, w: Array, b: Array) -> tuple[Array, Cache]:
    return array(_linear(tensor(x), tensor(w), tensor(b))), (x, w, b)


@stand_in
def linear_backward(dout: Array, cache: Cache) -> tuple[Array, Array, Array]:
    dx, dw, db = gradients(_linear, list(cache), dout)
    return dx, dw, db


@stand_in
def relu_forward(x: Array) -> tuple[Array, Array]:
    return array(tensor(x).relu()), x


@stand_in
def relu_backward(dout: Array, cache: Array) -> Array:
    return gradients(lambda x: x.relu(), [cache], dout)[0]


@stand_in
def softmax_loss(scores: Array, y: Array) -> tuple[float, Array]:
    leaf = tensor(scores).requires_grad_()
    loss = torch().nn.functional.cross_entropy(leaf, labels(y))
    loss.backward()
    return loss.item(), array(leaf.grad)


@stand_in
def numerical_gradient(f: Callable[[Array], Any], x: Array, dout: Any, h: float = 1e-5) -> Array:
    here, upstream = tensor(x).double(), torch().as_tensor(np.asarray(dout, dtype=np.float64))
    steps = torch().diag(torch().full((here.numel(),), h, dtype=here.dtype)).reshape(-1, *here.shape)

    def loss(point: Any) -> Any:
        return torch().sum(torch().as_tensor(np.asarray(f(array(point)), dtype=np.float64)) * upstream)

    slopes = [torch().sub(loss(here + step), loss(here - step)).div(2 * h) for step in steps]
    return array(torch().stack(slopes).reshape(here.shape)) if slopes else np.zeros(x.shape)


@stand_in
def two_layer_loss(params: dict[str, Array], x: Array, y: Array) -> tuple[float, dict[str, Array]]:
    leaves = {name: tensor(value).requires_grad_() for name, value in params.items()}
    hidden = _linear(tensor(x), leaves["W1"], leaves["b1"]).relu()
    loss = torch().nn.functional.cross_entropy(_linear(hidden, leaves["W2"], leaves["b2"]), labels(y))
    loss.backward()
    return loss.item(), {name: array(leaf.grad) for name, leaf in leaves.items()}


# -------------------------------------------------------------------------------------------- 02_convolution


@stand_in
def conv_output_size(size: int, kernel: int, stride: int = 1, padding: int = 0) -> int:
    if min(kernel, stride) < 1 or padding < 0:
        raise ValueError(f"kernel {kernel} and stride {stride} must be at least 1, padding {padding} at least 0.")
    try:
        # tensors on the device "meta" have a shape and no numbers
        x, w = (torch().empty(1, 1, length, device="meta") for length in (size, kernel))
        return int(torch().nn.functional.conv1d(x, w, stride=stride, padding=padding).shape[-1])
    except RuntimeError:
        raise ValueError(f"a kernel of {kernel} does not fit an input of {size} with padding {padding}.") from None


@stand_in
def conv_cost(
    in_shape: tuple[int, int, int], out_channels: int, kernel: int, stride: int = 1, padding: int = 0
) -> tuple[tuple[int, int, int], int, int]:
    from torch.utils.flop_counter import FlopCounterMode

    with torch().device("meta"), FlopCounterMode(display=False) as counter:
        layer = torch().nn.Conv2d(in_shape[0], out_channels, kernel, stride, padding)
        out = layer(torch().empty(1, *in_shape))
    _, high, wide = out.shape[1:]
    params = sum(parameter.numel() for parameter in layer.parameters())
    return (out_channels, high, wide), params, counter.get_total_flops() // 2  # a multiply-add is two flops


@stand_in
def conv_forward(x: Array, w: Array, b: Array, stride: Pair = 1, padding: Pair = 0) -> tuple[Array, Cache]:
    out = torch().nn.functional.conv2d(tensor(x), tensor(w), tensor(b), pair(stride), pair(padding))
    return array(out), (x, w, b, stride, padding)


def hand_filters() -> Array:
    from scipy import ndimage  # type: ignore[import-untyped]

    impulse = np.pad(np.ones((1, 1)), 1)
    # what a filter answers to a single 1 is the filter itself, turned round
    return np.stack([impulse, ndimage.sobel(impulse, 0), ndimage.uniform_filter(impulse, 3)])[:, None]


@stand_in
def conv1x1_forward(x: Array, w: Array, b: Array) -> Array:
    return array(torch().nn.functional.conv2d(tensor(x), tensor(w)[:, :, None, None], tensor(b)))


@stand_in
def merge_convs(w1: Array, w2: Array) -> Array:
    return array(torch().nn.functional.conv_transpose2d(tensor(w2), tensor(w1)))


@stand_in
def receptive_field(layers: list[tuple[int, int]]) -> int:
    seen = torch().ones(1, 1, 1)
    for kernel, stride in reversed(layers):
        seen = torch().nn.functional.conv_transpose1d(seen, torch().ones(1, 1, kernel), stride=stride)
    return int(seen.shape[-1])


# ------------------------------------------------------------------------------------------ 03_conv_backward


@stand_in
def conv_backward_bias(dout: Array) -> Array:
    return array(tensor(dout).sum((0, 2, 3)))


@stand_in
def conv_backward_weight(dout: Array, x: Array, kernel: Pair, stride: Pair = 1, padding: Pair = 0) -> Array:
    shape = (dout.shape[1], x.shape[1], *pair(kernel))
    return array(torch().nn.grad.conv2d_weight(tensor(x), shape, tensor(dout), pair(stride), pair(padding)))


@stand_in
def conv_backward_input(
    dout: Array, w: Array, x_shape: tuple[int, int, int, int], stride: Pair = 1, padding: Pair = 0
) -> Array:
    return array(torch().nn.grad.conv2d_input(x_shape, tensor(w), tensor(dout), pair(stride), pair(padding)))


def conv_backward(dout: Array, cache: Cache) -> tuple[Array, Array, Array]:
    x, w, _, stride, padding = cache
    dx = conv_backward_input(dout, w, x.shape, stride, padding)
    dw = conv_backward_weight(dout, x, w.shape[2:], stride, padding)
    return dx, dw, conv_backward_bias(dout)


# -------------------------------------------------------------------------------------- 04_fast_convolution


@stand_in
def im2col(x: Array, kernel: Pair, stride: Pair = 1, padding: Pair = 0) -> Array:
    unfold = torch().nn.functional.unfold
    return array(unfold(tensor(x), pair(kernel), padding=pair(padding), stride=pair(stride)))


@stand_in
def col2im(cols: Array, x_shape: tuple[int, int, int, int], kernel: Pair, stride: Pair = 1, padding: Pair = 0) -> Array:
    fold = torch().nn.functional.fold
    return array(fold(tensor(cols), x_shape[2:], pair(kernel), padding=pair(padding), stride=pair(stride)))


def conv_forward_fast(x: Array, w: Array, b: Array, stride: Pair = 1, padding: Pair = 0) -> tuple[Array, Cache]:
    return conv_forward(x, w, b, stride, padding)


def conv_backward_fast(dout: Array, cache: Cache) -> tuple[Array, Array, Array]:
    return conv_backward(dout, cache)


@stand_in
def conv1d_forward(x: Array, w: Array, b: Array, stride: int = 1, padding: int = 0) -> Array:
    return array(torch().nn.functional.conv1d(tensor(x), tensor(w), tensor(b), stride, padding))


@stand_in
def conv3d_forward(x: Array, w: Array, b: Array, stride: int = 1, padding: int = 0) -> Array:
    return array(torch().nn.functional.conv3d(tensor(x), tensor(w), tensor(b), stride, padding))


# ------------------------------------------------------------------------------------------------ 05_pooling


@stand_in
def max_pool_forward(x: Array, kernel: Pair, stride: Pair | None = None) -> tuple[Array, Cache]:
    stride = kernel if stride is None else stride
    return array(torch().nn.functional.max_pool2d(tensor(x), pair(kernel), pair(stride))), (x, kernel, stride)


@stand_in
def max_pool_backward(dout: Array, cache: Cache) -> Array:
    x, kernel, stride = cache
    return gradients(lambda x: torch().nn.functional.max_pool2d(x, pair(kernel), pair(stride)), [x], dout)[0]


@stand_in
def avg_pool_forward(x: Array, kernel: Pair, stride: Pair | None = None) -> tuple[Array, Cache]:
    stride = kernel if stride is None else stride
    return array(torch().nn.functional.avg_pool2d(tensor(x), pair(kernel), pair(stride))), (x, kernel, stride)


@stand_in
def avg_pool_backward(dout: Array, cache: Cache) -> Array:
    x, kernel, stride = cache
    return gradients(lambda x: torch().nn.functional.avg_pool2d(x, pair(kernel), pair(stride)), [x], dout)[0]


# ---------------------------------------------------------------------------------------------- 06_batchnorm


def _normalised(x: Any, gamma: Any, beta: Any, running: tuple[Array, Array], training: bool, eps: float) -> Any:
    mean, variance = (None, None) if training else (tensor(running[0]), tensor(running[1]))
    return torch().batch_norm(x, gamma, beta, mean, variance, training, 0.0, eps, False)


@stand_in
def batchnorm_forward(
    x: Array,
    gamma: Array,
    beta: Array,
    running_mean: Array,
    running_var: Array,
    training: bool = True,
    momentum: float = 0.01,
    eps: float = 1e-5,
) -> tuple[Array, Cache]:
    at_rest = (running_mean.copy(), running_var.copy())
    out = _normalised(tensor(x), tensor(gamma), tensor(beta), at_rest, training, eps)
    if training:
        places = [axis for axis in range(x.ndim) if axis != 1]
        variance, mean = torch().var_mean(tensor(x), places, correction=0)
        # from_numpy shares memory: this updates the caller's arrays
        for running, of_batch in ((running_mean, mean), (running_var, variance)):
            kept = torch().from_numpy(running)
            kept.lerp_(of_batch.to(kept.dtype), momentum)
    return array(out), (x, gamma, beta, at_rest, training, eps)


@stand_in
def batchnorm_backward(dout: Array, cache: Cache) -> tuple[Array, Array, Array]:
    x, gamma, beta, at_rest, training, eps = cache
    dx, dgamma, dbeta = gradients(
        lambda x, gamma, beta: _normalised(x, gamma, beta, at_rest, training, eps), [x, gamma, beta], dout
    )
    return dx, dgamma, dbeta


# PyTorch's own takes statistics over every axis but the second, of two axes or of four
spatial_batchnorm_forward, spatial_batchnorm_backward = batchnorm_forward, batchnorm_backward


@stand_in
def fuse_conv_batchnorm(
    w: Array, b: Array, gamma: Array, beta: Array, running_mean: Array, running_var: Array, eps: float = 1e-5
) -> tuple[Array, Array]:
    from torch.nn.utils.fusion import fuse_conv_bn_weights

    mean, variance = tensor(running_mean), tensor(running_var)
    fused = fuse_conv_bn_weights(tensor(w), tensor(b), mean, variance, eps, tensor(gamma), tensor(beta))
    return array(fused[0]), array(fused[1])
