"""max_pool_forward with the right windows, but the wrong number of each."""
# mypy: ignore-errors
# ruff: noqa: RUF059

import numpy as np

from autograder.gallery.registry import wrong


@wrong("starts-at-zero")
def max_pool_forward(x, kernel, stride=None):
    stride = kernel if stride is None else stride
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    N, C, H, W = x.shape
    HO, WO = (H - kh) // sh + 1, (W - kw) // sw + 1
    out = np.zeros((N, C, HO, WO), dtype=x.dtype)
    for u in range(kh):
        for v in range(kw):
            out = np.maximum(out, x[:, :, u : u + sh * HO : sh, v : v + sw * WO : sw])
    return out, (x, kernel, stride)


@wrong("starts-at-zero", "in a loop")
def max_pool_forward(x, kernel, stride=None):
    stride = kernel if stride is None else stride
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    N, C, H, W = x.shape
    HO, WO = (H - kh) // sh + 1, (W - kw) // sw + 1
    out = np.zeros((N, C, HO, WO), dtype=x.dtype)
    for n, c, i, j in np.ndindex(out.shape):
        best = 0
        for value in x[n, c, i * sh : i * sh + kh, j * sw : j * sw + kw].flat:
            if value > best:
                best = value
        out[n, c, i, j] = best
    return out, (x, kernel, stride)


@wrong("starts-at-zero", "tiny is not the least number")
def max_pool_forward(x, kernel, stride=None):
    stride = kernel if stride is None else stride
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    N, C, H, W = x.shape
    HO, WO = (H - kh) // sh + 1, (W - kw) // sw + 1
    out = np.full((N, C, HO, WO), np.finfo(x.dtype).tiny, dtype=x.dtype)
    for u in range(kh):
        for v in range(kw):
            out = np.maximum(out, x[:, :, u : u + sh * HO : sh, v : v + sw * WO : sw])
    return out, (x, kernel, stride)


@wrong("starts-too-high", "-999")
def max_pool_forward(x, kernel, stride=None):
    stride = kernel if stride is None else stride
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    N, C, H, W = x.shape
    HO, WO = (H - kh) // sh + 1, (W - kw) // sw + 1
    out = np.full((N, C, HO, WO), -999, dtype=x.dtype)
    for u in range(kh):
        for v in range(kw):
            out = np.maximum(out, x[:, :, u : u + sh * HO : sh, v : v + sw * WO : sw])
    return out, (x, kernel, stride)


@wrong("starts-too-high", "-1")
def max_pool_forward(x, kernel, stride=None):
    stride = kernel if stride is None else stride
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    N, C, H, W = x.shape
    HO, WO = (H - kh) // sh + 1, (W - kw) // sw + 1
    out = np.zeros((N, C, HO, WO), dtype=x.dtype) - 1
    for u in range(kh):
        for v in range(kw):
            out = np.maximum(out, x[:, :, u : u + sh * HO : sh, v : v + sw * WO : sw])
    return out, (x, kernel, stride)


@wrong("averaged")
def max_pool_forward(x, kernel, stride=None):
    stride = kernel if stride is None else stride
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    N, C, H, W = x.shape
    HO, WO = (H - kh) // sh + 1, (W - kw) // sw + 1
    out = np.zeros((N, C, HO, WO), dtype=x.dtype)
    for i in range(HO):
        for j in range(WO):
            out[:, :, i, j] = x[:, :, i * sh : i * sh + kh, j * sw : j * sw + kw].mean(axis=(2, 3))
    return out, (x, kernel, stride)


@wrong("smallest")
def max_pool_forward(x, kernel, stride=None):
    stride = kernel if stride is None else stride
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    N, C, H, W = x.shape
    HO, WO = (H - kh) // sh + 1, (W - kw) // sw + 1
    out = np.zeros((N, C, HO, WO), dtype=x.dtype)
    for i in range(HO):
        for j in range(WO):
            out[:, :, i, j] = x[:, :, i * sh : i * sh + kh, j * sw : j * sw + kw].min(axis=(2, 3))
    return out, (x, kernel, stride)


@wrong("largest-magnitude")
def max_pool_forward(x, kernel, stride=None):
    stride = kernel if stride is None else stride
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    N, C, H, W = x.shape
    HO, WO = (H - kh) // sh + 1, (W - kw) // sw + 1
    out = np.zeros((N, C, HO, WO), dtype=x.dtype)
    for i in range(HO):
        for j in range(WO):
            out[:, :, i, j] = np.abs(x[:, :, i * sh : i * sh + kh, j * sw : j * sw + kw]).max(axis=(2, 3))
    return out, (x, kernel, stride)


@wrong("largest-magnitude", "sign kept")
def max_pool_forward(x, kernel, stride=None):
    stride = kernel if stride is None else stride
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    N, C, H, W = x.shape
    HO, WO = (H - kh) // sh + 1, (W - kw) // sw + 1
    out = np.zeros((N, C, HO, WO), dtype=x.dtype)
    for i in range(HO):
        for j in range(WO):
            window = x[:, :, i * sh : i * sh + kh, j * sw : j * sw + kw].reshape(N, C, -1)
            place = np.abs(window).argmax(axis=2)[..., None]
            out[:, :, i, j] = np.take_along_axis(window, place, axis=2)[..., 0]
    return out, (x, kernel, stride)


@wrong("first-of-window")
def max_pool_forward(x, kernel, stride=None):
    stride = kernel if stride is None else stride
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    N, C, H, W = x.shape
    HO, WO = (H - kh) // sh + 1, (W - kw) // sw + 1
    out = x[:, :, : HO * sh : sh, : WO * sw : sw].copy()
    return out, (x, kernel, stride)


@wrong("place-returned", named=False)
def max_pool_forward(x, kernel, stride=None):
    stride = kernel if stride is None else stride
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    N, C, H, W = x.shape
    HO, WO = (H - kh) // sh + 1, (W - kw) // sw + 1
    out = np.zeros((N, C, HO, WO), dtype=x.dtype)
    for i in range(HO):
        for j in range(WO):
            out[:, :, i, j] = x[:, :, i * sh : i * sh + kh, j * sw : j * sw + kw].reshape(N, C, -1).argmax(axis=2)
    return out, (x, kernel, stride)


@wrong("median", named=False)
def max_pool_forward(x, kernel, stride=None):
    stride = kernel if stride is None else stride
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    N, C, H, W = x.shape
    HO, WO = (H - kh) // sh + 1, (W - kw) // sw + 1
    out = np.zeros((N, C, HO, WO), dtype=x.dtype)
    for i in range(HO):
        for j in range(WO):
            out[:, :, i, j] = np.median(x[:, :, i * sh : i * sh + kh, j * sw : j * sw + kw], axis=(2, 3))
    return out, (x, kernel, stride)


@wrong("rows-only", named=False)
def max_pool_forward(x, kernel, stride=None):
    stride = kernel if stride is None else stride
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    N, C, H, W = x.shape
    HO, WO = (H - kh) // sh + 1, (W - kw) // sw + 1
    out = np.zeros((N, C, HO, WO), dtype=x.dtype)
    for i in range(HO):
        for j in range(WO):
            out[:, :, i, j] = x[:, :, i * sh : i * sh + kh, j * sw : j * sw + kw].max(axis=2)[..., 0]
    return out, (x, kernel, stride)
