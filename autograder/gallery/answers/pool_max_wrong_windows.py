"""max_pool_forward with windows in the wrong place, or one too many or too few of them."""
# mypy: ignore-errors
# ruff: noqa: RUF059

import numpy as np

from autograder.gallery.registry import wrong


@wrong("stride-as-kernel")
def max_pool_forward(x, kernel, stride=None):
    stride = kernel if stride is None else stride
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    N, C, H, W = x.shape
    HO, WO = (H - kh) // kh + 1, (W - kw) // kw + 1
    out = np.zeros((N, C, HO, WO), dtype=x.dtype)
    for i in range(HO):
        for j in range(WO):
            out[:, :, i, j] = x[:, :, i * kh : i * kh + kh, j * kw : j * kw + kw].max(axis=(2, 3))
    return out, (x, kernel, stride)


@wrong("stride-as-kernel", "output size right")
def max_pool_forward(x, kernel, stride=None):
    stride = kernel if stride is None else stride
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    N, C, H, W = x.shape
    HO, WO = (H - kh) // sh + 1, (W - kw) // sw + 1
    out = np.zeros((N, C, HO, WO), dtype=x.dtype)
    for i in range(HO):
        for j in range(WO):
            out[:, :, i, j] = x[:, :, i * kh : (i + 1) * kh, j * kw : (j + 1) * kw].max(axis=(2, 3))
    return out, (x, kernel, stride)


@wrong("stride-as-kernel", "blocks by reshape")
def max_pool_forward(x, kernel, stride=None):
    stride = kernel if stride is None else stride
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    N, C, H, W = x.shape
    HO, WO = H // kh, W // kw
    blocks = x[:, :, : HO * kh, : WO * kw].reshape(N, C, HO, kh, WO, kw)
    return blocks.max(axis=(3, 5)), (x, kernel, stride)


@wrong("kernel-as-stride")
def max_pool_forward(x, kernel, stride=None):
    stride = kernel if stride is None else stride
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    N, C, H, W = x.shape
    HO, WO = (H - kh) // sh + 1, (W - kw) // sw + 1
    out = np.zeros((N, C, HO, WO), dtype=x.dtype)
    for i in range(HO):
        for j in range(WO):
            out[:, :, i, j] = x[:, :, i * sh : (i + 1) * sh, j * sw : (j + 1) * sw].max(axis=(2, 3))
    return out, (x, kernel, stride)


@wrong("kernel-as-stride", "blocks by reshape")
def max_pool_forward(x, kernel, stride=None):
    stride = kernel if stride is None else stride
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    N, C, H, W = x.shape
    HO, WO = H // sh, W // sw
    blocks = x[:, :, : HO * sh, : WO * sw].reshape(N, C, HO, sh, WO, sw)
    out = blocks.max(axis=(3, 5))
    return out, (x, kernel, stride)


@wrong("stride-ignored")
def max_pool_forward(x, kernel, stride=None):
    stride = kernel if stride is None else stride
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    N, C, H, W = x.shape
    HO, WO = (H - kh) + 1, (W - kw) + 1
    out = np.zeros((N, C, HO, WO), dtype=x.dtype)
    for i in range(HO):
        for j in range(WO):
            out[:, :, i, j] = x[:, :, i : i + kh, j : j + kw].max(axis=(2, 3))
    return out, (x, kernel, stride)


@wrong("stride-only-sizes")
def max_pool_forward(x, kernel, stride=None):
    stride = kernel if stride is None else stride
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    N, C, H, W = x.shape
    HO, WO = (H - kh) // sh + 1, (W - kw) // sw + 1
    out = np.zeros((N, C, HO, WO), dtype=x.dtype)
    for i in range(HO):
        for j in range(WO):
            out[:, :, i, j] = x[:, :, i : i + kh, j : j + kw].max(axis=(2, 3))
    return out, (x, kernel, stride)


@wrong("stride-default-wrong", "1")
def max_pool_forward(x, kernel, stride=None):
    stride = 1 if stride is None else stride
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    N, C, H, W = x.shape
    HO, WO = (H - kh) // sh + 1, (W - kw) // sw + 1
    out = np.zeros((N, C, HO, WO), dtype=x.dtype)
    for i in range(HO):
        for j in range(WO):
            out[:, :, i, j] = x[:, :, i * sh : i * sh + kh, j * sw : j * sw + kw].max(axis=(2, 3))
    return out, (x, kernel, stride)


@wrong("stride-default-wrong", "2")
def max_pool_forward(x, kernel, stride=None):
    stride = 2 if stride is None else stride
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    N, C, H, W = x.shape
    HO, WO = (H - kh) // sh + 1, (W - kw) // sw + 1
    out = np.zeros((N, C, HO, WO), dtype=x.dtype)
    for i in range(HO):
        for j in range(WO):
            out[:, :, i, j] = x[:, :, i * sh : i * sh + kh, j * sw : j * sw + kw].max(axis=(2, 3))
    return out, (x, kernel, stride)


@wrong("stride-default-wrong", "None not looked at")
def max_pool_forward(x, kernel, stride=None):
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    N, C, H, W = x.shape
    HO, WO = (H - kh) // sh + 1, (W - kw) // sw + 1
    out = np.zeros((N, C, HO, WO), dtype=x.dtype)
    for i in range(HO):
        for j in range(WO):
            out[:, :, i, j] = x[:, :, i * sh : i * sh + kh, j * sw : j * sw + kw].max(axis=(2, 3))
    return out, (x, kernel, stride)


@wrong("rounded-up")
def max_pool_forward(x, kernel, stride=None):
    stride = kernel if stride is None else stride
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    N, C, H, W = x.shape
    HO, WO = int(np.ceil((H - kh) / sh)) + 1, int(np.ceil((W - kw) / sw)) + 1
    out = np.zeros((N, C, HO, WO), dtype=x.dtype)
    for i in range(HO):
        for j in range(WO):
            out[:, :, i, j] = x[:, :, i * sh : i * sh + kh, j * sw : j * sw + kw].max(axis=(2, 3))
    return out, (x, kernel, stride)


@wrong("one-not-added")
def max_pool_forward(x, kernel, stride=None):
    stride = kernel if stride is None else stride
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    N, C, H, W = x.shape
    HO, WO = (H - kh) // sh, (W - kw) // sw
    out = np.zeros((N, C, HO, WO), dtype=x.dtype)
    for i in range(HO):
        for j in range(WO):
            out[:, :, i, j] = x[:, :, i * sh : i * sh + kh, j * sw : j * sw + kw].max(axis=(2, 3))
    return out, (x, kernel, stride)


@wrong("cropped-at-front", "strides from the end", named=False)
def max_pool_forward(x, kernel, stride=None):
    stride = kernel if stride is None else stride
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    N, C, H, W = x.shape
    HO, WO = (H - kh) // sh + 1, (W - kw) // sw + 1
    out = np.zeros((N, C, HO, WO), dtype=x.dtype)
    for i in range(HO):
        for j in range(WO):
            out[:, :, i, j] = x[
                :, :, H - (HO - i) * sh : H - (HO - i) * sh + kh, W - (WO - j) * sw : W - (WO - j) * sw + kw
            ].max(axis=(2, 3))
    return out, (x, kernel, stride)


@wrong("cropped-at-front")
def max_pool_forward(x, kernel, stride=None):
    stride = kernel if stride is None else stride
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    N, C, H, W = x.shape
    HO, WO = (H - kh) // sh + 1, (W - kw) // sw + 1
    top, left = (H - kh) % sh, (W - kw) % sw
    x_used = x[:, :, top:, left:]
    out = np.zeros((N, C, HO, WO), dtype=x.dtype)
    for i in range(HO):
        for j in range(WO):
            out[:, :, i, j] = x_used[:, :, i * sh : i * sh + kh, j * sw : j * sw + kw].max(axis=(2, 3))
    return out, (x, kernel, stride)
