"""avg_pool_backward that hands out other shares."""
# mypy: ignore-errors
# ruff: noqa: RUF059

import numpy as np

from autograder.gallery.registry import wrong


@wrong("wrong-count", "height only")
def avg_pool_backward(dout, cache):
    x, kernel, stride = cache
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    dx = np.zeros_like(x)
    for n, c, i, j in np.ndindex(dout.shape):
        dx[n, c, i * sh : i * sh + kh, j * sw : j * sw + kw] += dout[n, c, i, j] / kh
    return dx


@wrong("wrong-count", "width only")
def avg_pool_backward(dout, cache):
    x, kernel, stride = cache
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    dx = np.zeros_like(x)
    for n, c, i, j in np.ndindex(dout.shape):
        dx[n, c, i * sh : i * sh + kh, j * sw : j * sw + kw] += dout[n, c, i, j] / kw
    return dx


@wrong("wrong-count", "height squared")
def avg_pool_backward(dout, cache):
    x, kernel, stride = cache
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    dx = np.zeros_like(x)
    for n, c, i, j in np.ndindex(dout.shape):
        dx[n, c, i * sh : i * sh + kh, j * sw : j * sw + kw] += dout[n, c, i, j] / kh**2
    return dx


@wrong("wrong-count", "width squared")
def avg_pool_backward(dout, cache):
    x, kernel, stride = cache
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    dx = np.zeros_like(x)
    for n, c, i, j in np.ndindex(dout.shape):
        dx[n, c, i * sh : i * sh + kh, j * sw : j * sw + kw] += dout[n, c, i, j] / kw**2
    return dx


@wrong("wrong-count", "the stride's")
def avg_pool_backward(dout, cache):
    x, kernel, stride = cache
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    dx = np.zeros_like(x)
    for n, c, i, j in np.ndindex(dout.shape):
        dx[n, c, i * sh : i * sh + kh, j * sw : j * sw + kw] += dout[n, c, i, j] / (sh * sw)
    return dx


@wrong("wrong-count", "places")
def avg_pool_backward(dout, cache):
    x, kernel, stride = cache
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    dx = np.zeros_like(x)
    for n, c, i, j in np.ndindex(dout.shape):
        dx[n, c, i * sh : i * sh + kh, j * sw : j * sw + kw] += dout[n, c, i, j] / (dout.shape[2] * dout.shape[3])
    return dx


@wrong("wrong-count", "sides added")
def avg_pool_backward(dout, cache):
    x, kernel, stride = cache
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    dx = np.zeros_like(x)
    for n, c, i, j in np.ndindex(dout.shape):
        dx[n, c, i * sh : i * sh + kh, j * sw : j * sw + kw] += dout[n, c, i, j] / (kh + kw)
    return dx


@wrong("not-divided")
def avg_pool_backward(dout, cache):
    x, kernel, stride = cache
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    dx = np.zeros_like(x)
    for n, c, i, j in np.ndindex(dout.shape):
        dx[n, c, i * sh : i * sh + kh, j * sw : j * sw + kw] += dout[n, c, i, j]
    return dx


@wrong("not-divided", "shifted slices")
def avg_pool_backward(dout, cache):
    x, kernel, stride = cache
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    dx = np.zeros_like(x)
    HO, WO = dout.shape[2:]
    for u in range(kh):
        for v in range(kw):
            dx[:, :, u : u + sh * HO : sh, v : v + sw * WO : sw] += dout
    return dx


@wrong("to-the-largest")
def avg_pool_backward(dout, cache):
    x, kernel, stride = cache
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    dx = np.zeros_like(x)
    for n, c, i, j in np.ndindex(dout.shape):
        window = x[n, c, i * sh : i * sh + kh, j * sw : j * sw + kw]
        u, v = np.unravel_index(np.argmax(window), window.shape)
        dx[n, c, i * sh + u, j * sw + v] += dout[n, c, i, j]
    return dx


@wrong("first-of-window")
def avg_pool_backward(dout, cache):
    x, kernel, stride = cache
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    dx = np.zeros_like(x)
    dx[:, :, : dout.shape[2] * sh : sh, : dout.shape[3] * sw : sw] = dout
    return dx


@wrong("first-of-window", "its share only", named=False)
def avg_pool_backward(dout, cache):
    x, kernel, stride = cache
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    dx = np.zeros_like(x)
    dx[:, :, : dout.shape[2] * sh : sh, : dout.shape[3] * sw : sw] = dout / (kh * kw)
    return dx


@wrong("multiplied-by-x")
def avg_pool_backward(dout, cache):
    x, kernel, stride = cache
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    dx = np.zeros_like(x)
    for n, c, i, j in np.ndindex(dout.shape):
        dx[n, c, i * sh : i * sh + kh, j * sw : j * sw + kw] += dout[n, c, i, j] / (kh * kw)
    return dx * x


@wrong("upstream-ignored")
def avg_pool_backward(dout, cache):
    x, kernel, stride = cache
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    dx = np.zeros_like(x)
    for n, c, i, j in np.ndindex(dout.shape):
        dx[n, c, i * sh : i * sh + kh, j * sw : j * sw + kw] += 1 / (kh * kw)
    return dx


@wrong("upstream-summed")
def avg_pool_backward(dout, cache):
    x, kernel, stride = cache
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    dx = np.zeros_like(x)
    for n, c, i, j in np.ndindex(dout.shape):
        dx[n, c, i * sh : i * sh + kh, j * sw : j * sw + kw] += dout.sum() / (kh * kw)
    return dx


@wrong("dx-averaged")
def avg_pool_backward(dout, cache):
    x, kernel, stride = cache
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    dx = np.zeros_like(x)
    for n, c, i, j in np.ndindex(dout.shape):
        dx[n, c, i * sh : i * sh + kh, j * sw : j * sw + kw] += dout[n, c, i, j] / (kh * kw) / len(x)
    return dx


@wrong("shape-of-dout", named=False)
def avg_pool_backward(dout, cache):
    x, kernel, stride = cache
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    return dout / (kh * kw)


@wrong("starts-from-x", named=False)
def avg_pool_backward(dout, cache):
    x, kernel, stride = cache
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    dx = x.copy()
    for n, c, i, j in np.ndindex(dout.shape):
        dx[n, c, i * sh : i * sh + kh, j * sw : j * sw + kw] += dout[n, c, i, j] / (kh * kw)
    return dx


@wrong("mean-subtracted", named=False)
def avg_pool_backward(dout, cache):
    x, kernel, stride = cache
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    dx = np.zeros_like(x)
    for n, c, i, j in np.ndindex(dout.shape):
        dx[n, c, i * sh : i * sh + kh, j * sw : j * sw + kw] += dout[n, c, i, j] / (kh * kw)
    return dx - dx.mean()
