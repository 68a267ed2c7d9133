"""im2col with stride, padding or sizes gone wrong, or a rule of the house broken."""
# mypy: ignore-errors
# ruff: noqa: RUF059

import numpy as np

from autograder.gallery.registry import wrong


@wrong("padding-not-zero")
def im2col(x, kernel, stride=1, padding=0):
    KH, KW = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    N, C, H, W = x.shape
    HO, WO = (H + 2 * ph - KH) // sh + 1, (W + 2 * pw - KW) // sw + 1
    xp = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)), mode="edge")
    cols = np.empty((N, C, KH, KW, HO, WO), dtype=x.dtype)
    for p in range(KH):
        for q in range(KW):
            cols[:, :, p, q] = xp[:, :, p : p + sh * HO : sh, q : q + sw * WO : sw]
    return cols.reshape(N, C * KH * KW, HO * WO)


@wrong("stride-only-sizes")
def im2col(x, kernel, stride=1, padding=0):
    KH, KW = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    N, C, H, W = x.shape
    HO, WO = (H + 2 * ph - KH) // sh + 1, (W + 2 * pw - KW) // sw + 1
    xp = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    cols = np.empty((N, C, KH, KW, HO, WO), dtype=x.dtype)
    for p in range(KH):
        for q in range(KW):
            cols[:, :, p, q] = xp[:, :, p : p + HO, q : q + WO]
    return cols.reshape(N, C * KH * KW, HO * WO)


@wrong("stride-ignored")
def im2col(x, kernel, stride=1, padding=0):
    KH, KW = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    xp = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    windows = np.lib.stride_tricks.sliding_window_view(xp, (KH, KW), axis=(2, 3))
    N, C, HO, WO = windows.shape[:4]
    return windows.transpose(0, 1, 4, 5, 2, 3).reshape(N, C * KH * KW, HO * WO)


@wrong("stride-as-gap")
def im2col(x, kernel, stride=1, padding=0):
    KH, KW = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    N, C, H, W = x.shape
    HO, WO = (H + 2 * ph - KH) // (sh + 1) + 1, (W + 2 * pw - KW) // (sw + 1) + 1
    xp = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    cols = np.empty((N, C, KH, KW, HO, WO), dtype=x.dtype)
    for p in range(KH):
        for q in range(KW):
            cols[:, :, p, q] = xp[:, :, p : p + (sh + 1) * HO : sh + 1, q : q + (sw + 1) * WO : sw + 1]
    return cols.reshape(N, C * KH * KW, HO * WO)


@wrong("rounded-up")
def im2col(x, kernel, stride=1, padding=0):
    KH, KW = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    N, C, H, W = x.shape
    HO, WO = -(-(H + 2 * ph - KH) // sh) + 1, -(-(W + 2 * pw - KW) // sw) + 1
    xp = np.zeros((N, C, sh * HO + KH, sw * WO + KW), dtype=x.dtype)
    xp[:, :, ph : ph + H, pw : pw + W] = x
    cols = np.empty((N, C, KH, KW, HO, WO), dtype=x.dtype)
    for p in range(KH):
        for q in range(KW):
            cols[:, :, p, q] = xp[:, :, p : p + sh * HO : sh, q : q + sw * WO : sw]
    return cols.reshape(N, C * KH * KW, HO * WO)


@wrong("padding-ignored")
def im2col(x, kernel, stride=1, padding=0):
    KH, KW = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    N, C, H, W = x.shape
    HO, WO = (H - KH) // sh + 1, (W - KW) // sw + 1
    cols = np.empty((N, C, KH, KW, HO, WO), dtype=x.dtype)
    for p in range(KH):
        for q in range(KW):
            cols[:, :, p, q] = x[:, :, p : p + sh * HO : sh, q : q + sw * WO : sw]
    return cols.reshape(N, C * KH * KW, HO * WO)


@wrong("padding-once")
def im2col(x, kernel, stride=1, padding=0):
    KH, KW = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    N, C, H, W = x.shape
    HO, WO = (H + ph - KH) // sh + 1, (W + pw - KW) // sw + 1
    xp = np.pad(x, ((0, 0), (0, 0), (ph, 0), (pw, 0)))
    cols = np.empty((N, C, KH, KW, HO, WO), dtype=x.dtype)
    for p in range(KH):
        for q in range(KW):
            cols[:, :, p, q] = xp[:, :, p : p + sh * HO : sh, q : q + sw * WO : sw]
    return cols.reshape(N, C * KH * KW, HO * WO)


@wrong("pair-swapped")
def im2col(x, kernel, stride=1, padding=0):
    KH, KW = (kernel, kernel) if isinstance(kernel, int) else kernel
    sw, sh = (stride, stride) if isinstance(stride, int) else stride
    pw, ph = (padding, padding) if isinstance(padding, int) else padding
    N, C, H, W = x.shape
    HO, WO = (H + 2 * ph - KH) // sh + 1, (W + 2 * pw - KW) // sw + 1
    xp = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    cols = np.empty((N, C, KH, KW, HO, WO), dtype=x.dtype)
    for p in range(KH):
        for q in range(KW):
            cols[:, :, p, q] = xp[:, :, p : p + sh * HO : sh, q : q + sw * WO : sw]
    return cols.reshape(N, C * KH * KW, HO * WO)


@wrong("pair-not-accepted")
def im2col(x, kernel, stride=1, padding=0):
    N, C, H, W = x.shape
    HO, WO = (H + 2 * padding - kernel) // stride + 1, (W + 2 * padding - kernel) // stride + 1
    xp = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    cols = np.empty((N, C, kernel, kernel, HO, WO), dtype=x.dtype)
    for p in range(kernel):
        for q in range(kernel):
            cols[:, :, p, q] = xp[:, :, p : p + stride * HO : stride, q : q + stride * WO : stride]
    return cols.reshape(N, -1, HO * WO)


@wrong("width-from-height")
def im2col(x, kernel, stride=1, padding=0):
    KH, KW = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    N, C, H, W = x.shape
    HO = WO = (H + 2 * ph - KH) // sh + 1
    xp = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    cols = np.empty((N, C, KH, KW, HO, WO), dtype=x.dtype)
    for p in range(KH):
        for q in range(KW):
            cols[:, :, p, q] = xp[:, :, p : p + sh * HO : sh, q : q + sw * WO : sw]
    return cols.reshape(N, C * KH * KW, HO * WO)


@wrong("slice-end-without-stride", named=False)
def im2col(x, kernel, stride=1, padding=0):
    KH, KW = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    N, C, H, W = x.shape
    HO, WO = (H + 2 * ph - KH) // sh + 1, (W + 2 * pw - KW) // sw + 1
    xp = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    cols = np.empty((N, C, KH, KW, HO, WO), dtype=x.dtype)
    for p in range(KH):
        for q in range(KW):
            cols[:, :, p, q] = xp[:, :, p : p + HO : sh, q : q + WO : sw]
    return cols.reshape(N, C * KH * KW, HO * WO)


@wrong("dtype-lost")
def im2col(x, kernel, stride=1, padding=0):
    KH, KW = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    N, C, H, W = x.shape
    HO, WO = (H + 2 * ph - KH) // sh + 1, (W + 2 * pw - KW) // sw + 1
    xp = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    cols = np.empty((N, C, KH, KW, HO, WO))
    for p in range(KH):
        for q in range(KW):
            cols[:, :, p, q] = xp[:, :, p : p + sh * HO : sh, q : q + sw * WO : sw]
    return cols.reshape(N, C * KH * KW, HO * WO)


@wrong("shares-memory", "a view where nothing is padded")
def im2col(x, kernel, stride=1, padding=0):
    KH, KW = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    xp = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw))) if ph or pw else x
    N, C, H, W = xp.shape
    s0, s1, s2, s3 = xp.strides
    shape = (N, C, KH, KW, (H - KH) // sh + 1, (W - KW) // sw + 1)
    view = np.lib.stride_tricks.as_strided(xp, shape, (s0, s1, s2, s3, s2 * sh, s3 * sw))
    return view.reshape(N, C * KH * KW, -1)


@wrong("shares-memory", "a shortcut for 1×1")
def im2col(x, kernel, stride=1, padding=0):
    KH, KW = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    if (KH, KW, sh, sw, ph, pw) == (1, 1, 1, 1, 0, 0):
        return x.reshape(*x.shape[:2], -1)
    N, C, H, W = x.shape
    HO, WO = (H + 2 * ph - KH) // sh + 1, (W + 2 * pw - KW) // sw + 1
    xp = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    cols = np.empty((N, C, KH, KW, HO, WO), dtype=x.dtype)
    for p in range(KH):
        for q in range(KW):
            cols[:, :, p, q] = xp[:, :, p : p + sh * HO : sh, q : q + sw * WO : sw]
    return cols.reshape(N, C * KH * KW, HO * WO)


@wrong("calls-disturb", "one buffer for every call")
def im2col(x, kernel, stride=1, padding=0):
    KH, KW = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    N, C, H, W = x.shape
    HO, WO = (H + 2 * ph - KH) // sh + 1, (W + 2 * pw - KW) // sw + 1
    xp = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    buffers = im2col.__dict__.setdefault("buffers", {})
    cols = buffers.setdefault(((N, C, KH, KW, HO, WO), x.dtype), np.empty((N, C, KH, KW, HO, WO), dtype=x.dtype))
    for p in range(KH):
        for q in range(KW):
            cols[:, :, p, q] = xp[:, :, p : p + sh * HO : sh, q : q + sw * WO : sw]
    return cols.reshape(N, C * KH * KW, HO * WO)


@wrong("returns-nothing")
def im2col(x, kernel, stride=1, padding=0):
    KH, KW = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    N, C, H, W = x.shape
    HO, WO = (H + 2 * ph - KH) // sh + 1, (W + 2 * pw - KW) // sw + 1
    xp = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    cols = np.empty((N, C, KH, KW, HO, WO), dtype=x.dtype)
    for p in range(KH):
        for q in range(KW):
            cols[:, :, p, q] = xp[:, :, p : p + sh * HO : sh, q : q + sw * WO : sw]
    cols = cols.reshape(N, C * KH * KW, HO * WO)


@wrong("last-window-left-out")
def im2col(x, kernel, stride=1, padding=0):
    KH, KW = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    xp = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    tops = range(0, xp.shape[2] - KH + 1, sh)
    lefts = range(0, xp.shape[3] - KW, sw)
    patches = [xp[:, :, i : i + KH, j : j + KW].reshape(len(x), -1) for i in tops for j in lefts]
    return np.stack(patches, axis=2) if patches else np.zeros((len(x), x.shape[1] * KH * KW, 0), x.dtype)


@wrong("padding-not-zero", "wrapped around")
def im2col(x, kernel, stride=1, padding=0):
    KH, KW = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    xp = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)), mode="wrap")
    windows = np.lib.stride_tricks.sliding_window_view(xp, (KH, KW), axis=(2, 3))[:, :, ::sh, ::sw]
    N, C, HO, WO = windows.shape[:4]
    return windows.transpose(0, 1, 4, 5, 2, 3).reshape(N, C * KH * KW, HO * WO)


@wrong("image-subsampled")
def im2col(x, kernel, stride=1, padding=0):
    KH, KW = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    xp = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))[:, :, ::sh, ::sw]
    windows = np.lib.stride_tricks.sliding_window_view(xp, (KH, KW), axis=(2, 3))
    N, C, HO, WO = windows.shape[:4]
    return windows.transpose(0, 1, 4, 5, 2, 3).reshape(N, C * KH * KW, HO * WO)
