"""Wrong answers to 01: rows divided by the sums of others, labels of all images, numbers that are left out."""
# mypy: ignore-errors

import numpy as np

from autograder.gallery.registry import altered, wrong

SHIFTED, FROM_PARTS, MASK = "shifted by the largest score", "from the parts above", "times a mask"
altered("linear_forward", "reshape and @", "flattened-with-the-batch", ("x.reshape(N, -1)", "x.ravel()"))
altered("relu_forward", "np.maximum", "doubled", ("np.maximum(0, x)", "x + np.abs(x)"))
altered("relu_forward", "np.maximum", "largest-of-all", ("np.maximum(0, x)", "np.max(x, 0)"))
altered("relu_forward", "np.maximum", "numbers-left-out", ("np.maximum(0, x)", "x[x > 0]"))
altered("relu_backward", MASK, "numbers-left-out", ("dout * (cache > 0)", "dout[cache > 0]"))
altered("relu_backward", MASK, "negative-gradients-stopped", ("dout * (", "np.maximum(dout, 0) * ("))
altered(
    "linear_backward",
    "matrix products",
    "dw-transposed",
    ("x.reshape(x.shape[0], -1).T @ dout", "(x.reshape(x.shape[0], -1).T @ dout).T.reshape(w.shape)"),
    how="and reshaped",
)
altered("softmax_loss", SHIFTED, "one-subtracted-in-every-row", ("dscores[np.arange(N), y] -= 1", "dscores[:, y] -= 1"))
altered(
    "softmax_loss",
    SHIFTED,
    "scores-clipped",
    ("shifted = scores - scores.max(axis=1, keepdims=True)", "shifted = np.clip(scores, -500, 500)"),
)
altered("softmax_loss", SHIFTED, "returned-in-another-order", ("return loss, dscores", "return dscores, loss"))
altered(
    "two_layer_loss",
    FROM_PARTS,
    "relu-forgotten",
    ("h, cache_relu = relu_forward(a)", "h, cache_relu = a, a"),
    how="forward alone",
)
altered(
    "two_layer_loss", FROM_PARTS, "relu-by-the-gradient", ("relu_backward(dh, cache_relu)", "relu_backward(dh, dh)")
)


@wrong("keepdims-forgotten", "the softmax of each row")
def softmax_loss(scores, y):
    N = len(scores)
    e = np.exp(scores - scores.max(axis=1, keepdims=True))
    probs = e / e.sum(axis=1)
    loss = -np.log(probs[np.arange(N), y]).mean()
    probs[np.arange(N), y] -= 1
    return loss, probs / N


@wrong("value-taken-late", "what f returned is kept, not summed")
def numerical_gradient(f, x, dout, h=1e-5):
    grad = np.zeros_like(x)
    for ix in np.ndindex(x.shape):
        old = x[ix]
        x[ix] = old + h
        pos = f(x)
        x[ix] = old - h
        neg = f(x)
        grad[ix] = np.sum((pos - neg) * dout) / (2 * h)
        x[ix] = old
    return grad
