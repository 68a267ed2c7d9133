"""Wrong answers to 01_backprop that only special numbers or sizes reveal."""
# mypy: ignore-errors
# ruff: noqa: RUF059

import numpy as np

from autograder.gallery.answers import loss, two_layer  # noqa: F401  registers the right answers that are altered here
from autograder.gallery.registry import altered, wrong


@wrong("axes of length one removed", named=False)
def linear_forward(x, w, b):
    out = (x.reshape(len(x), -1) @ w).squeeze() + b
    return out, (x, w, b)


@wrong("axes of length one removed", named=False)
def linear_backward(dout, cache):
    x, w, b = cache
    dw = np.squeeze(x.reshape(len(x), -1).T @ dout)
    return (dout @ w.T).reshape(x.shape), dw, dout.sum(0)


@wrong("loss-limited", "logarithms limited to -100, as in PyTorch's binary_cross_entropy")
def softmax_loss(scores, y):
    rows = np.arange(len(y))
    shifted = scores - scores.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    dscores = np.exp(log_p)
    dscores[rows, y] -= 1
    return float(-np.maximum(log_p[rows, y], -100).mean()), dscores / len(y)


@wrong("shares-memory", "where no number is negative")
def relu_forward(x):
    return (x if x.min() > 0 else np.where(x > 0, x, 0)), x


@wrong("shares-memory", "where every gradient passes")
def relu_backward(dout, x):
    if (x > 0).all():
        return dout
    return dout * (x > 0)


altered(
    "softmax_loss",
    "shifted by the largest score",
    "shifted by the largest score of all rows",
    ("scores.max(axis=1, keepdims=True)", "scores.max()"),
    named=False,
)
altered(
    "softmax_loss",
    "shifted by the largest score",
    "short-axes-dropped",
    ("return loss, dscores", "return loss, dscores.squeeze()"),
)
altered(
    "two_layer_loss",
    "written out in NumPy",
    "scores not shifted",
    ("    s = s - s.max(1, keepdims=True)\n", ""),
    named=False,
)
altered(
    "two_layer_loss",
    "written out in NumPy",
    "gradient passes where a hidden number is 0",
    ("(a > 0)", "(a >= 0)"),
    named=False,
)
altered(
    "two_layer_loss",
    "a stack of caches",
    "loss of the hidden numbers too",
    (
        "    loss, dout = softmax_loss(out, y)\n",
        "",
    ),
    ("        if i == 1:", "        loss, dout = softmax_loss(out, y)\n        if i == 1:"),
    named=False,
)


@wrong("value-taken-late", "where f returns x itself")
def numerical_gradient(f, x, dout, h=1e-5):
    grad = np.zeros_like(x)
    for i in np.ndindex(x.shape):
        old = x[i]
        x[i] = old + h
        up = f(x)
        x[i] = old - h
        down = f(x)
        x[i] = old
        grad[i] = np.sum((up - down) * dout) / (2 * h)
    return grad
