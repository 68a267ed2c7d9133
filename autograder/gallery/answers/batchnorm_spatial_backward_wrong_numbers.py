"""spatial_batchnorm_backward with mistakes of batchnorm_backward, with the cache of the first right forward."""
# mypy: ignore-errors
# ruff: noqa: RUF059

import numpy as np

from autograder.gallery.registry import wrong


@wrong("mean-gradient-missing")
def spatial_batchnorm_backward(dout, cache):
    x, x_hat, mean, var, gamma, eps, training = cache
    N, C, H, W = dout.shape
    rows = dout.transpose(0, 2, 3, 1).reshape(-1, C)
    M = len(rows)
    dgamma, dbeta = (rows * x_hat).sum(axis=0), rows.sum(axis=0)
    dx = rows - x_hat * dgamma / M if training else rows
    dx = gamma / np.sqrt(var + eps) * dx
    return dx.reshape(N, H, W, C).transpose(0, 3, 1, 2), dgamma, dbeta


@wrong("variance-gradient-missing")
def spatial_batchnorm_backward(dout, cache):
    x, x_hat, mean, var, gamma, eps, training = cache
    N, C, H, W = dout.shape
    rows = dout.transpose(0, 2, 3, 1).reshape(-1, C)
    M = len(rows)
    dgamma, dbeta = (rows * x_hat).sum(axis=0), rows.sum(axis=0)
    dx = rows - dbeta / M if training else rows
    dx = gamma / np.sqrt(var + eps) * dx
    return dx.reshape(N, H, W, C).transpose(0, 3, 1, 2), dgamma, dbeta


@wrong("sums-not-averaged")
def spatial_batchnorm_backward(dout, cache):
    x, x_hat, mean, var, gamma, eps, training = cache
    N, C, H, W = dout.shape
    rows = dout.transpose(0, 2, 3, 1).reshape(-1, C)
    dgamma, dbeta = (rows * x_hat).sum(axis=0), rows.sum(axis=0)
    dx = rows - dbeta - x_hat * dgamma if training else rows
    dx = gamma / np.sqrt(var + eps) * dx
    return dx.reshape(N, H, W, C).transpose(0, 3, 1, 2), dgamma, dbeta


@wrong("sign-of-a-way")
def spatial_batchnorm_backward(dout, cache):
    x, x_hat, mean, var, gamma, eps, training = cache
    N, C, H, W = dout.shape
    rows = dout.transpose(0, 2, 3, 1).reshape(-1, C)
    M = len(rows)
    dgamma, dbeta = (rows * x_hat).sum(axis=0), rows.sum(axis=0)
    dx = rows + dbeta / M + x_hat * dgamma / M if training else rows
    dx = gamma / np.sqrt(var + eps) * dx
    return dx.reshape(N, H, W, C).transpose(0, 3, 1, 2), dgamma, dbeta


@wrong("factor-two-in-variance")
def spatial_batchnorm_backward(dout, cache):
    x, x_hat, mean, var, gamma, eps, training = cache
    N, C, H, W = dout.shape
    rows = dout.transpose(0, 2, 3, 1).reshape(-1, C)
    M = len(rows)
    dgamma, dbeta = (rows * x_hat).sum(axis=0), rows.sum(axis=0)
    dx = rows - dbeta / M - 2 * x_hat * dgamma / M if training else rows
    dx = gamma / np.sqrt(var + eps) * dx
    return dx.reshape(N, H, W, C).transpose(0, 3, 1, 2), dgamma, dbeta


@wrong("unbiased-variance")
def spatial_batchnorm_backward(dout, cache):
    x, x_hat, mean, var, gamma, eps, training = cache
    N, C, H, W = dout.shape
    rows = dout.transpose(0, 2, 3, 1).reshape(-1, C)
    M = len(rows)
    dgamma, dbeta = (rows * x_hat).sum(axis=0), rows.sum(axis=0)
    dx = rows - dbeta / M - x_hat * dgamma / (M - 1) if training else rows
    dx = gamma / np.sqrt(var + eps) * dx
    return dx.reshape(N, H, W, C).transpose(0, 3, 1, 2), dgamma, dbeta


@wrong("training-formula-at-test-time")
def spatial_batchnorm_backward(dout, cache):
    x, x_hat, mean, var, gamma, eps, training = cache
    N, C, H, W = dout.shape
    rows = dout.transpose(0, 2, 3, 1).reshape(-1, C)
    M = len(rows)
    dgamma, dbeta = (rows * x_hat).sum(axis=0), rows.sum(axis=0)
    dx = rows - dbeta / M - x_hat * dgamma / M
    dx = gamma / np.sqrt(var + eps) * dx
    return dx.reshape(N, H, W, C).transpose(0, 3, 1, 2), dgamma, dbeta


@wrong("eps-forgotten")
def spatial_batchnorm_backward(dout, cache):
    x, x_hat, mean, var, gamma, eps, training = cache
    N, C, H, W = dout.shape
    rows = dout.transpose(0, 2, 3, 1).reshape(-1, C)
    M = len(rows)
    x_hat = (x - mean) / np.sqrt(var)
    dgamma, dbeta = (rows * x_hat).sum(axis=0), rows.sum(axis=0)
    dx = rows - dbeta / M - x_hat * dgamma / M if training else rows
    dx = gamma / np.sqrt(var) * dx
    return dx.reshape(N, H, W, C).transpose(0, 3, 1, 2), dgamma, dbeta


@wrong("eps-missing-in-the-variance-path")
def spatial_batchnorm_backward(dout, cache):
    x, x_hat, mean, var, gamma, eps, training = cache
    N, C, H, W = dout.shape
    rows = dout.transpose(0, 2, 3, 1).reshape(-1, C)
    dgamma, dbeta, dx = (rows * x_hat).sum(axis=0), rows.sum(axis=0), rows * gamma
    if training:
        with np.errstate(all="ignore"):
            along = (dx * x_hat).mean(axis=0) / (x_hat**2).mean(axis=0)
        dx = dx - dx.mean(axis=0) - x_hat * along
    return (dx / np.sqrt(var + eps)).reshape(N, H, W, C).transpose(0, 3, 1, 2), dgamma, dbeta


@wrong("eps-hard-coded")
def spatial_batchnorm_backward(dout, cache):
    x, x_hat, mean, var, gamma, eps, training = cache
    N, C, H, W = dout.shape
    rows = dout.transpose(0, 2, 3, 1).reshape(-1, C)
    M = len(rows)
    x_hat = (x - mean) / np.sqrt(var + 1e-5)
    dgamma, dbeta = (rows * x_hat).sum(axis=0), rows.sum(axis=0)
    dx = rows - dbeta / M - x_hat * dgamma / M if training else rows
    dx = gamma / np.sqrt(var + 1e-5) * dx
    return dx.reshape(N, H, W, C).transpose(0, 3, 1, 2), dgamma, dbeta


@wrong("gamma-forgotten")
def spatial_batchnorm_backward(dout, cache):
    x, x_hat, mean, var, gamma, eps, training = cache
    N, C, H, W = dout.shape
    rows = dout.transpose(0, 2, 3, 1).reshape(-1, C)
    M = len(rows)
    dgamma, dbeta = (rows * x_hat).sum(axis=0), rows.sum(axis=0)
    dx = rows - dbeta / M - x_hat * dgamma / M if training else rows
    dx = dx / np.sqrt(var + eps)
    return dx.reshape(N, H, W, C).transpose(0, 3, 1, 2), dgamma, dbeta


@wrong("gamma-twice")
def spatial_batchnorm_backward(dout, cache):
    x, x_hat, mean, var, gamma, eps, training = cache
    N, C, H, W = dout.shape
    rows = dout.transpose(0, 2, 3, 1).reshape(-1, C)
    M = len(rows)
    dgamma, dbeta = (rows * x_hat).sum(axis=0), rows.sum(axis=0)
    dx = rows - dbeta / M - x_hat * dgamma / M if training else rows
    dx = gamma**2 / np.sqrt(var + eps) * dx
    return dx.reshape(N, H, W, C).transpose(0, 3, 1, 2), dgamma, dbeta


@wrong("divided-by-variance")
def spatial_batchnorm_backward(dout, cache):
    x, x_hat, mean, var, gamma, eps, training = cache
    N, C, H, W = dout.shape
    rows = dout.transpose(0, 2, 3, 1).reshape(-1, C)
    M = len(rows)
    dgamma, dbeta = (rows * x_hat).sum(axis=0), rows.sum(axis=0)
    dx = rows - dbeta / M - x_hat * dgamma / M if training else rows
    dx = gamma / (var + eps) * dx
    return dx.reshape(N, H, W, C).transpose(0, 3, 1, 2), dgamma, dbeta


@wrong("not-divided")
def spatial_batchnorm_backward(dout, cache):
    x, x_hat, mean, var, gamma, eps, training = cache
    N, C, H, W = dout.shape
    rows = dout.transpose(0, 2, 3, 1).reshape(-1, C)
    M = len(rows)
    dgamma, dbeta = (rows * x_hat).sum(axis=0), rows.sum(axis=0)
    dx = rows - dbeta / M - x_hat * dgamma / M if training else rows
    dx = gamma * dx
    return dx.reshape(N, H, W, C).transpose(0, 3, 1, 2), dgamma, dbeta


@wrong("multiplied-by-deviation")
def spatial_batchnorm_backward(dout, cache):
    x, x_hat, mean, var, gamma, eps, training = cache
    N, C, H, W = dout.shape
    rows = dout.transpose(0, 2, 3, 1).reshape(-1, C)
    M = len(rows)
    dgamma, dbeta = (rows * x_hat).sum(axis=0), rows.sum(axis=0)
    dx = rows - dbeta / M - x_hat * dgamma / M if training else rows
    dx = gamma * np.sqrt(var + eps) * dx
    return dx.reshape(N, H, W, C).transpose(0, 3, 1, 2), dgamma, dbeta


@wrong("dx-averaged")
def spatial_batchnorm_backward(dout, cache):
    x, x_hat, mean, var, gamma, eps, training = cache
    N, C, H, W = dout.shape
    rows = dout.transpose(0, 2, 3, 1).reshape(-1, C)
    M = len(rows)
    dgamma, dbeta = (rows * x_hat).sum(axis=0), rows.sum(axis=0)
    dx = rows - dbeta / M - x_hat * dgamma / M if training else rows
    dx = gamma / np.sqrt(var + eps) * dx / M
    return dx.reshape(N, H, W, C).transpose(0, 3, 1, 2), dgamma, dbeta


@wrong("dx-times-n")
def spatial_batchnorm_backward(dout, cache):
    x, x_hat, mean, var, gamma, eps, training = cache
    N, C, H, W = dout.shape
    rows = dout.transpose(0, 2, 3, 1).reshape(-1, C)
    M = len(rows)
    dgamma, dbeta = (rows * x_hat).sum(axis=0), rows.sum(axis=0)
    dx = M * rows - dbeta - x_hat * dgamma if training else rows
    dx = gamma / np.sqrt(var + eps) * dx
    return dx.reshape(N, H, W, C).transpose(0, 3, 1, 2), dgamma, dbeta


@wrong("upstream-ignored", "in dgamma and dbeta")
def spatial_batchnorm_backward(dout, cache):
    x, x_hat, mean, var, gamma, eps, training = cache
    N, C, H, W = dout.shape
    rows = dout.transpose(0, 2, 3, 1).reshape(-1, C)
    M = len(rows)
    dgamma, dbeta = (rows * x_hat).sum(axis=0), rows.sum(axis=0)
    dx = rows - dbeta / M - x_hat * dgamma / M if training else rows
    dx = gamma / np.sqrt(var + eps) * dx
    return dx.reshape(N, H, W, C).transpose(0, 3, 1, 2), x_hat.sum(axis=0), np.full_like(gamma, M)


@wrong("dgamma-not-normalized")
def spatial_batchnorm_backward(dout, cache):
    x, x_hat, mean, var, gamma, eps, training = cache
    N, C, H, W = dout.shape
    rows = dout.transpose(0, 2, 3, 1).reshape(-1, C)
    M = len(rows)
    dgamma, dbeta = (rows * x_hat).sum(axis=0), rows.sum(axis=0)
    dx = rows - dbeta / M - x_hat * dgamma / M if training else rows
    dx = gamma / np.sqrt(var + eps) * dx
    return dx.reshape(N, H, W, C).transpose(0, 3, 1, 2), (rows * x).sum(axis=0), dbeta


@wrong("dgamma-times-gamma")
def spatial_batchnorm_backward(dout, cache):
    x, x_hat, mean, var, gamma, eps, training = cache
    N, C, H, W = dout.shape
    rows = dout.transpose(0, 2, 3, 1).reshape(-1, C)
    M = len(rows)
    dgamma, dbeta = (rows * x_hat).sum(axis=0), rows.sum(axis=0)
    dx = rows - dbeta / M - x_hat * dgamma / M if training else rows
    dx = gamma / np.sqrt(var + eps) * dx
    return dx.reshape(N, H, W, C).transpose(0, 3, 1, 2), dgamma * gamma, dbeta


@wrong("dbeta-times-gamma")
def spatial_batchnorm_backward(dout, cache):
    x, x_hat, mean, var, gamma, eps, training = cache
    N, C, H, W = dout.shape
    rows = dout.transpose(0, 2, 3, 1).reshape(-1, C)
    M = len(rows)
    dgamma, dbeta = (rows * x_hat).sum(axis=0), rows.sum(axis=0)
    dx = rows - dbeta / M - x_hat * dgamma / M if training else rows
    dx = gamma / np.sqrt(var + eps) * dx
    return dx.reshape(N, H, W, C).transpose(0, 3, 1, 2), dgamma, dbeta * gamma


@wrong("returned-in-another-order")
def spatial_batchnorm_backward(dout, cache):
    x, x_hat, mean, var, gamma, eps, training = cache
    N, C, H, W = dout.shape
    rows = dout.transpose(0, 2, 3, 1).reshape(-1, C)
    M = len(rows)
    dgamma, dbeta = (rows * x_hat).sum(axis=0), rows.sum(axis=0)
    dx = rows - dbeta / M - x_hat * dgamma / M if training else rows
    dx = gamma / np.sqrt(var + eps) * dx
    return dx.reshape(N, H, W, C).transpose(0, 3, 1, 2), dbeta, dgamma
