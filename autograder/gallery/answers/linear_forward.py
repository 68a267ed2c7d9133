"""linear_forward, right and wrong."""
# mypy: ignore-errors
# ruff: noqa: RUF005

import numpy as np

from autograder.gallery.registry import right, wrong


@right("reshape and @")
def linear_forward(x, w, b):
    N = x.shape[0]
    out = x.reshape(N, -1) @ w + b
    return out, (x, w, b)


@right("dot of a stretched copy")
def linear_forward(x, w, b):
    rows = np.array([image.flatten() for image in x])
    out = np.dot(rows, w)
    out += b
    cache = (x.copy(), w.copy(), b.copy())
    return out, cache


@right("einsum")
def linear_forward(x, w, b):
    flat = x.reshape(len(x), w.shape[0])
    return np.einsum("nd,dm->nm", flat, w) + b[None, :], (x, w, b)


@right("tensordot over every axis but the first")
def linear_forward(x, w, b):
    kernel = w.reshape(x.shape[1:] + (w.shape[1],))
    out = np.tensordot(x, kernel, axes=x.ndim - 1) + b
    return out, (x, w, b)


@right("bias as one more row of w")
def linear_forward(x, w, b):
    N = x.shape[0]
    stretched = np.hstack([x.reshape(N, -1), np.ones((N, 1), dtype=x.dtype)])
    return stretched @ np.vstack([w, b]), (x, w, b)


@right("three loops")
def linear_forward(x, w, b):
    N = x.shape[0]
    D, M = w.shape
    flat = x.reshape(N, D)
    out = np.zeros((N, M), dtype=x.dtype)
    for n in range(N):
        for m in range(M):
            total = b[m]
            for d in range(D):
                total = total + flat[n, d] * w[d, m]
            out[n, m] = total
    return out, (x, w, b)


@wrong("bias-forgotten")
def linear_forward(x, w, b):
    out = x.reshape(x.shape[0], -1).dot(w)
    return out, (x, w, b)


@wrong("images-mixed", named=False)
def linear_forward(x, w, b):
    N = x.shape[0]
    flat = x.reshape(-1, N).T
    return flat @ w + b, (x, w, b)


@wrong("stretched-in-other-order")
def linear_forward(x, w, b):
    # x transposed, then stretched: the pixels of an image come in another order
    columns = x.T.reshape(-1, x.shape[0])
    return columns.T @ w + b, (x, w, b)


@wrong("cache-holds-stretched-x")
def linear_forward(x, w, b):
    x = x.reshape(x.shape[0], -1)
    out = x @ w + b
    return out, (x, w, b)


@wrong("dtype-lost")
def linear_forward(x, w, b):
    out = np.zeros((x.shape[0], w.shape[1]))
    for i in range(x.shape[0]):
        out[i] = x[i].flatten() @ w + b
    return out, (x, w, b)


@wrong("input-modified", "x.shape set")
def linear_forward(x, w, b):
    x.shape = (x.shape[0], -1)
    return x @ w + b, (x, w, b)


@wrong("cache-forgotten")
def linear_forward(x, w, b):
    return x.reshape(x.shape[0], -1) @ w + b


@wrong("not-stretched")
def linear_forward(x, w, b):
    return x @ w + b, (x, w, b)


@wrong("weights-transposed")
def linear_forward(x, w, b):
    return np.dot(x.reshape(len(x), -1), w.T) + b, (x, w, b)


@wrong("bias-subtracted")
def linear_forward(x, w, b):
    # w x = threshold, so the threshold is taken off
    out = np.einsum("nd,dm->nm", x.reshape(len(x), -1), w)
    return out - b, (x, w, b)
