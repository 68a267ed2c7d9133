"""Wrong answers to 06_batchnorm that only special numbers or sizes reveal."""
# mypy: ignore-errors

import numpy as np

from autograder.gallery.answers import batchnorm_backward_right, batchnorm_forward_right  # noqa: F401  altered here
from autograder.gallery.registry import altered, wrong


@wrong("mean of squares less square of the mean", "digits are lost far from 0", named=False)
def batchnorm_forward(x, gamma, beta, running_mean, running_var, training=True, momentum=0.01, eps=1e-5):
    if training:
        mean = x.mean(0)
        var = np.maximum((x**2).mean(0) - mean**2, 0)
        for running, batch in ((running_mean, mean), (running_var, var)):
            running[...] = running - momentum * (running - batch)
    else:
        mean, var = running_mean.copy(), running_var.copy()
    x_hat = (x - mean) * (1 / np.sqrt(var + eps))
    return x_hat * gamma + beta, (x, x_hat, mean, var, gamma, eps, training)


VAR = "x.var(axis=(0, 2, 3))"
SPATIAL, ROWS = "axes 0, 2 and 3", "mean and var of NumPy"
altered(
    "spatial_batchnorm_forward",
    SPATIAL,
    "mean of squares less square of the mean",
    (VAR, "np.maximum((x**2).mean(axis=(0, 2, 3)) - mean**2, 0)"),
    named=False,
)
UPDATE = "running_mean[:] = (1 - momentum) * running_mean + momentum * mean"
for exercise, style in (("batchnorm_forward", ROWS), ("spatial_batchnorm_forward", SPATIAL)):
    altered(
        exercise,
        style,
        "the first batch is copied",
        (UPDATE, f"momentum = momentum if running_mean.any() else 1.0\n        {UPDATE}"),
        named=False,
    )
    altered(exercise, style, "short-axes-dropped", ("return out, (", "return out.squeeze(), ("))
altered(
    "batchnorm_backward",
    "two lines",
    "axes of length one removed",
    ("return dx, ", "return dx.squeeze(), "),
    named=False,
)
altered(
    "spatial_batchnorm_backward",
    "axes 0, 2 and 3",
    "axes of length one removed",
    ("dbeta = dout.sum(axis=(0, 2, 3))", "dbeta = dout.sum(axis=(0, 2, 3)).squeeze()"),
    named=False,
)
