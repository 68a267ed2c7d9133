"""max_pool_backward that sends the gradient to other numbers, or sends another one."""
# mypy: ignore-errors
# ruff: noqa: RUF059

import numpy as np

from autograder.gallery.registry import wrong


@wrong("upstream-ignored")
def max_pool_backward(dout, cache):
    x, kernel, stride = cache
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    dx = np.zeros_like(x)
    for n, c, i, j in np.ndindex(dout.shape):
        window = x[n, c, i * sh : i * sh + kh, j * sw : j * sw + kw]
        u, v = np.unravel_index(np.argmax(window), window.shape)
        dx[n, c, i * sh + u, j * sw + v] += 1
    return dx


@wrong("upstream-summed")
def max_pool_backward(dout, cache):
    x, kernel, stride = cache
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    dx = np.zeros_like(x)
    for n, c, i, j in np.ndindex(dout.shape):
        window = x[n, c, i * sh : i * sh + kh, j * sw : j * sw + kw]
        u, v = np.unravel_index(np.argmax(window), window.shape)
        dx[n, c, i * sh + u, j * sw + v] += dout.sum()
    return dx


@wrong("spread-evenly")
def max_pool_backward(dout, cache):
    x, kernel, stride = cache
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    dx = np.zeros_like(x)
    for n, c, i, j in np.ndindex(dout.shape):
        dx[n, c, i * sh : i * sh + kh, j * sw : j * sw + kw] += dout[n, c, i, j] / (kh * kw)
    return dx


@wrong("whole-window")
def max_pool_backward(dout, cache):
    x, kernel, stride = cache
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    dx = np.zeros_like(x)
    for n, c, i, j in np.ndindex(dout.shape):
        dx[n, c, i * sh : i * sh + kh, j * sw : j * sw + kw] += dout[n, c, i, j]
    return dx


@wrong("first-of-window")
def max_pool_backward(dout, cache):
    x, kernel, stride = cache
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    dx = np.zeros_like(x)
    dx[:, :, : dout.shape[2] * sh : sh, : dout.shape[3] * sw : sw] = dout
    return dx


@wrong("smallest")
def max_pool_backward(dout, cache):
    x, kernel, stride = cache
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    dx = np.zeros_like(x)
    for n, c, i, j in np.ndindex(dout.shape):
        window = x[n, c, i * sh : i * sh + kh, j * sw : j * sw + kw]
        u, v = np.unravel_index(np.argmin(window), window.shape)
        dx[n, c, i * sh + u, j * sw + v] += dout[n, c, i, j]
    return dx


@wrong("largest-magnitude")
def max_pool_backward(dout, cache):
    x, kernel, stride = cache
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    dx = np.zeros_like(x)
    for n, c, i, j in np.ndindex(dout.shape):
        window = x[n, c, i * sh : i * sh + kh, j * sw : j * sw + kw]
        u, v = np.unravel_index(np.argmax(np.abs(window)), window.shape)
        dx[n, c, i * sh + u, j * sw + v] += dout[n, c, i, j]
    return dx


@wrong("value-passed")
def max_pool_backward(dout, cache):
    x, kernel, stride = cache
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    dx = np.zeros_like(x)
    for n, c, i, j in np.ndindex(dout.shape):
        window = x[n, c, i * sh : i * sh + kh, j * sw : j * sw + kw]
        u, v = np.unravel_index(np.argmax(window), window.shape)
        dx[n, c, i * sh + u, j * sw + v] = window[u, v]
    return dx


@wrong("multiplied-by-x")
def max_pool_backward(dout, cache):
    x, kernel, stride = cache
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    dx = np.zeros_like(x)
    for n, c, i, j in np.ndindex(dout.shape):
        window = x[n, c, i * sh : i * sh + kh, j * sw : j * sw + kw]
        u, v = np.unravel_index(np.argmax(window), window.shape)
        dx[n, c, i * sh + u, j * sw + v] += dout[n, c, i, j] * window[u, v]
    return dx


@wrong("channels-mixed")
def max_pool_backward(dout, cache):
    x, kernel, stride = cache
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    dx = np.zeros_like(x)
    for n in range(dout.shape[0]):
        for i in range(dout.shape[2]):
            for j in range(dout.shape[3]):
                rows, columns = slice(i * sh, i * sh + kh), slice(j * sw, j * sw + kw)
                window = x[n, :, rows, columns]
                dx[n, :, rows, columns] += (window == window.max()) * dout[n, :, i, j, None, None]
    return dx


@wrong("channels-mixed", "argmax")
def max_pool_backward(dout, cache):
    x, kernel, stride = cache
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    dx = np.zeros_like(x)
    for n, c, i, j in np.ndindex(dout.shape):
        window = x[n, :, i * sh : i * sh + kh, j * sw : j * sw + kw]
        d, u, v = np.unravel_index(window.argmax(), window.shape)
        dx[n, d, i * sh + u, j * sw + v] += dout[n, c, i, j]
    return dx


@wrong("of-the-whole-map", named=False)
def max_pool_backward(dout, cache):
    x, kernel, stride = cache
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    dx = np.zeros_like(x)
    for n, c, i, j in np.ndindex(dout.shape):
        u, v = np.unravel_index(x[n, c].argmax(), x[n, c].shape)
        dx[n, c, u, v] += dout[n, c, i, j]
    return dx
