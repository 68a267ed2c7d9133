"""avg_pool_backward with windows, overlaps, sizes or types wrong."""
# mypy: ignore-errors
# ruff: noqa: RUF059

import numpy as np

from autograder.gallery.registry import wrong


@wrong("overlap-overwritten")
def avg_pool_backward(dout, cache):
    x, kernel, stride = cache
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    dx = np.zeros_like(x)
    for n, c, i, j in np.ndindex(dout.shape):
        dx[n, c, i * sh : i * sh + kh, j * sw : j * sw + kw] = dout[n, c, i, j] / (kh * kw)
    return dx


@wrong("overlap-overwritten", "shifted slices")
def avg_pool_backward(dout, cache):
    x, kernel, stride = cache
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    dx = np.zeros_like(x)
    HO, WO = dout.shape[2:]
    for u in range(kh):
        for v in range(kw):
            dx[:, :, u : u + sh * HO : sh, v : v + sw * WO : sw] = dout / (kh * kw)
    return dx


@wrong("overlap-overwritten", "+= with index arrays")
def avg_pool_backward(dout, cache):
    x, kernel, stride = cache
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    dx = np.zeros_like(x)
    rows = sh * np.arange(dout.shape[2])[:, None, None, None] + np.arange(kh)[:, None]
    columns = sw * np.arange(dout.shape[3])[:, None, None] + np.arange(kw)
    dx[:, :, rows, columns] += dout[..., None, None] / dx.dtype.type(kh * kw)
    return dx


@wrong("overlap-averaged")
def avg_pool_backward(dout, cache):
    x, kernel, stride = cache
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    dx = np.zeros_like(x)
    count = np.zeros_like(x)
    for n, c, i, j in np.ndindex(dout.shape):
        dx[n, c, i * sh : i * sh + kh, j * sw : j * sw + kw] += dout[n, c, i, j] / (kh * kw)
        count[n, c, i * sh : i * sh + kh, j * sw : j * sw + kw] += 1
    return dx / np.maximum(count, 1)


@wrong("stride-as-kernel")
def avg_pool_backward(dout, cache):
    x, kernel, stride = cache
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    dx = np.zeros_like(x)
    for n, c, i, j in np.ndindex(dout.shape):
        dx[n, c, i * kh : i * kh + kh, j * kw : j * kw + kw] += dout[n, c, i, j] / (kh * kw)
    return dx


@wrong("kernel-as-stride", named=False)
def avg_pool_backward(dout, cache):
    x, kernel, stride = cache
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    dx = np.zeros_like(x)
    for n, c, i, j in np.ndindex(dout.shape):
        dx[n, c, i * sh : i * sh + sh, j * sw : j * sw + sw] += dout[n, c, i, j] / (kh * kw)
    return dx


@wrong("kernel-as-stride", "and the count")
def avg_pool_backward(dout, cache):
    x, kernel, stride = cache
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    dx = np.zeros_like(x)
    for n, c, i, j in np.ndindex(dout.shape):
        dx[n, c, i * sh : i * sh + sh, j * sw : j * sw + sw] += dout[n, c, i, j] / (sh * sw)
    return dx


@wrong("stride-only-sizes")
def avg_pool_backward(dout, cache):
    x, kernel, stride = cache
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    dx = np.zeros_like(x)
    for n, c, i, j in np.ndindex(dout.shape):
        dx[n, c, i : i + kh, j : j + kw] += dout[n, c, i, j] / (kh * kw)
    return dx


@wrong("left-over-missing")
def avg_pool_backward(dout, cache):
    x, kernel, stride = cache
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    N, C, HO, WO = dout.shape
    dx = np.zeros((N, C, (HO - 1) * sh + kh, (WO - 1) * sw + kw), dtype=x.dtype)
    for n, c, i, j in np.ndindex(dout.shape):
        dx[n, c, i * sh : i * sh + kh, j * sw : j * sw + kw] += dout[n, c, i, j] / (kh * kw)
    return dx


@wrong("left-over-missing", "np.repeat")
def avg_pool_backward(dout, cache):
    x, kernel, stride = cache
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    return dout.repeat(kh, axis=2).repeat(kw, axis=3) / (kh * kw)


@wrong("cropped-at-front")
def avg_pool_backward(dout, cache):
    x, kernel, stride = cache
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    dx = np.zeros_like(x)
    top, left = (x.shape[2] - kh) % sh, (x.shape[3] - kw) % sw
    for n, c, i, j in np.ndindex(dout.shape):
        row, column = top + i * sh, left + j * sw
        dx[n, c, row : row + kh, column : column + kw] += dout[n, c, i, j] / (kh * kw)
    return dx


@wrong("only-side-by-side")
def avg_pool_backward(dout, cache):
    x, kernel, stride = cache
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    dx = np.zeros_like(x)
    dx[...] = dout.repeat(kh, axis=2).repeat(kw, axis=3) / (kh * kw)
    return dx


@wrong("width-from-height")
def avg_pool_backward(dout, cache):
    x, kernel, stride = cache
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    dx = np.zeros_like(x)
    N, C, HO = dout.shape[:3]
    for n in range(N):
        for c in range(C):
            for i in range(HO):
                for j in range(HO):
                    dx[n, c, i * sh : i * sh + kh, j * sw : j * sw + kw] += dout[n, c, i, j] / (kh * kw)
    return dx


@wrong("height-width-swapped")
def avg_pool_backward(dout, cache):
    x, kernel, stride = cache
    kw, kh = (kernel, kernel) if isinstance(kernel, int) else kernel
    sw, sh = (stride, stride) if isinstance(stride, int) else stride
    dx = np.zeros_like(x)
    for n, c, i, j in np.ndindex(dout.shape):
        dx[n, c, i * sh : i * sh + kh, j * sw : j * sw + kw] += dout[n, c, i, j] / (kh * kw)
    return dx


@wrong("rows-columns-swapped", "dout transposed")
def avg_pool_backward(dout, cache):
    x, kernel, stride = cache
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    dx = np.zeros_like(x)
    for n, c, i, j in np.ndindex(dout.shape):
        dx[n, c, i * sh : i * sh + kh, j * sw : j * sw + kw] += dout[n, c, j, i] / (kh * kw)
    return dx


@wrong("pair-not-accepted")
def avg_pool_backward(dout, cache):
    x, kernel, stride = cache
    dx = np.zeros_like(x)
    for n, c, i, j in np.ndindex(dout.shape):
        top, left = i * stride, j * stride
        dx[n, c, top : top + kernel, left : left + kernel] += dout[n, c, i, j] / kernel**2
    return dx


@wrong("first-image-only")
def avg_pool_backward(dout, cache):
    x, kernel, stride = cache
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    dx = np.zeros_like(x)
    n = 0
    for c, i, j in np.ndindex(dout.shape[1:]):
        dx[n, c, i * sh : i * sh + kh, j * sw : j * sw + kw] += dout[n, c, i, j] / (kh * kw)
    return dx


@wrong("dtype-lost")
def avg_pool_backward(dout, cache):
    x, kernel, stride = cache
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    dx = np.zeros(x.shape)
    for n, c, i, j in np.ndindex(dout.shape):
        dx[n, c, i * sh : i * sh + kh, j * sw : j * sw + kw] += dout[n, c, i, j] / (kh * kw)
    return dx


@wrong("returns-nothing")
def avg_pool_backward(dout, cache):
    x, kernel, stride = cache
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    dx = np.zeros_like(x)
    for n, c, i, j in np.ndindex(dout.shape):
        dx[n, c, i * sh : i * sh + kh, j * sw : j * sw + kw] += dout[n, c, i, j] / (kh * kw)
    print(dx.sum(), dout.sum())


@wrong("input-modified")
def avg_pool_backward(dout, cache):
    x, kernel, stride = cache
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    dx = np.zeros_like(x)
    dout /= kh * kw
    for n, c, i, j in np.ndindex(dout.shape):
        dx[n, c, i * sh : i * sh + kh, j * sw : j * sw + kw] += dout[n, c, i, j]
    return dx
