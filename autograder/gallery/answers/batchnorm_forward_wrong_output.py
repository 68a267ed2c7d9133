"""batchnorm_forward with a wrong output, cache or convention."""
# mypy: ignore-errors

import numpy as np

from autograder.gallery.registry import wrong


@wrong("gamma-and-beta-forgotten", "at test time")
def batchnorm_forward(x, gamma, beta, running_mean, running_var, training=True, momentum=0.01, eps=1e-5):
    if not training:
        x_hat = (x - running_mean) / np.sqrt(running_var + eps)
        return x_hat, (x_hat, gamma, np.sqrt(running_var + eps))
    mean, var = x.mean(axis=0), x.var(axis=0)
    running_mean[:] = (1 - momentum) * running_mean + momentum * mean
    running_var[:] = (1 - momentum) * running_var + momentum * var
    x_hat = (x - mean) / np.sqrt(var + eps)
    return gamma * x_hat + beta, (x_hat, gamma, np.sqrt(var + eps))


@wrong("gamma-forgotten", "at test time")
def batchnorm_forward(x, gamma, beta, running_mean, running_var, training=True, momentum=0.01, eps=1e-5):
    if training:
        mean, var = x.mean(axis=0), x.var(axis=0)
        running_mean[:] = (1 - momentum) * running_mean + momentum * mean
        running_var[:] = (1 - momentum) * running_var + momentum * var
        x_hat = (x - mean) / np.sqrt(var + eps)
        out = gamma * x_hat + beta
    else:
        x_hat = (x - running_mean) / np.sqrt(running_var + eps)
        out = x_hat + beta
    return out, (x_hat, gamma)


@wrong("beta-forgotten", "at test time")
def batchnorm_forward(x, gamma, beta, running_mean, running_var, training=True, momentum=0.01, eps=1e-5):
    if training:
        mean, var = x.mean(axis=0), x.var(axis=0)
        running_mean[:] = (1 - momentum) * running_mean + momentum * mean
        running_var[:] = (1 - momentum) * running_var + momentum * var
        x_hat = (x - mean) / np.sqrt(var + eps)
        out = gamma * x_hat + beta
    else:
        x_hat = (x - running_mean) / np.sqrt(running_var + eps)
        out = gamma * x_hat
    return out, (x_hat, gamma)


@wrong("beta-forgotten")
def batchnorm_forward(x, gamma, beta, running_mean, running_var, training=True, momentum=0.01, eps=1e-5):
    mean, var = running_mean, running_var
    if training:
        mean, var = x.mean(axis=0), x.var(axis=0)
        running_mean[:] = (1 - momentum) * running_mean + momentum * mean
        running_var[:] = (1 - momentum) * running_var + momentum * var
    x_hat = (x - mean) / np.sqrt(var + eps)
    return gamma * x_hat, (x_hat, gamma)


@wrong("eps-outside-root")
def batchnorm_forward(x, gamma, beta, running_mean, running_var, training=True, momentum=0.01, eps=1e-5):
    mean, std = running_mean, np.sqrt(running_var) + eps
    if training:
        mean, std = x.mean(axis=0), x.std(axis=0) + eps
        running_mean[:] = (1 - momentum) * running_mean + momentum * mean
        running_var[:] = (1 - momentum) * running_var + momentum * x.var(axis=0)
    x_hat = (x - mean) / std
    return gamma * x_hat + beta, (x_hat, gamma, std)


@wrong("eps-forgotten")
def batchnorm_forward(x, gamma, beta, running_mean, running_var, training=True, momentum=0.01, eps=1e-5):
    mean, var = running_mean, running_var
    if training:
        mean, var = x.mean(axis=0), x.var(axis=0)
        running_mean[:] = (1 - momentum) * running_mean + momentum * mean
        running_var[:] = (1 - momentum) * running_var + momentum * var
    with np.errstate(all="ignore"):
        x_hat = (x - mean) / np.sqrt(var)
    return gamma * x_hat + beta, (x_hat, gamma, np.sqrt(var))


@wrong("divided-by-variance")
def batchnorm_forward(x, gamma, beta, running_mean, running_var, training=True, momentum=0.01, eps=1e-5):
    mean, var = running_mean, running_var
    if training:
        mean, var = x.mean(axis=0), x.var(axis=0)
        running_mean[:] = (1 - momentum) * running_mean + momentum * mean
        running_var[:] = (1 - momentum) * running_var + momentum * var
    x_hat = (x - mean) / (var + eps)
    return gamma * x_hat + beta, (x_hat, gamma, var + eps)


@wrong("one-mean-for-all")
def batchnorm_forward(x, gamma, beta, running_mean, running_var, training=True, momentum=0.01, eps=1e-5):
    mean, var = running_mean, running_var
    if training:
        mean, var = x.mean(), x.var()
        running_mean[:] = (1 - momentum) * running_mean + momentum * mean
        running_var[:] = (1 - momentum) * running_var + momentum * var
    x_hat = (x - mean) / np.sqrt(var + eps)
    return gamma * x_hat + beta, (x_hat, gamma, np.sqrt(var + eps))


@wrong("wrong-axis")
def batchnorm_forward(x, gamma, beta, running_mean, running_var, training=True, momentum=0.01, eps=1e-5):
    mean, var = running_mean, running_var
    if training:
        mean, var = x.mean(axis=1), x.var(axis=1)
        running_mean[:] = (1 - momentum) * running_mean + momentum * mean
        running_var[:] = (1 - momentum) * running_var + momentum * var
    x_hat = (x - mean) / np.sqrt(var + eps)
    return gamma * x_hat + beta, (x_hat, gamma, np.sqrt(var + eps))


@wrong("wrong-axis", "layer normalization")
def batchnorm_forward(x, gamma, beta, running_mean, running_var, training=True, momentum=0.01, eps=1e-5):
    mean, var = running_mean, running_var
    if training:
        mean, var = x.mean(axis=1, keepdims=True), x.var(axis=1, keepdims=True)
        running_mean[:] = (1 - momentum) * running_mean + momentum * x.mean(axis=0)
        running_var[:] = (1 - momentum) * running_var + momentum * x.var(axis=0)
    x_hat = (x - mean) / np.sqrt(var + eps)
    return gamma * x_hat + beta, (x_hat, gamma, np.sqrt(var + eps))


@wrong("input-modified")
def batchnorm_forward(x, gamma, beta, running_mean, running_var, training=True, momentum=0.01, eps=1e-5):
    mean, var = running_mean, running_var
    if training:
        mean, var = x.mean(axis=0), x.var(axis=0)
        running_mean[:] = (1 - momentum) * running_mean + momentum * mean
        running_var[:] = (1 - momentum) * running_var + momentum * var
    x -= mean
    x /= np.sqrt(var + eps)
    return gamma * x + beta, (x.copy(), gamma, np.sqrt(var + eps))


@wrong("shares-memory")
def batchnorm_forward(x, gamma, beta, running_mean, running_var, training=True, momentum=0.01, eps=1e-5):
    mean, var = running_mean, running_var
    if training:
        mean, var = x.mean(axis=0), x.var(axis=0)
        running_mean[:] = (1 - momentum) * running_mean + momentum * mean
        running_var[:] = (1 - momentum) * running_var + momentum * var
    out = (x - mean) / np.sqrt(var + eps)
    cache = (out, gamma, np.sqrt(var + eps))
    out *= gamma
    out += beta
    return out, cache


@wrong("dtype-lost")
def batchnorm_forward(x, gamma, beta, running_mean, running_var, training=True, momentum=0.01, eps=1e-5):
    mean, var = running_mean, running_var
    if training:
        mean, var = x.mean(axis=0, dtype=np.float64), x.var(axis=0, dtype=np.float64)
        running_mean[:] = (1 - momentum) * running_mean + momentum * mean
        running_var[:] = (1 - momentum) * running_var + momentum * var
    x_hat = (x - mean) / np.sqrt(var + eps)
    return gamma * x_hat + beta, (x_hat, gamma, np.sqrt(var + eps))


@wrong("cache-forgotten")
def batchnorm_forward(x, gamma, beta, running_mean, running_var, training=True, momentum=0.01, eps=1e-5):
    mean, var = running_mean, running_var
    if training:
        mean, var = x.mean(axis=0), x.var(axis=0)
        running_mean += momentum * (mean - running_mean)
        running_var += momentum * (var - running_var)
    return gamma * (x - mean) / np.sqrt(var + eps) + beta


@wrong("running-mean-updated-first", named=False)
def batchnorm_forward(x, gamma, beta, running_mean, running_var, training=True, momentum=0.01, eps=1e-5):
    # the variance is taken around the running mean
    mean, var = running_mean, running_var
    if training:
        mean = x.mean(axis=0)
        running_mean += momentum * (mean - running_mean)
        var = ((x - running_mean) ** 2).mean(axis=0)
        running_var += momentum * (var - running_var)
    x_hat = (x - mean) / np.sqrt(var + eps)
    return gamma * x_hat + beta, (x_hat, gamma, np.sqrt(var + eps))


@wrong("batch-statistics-at-test-time", "the mean alone")
def batchnorm_forward(x, gamma, beta, running_mean, running_var, training=True, momentum=0.01, eps=1e-5):
    mean, var = x.mean(axis=0), x.var(axis=0)
    if training:
        running_mean += momentum * (mean - running_mean)
        running_var += momentum * (var - running_var)
    else:
        var = running_var
    x_hat = (x - mean) / np.sqrt(var + eps)
    return gamma * x_hat + beta, (x_hat, gamma, np.sqrt(var + eps))


@wrong("one-row-refused", named=False)
def batchnorm_forward(x, gamma, beta, running_mean, running_var, training=True, momentum=0.01, eps=1e-5):
    if training and len(x) < 2:
        raise ValueError("expected more than one row in training")
    mean, var = running_mean, running_var
    if training:
        mean, var = x.mean(axis=0), x.var(axis=0)
        running_mean += momentum * (mean - running_mean)
        running_var += momentum * (var - running_var)
    x_hat = (x - mean) / np.sqrt(var + eps)
    return gamma * x_hat + beta, (x_hat, gamma, np.sqrt(var + eps))


@wrong("eps-as-a-floor")
def batchnorm_forward(x, gamma, beta, running_mean, running_var, training=True, momentum=0.01, eps=1e-5):
    mean, var = running_mean, running_var
    if training:
        mean, var = x.mean(axis=0), x.var(axis=0)
        running_mean += momentum * (mean - running_mean)
        running_var += momentum * (var - running_var)
    x_hat = (x - mean) / np.sqrt(np.maximum(var, eps))
    return gamma * x_hat + beta, (x_hat, gamma, training)


@wrong("running-values-of-the-normalized")
def batchnorm_forward(x, gamma, beta, running_mean, running_var, training=True, momentum=0.01, eps=1e-5):
    if not training:
        return gamma * (x - running_mean) / np.sqrt(running_var + eps) + beta, None
    x = x - x.mean(axis=0)
    x = x / np.sqrt((x**2).mean(axis=0) + eps)
    running_mean += momentum * (x.mean(axis=0) - running_mean)
    running_var += momentum * (x.var(axis=0) - running_var)
    return gamma * x + beta, (x, gamma)


@wrong("mean-not-subtracted")
def batchnorm_forward(x, gamma, beta, running_mean, running_var, training=True, momentum=0.01, eps=1e-5):
    mean, var = running_mean, running_var
    if training:
        mean, var = x.mean(axis=0), x.var(axis=0)
        running_mean[:] = (1 - momentum) * running_mean + momentum * mean
        running_var[:] = (1 - momentum) * running_var + momentum * var
    x_hat = x / np.sqrt(var + eps)
    return gamma * x_hat + beta, (x_hat, gamma, np.sqrt(var + eps))


@wrong("not-divided")
def batchnorm_forward(x, gamma, beta, running_mean, running_var, training=True, momentum=0.01, eps=1e-5):
    mean, var = running_mean, running_var
    if training:
        mean, var = x.mean(axis=0), x.var(axis=0)
        running_mean[:] = (1 - momentum) * running_mean + momentum * mean
        running_var[:] = (1 - momentum) * running_var + momentum * var
    x_hat = x - mean
    return gamma * x_hat + beta, (x_hat, gamma, np.sqrt(var + eps))


@wrong("eps-hard-coded")
def batchnorm_forward(x, gamma, beta, running_mean, running_var, training=True, momentum=0.01, eps=1e-5):
    mean, var = running_mean, running_var
    if training:
        mean, var = x.mean(axis=0), x.var(axis=0)
        running_mean[:] = (1 - momentum) * running_mean + momentum * mean
        running_var[:] = (1 - momentum) * running_var + momentum * var
    x_hat = (x - mean) / np.sqrt(var + 1e-5)
    return gamma * x_hat + beta, (x_hat, gamma, np.sqrt(var + 1e-5))


@wrong("gamma-and-beta-swapped")
def batchnorm_forward(x, gamma, beta, running_mean, running_var, training=True, momentum=0.01, eps=1e-5):
    mean, var = running_mean, running_var
    if training:
        mean, var = x.mean(axis=0), x.var(axis=0)
        running_mean[:] = (1 - momentum) * running_mean + momentum * mean
        running_var[:] = (1 - momentum) * running_var + momentum * var
    x_hat = (x - mean) / np.sqrt(var + eps)
    return beta * x_hat + gamma, (x_hat, gamma, np.sqrt(var + eps))


@wrong("running-swapped")
def batchnorm_forward(x, gamma, beta, running_mean, running_var, training=True, momentum=0.01, eps=1e-5):
    mean, var = running_var, running_mean
    if training:
        mean, var = x.mean(axis=0), x.var(axis=0)
        new_mean = (1 - momentum) * running_mean + momentum * mean
        new_var = (1 - momentum) * running_var + momentum * var
        running_mean[:], running_var[:] = new_var, new_mean
    x_hat = (x - mean) / np.sqrt(var + eps)
    return gamma * x_hat + beta, (x_hat, gamma, np.sqrt(var + eps))
