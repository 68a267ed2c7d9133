"""batchnorm_backward with wrong dgamma and dbeta, or a convention broken, with the cache of the first right forward."""
# mypy: ignore-errors
# ruff: noqa: RUF059

import numpy as np

from autograder.gallery.registry import wrong


@wrong("upstream-ignored", "in dgamma and dbeta")
def batchnorm_backward(dout, cache):
    x, x_hat, mean, var, gamma, eps, training = cache
    scale = gamma / np.sqrt(var + eps)
    dx = scale * dout
    if training:
        dx = scale * (dout - dout.mean(axis=0) - x_hat * (dout * x_hat).mean(axis=0))
    return dx, x_hat.sum(axis=0), np.ones_like(x_hat).sum(axis=0)


@wrong("dgamma-not-normalized")
def batchnorm_backward(dout, cache):
    x, x_hat, mean, var, gamma, eps, training = cache
    scale = gamma / np.sqrt(var + eps)
    dx = scale * dout
    if training:
        dx = scale * (dout - dout.mean(axis=0) - x_hat * (dout * x_hat).mean(axis=0))
    return dx, np.sum(dout * x, axis=0), dout.sum(axis=0)


@wrong("dgamma-not-normalized", "centred, not divided")
def batchnorm_backward(dout, cache):
    x, x_hat, mean, var, gamma, eps, training = cache
    scale = gamma / np.sqrt(var + eps)
    dx = scale * dout
    if training:
        dx = scale * (dout - dout.mean(axis=0) - x_hat * (dout * x_hat).mean(axis=0))
    return dx, np.sum(dout * (x - mean), axis=0), dout.sum(axis=0)


@wrong("dgamma-times-gamma")
def batchnorm_backward(dout, cache):
    x, x_hat, mean, var, gamma, eps, training = cache
    dx_hat = dout * gamma
    std = np.sqrt(var + eps)
    dx = dx_hat / std
    if training:
        dx = (dx_hat - dx_hat.mean(axis=0) - x_hat * (dx_hat * x_hat).mean(axis=0)) / std
    return dx, np.sum(dx_hat * x_hat, axis=0), dout.sum(axis=0)


@wrong("averaged")
def batchnorm_backward(dout, cache):
    x, x_hat, mean, var, gamma, eps, training = cache
    dgamma, dbeta = np.mean(dout * x_hat, axis=0), np.mean(dout, axis=0)
    dx = dout - dbeta - x_hat * dgamma if training else dout
    return gamma / np.sqrt(var + eps) * dx, dgamma, dbeta


@wrong("not-summed", "kept as a row")
def batchnorm_backward(dout, cache):
    x, x_hat, mean, var, gamma, eps, training = cache
    dgamma, dbeta = (dout * x_hat).sum(axis=0, keepdims=True), dout.sum(axis=0, keepdims=True)
    dx = dout - dbeta / len(x) - x_hat * dgamma / len(x) if training else dout
    return gamma / np.sqrt(var + eps) * dx, dgamma, dbeta


@wrong("returned-in-another-order")
def batchnorm_backward(dout, cache):
    x, x_hat, mean, var, gamma, eps, training = cache
    dgamma, dbeta = (dout * x_hat).sum(axis=0), dout.sum(axis=0)
    dx = dout - dbeta / len(x) - x_hat * dgamma / len(x) if training else dout
    return gamma / np.sqrt(var + eps) * dx, dbeta, dgamma


@wrong("cache-changed")
def batchnorm_backward(dout, cache):
    x, x_hat, mean, var, gamma, eps, training = cache
    dgamma, dbeta = (dout * x_hat).sum(axis=0), dout.sum(axis=0)
    scale = gamma / np.sqrt(var + eps)
    if not training:
        return dout * scale, dgamma, dbeta
    x_hat *= dgamma / len(x)
    return scale * (dout - dbeta / len(x) - x_hat), dgamma, dbeta


@wrong("input-modified")
def batchnorm_backward(dout, cache):
    x, x_hat, mean, var, gamma, eps, training = cache
    dgamma, dbeta = (dout * x_hat).sum(axis=0), dout.sum(axis=0)
    dout *= gamma / np.sqrt(var + eps)
    if not training:
        return dout.copy(), dgamma, dbeta
    return dout - dout.mean(axis=0) - x_hat * (dout * x_hat).mean(axis=0), dgamma, dbeta


@wrong("dtype-lost")
def batchnorm_backward(dout, cache):
    x, x_hat, mean, var, gamma, eps, training = cache
    N, D = dout.shape
    dx, dgamma, dbeta = np.zeros((N, D)), np.zeros(D), np.zeros(D)
    dgamma += (dout * x_hat).sum(axis=0)
    dbeta += dout.sum(axis=0)
    dx += dout
    if training:
        dx -= (dbeta + x_hat * dgamma) / N
    return dx * gamma / np.sqrt(var + eps), dgamma, dbeta


@wrong("training-formula-at-test-time", "the mode guessed")
def batchnorm_backward(dout, cache):
    # guesses the mode from the numbers: a batch that happens to be normal is taken for training
    x, x_hat, mean, var, gamma, eps, training = cache
    N = len(dout)
    dgamma, dbeta = (dout * x_hat).sum(axis=0), dout.sum(axis=0)
    guessed = N > 1
    dx = dout - dbeta / N - x_hat * dgamma / N if guessed else dout
    return gamma / np.sqrt(var + eps) * dx, dgamma, dbeta


@wrong("zero-variance-special", named=False)
def batchnorm_backward(dout, cache):
    x, x_hat, mean, var, gamma, eps, training = cache
    N = len(dout)
    dgamma, dbeta = (dout * x_hat).sum(axis=0), dout.sum(axis=0)
    dx = dout - dbeta / N - x_hat * dgamma / N if training else dout
    return np.where(var > eps, gamma / np.sqrt(var + eps) * dx, 0), dgamma, dbeta


@wrong("input-modified", "x, through the cache")
def batchnorm_backward(dout, cache):
    # x is the caller's own array; centring it twice is the same as once, so a second call shows nothing
    x, x_hat, mean, var, gamma, eps, training = cache
    N = len(dout)
    scale = gamma / np.sqrt(var + eps)
    dgamma, dbeta = (dout * x_hat).sum(axis=0), dout.sum(axis=0)
    if not training:
        return dout * scale, dgamma, dbeta
    x -= x.mean(axis=0)
    normal = x / np.sqrt((x**2).mean(axis=0) + eps)
    return scale * (dout - dbeta / N - normal * dgamma / N), dgamma, dbeta


@wrong("gamma-twice")
def batchnorm_backward(dout, cache):
    x, x_hat, mean, var, gamma, eps, training = cache
    N = len(dout)
    dgamma, dbeta = np.sum(dout * x_hat, axis=0), np.sum(dout, axis=0)
    d = gamma * dout
    dx = d - d.sum(axis=0) / N - x_hat * np.sum(d * x_hat, axis=0) / N if training else d
    return gamma / np.sqrt(var + eps) * dx, dgamma, dbeta


@wrong("not-divided")
def batchnorm_backward(dout, cache):
    x, x_hat, mean, var, gamma, eps, training = cache
    N = len(dout)
    dgamma, dbeta = np.sum(dout * x_hat, axis=0), np.sum(dout, axis=0)
    dx = dout - dbeta / N - x_hat * dgamma / N if training else dout
    return gamma * dx, dgamma, dbeta


@wrong("dbeta-times-gamma")
def batchnorm_backward(dout, cache):
    x, x_hat, mean, var, gamma, eps, training = cache
    N = len(dout)
    dgamma, dbeta = np.sum(dout * x_hat, axis=0), np.sum(dout, axis=0)
    dx = dout - dbeta / N - x_hat * dgamma / N if training else dout
    return gamma / np.sqrt(var + eps) * dx, dgamma, dbeta * gamma


@wrong("summed-along-rows")
def batchnorm_backward(dout, cache):
    x, x_hat, mean, var, gamma, eps, training = cache
    N = len(dout)
    dgamma, dbeta = np.sum(dout * x_hat, axis=0), np.sum(dout, axis=0)
    dx = dout - dbeta / N - x_hat * dgamma / N if training else dout
    return gamma / np.sqrt(var + eps) * dx, np.sum(dout * x_hat, axis=1), np.sum(dout, axis=1)
