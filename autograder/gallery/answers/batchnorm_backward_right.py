"""batchnorm_backward and spatial_batchnorm_backward, right in several styles, with the cache of the first forward."""
# mypy: ignore-errors
# ruff: noqa: RUF059

import numpy as np

from autograder.gallery.registry import right


@right("two lines")
def batchnorm_backward(dout, cache):
    x, x_hat, mean, var, gamma, eps, training = cache
    dgamma, dbeta = (dout * x_hat).sum(axis=0), dout.sum(axis=0)
    scale = gamma / np.sqrt(var + eps)
    if not training:
        return dout * scale, dgamma, dbeta
    dx = scale * (dout - dbeta / len(x) - x_hat * dgamma / len(x))
    return dx, dgamma, dbeta


@right("step by step, back through the graph")
def batchnorm_backward(dout, cache):
    x, x_hat, mean, var, gamma, eps, training = cache
    N, D = dout.shape
    std = np.sqrt(var + eps)
    dbeta = np.sum(dout, axis=0)
    dgamma = np.sum(dout * x_hat, axis=0)
    dx_hat = dout * gamma
    if not training:
        return dx_hat / std, dgamma, dbeta
    centred = x - mean
    dinverse = np.sum(dx_hat * centred, axis=0)
    dcentred = dx_hat / std
    dstd = -dinverse / std**2
    dvar = 0.5 * dstd / std
    dsquared = np.ones((N, D), dtype=dout.dtype) * dvar / N
    dcentred = dcentred + 2 * centred * dsquared
    dmean = -np.sum(dcentred, axis=0)
    dx = dcentred + np.ones((N, D), dtype=dout.dtype) * dmean / N
    return dx, dgamma, dbeta


@right("the paper's formulas")
def batchnorm_backward(dout, cache):
    x, x_hat, mean, var, gamma, eps, training = cache
    m = x.shape[0]
    dxhat = dout * gamma
    inv = 1.0 / np.sqrt(var + eps)
    if training:
        dvar = np.sum(dxhat * (x - mean), axis=0) * -0.5 * inv**3
        dmu = np.sum(dxhat * -inv, axis=0) + dvar * np.mean(-2.0 * (x - mean), axis=0)
        dx = dxhat * inv + dvar * 2.0 * (x - mean) / m + dmu / m
    else:
        dx = dxhat * inv
    return dx, np.sum(dout * x_hat, axis=0), np.sum(dout, axis=0)


@right("einsum")
def batchnorm_backward(dout, cache):
    x, x_hat, mean, var, gamma, eps, training = cache
    N = len(dout)
    dgamma = np.einsum("nd,nd->d", dout, x_hat)
    dbeta = np.einsum("nd->d", dout)
    scale = gamma * (var + eps) ** -0.5
    dx = np.einsum("nd,d->nd", dout, scale)
    if training:
        dx -= np.einsum("d,d->d", scale, dbeta)[None] / N
        dx -= np.einsum("nd,d,d->nd", x_hat, scale, dgamma) / N
    return dx, dgamma, dbeta


@right("the Jacobian of each column")
def batchnorm_backward(dout, cache):
    x, x_hat, mean, var, gamma, eps, training = cache
    N, D = dout.shape
    dx = np.empty_like(dout)
    for d in range(D):
        jacobian = np.eye(N, dtype=dout.dtype)
        if training:
            jacobian -= np.ones((N, N), dtype=dout.dtype) / N
            jacobian -= np.outer(x_hat[:, d], x_hat[:, d]) / N
        dx[:, d] = gamma[d] / np.sqrt(var[d] + eps) * (jacobian.T @ dout[:, d])
    return dx, np.sum(dout * x_hat, 0), np.sum(dout, 0)


@right("loops")
def batchnorm_backward(dout, cache):
    x, x_hat, mean, var, gamma, eps, training = cache
    N, D = dout.shape
    dx, dgamma, dbeta = np.zeros_like(dout), np.zeros_like(gamma), np.zeros_like(gamma)
    for d in range(D):
        for n in range(N):
            dbeta[d] += dout[n, d]
            dgamma[d] += dout[n, d] * x_hat[n, d]
        for n in range(N):
            dx[n, d] = dout[n, d]
            if training:
                dx[n, d] -= (dbeta[d] + x_hat[n, d] * dgamma[d]) / N
            dx[n, d] *= gamma[d] / (var[d] + eps) ** 0.5
    return dx, dgamma, dbeta


@right("rows of C numbers, then batchnorm_backward")
def spatial_batchnorm_backward(dout, cache):
    N, C, H, W = dout.shape
    rows = dout.transpose(0, 2, 3, 1).reshape(-1, C)
    dx, dgamma, dbeta = batchnorm_backward(rows, cache)
    return dx.reshape(N, H, W, C).transpose(0, 3, 1, 2), dgamma, dbeta


@right("axes 0, 2 and 3")
def spatial_batchnorm_backward(dout, cache):
    x, x_hat, mean, var, gamma, eps, training = cache
    N, C, H, W = dout.shape
    x_hat = x_hat.reshape(N, H, W, C).transpose(0, 3, 1, 2)
    dbeta = dout.sum(axis=(0, 2, 3))
    dgamma = (dout * x_hat).sum(axis=(0, 2, 3))
    dx = dout
    if training:
        M = N * H * W
        dx = dx - dbeta[None, :, None, None] / M - x_hat * dgamma[None, :, None, None] / M
    return dx * (gamma / np.sqrt(var + eps))[None, :, None, None], dgamma, dbeta


@right("moveaxis")
def spatial_batchnorm_backward(dout, cache):
    last = np.moveaxis(dout, 1, 3)
    dx, dgamma, dbeta = batchnorm_backward(last.reshape(-1, last.shape[3]), cache)
    return np.ascontiguousarray(np.moveaxis(dx.reshape(last.shape), 3, 1)), dgamma, dbeta


@right("einsum")
def spatial_batchnorm_backward(dout, cache):
    x, x_hat, mean, var, gamma, eps, training = cache
    N, C, H, W = dout.shape
    x_hat = x_hat.reshape(N, H, W, C)
    dgamma = np.einsum("nchw,nhwc->c", dout, x_hat)
    dbeta = np.einsum("nchw->c", dout)
    scale = gamma / np.sqrt(var + eps)
    dx = np.einsum("nchw,c->nchw", dout, scale)
    if training:
        dx -= np.einsum("nhwc,c->nchw", x_hat, scale * dgamma / (N * H * W))
        dx -= (scale * dbeta / (N * H * W)).reshape(1, C, 1, 1)
    return dx, dgamma, dbeta
