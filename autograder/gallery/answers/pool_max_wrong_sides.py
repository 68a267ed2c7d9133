"""max_pool_forward that confuses height and width, or works for some sizes only."""
# mypy: ignore-errors
# ruff: noqa: RUF059

import numpy as np

from autograder.gallery.registry import wrong


@wrong("only-side-by-side", also=("kernel-as-stride",))
def max_pool_forward(x, kernel, stride=None):
    stride = kernel if stride is None else stride
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    N, C, H, W = x.shape
    out = x.reshape(N, C, H // sh, sh, W // sw, sw).max(axis=(3, 5))
    return out, (x, kernel, stride)


@wrong("only-side-by-side", "refuses the rest")
def max_pool_forward(x, kernel, stride=None):
    stride = kernel if stride is None else stride
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    N, C, H, W = x.shape
    assert (kh, kw) == (sh, sw) and H % kh == 0 and W % kw == 0
    out = x.reshape(N, C, H // kh, kh, W // kw, kw).max(axis=(3, 5))
    return out, (x, kernel, stride)


@wrong("width-from-height")
def max_pool_forward(x, kernel, stride=None):
    stride = kernel if stride is None else stride
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    N, C, H, W = x.shape
    HO, WO = (H - kh) // sh + 1, (H - kh) // sh + 1
    out = np.zeros((N, C, HO, WO), dtype=x.dtype)
    for i in range(HO):
        for j in range(WO):
            out[:, :, i, j] = x[:, :, i * sh : i * sh + kh, j * sw : j * sw + kw].max(axis=(2, 3))
    return out, (x, kernel, stride)


@wrong("width-from-height", "one size for both")
def max_pool_forward(x, kernel, stride=None):
    stride = kernel if stride is None else stride
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    N, C, H, W = x.shape
    HO = (H - kh) // sh + 1
    out = np.zeros((N, C, HO, HO), dtype=x.dtype)
    for i in range(HO):
        for j in range(HO):
            out[:, :, i, j] = x[:, :, i * sh : i * sh + kh, j * sw : j * sw + kw].max(axis=(2, 3))
    return out, (x, kernel, stride)


@wrong("height-width-swapped")
def max_pool_forward(x, kernel, stride=None):
    stride = kernel if stride is None else stride
    kw, kh = (kernel, kernel) if isinstance(kernel, int) else kernel
    sw, sh = (stride, stride) if isinstance(stride, int) else stride
    N, C, H, W = x.shape
    HO, WO = (H - kh) // sh + 1, (W - kw) // sw + 1
    out = np.zeros((N, C, HO, WO), dtype=x.dtype)
    for i in range(HO):
        for j in range(WO):
            out[:, :, i, j] = x[:, :, i * sh : i * sh + kh, j * sw : j * sw + kw].max(axis=(2, 3))
    return out, (x, kernel, stride)


@wrong("rows-columns-swapped", "i and j", named=False)
def max_pool_forward(x, kernel, stride=None):
    stride = kernel if stride is None else stride
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    N, C, H, W = x.shape
    HO, WO = (H - kh) // sh + 1, (W - kw) // sw + 1
    out = np.zeros((N, C, HO, WO), dtype=x.dtype)
    for i in range(HO):
        for j in range(WO):
            out[:, :, i, j] = x[:, :, j * sh : j * sh + kh, i * sw : i * sw + kw].max(axis=(2, 3))
    return out, (x, kernel, stride)


@wrong("rows-columns-swapped", "output transposed")
def max_pool_forward(x, kernel, stride=None):
    stride = kernel if stride is None else stride
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    N, C, H, W = x.shape
    HO, WO = (H - kh) // sh + 1, (W - kw) // sw + 1
    out = np.zeros((N, C, HO, WO), dtype=x.dtype)
    for i in range(HO):
        for j in range(WO):
            out[:, :, i, j] = x[:, :, i * sh : i * sh + kh, j * sw : j * sw + kw].max(axis=(2, 3))
    return np.swapaxes(out, 2, 3).copy(), (x, kernel, stride)


@wrong("one-side-for-both")
def max_pool_forward(x, kernel, stride=None):
    stride = kernel if stride is None else stride
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else (kernel[0], kernel[0])
    sh, sw = (stride, stride) if isinstance(stride, int) else (stride[0], stride[0])
    N, C, H, W = x.shape
    HO, WO = (H - kh) // sh + 1, (W - kw) // sw + 1
    out = np.zeros((N, C, HO, WO), dtype=x.dtype)
    for i in range(HO):
        for j in range(WO):
            out[:, :, i, j] = x[:, :, i * sh : i * sh + kh, j * sw : j * sw + kw].max(axis=(2, 3))
    return out, (x, kernel, stride)


@wrong("pair-not-accepted")
def max_pool_forward(x, kernel, stride=None):
    stride = kernel if stride is None else stride
    N, C, H, W = x.shape
    HO, WO = (H - kernel) // stride + 1, (W - kernel) // stride + 1
    out = np.zeros((N, C, HO, WO), dtype=x.dtype)
    for i in range(HO):
        for j in range(WO):
            top, left = i * stride, j * stride
            out[:, :, i, j] = x[:, :, top : top + kernel, left : left + kernel].max(axis=(2, 3))
    return out, (x, kernel, stride)


@wrong("window-off-by-one", "too short")
def max_pool_forward(x, kernel, stride=None):
    stride = kernel if stride is None else stride
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    N, C, H, W = x.shape
    HO, WO = (H - kh) // sh + 1, (W - kw) // sw + 1
    out = np.zeros((N, C, HO, WO), dtype=x.dtype)
    for i in range(HO):
        for j in range(WO):
            out[:, :, i, j] = x[:, :, i * sh : i * sh + kh - 1, j * sw : j * sw + kw - 1].max(axis=(2, 3))
    return out, (x, kernel, stride)


@wrong("window-off-by-one", "too long")
def max_pool_forward(x, kernel, stride=None):
    stride = kernel if stride is None else stride
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    N, C, H, W = x.shape
    HO, WO = (H - kh) // sh + 1, (W - kw) // sw + 1
    out = np.zeros((N, C, HO, WO), dtype=x.dtype)
    for i in range(HO):
        for j in range(WO):
            out[:, :, i, j] = x[:, :, i * sh : i * sh + kh + 1, j * sw : j * sw + kw + 1].max(axis=(2, 3))
    return out, (x, kernel, stride)
