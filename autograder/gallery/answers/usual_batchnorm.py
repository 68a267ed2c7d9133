"""Wrong answers to 06: a batch of one that is left out; height and width that change places."""
# mypy: ignore-errors

import numpy as np

from autograder.gallery.registry import altered, wrong

NUMPY = "mean and var of NumPy"
altered(
    "batchnorm_forward",
    NUMPY,
    "eps-outside-root",
    ("np.sqrt(var + eps)", "(np.sqrt(var + eps * training) + eps * (not training))"),
    how="at test time",
)


@wrong("running-not-updated-for-one", "a batch of one is left out")
def batchnorm_forward(x, gamma, beta, running_mean, running_var, training=True, momentum=0.01, eps=1e-5):
    mean, var = running_mean.copy(), running_var.copy()
    if training:
        mean, var = x.mean(axis=0), x.var(axis=0)
        if len(x) > 1:
            running_mean += momentum * (mean - running_mean)
            running_var += momentum * (var - running_var)
    x_hat = (x - mean) / np.sqrt(var + eps)
    return gamma * x_hat + beta, (x_hat, var, gamma, eps, training)


@wrong("running-not-updated-for-one", "one pixel of one image is left out")
def spatial_batchnorm_forward(x, gamma, beta, running_mean, running_var, training=True, momentum=0.01, eps=1e-5):
    N, C, H, W = x.shape
    rows = x.transpose(0, 2, 3, 1).reshape(-1, C)
    kept = (running_mean.copy(), running_var.copy())
    mean, var = kept if len(rows) == 1 else (running_mean, running_var)
    out, cache = batchnorm_forward(rows, gamma, beta, mean, var, training, momentum, eps)
    return out.reshape(N, H, W, C).transpose(0, 3, 1, 2), cache


altered(
    "spatial_batchnorm_forward",
    "rows of C numbers, then batchnorm_forward",
    "height-and-width-swapped",
    ("x.transpose(0, 2, 3, 1)", "x.transpose(0, 3, 2, 1)"),
)
