"""batchnorm_backward with a wrong dx, with the cache of the first right forward."""
# mypy: ignore-errors
# ruff: noqa: RUF059

import numpy as np

from autograder.gallery.registry import wrong


@wrong("statistics-taken-as-constants")
def batchnorm_backward(dout, cache):
    x, x_hat, mean, var, gamma, eps, training = cache
    dx = dout * gamma / np.sqrt(var + eps)
    return dx, np.sum(dout * x_hat, axis=0), np.sum(dout, axis=0)


@wrong("mean-gradient-missing")
def batchnorm_backward(dout, cache):
    x, x_hat, mean, var, gamma, eps, training = cache
    N = len(dout)
    std = np.sqrt(var + eps)
    dx_hat = dout * gamma
    dx = dx_hat / std
    if training:
        dvar = np.sum(dx_hat * (x - mean), axis=0) * -0.5 / std**3
        dx = dx + dvar * 2 * (x - mean) / N
    return dx, np.sum(dout * x_hat, axis=0), np.sum(dout, axis=0)


@wrong("variance-gradient-missing")
def batchnorm_backward(dout, cache):
    x, x_hat, mean, var, gamma, eps, training = cache
    dx = dout * gamma / np.sqrt(var + eps)
    if training:
        dx = dx - dx.mean(axis=0)
    return dx, np.sum(dout * x_hat, axis=0), np.sum(dout, axis=0)


@wrong("sums-not-averaged")
def batchnorm_backward(dout, cache):
    x, x_hat, mean, var, gamma, eps, training = cache
    dgamma, dbeta = np.sum(dout * x_hat, axis=0), np.sum(dout, axis=0)
    dx = dout - dbeta - x_hat * dgamma if training else dout
    return gamma / np.sqrt(var + eps) * dx, dgamma, dbeta


@wrong("sums-not-averaged", "in the mean alone")
def batchnorm_backward(dout, cache):
    x, x_hat, mean, var, gamma, eps, training = cache
    std = np.sqrt(var + eps)
    dx_hat = dout * gamma
    dx = dx_hat / std
    if training:
        dvar = np.sum(dx_hat * (x - mean), axis=0) * -0.5 / std**3
        dx = dx + dvar * 2 * (x - mean) / len(x)
        dx = dx - dx.sum(axis=0)
    return dx, np.sum(dout * x_hat, axis=0), np.sum(dout, axis=0)


@wrong("sign-of-a-way")
def batchnorm_backward(dout, cache):
    x, x_hat, mean, var, gamma, eps, training = cache
    dgamma, dbeta = np.sum(dout * x_hat, axis=0), np.sum(dout, axis=0)
    dx = dout - dbeta / len(x) + x_hat * dgamma / len(x) if training else dout
    return gamma / np.sqrt(var + eps) * dx, dgamma, dbeta


@wrong("factor-two-in-variance")
def batchnorm_backward(dout, cache):
    x, x_hat, mean, var, gamma, eps, training = cache
    N = len(dout)
    std = np.sqrt(var + eps)
    dx_hat = dout * gamma
    dx = dx_hat / std
    if training:
        dvar = np.sum(dx_hat * (x - mean), axis=0) * -0.5 * std**-3
        dx = dx + dvar * (x - mean) / N - dx_hat.mean(axis=0) / std
    return dx, np.sum(dout * x_hat, axis=0), np.sum(dout, axis=0)


@wrong("unbiased-variance")
def batchnorm_backward(dout, cache):
    x, x_hat, mean, var, gamma, eps, training = cache
    N = len(dout)
    dgamma, dbeta = np.sum(dout * x_hat, axis=0), np.sum(dout, axis=0)
    dx = dout - dbeta / N - x_hat * dgamma / max(N - 1, 1) if training else dout
    return gamma / np.sqrt(var + eps) * dx, dgamma, dbeta


@wrong("training-formula-at-test-time")
def batchnorm_backward(dout, cache):
    x, x_hat, mean, var, gamma, eps, training = cache
    N = len(dout)
    dgamma, dbeta = np.sum(dout * x_hat, axis=0), np.sum(dout, axis=0)
    dx = gamma / np.sqrt(var + eps) / N * (N * dout - dbeta - x_hat * dgamma)
    return dx, dgamma, dbeta


@wrong("training-formula-at-test-time", "with the batch's statistics")
def batchnorm_backward(dout, cache):
    x, x_hat, mean, var, gamma, eps, training = cache
    N = len(dout)
    std = np.sqrt(x.var(axis=0) + eps)
    x_hat = (x - x.mean(axis=0)) / std
    dgamma, dbeta = np.sum(dout * x_hat, axis=0), np.sum(dout, axis=0)
    return gamma / std / N * (N * dout - dbeta - x_hat * dgamma), dgamma, dbeta


@wrong("eps-forgotten")
def batchnorm_backward(dout, cache):
    x, x_hat, mean, var, gamma, eps, training = cache
    N = len(dout)
    dgamma, dbeta = np.sum(dout * x_hat, axis=0), np.sum(dout, axis=0)
    with np.errstate(all="ignore"):
        x_hat = (x - mean) / np.sqrt(var)
        dx = dout - dbeta / N - x_hat * np.sum(dout * x_hat, axis=0) / N if training else dout
        return gamma / np.sqrt(var) * dx, dgamma, dbeta


@wrong("eps-missing-in-the-variance-path", "x̂ projected out")
def batchnorm_backward(dout, cache):
    x, x_hat, mean, var, gamma, eps, training = cache
    dgamma, dbeta = (dout * x_hat).sum(axis=0), dout.sum(axis=0)
    dx_hat = dout * gamma
    if training:
        with np.errstate(all="ignore"):
            along = (dx_hat * x_hat).mean(axis=0) / (x_hat * x_hat).mean(axis=0)
        dx_hat = dx_hat - dx_hat.mean(axis=0) - x_hat * along
    return dx_hat / np.sqrt(var + eps), dgamma, dbeta


@wrong("eps-missing-in-the-variance-path", "x̂ without eps in dx")
def batchnorm_backward(dout, cache):
    x, x_hat, mean, var, gamma, eps, training = cache
    N = len(dout)
    dgamma, dbeta = (dout * x_hat).sum(axis=0), dout.sum(axis=0)
    with np.errstate(all="ignore"):
        unit = (x - mean) / np.sqrt(var)
        dx = dout - dbeta / N - unit * (dout * unit).sum(axis=0) / N if training else dout
    return gamma / np.sqrt(var + eps) * dx, dgamma, dbeta


@wrong("eps-hard-coded")
def batchnorm_backward(dout, cache):
    x, x_hat, mean, var, gamma, eps, training = cache
    N = len(dout)
    std = np.sqrt(var + 1e-5)
    x_hat = (x - mean) / std
    dgamma, dbeta = np.sum(dout * x_hat, axis=0), np.sum(dout, axis=0)
    dx = dout - dbeta / N - x_hat * dgamma / N if training else dout
    return gamma / std * dx, dgamma, dbeta


@wrong("gamma-forgotten")
def batchnorm_backward(dout, cache):
    x, x_hat, mean, var, gamma, eps, training = cache
    N = len(dout)
    dgamma, dbeta = np.sum(dout * x_hat, axis=0), np.sum(dout, axis=0)
    dx = dout - dbeta / N - x_hat * dgamma / N if training else dout
    return dx / np.sqrt(var + eps), dgamma, dbeta


@wrong("gamma-forgotten", "at test time")
def batchnorm_backward(dout, cache):
    x, x_hat, mean, var, gamma, eps, training = cache
    N = len(dout)
    dgamma, dbeta = np.sum(dout * x_hat, axis=0), np.sum(dout, axis=0)
    std = np.sqrt(var + eps)
    if not training:
        return dout / std, dgamma, dbeta
    return gamma / std * (dout - dbeta / N - x_hat * dgamma / N), dgamma, dbeta


@wrong("divided-by-variance")
def batchnorm_backward(dout, cache):
    x, x_hat, mean, var, gamma, eps, training = cache
    N = len(dout)
    dgamma, dbeta = np.sum(dout * x_hat, axis=0), np.sum(dout, axis=0)
    dx = dout - dbeta / N - x_hat * dgamma / N if training else dout
    return gamma / (var + eps) * dx, dgamma, dbeta


@wrong("multiplied-by-deviation")
def batchnorm_backward(dout, cache):
    x, x_hat, mean, var, gamma, eps, training = cache
    N = len(dout)
    dgamma, dbeta = np.sum(dout * x_hat, axis=0), np.sum(dout, axis=0)
    dx = dout - dbeta / N - x_hat * dgamma / N if training else dout
    return gamma * np.sqrt(var + eps) * dx, dgamma, dbeta


@wrong("dx-averaged")
def batchnorm_backward(dout, cache):
    x, x_hat, mean, var, gamma, eps, training = cache
    N = len(dout)
    dgamma, dbeta = np.sum(dout * x_hat, axis=0), np.sum(dout, axis=0)
    dx = dout - dbeta / N - x_hat * dgamma / N if training else dout
    return gamma / np.sqrt(var + eps) * dx / N, dgamma, dbeta


@wrong("dx-times-n")
def batchnorm_backward(dout, cache):
    x, x_hat, mean, var, gamma, eps, training = cache
    N = len(dout)
    dgamma, dbeta = np.sum(dout * x_hat, axis=0), np.sum(dout, axis=0)
    dx = N * dout - dbeta - x_hat * dgamma if training else dout
    return gamma / np.sqrt(var + eps) * dx, dgamma, dbeta
