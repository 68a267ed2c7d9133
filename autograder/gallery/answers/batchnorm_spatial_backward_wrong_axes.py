"""spatial_batchnorm_backward with wrong axes, with the cache of the first right forward (of rows of C numbers)."""
# mypy: ignore-errors
# ruff: noqa: F821, RUF059

import numpy as np

from autograder.gallery.registry import wrong


@wrong("reshaped-without-moving-axes")
def spatial_batchnorm_backward(dout, cache):
    dx, dgamma, dbeta = batchnorm_backward(dout.reshape(-1, dout.shape[1]), cache)
    return dx.reshape(dout.shape), dgamma, dbeta


@wrong("reshaped-without-moving-axes", "on the way out")
def spatial_batchnorm_backward(dout, cache):
    rows = dout.transpose(0, 2, 3, 1).reshape(-1, dout.shape[1])
    dx, dgamma, dbeta = batchnorm_backward(rows, cache)
    return dx.reshape(dout.shape), dgamma, dbeta


@wrong("reshaped-without-moving-axes", "on the way in")
def spatial_batchnorm_backward(dout, cache):
    N, C, H, W = dout.shape
    dx, dgamma, dbeta = batchnorm_backward(dout.reshape(-1, C), cache)
    return dx.reshape(N, H, W, C).transpose(0, 3, 1, 2), dgamma, dbeta


@wrong("channels-left-last")
def spatial_batchnorm_backward(dout, cache):
    N, C, H, W = dout.shape
    dx, dgamma, dbeta = batchnorm_backward(dout.transpose(0, 2, 3, 1).reshape(-1, C), cache)
    return dx.reshape(N, H, W, C), dgamma, dbeta


@wrong("divided-by-images")
def spatial_batchnorm_backward(dout, cache):
    x, x_hat, mean, var, gamma, eps, training = cache
    N, C, H, W = dout.shape
    x_hat = x_hat.reshape(N, H, W, C).transpose(0, 3, 1, 2)
    dbeta, dgamma = dout.sum(axis=(0, 2, 3)), (dout * x_hat).sum(axis=(0, 2, 3))
    dx = dout
    if training:
        dx = dx - dbeta.reshape(1, C, 1, 1) / N - x_hat * dgamma.reshape(1, C, 1, 1) / N
    return dx * (gamma / np.sqrt(var + eps)).reshape(1, C, 1, 1), dgamma, dbeta


@wrong("gamma-along-width")
def spatial_batchnorm_backward(dout, cache):
    x, x_hat, mean, var, gamma, eps, training = cache
    N, C, H, W = dout.shape
    x_hat = x_hat.reshape(N, H, W, C).transpose(0, 3, 1, 2)
    dbeta, dgamma = dout.sum(axis=(0, 2, 3)), (dout * x_hat).sum(axis=(0, 2, 3))
    M = N * H * W
    dx = dout - dbeta / M - x_hat * dgamma / M if training else dout
    return dx * gamma / np.sqrt(var + eps), dgamma, dbeta


@wrong("not-summed", "over the batch alone")
def spatial_batchnorm_backward(dout, cache):
    x, x_hat, mean, var, gamma, eps, training = cache
    N, C, H, W = dout.shape
    rows = dout.transpose(0, 2, 3, 1).reshape(-1, C)
    dx, _, _ = batchnorm_backward(rows, cache)
    x_hat = x_hat.reshape(N, H, W, C).transpose(0, 3, 1, 2)
    return dx.reshape(N, H, W, C).transpose(0, 3, 1, 2), (dout * x_hat).sum(axis=0), dout.sum(axis=0)


@wrong("statistics-taken-as-constants")
def spatial_batchnorm_backward(dout, cache):
    x, x_hat, mean, var, gamma, eps, training = cache
    N, C, H, W = dout.shape
    x_hat = x_hat.reshape(N, H, W, C).transpose(0, 3, 1, 2)
    scale = (gamma / np.sqrt(var + eps)).reshape(1, C, 1, 1)
    return dout * scale, (dout * x_hat).sum(axis=(0, 2, 3)), dout.sum(axis=(0, 2, 3))


@wrong("averaged")
def spatial_batchnorm_backward(dout, cache):
    N, C, H, W = dout.shape
    rows = dout.transpose(0, 2, 3, 1).reshape(-1, C)
    dx, dgamma, dbeta = batchnorm_backward(rows, cache)
    return dx.reshape(N, H, W, C).transpose(0, 3, 1, 2), dgamma / (N * H * W), dbeta / (N * H * W)


@wrong("means-over-other-axes", "image by image")
def spatial_batchnorm_backward(dout, cache):
    # the sums are taken image by image
    x, x_hat, mean, var, gamma, eps, training = cache
    N, C, H, W = dout.shape
    x_hat = x_hat.reshape(N, H, W, C).transpose(0, 3, 1, 2)
    dx = dout
    if training:
        dx = dx - dout.mean(axis=(2, 3), keepdims=True)
        dx = dx - x_hat * (dout * x_hat).mean(axis=(2, 3), keepdims=True)
    scale = (gamma / np.sqrt(var + eps)).reshape(1, C, 1, 1)
    return dx * scale, (dout * x_hat).sum(axis=(0, 2, 3)), dout.sum(axis=(0, 2, 3))


@wrong("dtype-lost")
def spatial_batchnorm_backward(dout, cache):
    N, C, H, W = dout.shape
    rows = dout.transpose(0, 2, 3, 1).reshape(-1, C).astype(np.float64)
    dx, dgamma, dbeta = batchnorm_backward(rows, cache)
    return dx.reshape(N, H, W, C).transpose(0, 3, 1, 2), dgamma, dbeta


@wrong("cache-changed")
def spatial_batchnorm_backward(dout, cache):
    x, x_hat, mean, var, gamma, eps, training = cache
    N, C, H, W = dout.shape
    rows = dout.transpose(0, 2, 3, 1).reshape(-1, C)
    M = len(rows)
    dgamma, dbeta = (rows * x_hat).sum(axis=0), rows.sum(axis=0)
    if training:
        x_hat *= dgamma / M
        rows = rows - dbeta / M - x_hat
    dx = gamma / np.sqrt(var + eps) * rows
    return dx.reshape(N, H, W, C).transpose(0, 3, 1, 2), dgamma, dbeta
