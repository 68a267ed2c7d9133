"""Stand-ins for 06_batchnorm, from the definition."""

from __future__ import annotations

from typing import Any

import numpy as np

from utils.layers.reference.chain_rule import Traced, gradients
from utils.layers.reference.dense import moments, normalized

Array = np.ndarray
Cache = tuple[Any, ...]


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
    mean, var = running = (running_mean.copy(), running_var.copy())
    if training:
        mean, var = (statistic.value for statistic in moments(Traced(x)))
        for target, of_batch in ((running_mean, mean), (running_var, var)):
            target += momentum * (of_batch - target)
    return normalized(x, mean, var, gamma, beta, eps).value, (x, gamma, beta, running, training, eps)


def batchnorm_backward(dout: Array, cache: Cache) -> tuple[Array, Array, Array]:
    """dout like x → dx like x, dgamma and dbeta (D,) or (C,); in test mode the statistics are constants."""
    x, gamma, beta, running, training, eps = cache

    def forward(x: Traced, gamma: Traced, beta: Traced) -> Traced:
        mean, var = moments(x) if training else running
        return normalized(x, mean, var, gamma, beta, eps)

    dx, dgamma, dbeta = gradients(forward, [x, gamma, beta], dout)
    return dx, dgamma, dbeta


# the statistics are over every axis but the second, whether there are two axes or four
spatial_batchnorm_forward, spatial_batchnorm_backward = batchnorm_forward, batchnorm_backward


def fuse_conv_batchnorm(
    w: Array, b: Array, gamma: Array, beta: Array, running_mean: Array, running_var: Array, eps: float = 1e-5
) -> tuple[Array, Array]:
    """w (F, C, KH, KW), all others (F,) → the filters and biases of the convolution that does both at test time.

    Batch normalization is linear in the response and its mean together, so it is applied to each weight as to a
    response whose mean is 0, and without its shift.
    """
    zeros = np.zeros_like(beta)
    filters = normalized(np.moveaxis(w, 0, 1), zeros, running_var, gamma, zeros, eps).value
    bias = normalized(b[None], running_mean, running_var, gamma, beta, eps).value
    return np.ascontiguousarray(np.moveaxis(filters, 1, 0)), bias[0]
