"""spatial_batchnorm_forward with the mistakes that batchnorm_forward has, too."""
# mypy: ignore-errors

import numpy as np

from autograder.gallery.registry import wrong


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
