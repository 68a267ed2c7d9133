"""Backward functions that need pairs in the cache, as a forward function that stores pairs leaves them."""
# mypy: ignore-errors
# ruff: noqa: F821, RUF059

import numpy as np

from autograder.gallery.registry import wrong


@wrong("cache-of-pairs-expected")
def conv_backward(dout, cache):
    x, w, b, (sh, sw), (ph, pw) = cache
    dx = conv_backward_input(dout, w, x.shape, (sh, sw), (ph, pw))
    dw = conv_backward_weight(dout, x, w.shape[2:], (sh, sw), (ph, pw))
    return dx, dw, conv_backward_bias(dout)


@wrong("db-averaged", "and pairs expected in the cache", also=("cache-of-pairs-expected",))
def conv_backward(dout, cache):
    x, w, b, stride, padding = cache
    stride, padding = (stride[0], stride[1]), (padding[0], padding[1])
    dx = conv_backward_input(dout, w, x.shape, stride, padding)
    dw = conv_backward_weight(dout, x, w.shape[2:], stride, padding)
    return dx, dw, dout.mean(axis=(0, 2, 3))


@wrong("cache-of-pairs-expected")
def conv_backward_fast(dout, cache):
    x, w, b, stride, padding = cache
    sh, sw = stride
    ph, pw = padding
    F = len(w)
    cols = im2col(x, w.shape[2:], (sh, sw), (ph, pw))
    flat = dout.reshape(len(x), F, -1)
    dw = (flat @ cols.transpose(0, 2, 1)).sum(axis=0).reshape(w.shape)
    dx = col2im(w.reshape(F, -1).T @ flat, x.shape, w.shape[2:], (sh, sw), (ph, pw))
    return dx, dw, dout.sum(axis=(0, 2, 3))


@wrong("cache-of-pairs-expected")
def max_pool_backward(dout, cache):
    x, (kh, kw), (sh, sw) = cache
    dx = np.zeros_like(x)
    for n, c, i, j in np.ndindex(dout.shape):
        window = x[n, c, i * sh : i * sh + kh, j * sw : j * sw + kw]
        u, v = np.unravel_index(np.argmax(window), window.shape)
        dx[n, c, i * sh + u, j * sw + v] += dout[n, c, i, j]
    return dx


@wrong("cache-of-pairs-expected")
def avg_pool_backward(dout, cache):
    x, kernel, stride = cache
    dx = np.zeros_like(x)
    for n, c, i, j in np.ndindex(dout.shape):
        top, left = i * stride[0], j * stride[1]
        dx[n, c, top : top + kernel[0], left : left + kernel[1]] += dout[n, c, i, j] / (kernel[0] * kernel[1])
    return dx
