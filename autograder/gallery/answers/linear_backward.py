"""linear_backward, right and wrong."""
# mypy: ignore-errors
# ruff: noqa: RUF059

import numpy as np

from autograder.gallery.registry import right, wrong


@right("matrix products")
def linear_backward(dout, cache):
    x, w, b = cache
    dx = (dout @ w.T).reshape(x.shape)
    dw = x.reshape(x.shape[0], -1).T @ dout
    db = dout.sum(axis=0)
    return dx, dw, db


@right("einsum")
def linear_backward(dout, cache):
    x, w, b = cache
    flat = x.reshape(len(x), -1)
    dx = np.einsum("nm,dm->nd", dout, w).reshape(x.shape)
    dw = np.einsum("nd,nm->dm", flat, dout)
    db = np.einsum("nm->m", dout)
    return dx, dw, db


@right("outer products, image by image")
def linear_backward(dout, cache):
    x, w, b = cache
    dx = np.empty_like(x)
    dw = np.zeros_like(w)
    db = np.zeros_like(b)
    for n in range(x.shape[0]):
        dx[n] = np.dot(w, dout[n]).reshape(x.shape[1:])
        dw += np.outer(x[n], dout[n])
        db += dout[n]
    return dx, dw, db


@right("loops over every weight")
def linear_backward(dout, cache):
    x, w, b = cache
    N = x.shape[0]
    D, M = w.shape
    flat = x.reshape(N, D)
    dx, dw, db = np.zeros((N, D), x.dtype), np.zeros((D, M), x.dtype), np.zeros(M, x.dtype)
    for n in range(N):
        for m in range(M):
            db[m] += dout[n, m]
            for d in range(D):
                dx[n, d] += dout[n, m] * w[d, m]
                dw[d, m] += dout[n, m] * flat[n, d]
    return dx.reshape(x.shape), dw, db


@right("bias as one more row of w")
def linear_backward(dout, cache):
    x, w, b = cache
    N = x.shape[0]
    stretched = np.concatenate([x.reshape(N, -1), np.ones((N, 1), x.dtype)], axis=1)
    both = stretched.T.dot(dout)
    dx = np.tensordot(dout, w, axes=([1], [1])).reshape(x.shape)
    return dx, both[:-1].copy(), both[-1].copy()


@wrong("dw-transposed")
def linear_backward(dout, cache):
    x, w, b = cache
    dx = dout.dot(w.T).reshape(x.shape)
    dw = dout.T.dot(x.reshape(x.shape[0], -1))
    db = np.sum(dout, axis=0)
    return dx, dw, db


@wrong("db-averaged")
def linear_backward(dout, cache):
    x, w, b = cache
    dx = (dout @ w.T).reshape(*x.shape)
    dw = x.reshape(x.shape[0], -1).T @ dout
    db = np.mean(dout, axis=0)
    return dx, dw, db


@wrong("db-wrong-axis")
def linear_backward(dout, cache):
    x, w, b = cache
    dx = (dout @ w.T).reshape(x.shape)
    dw = x.reshape(x.shape[0], -1).T @ dout
    db = np.sum(dout, axis=1)
    return dx, dw, db


@wrong("db-not-summed", "one row is left")
def linear_backward(dout, cache):
    x, w, b = cache
    dx = (dout @ w.T).reshape(x.shape)
    dw = x.reshape(x.shape[0], -1).T @ dout
    return dx, dw, dout.sum(axis=0, keepdims=True)


@wrong("dw-averaged", "db too", also=("db-averaged",))
def linear_backward(dout, cache):
    x, w, b = cache
    m = x.shape[0]
    dw = x.reshape(m, -1).T @ dout / m
    db = dout.sum(axis=0) / m
    dx = (dout @ w.T).reshape(x.shape)
    return dx, dw, db


@wrong("dx-not-reshaped")
def linear_backward(dout, cache):
    x, w, b = cache
    flat = x.reshape(x.shape[0], -1)
    return dout @ w.T, flat.T @ dout, dout.sum(0)


@wrong("last-image-only", named=False)
def linear_backward(dout, cache):
    x, w, b = cache
    dx = np.zeros_like(x)
    for n in range(x.shape[0]):
        dx[n] = (w @ dout[n]).reshape(x[n].shape)
        dw = np.outer(x[n], dout[n])
        db = dout[n].copy()
    return dx, dw, db


@wrong("upstream-ignored")
def linear_backward(dout, cache):
    x, w, b = cache
    ones = np.ones_like(dout)
    dx = (ones @ w.T).reshape(x.shape)
    dw = x.reshape(x.shape[0], -1).T @ ones
    return dx, dw, ones.sum(axis=0)


@wrong("upstream-ignored", "in db alone")
def linear_backward(dout, cache):
    x, w, b = cache
    dx = (dout @ w.T).reshape(x.shape)
    dw = x.reshape(x.shape[0], -1).T @ dout
    db = np.full_like(b, x.shape[0])
    return dx, dw, db


@wrong("returned-in-another-order")
def linear_backward(dout, cache):
    x, w, b = cache
    dw = x.reshape(x.shape[0], -1).T @ dout
    db = dout.sum(axis=0)
    dx = (dout @ w.T).reshape(x.shape)
    return dw, db, dx


@wrong("dx-weights-not-transposed")
def linear_backward(dout, cache):
    x, w, b = cache
    dx = (dout @ w).reshape(x.shape)
    dw = x.reshape(x.shape[0], -1).T @ dout
    return dx, dw, dout.sum(axis=0)


@wrong("dtype-lost", "db alone")
def linear_backward(dout, cache):
    x, w, b = cache
    db = np.zeros(len(b))
    for row in dout:
        db += row
    return (dout @ w.T).reshape(x.shape), x.reshape(len(x), -1).T @ dout, db


@wrong("input-modified")
def linear_backward(dout, cache):
    x, w, b = cache
    dx = (dout @ w.T).reshape(x.shape)
    dw = w
    dw[:] = x.reshape(x.shape[0], -1).T @ dout
    return dx, dw, dout.sum(axis=0)


@wrong("dx-averaged")
def linear_backward(dout, cache):
    x, w, b = cache
    dx = np.einsum("nm,dm->nd", dout, w).reshape(x.shape) / x.shape[0]
    dw = np.einsum("nd,nm->dm", x.reshape(x.shape[0], -1), dout)
    return dx, dw, np.einsum("nm->m", dout)


@wrong("db-not-summed", "dout itself")
def linear_backward(dout, cache):
    x, w, b = cache
    dx = (dout @ w.T).reshape(x.shape)
    dw = x.reshape(x.shape[0], -1).T @ dout
    return dx, dw, dout.copy()
