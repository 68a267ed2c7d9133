"""Stand-ins for 06_batchnorm on PyTorch's own batch normalization."""

from __future__ import annotations

from typing import Any

import numpy as np

from utils.layers.bridge import array, gradients, stand_in, tensor, torch

Array = np.ndarray
Cache = tuple[Any, ...]


def _normalized(x: Any, gamma: Any, beta: Any, running: tuple[Array, Array], training: bool, eps: float) -> Any:
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
    """x (N, D) or (N, C, H, W) → out like x and a cache; in training the running arrays are updated in place.

    The variance is the biased one (1/N), for the running value too: Ioffe and Szegedy (2015), algorithm 1.
    """
    running = (running_mean.copy(), running_var.copy())
    out = _normalized(tensor(x), tensor(gamma), tensor(beta), running, training, eps)
    if training:
        axes = [axis for axis in range(x.ndim) if axis != 1]
        variance, mean = torch().var_mean(tensor(x), axes, correction=0)
        for target, of_batch in ((running_mean, mean), (running_var, variance)):
            # from_numpy shares memory: this updates the caller's array
            shared = torch().from_numpy(target)
            shared.lerp_(of_batch.to(shared.dtype), momentum)
    return array(out), (x, gamma, beta, running, training, eps)


@stand_in
def batchnorm_backward(dout: Array, cache: Cache) -> tuple[Array, Array, Array]:
    """dout like x → dx like x, dgamma and dbeta (D,) or (C,); in test mode the statistics are constants."""
    x, gamma, beta, running, training, eps = cache
    dx, dgamma, dbeta = gradients(
        lambda x, gamma, beta: _normalized(x, gamma, beta, running, training, eps), [x, gamma, beta], dout
    )
    return dx, dgamma, dbeta


# PyTorch takes the statistics over every axis but the second, whether there are two axes or four
spatial_batchnorm_forward, spatial_batchnorm_backward = batchnorm_forward, batchnorm_backward


@stand_in
def fuse_conv_batchnorm(
    w: Array, b: Array, gamma: Array, beta: Array, running_mean: Array, running_var: Array, eps: float = 1e-5
) -> tuple[Array, Array]:
    """w (F, C, KH, KW), all others (F,) → the filters and biases of the convolution that does both at test time."""
    from torch.nn.utils.fusion import fuse_conv_bn_weights

    mean, variance = tensor(running_mean), tensor(running_var)
    fused = fuse_conv_bn_weights(tensor(w), tensor(b), mean, variance, eps, tensor(gamma), tensor(beta))
    return array(fused[0]), array(fused[1])
