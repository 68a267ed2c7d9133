"""spatial_batchnorm_forward, wrong."""
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


@wrong("momentum-and-training-exchanged", named=False)
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


@wrong("mean-not-subtracted")
def spatial_batchnorm_forward(x, gamma, beta, running_mean, running_var, training=True, momentum=0.01, eps=1e-5):
    wide = (1, -1, 1, 1)
    mean, var = running_mean.copy(), running_var.copy()
    if training:
        mean, var = x.mean(axis=(0, 2, 3)), x.var(axis=(0, 2, 3))
        running_mean[:] = (1 - momentum) * running_mean + momentum * mean
        running_var[:] = (1 - momentum) * running_var + momentum * var
    x_hat = x / np.sqrt(var.reshape(wide) + eps)
    return gamma.reshape(wide) * x_hat + beta.reshape(wide), (x_hat, var, gamma, eps, training)


@wrong("divided-by-variance")
def spatial_batchnorm_forward(x, gamma, beta, running_mean, running_var, training=True, momentum=0.01, eps=1e-5):
    wide = (1, -1, 1, 1)
    mean, var = running_mean.copy(), running_var.copy()
    if training:
        mean, var = x.mean(axis=(0, 2, 3)), x.var(axis=(0, 2, 3))
        running_mean[:] = (1 - momentum) * running_mean + momentum * mean
        running_var[:] = (1 - momentum) * running_var + momentum * var
    x_hat = (x - mean.reshape(wide)) / (var.reshape(wide) + eps)
    return gamma.reshape(wide) * x_hat + beta.reshape(wide), (x_hat, var, gamma, eps, training)


@wrong("not-divided")
def spatial_batchnorm_forward(x, gamma, beta, running_mean, running_var, training=True, momentum=0.01, eps=1e-5):
    wide = (1, -1, 1, 1)
    mean, var = running_mean.copy(), running_var.copy()
    if training:
        mean, var = x.mean(axis=(0, 2, 3)), x.var(axis=(0, 2, 3))
        running_mean[:] = (1 - momentum) * running_mean + momentum * mean
        running_var[:] = (1 - momentum) * running_var + momentum * var
    x_hat = x - mean.reshape(wide)
    return gamma.reshape(wide) * x_hat + beta.reshape(wide), (x_hat, var, gamma, eps, training)


@wrong("unbiased-variance")
def spatial_batchnorm_forward(x, gamma, beta, running_mean, running_var, training=True, momentum=0.01, eps=1e-5):
    wide = (1, -1, 1, 1)
    mean, var = running_mean.copy(), running_var.copy()
    if training:
        mean, var = x.mean(axis=(0, 2, 3)), x.var(axis=(0, 2, 3), ddof=1)
        running_mean[:] = (1 - momentum) * running_mean + momentum * mean
        running_var[:] = (1 - momentum) * running_var + momentum * var
    x_hat = (x - mean.reshape(wide)) / np.sqrt(var.reshape(wide) + eps)
    return gamma.reshape(wide) * x_hat + beta.reshape(wide), (x_hat, var, gamma, eps, training)


@wrong("unbiased-variance", "in the running value alone, as PyTorch does")
def spatial_batchnorm_forward(x, gamma, beta, running_mean, running_var, training=True, momentum=0.01, eps=1e-5):
    wide = (1, -1, 1, 1)
    mean, var = running_mean.copy(), running_var.copy()
    if training:
        mean, var = x.mean(axis=(0, 2, 3)), x.var(axis=(0, 2, 3))
        running_mean[:] = (1 - momentum) * running_mean + momentum * mean
        running_var[:] = (1 - momentum) * running_var + momentum * var * x[:, 0].size / max(x[:, 0].size - 1, 1)
    x_hat = (x - mean.reshape(wide)) / np.sqrt(var.reshape(wide) + eps)
    return gamma.reshape(wide) * x_hat + beta.reshape(wide), (x_hat, var, gamma, eps, training)


@wrong("eps-outside-root")
def spatial_batchnorm_forward(x, gamma, beta, running_mean, running_var, training=True, momentum=0.01, eps=1e-5):
    wide = (1, -1, 1, 1)
    mean, var = running_mean.copy(), running_var.copy()
    if training:
        mean, var = x.mean(axis=(0, 2, 3)), x.var(axis=(0, 2, 3))
        running_mean[:] = (1 - momentum) * running_mean + momentum * mean
        running_var[:] = (1 - momentum) * running_var + momentum * var
    x_hat = (x - mean.reshape(wide)) / (np.sqrt(var.reshape(wide)) + eps)
    return gamma.reshape(wide) * x_hat + beta.reshape(wide), (x_hat, var, gamma, eps, training)


@wrong("eps-forgotten")
def spatial_batchnorm_forward(x, gamma, beta, running_mean, running_var, training=True, momentum=0.01, eps=1e-5):
    wide = (1, -1, 1, 1)
    mean, var = running_mean.copy(), running_var.copy()
    if training:
        mean, var = x.mean(axis=(0, 2, 3)), x.var(axis=(0, 2, 3))
        running_mean[:] = (1 - momentum) * running_mean + momentum * mean
        running_var[:] = (1 - momentum) * running_var + momentum * var
    with np.errstate(all="ignore"):
        x_hat = (x - mean.reshape(wide)) / np.sqrt(var.reshape(wide))
    return gamma.reshape(wide) * x_hat + beta.reshape(wide), (x_hat, var, gamma, eps, training)


@wrong("eps-as-a-floor")
def spatial_batchnorm_forward(x, gamma, beta, running_mean, running_var, training=True, momentum=0.01, eps=1e-5):
    wide = (1, -1, 1, 1)
    mean, var = running_mean.copy(), running_var.copy()
    if training:
        mean, var = x.mean(axis=(0, 2, 3)), x.var(axis=(0, 2, 3))
        running_mean[:] = (1 - momentum) * running_mean + momentum * mean
        running_var[:] = (1 - momentum) * running_var + momentum * var
    x_hat = (x - mean.reshape(wide)) / np.sqrt(np.maximum(var, eps).reshape(wide))
    return gamma.reshape(wide) * x_hat + beta.reshape(wide), (x_hat, var, gamma, eps, training)


@wrong("gamma-forgotten")
def spatial_batchnorm_forward(x, gamma, beta, running_mean, running_var, training=True, momentum=0.01, eps=1e-5):
    wide = (1, -1, 1, 1)
    mean, var = running_mean.copy(), running_var.copy()
    if training:
        mean, var = x.mean(axis=(0, 2, 3)), x.var(axis=(0, 2, 3))
        running_mean[:] = (1 - momentum) * running_mean + momentum * mean
        running_var[:] = (1 - momentum) * running_var + momentum * var
    x_hat = (x - mean.reshape(wide)) / np.sqrt(var.reshape(wide) + eps)
    return x_hat + beta.reshape(wide), (x_hat, var, gamma, eps, training)


@wrong("beta-forgotten")
def spatial_batchnorm_forward(x, gamma, beta, running_mean, running_var, training=True, momentum=0.01, eps=1e-5):
    wide = (1, -1, 1, 1)
    mean, var = running_mean.copy(), running_var.copy()
    if training:
        mean, var = x.mean(axis=(0, 2, 3)), x.var(axis=(0, 2, 3))
        running_mean[:] = (1 - momentum) * running_mean + momentum * mean
        running_var[:] = (1 - momentum) * running_var + momentum * var
    x_hat = (x - mean.reshape(wide)) / np.sqrt(var.reshape(wide) + eps)
    return gamma.reshape(wide) * x_hat, (x_hat, var, gamma, eps, training)


@wrong("gamma-and-beta-forgotten")
def spatial_batchnorm_forward(x, gamma, beta, running_mean, running_var, training=True, momentum=0.01, eps=1e-5):
    wide = (1, -1, 1, 1)
    mean, var = running_mean.copy(), running_var.copy()
    if training:
        mean, var = x.mean(axis=(0, 2, 3)), x.var(axis=(0, 2, 3))
        running_mean[:] = (1 - momentum) * running_mean + momentum * mean
        running_var[:] = (1 - momentum) * running_var + momentum * var
    x_hat = (x - mean.reshape(wide)) / np.sqrt(var.reshape(wide) + eps)
    return x_hat.copy(), (x_hat, var, gamma, eps, training)


@wrong("gamma-and-beta-swapped")
def spatial_batchnorm_forward(x, gamma, beta, running_mean, running_var, training=True, momentum=0.01, eps=1e-5):
    wide = (1, -1, 1, 1)
    mean, var = running_mean.copy(), running_var.copy()
    if training:
        mean, var = x.mean(axis=(0, 2, 3)), x.var(axis=(0, 2, 3))
        running_mean[:] = (1 - momentum) * running_mean + momentum * mean
        running_var[:] = (1 - momentum) * running_var + momentum * var
    x_hat = (x - mean.reshape(wide)) / np.sqrt(var.reshape(wide) + eps)
    return beta.reshape(wide) * x_hat + gamma.reshape(wide), (x_hat, var, gamma, eps, training)


@wrong("one-mean-for-all")
def spatial_batchnorm_forward(x, gamma, beta, running_mean, running_var, training=True, momentum=0.01, eps=1e-5):
    wide = (1, -1, 1, 1)
    mean, var = running_mean.copy(), running_var.copy()
    if training:
        mean, var = x.mean() + 0 * gamma, x.var() + 0 * gamma
        running_mean[:] = (1 - momentum) * running_mean + momentum * mean
        running_var[:] = (1 - momentum) * running_var + momentum * var
    x_hat = (x - mean.reshape(wide)) / np.sqrt(var.reshape(wide) + eps)
    return gamma.reshape(wide) * x_hat + beta.reshape(wide), (x_hat, var, gamma, eps, training)


@wrong("momentum-swapped")
def spatial_batchnorm_forward(x, gamma, beta, running_mean, running_var, training=True, momentum=0.01, eps=1e-5):
    wide = (1, -1, 1, 1)
    mean, var = running_mean.copy(), running_var.copy()
    if training:
        mean, var = x.mean(axis=(0, 2, 3)), x.var(axis=(0, 2, 3))
        running_mean[:] = momentum * running_mean + (1 - momentum) * mean
        running_var[:] = momentum * running_var + (1 - momentum) * var
    x_hat = (x - mean.reshape(wide)) / np.sqrt(var.reshape(wide) + eps)
    return gamma.reshape(wide) * x_hat + beta.reshape(wide), (x_hat, var, gamma, eps, training)


@wrong("running-overwritten")
def spatial_batchnorm_forward(x, gamma, beta, running_mean, running_var, training=True, momentum=0.01, eps=1e-5):
    wide = (1, -1, 1, 1)
    mean, var = running_mean.copy(), running_var.copy()
    if training:
        mean, var = x.mean(axis=(0, 2, 3)), x.var(axis=(0, 2, 3))
        running_mean[:], running_var[:] = mean, var
    x_hat = (x - mean.reshape(wide)) / np.sqrt(var.reshape(wide) + eps)
    return gamma.reshape(wide) * x_hat + beta.reshape(wide), (x_hat, var, gamma, eps, training)


@wrong("running-updated-at-test-time")
def spatial_batchnorm_forward(x, gamma, beta, running_mean, running_var, training=True, momentum=0.01, eps=1e-5):
    wide = (1, -1, 1, 1)
    mean, var = running_mean.copy(), running_var.copy()
    if training:
        mean, var = x.mean(axis=(0, 2, 3)), x.var(axis=(0, 2, 3))
    running_mean += momentum * (x.mean(axis=(0, 2, 3)) - running_mean)
    running_var += momentum * (x.var(axis=(0, 2, 3)) - running_var)
    x_hat = (x - mean.reshape(wide)) / np.sqrt(var.reshape(wide) + eps)
    return gamma.reshape(wide) * x_hat + beta.reshape(wide), (x_hat, var, gamma, eps, training)


@wrong("running-without-decay")
def spatial_batchnorm_forward(x, gamma, beta, running_mean, running_var, training=True, momentum=0.01, eps=1e-5):
    wide = (1, -1, 1, 1)
    mean, var = running_mean.copy(), running_var.copy()
    if training:
        mean, var = x.mean(axis=(0, 2, 3)), x.var(axis=(0, 2, 3))
        running_mean += momentum * mean
        running_var += momentum * var
    x_hat = (x - mean.reshape(wide)) / np.sqrt(var.reshape(wide) + eps)
    return gamma.reshape(wide) * x_hat + beta.reshape(wide), (x_hat, var, gamma, eps, training)


@wrong("running-values-of-the-normalized")
def spatial_batchnorm_forward(x, gamma, beta, running_mean, running_var, training=True, momentum=0.01, eps=1e-5):
    wide = (1, -1, 1, 1)
    mean, var = running_mean.copy(), running_var.copy()
    if training:
        mean, var = x.mean(axis=(0, 2, 3)), x.var(axis=(0, 2, 3))
    x_hat = (x - mean.reshape(wide)) / np.sqrt(var.reshape(wide) + eps)
    if training:
        running_mean += momentum * (x_hat.mean(axis=(0, 2, 3)) - running_mean)
        running_var += momentum * (x_hat.var(axis=(0, 2, 3)) - running_var)
    return gamma.reshape(wide) * x_hat + beta.reshape(wide), (x_hat, var, gamma, eps, training)


@wrong("running-deviation")
def spatial_batchnorm_forward(x, gamma, beta, running_mean, running_var, training=True, momentum=0.01, eps=1e-5):
    wide = (1, -1, 1, 1)
    mean, var = running_mean.copy(), running_var.copy()
    if training:
        mean, var = x.mean(axis=(0, 2, 3)), x.var(axis=(0, 2, 3))
        running_mean[:] = (1 - momentum) * running_mean + momentum * mean
        running_var[:] = (1 - momentum) * running_var + momentum * np.sqrt(var)
    x_hat = (x - mean.reshape(wide)) / np.sqrt(var.reshape(wide) + eps)
    return gamma.reshape(wide) * x_hat + beta.reshape(wide), (x_hat, var, gamma, eps, training)


@wrong("eps-in-running-var")
def spatial_batchnorm_forward(x, gamma, beta, running_mean, running_var, training=True, momentum=0.01, eps=1e-5):
    wide = (1, -1, 1, 1)
    mean, var = running_mean.copy(), running_var.copy()
    if training:
        mean, var = x.mean(axis=(0, 2, 3)), x.var(axis=(0, 2, 3))
        running_mean[:] = (1 - momentum) * running_mean + momentum * mean
        running_var[:] = (1 - momentum) * running_var + momentum * (var + eps)
    x_hat = (x - mean.reshape(wide)) / np.sqrt(var.reshape(wide) + eps)
    return gamma.reshape(wide) * x_hat + beta.reshape(wide), (x_hat, var, gamma, eps, training)


@wrong("running-swapped")
def spatial_batchnorm_forward(x, gamma, beta, running_mean, running_var, training=True, momentum=0.01, eps=1e-5):
    wide = (1, -1, 1, 1)
    mean, var = running_var.copy(), running_mean.copy()
    if training:
        mean, var = x.mean(axis=(0, 2, 3)), x.var(axis=(0, 2, 3))
        new_mean = (1 - momentum) * running_mean + momentum * mean
        new_var = (1 - momentum) * running_var + momentum * var
        running_mean[:], running_var[:] = new_var, new_mean
    x_hat = (x - mean.reshape(wide)) / np.sqrt(var.reshape(wide) + eps)
    return gamma.reshape(wide) * x_hat + beta.reshape(wide), (x_hat, var, gamma, eps, training)
