"""im2col with numbers in the wrong order, or windows that are missing."""
# mypy: ignore-errors
# ruff: noqa: RUF059

import numpy as np

from autograder.gallery.registry import wrong


@wrong("windows-not-moved")
def im2col(x, kernel, stride=1, padding=0):
    KH, KW = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    xp = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    windows = np.lib.stride_tricks.sliding_window_view(xp, (KH, KW), axis=(2, 3))[:, :, ::sh, ::sw]
    N, C, HO, WO = windows.shape[:4]
    return windows.reshape(N, C * KH * KW, HO * WO)


@wrong("windows-not-moved", "patches stacked first")
def im2col(x, kernel, stride=1, padding=0):
    KH, KW = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    xp = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    tops = range(0, xp.shape[2] - KH + 1, sh)
    lefts = range(0, xp.shape[3] - KW + 1, sw)
    patches = np.stack([xp[:, :, i : i + KH, j : j + KW] for i in tops for j in lefts], axis=1)
    return patches.reshape(len(x), -1, len(tops) * len(lefts))


@wrong("rows-by-kernel-first")
def im2col(x, kernel, stride=1, padding=0):
    KH, KW = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    N, C, H, W = x.shape
    HO, WO = (H + 2 * ph - KH) // sh + 1, (W + 2 * pw - KW) // sw + 1
    xp = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    cols = np.empty((N, C * KH * KW, HO * WO), dtype=x.dtype)
    row = 0
    for p in range(KH):
        for q in range(KW):
            seen = xp[:, :, p : p + sh * HO : sh, q : q + sw * WO : sw]
            cols[:, row : row + C] = seen.reshape(N, C, -1)
            row += C
    return cols


@wrong("kernel-transposed")
def im2col(x, kernel, stride=1, padding=0):
    KH, KW = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    N, C, H, W = x.shape
    HO, WO = (H + 2 * ph - KH) // sh + 1, (W + 2 * pw - KW) // sw + 1
    xp = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    cols = np.empty((N, C, KW, KH, HO, WO), dtype=x.dtype)
    for q in range(KW):
        for p in range(KH):
            cols[:, :, q, p] = xp[:, :, p : p + sh * HO : sh, q : q + sw * WO : sw]
    return cols.reshape(N, C * KH * KW, HO * WO)


@wrong("places-transposed")
def im2col(x, kernel, stride=1, padding=0):
    KH, KW = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    N, C, H, W = x.shape
    HO, WO = (H + 2 * ph - KH) // sh + 1, (W + 2 * pw - KW) // sw + 1
    xp = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    cols = np.empty((N, C * KH * KW, HO * WO), dtype=x.dtype)
    place = 0
    for j in range(WO):
        for i in range(HO):
            window = xp[:, :, i * sh : i * sh + KH, j * sw : j * sw + KW]
            cols[:, :, place] = window.reshape(N, -1)
            place += 1
    return cols


@wrong("kernel-flipped")
def im2col(x, kernel, stride=1, padding=0):
    KH, KW = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    xp = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    windows = np.lib.stride_tricks.sliding_window_view(xp, (KH, KW), axis=(2, 3))[:, :, ::sh, ::sw, ::-1, ::-1]
    N, C, HO, WO = windows.shape[:4]
    return windows.transpose(0, 1, 4, 5, 2, 3).reshape(N, C * KH * KW, HO * WO)


@wrong("patches-in-rows")
def im2col(x, kernel, stride=1, padding=0):
    KH, KW = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    xp = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    windows = np.lib.stride_tricks.sliding_window_view(xp, (KH, KW), axis=(2, 3))[:, :, ::sh, ::sw]
    N, C, HO, WO = windows.shape[:4]
    return windows.transpose(0, 2, 3, 1, 4, 5).reshape(N, HO * WO, C * KH * KW)


@wrong("patches-in-rows", "of the whole batch")
def im2col(x, kernel, stride=1, padding=0):
    KH, KW = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    xp = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    rows = []
    for image in xp:
        for i in range(0, image.shape[1] - KH + 1, sh):
            for j in range(0, image.shape[2] - KW + 1, sw):
                rows.append(image[:, i : i + KH, j : j + KW].ravel())
    return np.array(rows)


@wrong("batch-in-one-matrix", "index arrays")
def im2col(x, kernel, stride=1, padding=0):
    KH, KW = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    N, C, H, W = x.shape
    HO, WO = (H + 2 * ph - KH) // sh + 1, (W + 2 * pw - KW) // sw + 1
    k = np.repeat(np.arange(C), KH * KW)[:, None]
    i = np.tile(np.repeat(np.arange(KH), KW), C)[:, None] + sh * np.repeat(np.arange(HO), WO)
    j = np.tile(np.arange(KW), KH * C)[:, None] + sw * np.tile(np.arange(WO), HO)
    cols = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))[:, k, i, j]
    return cols.transpose(1, 2, 0).reshape(KH * KW * C, -1)


@wrong("axes-not-joined")
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
    return cols


@wrong("first-channel-only")
def im2col(x, kernel, stride=1, padding=0):
    KH, KW = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    N, C, H, W = x.shape
    HO, WO = (H + 2 * ph - KH) // sh + 1, (W + 2 * pw - KW) // sw + 1
    xp = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    cols = np.empty((N, KH * KW, HO * WO), dtype=x.dtype)
    for p in range(KH):
        for q in range(KW):
            seen = xp[:, 0, p : p + sh * HO : sh, q : q + sw * WO : sw]
            cols[:, p * KW + q] = seen.reshape(N, -1)
    return cols


@wrong("first-image-only")
def im2col(x, kernel, stride=1, padding=0):
    KH, KW = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    N, C, H, W = x.shape
    HO, WO = (H + 2 * ph - KH) // sh + 1, (W + 2 * pw - KW) // sw + 1
    xp = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    cols = np.zeros((N, C * KH * KW, HO * WO), dtype=x.dtype)
    for place in range(HO * WO):
        i, j = place // WO * sh, place % WO * sw
        cols[0, :, place] = xp[0, :, i : i + KH, j : j + KW].ravel()
    return cols


@wrong("images interleaved", "batch and rows swapped in memory", named=False)
def im2col(x, kernel, stride=1, padding=0):
    KH, KW = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    N, C, H, W = x.shape
    HO, WO = (H + 2 * ph - KH) // sh + 1, (W + 2 * pw - KW) // sw + 1
    xp = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    cols = np.empty((C, KH, KW, N, HO, WO), dtype=x.dtype)
    for p in range(KH):
        for q in range(KW):
            seen = xp[:, :, p : p + sh * HO : sh, q : q + sw * WO : sw]
            cols[:, p, q] = seen.swapaxes(0, 1)
    return cols.reshape(N, C * KH * KW, HO * WO)


@wrong("kept-from-before", "the columns, by shape")
def im2col(x, kernel, stride=1, padding=0):
    KH, KW = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    kept = im2col.__dict__.setdefault("kept", {})
    key = (x.shape, x.dtype, KH, KW, sh, sw, ph, pw)
    if key not in kept:
        xp = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
        windows = np.lib.stride_tricks.sliding_window_view(xp, (KH, KW), axis=(2, 3))[:, :, ::sh, ::sw]
        N, C, HO, WO = windows.shape[:4]
        kept[key] = windows.transpose(0, 1, 4, 5, 2, 3).reshape(N, C * KH * KW, HO * WO)
    return kept[key].copy()


@wrong("last channel repeated", "a loop variable used after its loop", named=False)
def im2col(x, kernel, stride=1, padding=0):
    KH, KW = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    N, C, H, W = x.shape
    HO, WO = (H + 2 * ph - KH) // sh + 1, (W + 2 * pw - KW) // sw + 1
    for c in range(C):
        xp = np.pad(x[:, c], ((0, 0), (ph, ph), (pw, pw)))
    cols = np.empty((N, C, KH, KW, HO, WO), dtype=x.dtype)
    for p in range(KH):
        for q in range(KW):
            cols[:, :, p, q] = xp[:, None, p : p + sh * HO : sh, q : q + sw * WO : sw]
    return cols.reshape(N, C * KH * KW, HO * WO)
