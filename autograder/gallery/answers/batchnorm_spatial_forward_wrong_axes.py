"""spatial_batchnorm_forward with wrong axes, or with arguments that are not passed on to the flat function."""
# mypy: ignore-errors
# ruff: noqa: F821

import numpy as np

from autograder.gallery.registry import wrong


@wrong("reshaped-without-moving-axes")
def spatial_batchnorm_forward(x, gamma, beta, running_mean, running_var, training=True, momentum=0.01, eps=1e-5):
    rows = x.reshape(-1, x.shape[1])
    out, cache = batchnorm_forward(rows, gamma, beta, running_mean, running_var, training, momentum, eps)
    return out.reshape(x.shape), cache


@wrong("reshaped-back-without-moving-axes")
def spatial_batchnorm_forward(x, gamma, beta, running_mean, running_var, training=True, momentum=0.01, eps=1e-5):
    rows = x.transpose(0, 2, 3, 1).reshape(-1, x.shape[1])
    out, cache = batchnorm_forward(rows, gamma, beta, running_mean, running_var, training, momentum, eps)
    return out.reshape(x.shape), cache


@wrong("channels-left-last")
def spatial_batchnorm_forward(x, gamma, beta, running_mean, running_var, training=True, momentum=0.01, eps=1e-5):
    N, C, H, W = x.shape
    rows = x.transpose(0, 2, 3, 1).reshape(-1, C)
    out, cache = batchnorm_forward(rows, gamma, beta, running_mean, running_var, training, momentum, eps)
    return out.reshape(N, H, W, C), cache


@wrong("reshaped-without-moving-axes", "channels first")
def spatial_batchnorm_forward(x, gamma, beta, running_mean, running_var, training=True, momentum=0.01, eps=1e-5):
    N, C, H, W = x.shape
    rows = x.transpose(1, 0, 2, 3).reshape(-1, C)
    out, cache = batchnorm_forward(rows, gamma, beta, running_mean, running_var, training, momentum, eps)
    return out.reshape(C, N, H, W).transpose(1, 0, 2, 3), cache


@wrong("statistics-per-image", "instance normalization")
def spatial_batchnorm_forward(x, gamma, beta, running_mean, running_var, training=True, momentum=0.01, eps=1e-5):
    wide = (1, -1, 1, 1)
    if training:
        mean, var = x.mean(axis=(2, 3), keepdims=True), x.var(axis=(2, 3), keepdims=True)
        running_mean[:] = (1 - momentum) * running_mean + momentum * mean.mean(axis=(0, 2, 3))
        running_var[:] = (1 - momentum) * running_var + momentum * var.mean(axis=(0, 2, 3))
    else:
        mean, var = running_mean.reshape(wide), running_var.reshape(wide)
    x_hat = (x - mean) / np.sqrt(var + eps)
    return gamma.reshape(wide) * x_hat + beta.reshape(wide), (x_hat, gamma, var + eps)


@wrong("statistics-per-pixel")
def spatial_batchnorm_forward(x, gamma, beta, running_mean, running_var, training=True, momentum=0.01, eps=1e-5):
    wide = (1, -1, 1, 1)
    if training:
        mean, var = x.mean(axis=0), x.var(axis=0)
        running_mean[:] = (1 - momentum) * running_mean + momentum * mean.mean(axis=(1, 2))
        running_var[:] = (1 - momentum) * running_var + momentum * var.mean(axis=(1, 2))
    else:
        mean, var = running_mean.reshape(wide), running_var.reshape(wide)
    x_hat = (x - mean) / np.sqrt(var + eps)
    return gamma.reshape(wide) * x_hat + beta.reshape(wide), (x_hat, gamma, var + eps)


@wrong("gamma-along-width")
def spatial_batchnorm_forward(x, gamma, beta, running_mean, running_var, training=True, momentum=0.01, eps=1e-5):
    mean, var = running_mean, running_var
    if training:
        mean, var = x.mean(axis=(0, 2, 3)), x.var(axis=(0, 2, 3))
        running_mean[:] = (1 - momentum) * running_mean + momentum * mean
        running_var[:] = (1 - momentum) * running_var + momentum * var
    x_hat = (x - mean) / np.sqrt(var + eps)
    return gamma * x_hat + beta, (x_hat, gamma, var + eps)


@wrong("gamma-along-width", "gamma and beta alone")
def spatial_batchnorm_forward(x, gamma, beta, running_mean, running_var, training=True, momentum=0.01, eps=1e-5):
    mean, var = running_mean, running_var
    if training:
        mean, var = x.mean(axis=(0, 2, 3)), x.var(axis=(0, 2, 3))
        running_mean[:] = (1 - momentum) * running_mean + momentum * mean
        running_var[:] = (1 - momentum) * running_var + momentum * var
    x_hat = (x - mean[None, :, None, None]) / np.sqrt(var[None, :, None, None] + eps)
    return gamma * x_hat + beta, (x_hat, gamma, var + eps)


@wrong("running-not-updated", "copies go to the flat function")
def spatial_batchnorm_forward(x, gamma, beta, running_mean, running_var, training=True, momentum=0.01, eps=1e-5):
    N, C, H, W = x.shape
    rows = x.transpose(0, 2, 3, 1).reshape(-1, C)
    running = running_mean.copy(), running_var.copy()
    out, cache = batchnorm_forward(rows, gamma, beta, *running, training, momentum, eps)
    return out.reshape(N, H, W, C).transpose(0, 3, 1, 2), cache


@wrong("momentum-hard-coded", "not passed on")
def spatial_batchnorm_forward(x, gamma, beta, running_mean, running_var, training=True, momentum=0.01, eps=1e-5):
    N, C, H, W = x.shape
    rows = x.transpose(0, 2, 3, 1).reshape(-1, C)
    out, cache = batchnorm_forward(rows, gamma, beta, running_mean, running_var, training, eps=eps)
    return out.reshape(N, H, W, C).transpose(0, 3, 1, 2), cache


@wrong("eps-hard-coded", "not passed on")
def spatial_batchnorm_forward(x, gamma, beta, running_mean, running_var, training=True, momentum=0.01, eps=1e-5):
    N, C, H, W = x.shape
    rows = x.transpose(0, 2, 3, 1).reshape(-1, C)
    out, cache = batchnorm_forward(rows, gamma, beta, running_mean, running_var, training, momentum)
    return out.reshape(N, H, W, C).transpose(0, 3, 1, 2), cache


@wrong("batch-statistics-at-test-time", "training not passed on")
def spatial_batchnorm_forward(x, gamma, beta, running_mean, running_var, training=True, momentum=0.01, eps=1e-5):
    N, C, H, W = x.shape
    rows = x.transpose(0, 2, 3, 1).reshape(-1, C)
    out, cache = batchnorm_forward(rows, gamma, beta, running_mean, running_var, momentum=momentum, eps=eps)
    return out.reshape(N, H, W, C).transpose(0, 3, 1, 2), cache


@wrong("momentum-and-training-exchanged", also=("running-overwritten",))
def spatial_batchnorm_forward(x, gamma, beta, running_mean, running_var, training=True, momentum=0.01, eps=1e-5):
    N, C, H, W = x.shape
    rows = x.transpose(0, 2, 3, 1).reshape(-1, C)
    out, cache = batchnorm_forward(rows, gamma, beta, running_mean, running_var, momentum, training, eps)
    return out.reshape(N, H, W, C).transpose(0, 3, 1, 2), cache


@wrong("variance-within-images")
def spatial_batchnorm_forward(x, gamma, beta, running_mean, running_var, training=True, momentum=0.01, eps=1e-5):
    # the mean of the images' variances leaves out how the images differ from one another
    wide = (1, -1, 1, 1)
    mean, var = running_mean.copy(), running_var.copy()
    if training:
        mean, var = x.mean(axis=(0, 2, 3)), x.var(axis=(2, 3)).mean(axis=0)
        running_mean[:] = (1 - momentum) * running_mean + momentum * mean
        running_var[:] = (1 - momentum) * running_var + momentum * var
    x_hat = (x - mean.reshape(wide)) / np.sqrt(var.reshape(wide) + eps)
    return gamma.reshape(wide) * x_hat + beta.reshape(wide), (x_hat, var, gamma, training)


@wrong("running-used-in-training")
def spatial_batchnorm_forward(x, gamma, beta, running_mean, running_var, training=True, momentum=0.01, eps=1e-5):
    wide = (1, -1, 1, 1)
    mean, var = running_mean.copy(), running_var.copy()
    if training:
        running_mean += momentum * (x.mean(axis=(0, 2, 3)) - running_mean)
        running_var += momentum * (x.var(axis=(0, 2, 3)) - running_var)
    x_hat = (x - mean.reshape(wide)) / np.sqrt(var.reshape(wide) + eps)
    return gamma.reshape(wide) * x_hat + beta.reshape(wide), (x_hat, var, gamma, eps, training)
