"""im2col in the styles that are right."""
# mypy: ignore-errors
# ruff: noqa: RUF059

import numpy as np

from autograder.gallery.registry import right


@right("a loop over the kernel")
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
    return cols.reshape(N, C * KH * KW, HO * WO)


@right("sliding_window_view")
def im2col(x, kernel, stride=1, padding=0):
    KH, KW = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    xp = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    windows = np.lib.stride_tricks.sliding_window_view(xp, (KH, KW), axis=(2, 3))[:, :, ::sh, ::sw]
    N, C, HO, WO = windows.shape[:4]
    return windows.transpose(0, 1, 4, 5, 2, 3).reshape(N, C * KH * KW, HO * WO)


@right("as_strided")
def im2col(x, kernel, stride=1, padding=0):
    KH, KW = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    xp = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    N, C, H, W = xp.shape
    s0, s1, s2, s3 = xp.strides
    shape = (N, C, KH, KW, (H - KH) // sh + 1, (W - KW) // sw + 1)
    view = np.lib.stride_tricks.as_strided(xp, shape, (s0, s1, s2, s3, s2 * sh, s3 * sw))
    return view.reshape(N, C * KH * KW, -1).copy()


@right("index arrays")
def im2col(x, kernel, stride=1, padding=0):
    KH, KW = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    N, C, H, W = x.shape
    HO, WO = (H + 2 * ph - KH) // sh + 1, (W + 2 * pw - KW) // sw + 1
    k = np.repeat(np.arange(C), KH * KW)[:, None]
    i = np.tile(np.repeat(np.arange(KH), KW), C)[:, None] + sh * np.repeat(np.arange(HO), WO)
    j = np.tile(np.arange(KW), KH * C)[:, None] + sw * np.tile(np.arange(WO), HO)
    return np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))[:, k, i, j]


@right("window by window")
def im2col(x, kernel, stride=1, padding=0):
    KH, KW = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    xp = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    tops = range(0, xp.shape[2] - KH + 1, sh)
    lefts = range(0, xp.shape[3] - KW + 1, sw)
    patches = [xp[:, :, i : i + KH, j : j + KW].reshape(len(x), -1) for i in tops for j in lefts]
    return np.stack(patches, axis=2)


@right("number by number")
def im2col(x, kernel, stride=1, padding=0):
    KH, KW = np.broadcast_to(kernel, 2)
    sh, sw = np.broadcast_to(stride, 2)
    ph, pw = np.broadcast_to(padding, 2)
    N, C, H, W = x.shape
    HO, WO = (H + 2 * ph - KH) // sh + 1, (W + 2 * pw - KW) // sw + 1
    cols = np.zeros((N, C * KH * KW, HO * WO), dtype=x.dtype)
    for row in range(C * KH * KW):
        c, p, q = row // (KH * KW), row // KW % KH, row % KW
        for column in range(HO * WO):
            i, j = column // WO * sh + p - ph, column % WO * sw + q - pw
            if 0 <= i < H and 0 <= j < W:
                cols[:, row, column] = x[:, c, i, j]
    return cols
