"""avg_pool_forward with the right windows, but the wrong number of each."""
# mypy: ignore-errors

import numpy as np

from autograder.gallery.registry import wrong


@wrong("wrong-count", "height only")
def avg_pool_forward(x, kernel, stride=None):
    stride = kernel if stride is None else stride
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    N, C, H, W = x.shape
    HO, WO = (H - kh) // sh + 1, (W - kw) // sw + 1
    out = np.zeros((N, C, HO, WO), dtype=x.dtype)
    for i in range(HO):
        for j in range(WO):
            out[:, :, i, j] = x[:, :, i * sh : i * sh + kh, j * sw : j * sw + kw].sum(axis=(2, 3)) / kh
    return out, (x, kernel, stride)


@wrong("wrong-count", "width only")
def avg_pool_forward(x, kernel, stride=None):
    stride = kernel if stride is None else stride
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    N, C, H, W = x.shape
    HO, WO = (H - kh) // sh + 1, (W - kw) // sw + 1
    out = np.zeros((N, C, HO, WO), dtype=x.dtype)
    for i in range(HO):
        for j in range(WO):
            out[:, :, i, j] = x[:, :, i * sh : i * sh + kh, j * sw : j * sw + kw].sum(axis=(2, 3)) / kw
    return out, (x, kernel, stride)


@wrong("wrong-count", "height squared")
def avg_pool_forward(x, kernel, stride=None):
    stride = kernel if stride is None else stride
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    N, C, H, W = x.shape
    HO, WO = (H - kh) // sh + 1, (W - kw) // sw + 1
    out = np.zeros((N, C, HO, WO), dtype=x.dtype)
    for i in range(HO):
        for j in range(WO):
            out[:, :, i, j] = x[:, :, i * sh : i * sh + kh, j * sw : j * sw + kw].sum(axis=(2, 3)) / kh**2
    return out, (x, kernel, stride)


@wrong("wrong-count", "width squared")
def avg_pool_forward(x, kernel, stride=None):
    stride = kernel if stride is None else stride
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    N, C, H, W = x.shape
    HO, WO = (H - kh) // sh + 1, (W - kw) // sw + 1
    out = np.zeros((N, C, HO, WO), dtype=x.dtype)
    for i in range(HO):
        for j in range(WO):
            out[:, :, i, j] = x[:, :, i * sh : i * sh + kh, j * sw : j * sw + kw].sum(axis=(2, 3)) / kw**2
    return out, (x, kernel, stride)


@wrong("wrong-count", "the stride's")
def avg_pool_forward(x, kernel, stride=None):
    stride = kernel if stride is None else stride
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    N, C, H, W = x.shape
    HO, WO = (H - kh) // sh + 1, (W - kw) // sw + 1
    out = np.zeros((N, C, HO, WO), dtype=x.dtype)
    for i in range(HO):
        for j in range(WO):
            out[:, :, i, j] = x[:, :, i * sh : i * sh + kh, j * sw : j * sw + kw].sum(axis=(2, 3)) / (sh * sw)
    return out, (x, kernel, stride)


@wrong("wrong-count", "places")
def avg_pool_forward(x, kernel, stride=None):
    stride = kernel if stride is None else stride
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    N, C, H, W = x.shape
    HO, WO = (H - kh) // sh + 1, (W - kw) // sw + 1
    out = np.zeros((N, C, HO, WO), dtype=x.dtype)
    for i in range(HO):
        for j in range(WO):
            out[:, :, i, j] = x[:, :, i * sh : i * sh + kh, j * sw : j * sw + kw].sum(axis=(2, 3)) / (HO * WO)
    return out, (x, kernel, stride)


@wrong("wrong-count", "sides added")
def avg_pool_forward(x, kernel, stride=None):
    stride = kernel if stride is None else stride
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    N, C, H, W = x.shape
    HO, WO = (H - kh) // sh + 1, (W - kw) // sw + 1
    out = np.zeros((N, C, HO, WO), dtype=x.dtype)
    for i in range(HO):
        for j in range(WO):
            out[:, :, i, j] = x[:, :, i * sh : i * sh + kh, j * sw : j * sw + kw].sum(axis=(2, 3)) / (kh + kw)
    return out, (x, kernel, stride)


@wrong("not-divided")
def avg_pool_forward(x, kernel, stride=None):
    stride = kernel if stride is None else stride
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    N, C, H, W = x.shape
    HO, WO = (H - kh) // sh + 1, (W - kw) // sw + 1
    out = np.zeros((N, C, HO, WO), dtype=x.dtype)
    for i in range(HO):
        for j in range(WO):
            out[:, :, i, j] = x[:, :, i * sh : i * sh + kh, j * sw : j * sw + kw].sum(axis=(2, 3))
    return out, (x, kernel, stride)


@wrong("zeros-not-counted")
def avg_pool_forward(x, kernel, stride=None):
    stride = kernel if stride is None else stride
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    N, C, H, W = x.shape
    HO, WO = (H - kh) // sh + 1, (W - kw) // sw + 1
    out = np.zeros((N, C, HO, WO), dtype=x.dtype)
    for i in range(HO):
        for j in range(WO):
            window = x[:, :, i * sh : i * sh + kh, j * sw : j * sw + kw]
            count = np.maximum(np.count_nonzero(window, axis=(2, 3)), 1)
            out[:, :, i, j] = window.sum(axis=(2, 3)) / count.astype(x.dtype)
    return out, (x, kernel, stride)


@wrong("largest-instead")
def avg_pool_forward(x, kernel, stride=None):
    stride = kernel if stride is None else stride
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    N, C, H, W = x.shape
    HO, WO = (H - kh) // sh + 1, (W - kw) // sw + 1
    out = np.zeros((N, C, HO, WO), dtype=x.dtype)
    for i in range(HO):
        for j in range(WO):
            out[:, :, i, j] = x[:, :, i * sh : i * sh + kh, j * sw : j * sw + kw].max(axis=(2, 3))
    return out, (x, kernel, stride)


@wrong("median", named=False)
def avg_pool_forward(x, kernel, stride=None):
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


@wrong("divided-twice", named=False)
def avg_pool_forward(x, kernel, stride=None):
    stride = kernel if stride is None else stride
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    N, C, H, W = x.shape
    HO, WO = (H - kh) // sh + 1, (W - kw) // sw + 1
    out = np.zeros((N, C, HO, WO), dtype=x.dtype)
    for i in range(HO):
        for j in range(WO):
            out[:, :, i, j] = x[:, :, i * sh : i * sh + kh, j * sw : j * sw + kw].mean(axis=(2, 3)) / (kh * kw)
    return out, (x, kernel, stride)


@wrong("middle-of-range", named=False)
def avg_pool_forward(x, kernel, stride=None):
    stride = kernel if stride is None else stride
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    N, C, H, W = x.shape
    HO, WO = (H - kh) // sh + 1, (W - kw) // sw + 1
    out = np.zeros((N, C, HO, WO), dtype=x.dtype)
    for i in range(HO):
        for j in range(WO):
            window = x[:, :, i * sh : i * sh + kh, j * sw : j * sw + kw]
            out[:, :, i, j] = (window.max(axis=(2, 3)) + window.min(axis=(2, 3))) / 2
    return out, (x, kernel, stride)
