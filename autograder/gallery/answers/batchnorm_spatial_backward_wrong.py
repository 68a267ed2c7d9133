"""spatial_batchnorm_backward, wrong, with the cache of the first right forward: that of its rows of C numbers."""
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


@wrong("statistics-per-image", named=False)
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
