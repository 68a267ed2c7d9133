"""col2im with numbers in the wrong order, or windows that are not added up."""
# mypy: ignore-errors

import numpy as np

from autograder.gallery.registry import wrong


@wrong("overlap-assigned", "in the loop over the kernel")
def col2im(cols, x_shape, kernel, stride=1, padding=0):
    KH, KW = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    N, C, H, W = x_shape
    HO, WO = (H + 2 * ph - KH) // sh + 1, (W + 2 * pw - KW) // sw + 1
    windows = cols.reshape(N, C, KH, KW, HO, WO)
    xp = np.zeros((N, C, H + 2 * ph, W + 2 * pw), dtype=cols.dtype)
    for p in range(KH):
        for q in range(KW):
            xp[:, :, p : p + sh * HO : sh, q : q + sw * WO : sw] = windows[:, :, p, q]
    return xp[:, :, ph : ph + H, pw : pw + W]


@wrong("overlap-assigned", "+= with index arrays")
def col2im(cols, x_shape, kernel, stride=1, padding=0):
    KH, KW = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    N, C, H, W = x_shape
    HO, WO = (H + 2 * ph - KH) // sh + 1, (W + 2 * pw - KW) // sw + 1
    k = np.repeat(np.arange(C), KH * KW)[:, None]
    i = np.tile(np.repeat(np.arange(KH), KW), C)[:, None] + sh * np.repeat(np.arange(HO), WO)
    j = np.tile(np.arange(KW), KH * C)[:, None] + sw * np.tile(np.arange(WO), HO)
    xp = np.zeros((N, C, H + 2 * ph, W + 2 * pw), dtype=cols.dtype)
    xp[:, k, i, j] += cols
    return xp[:, :, ph : ph + H, pw : pw + W]


@wrong("overlap-assigned", "window by window")
def col2im(cols, x_shape, kernel, stride=1, padding=0):
    KH, KW = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    N, C, H, W = x_shape
    HO, WO = (H + 2 * ph - KH) // sh + 1, (W + 2 * pw - KW) // sw + 1
    xp = np.zeros((N, C, H + 2 * ph, W + 2 * pw), dtype=cols.dtype)
    place = 0
    for i in range(HO):
        for j in range(WO):
            window = cols[:, :, place].reshape(N, C, KH, KW)
            xp[:, :, i * sh : i * sh + KH, j * sw : j * sw + KW] = window
            place += 1
    return xp[:, :, ph : ph + H, pw : pw + W]


@wrong("overlap-averaged")
def col2im(cols, x_shape, kernel, stride=1, padding=0):
    KH, KW = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    N, C, H, W = x_shape
    HO, WO = (H + 2 * ph - KH) // sh + 1, (W + 2 * pw - KW) // sw + 1
    windows = cols.reshape(N, C, KH, KW, HO, WO)
    xp = np.zeros((N, C, H + 2 * ph, W + 2 * pw), dtype=cols.dtype)
    count = np.zeros_like(xp)
    for p in range(KH):
        for q in range(KW):
            xp[:, :, p : p + sh * HO : sh, q : q + sw * WO : sw] += windows[:, :, p, q]
    for p in range(KH):
        for q in range(KW):
            count[:, :, p : p + sh * HO : sh, q : q + sw * WO : sw] += 1
    xp /= np.maximum(count, 1)
    return xp[:, :, ph : ph + H, pw : pw + W]


@wrong("rows-by-kernel-first")
def col2im(cols, x_shape, kernel, stride=1, padding=0):
    KH, KW = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    N, C, H, W = x_shape
    HO, WO = (H + 2 * ph - KH) // sh + 1, (W + 2 * pw - KW) // sw + 1
    windows = cols.reshape(N, KH, KW, C, HO, WO)
    xp = np.zeros((N, C, H + 2 * ph, W + 2 * pw), dtype=cols.dtype)
    for p in range(KH):
        for q in range(KW):
            xp[:, :, p : p + sh * HO : sh, q : q + sw * WO : sw] += windows[:, p, q]
    return xp[:, :, ph : ph + H, pw : pw + W]


@wrong("windows-not-moved")
def col2im(cols, x_shape, kernel, stride=1, padding=0):
    KH, KW = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    N, C, H, W = x_shape
    HO, WO = (H + 2 * ph - KH) // sh + 1, (W + 2 * pw - KW) // sw + 1
    windows = cols.reshape(N, C, HO, WO, KH, KW)
    xp = np.zeros((N, C, H + 2 * ph, W + 2 * pw), dtype=cols.dtype)
    for p in range(KH):
        for q in range(KW):
            xp[:, :, p : p + sh * HO : sh, q : q + sw * WO : sw] += windows[..., p, q]
    return xp[:, :, ph : ph + H, pw : pw + W]


@wrong("windows-not-moved", "places first")
def col2im(cols, x_shape, kernel, stride=1, padding=0):
    KH, KW = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    N, C, H, W = x_shape
    HO, WO = (H + 2 * ph - KH) // sh + 1, (W + 2 * pw - KW) // sw + 1
    windows = cols.reshape(N, HO, WO, C, KH, KW)
    xp = np.zeros((N, C, H + 2 * ph, W + 2 * pw), dtype=cols.dtype)
    for i in range(HO):
        for j in range(WO):
            xp[:, :, i * sh : i * sh + KH, j * sw : j * sw + KW] += windows[:, i, j]
    return xp[:, :, ph : ph + H, pw : pw + W]


@wrong("kernel-transposed")
def col2im(cols, x_shape, kernel, stride=1, padding=0):
    KH, KW = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    N, C, H, W = x_shape
    HO, WO = (H + 2 * ph - KH) // sh + 1, (W + 2 * pw - KW) // sw + 1
    windows = cols.reshape(N, C, KW, KH, HO, WO)
    xp = np.zeros((N, C, H + 2 * ph, W + 2 * pw), dtype=cols.dtype)
    for p in range(KH):
        for q in range(KW):
            xp[:, :, p : p + sh * HO : sh, q : q + sw * WO : sw] += windows[:, :, q, p]
    return xp[:, :, ph : ph + H, pw : pw + W]


@wrong("places-transposed")
def col2im(cols, x_shape, kernel, stride=1, padding=0):
    KH, KW = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    N, C, H, W = x_shape
    HO, WO = (H + 2 * ph - KH) // sh + 1, (W + 2 * pw - KW) // sw + 1
    xp = np.zeros((N, C, H + 2 * ph, W + 2 * pw), dtype=cols.dtype)
    place = 0
    for j in range(WO):
        for i in range(HO):
            window = cols[:, :, place].reshape(N, C, KH, KW)
            xp[:, :, i * sh : i * sh + KH, j * sw : j * sw + KW] += window
            place += 1
    return xp[:, :, ph : ph + H, pw : pw + W]


@wrong("kernel-flipped")
def col2im(cols, x_shape, kernel, stride=1, padding=0):
    KH, KW = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    N, C, H, W = x_shape
    HO, WO = (H + 2 * ph - KH) // sh + 1, (W + 2 * pw - KW) // sw + 1
    windows = cols.reshape(N, C, KH, KW, HO, WO)
    xp = np.zeros((N, C, H + 2 * ph, W + 2 * pw), dtype=cols.dtype)
    for p in range(KH):
        for q in range(KW):
            xp[:, :, p : p + sh * HO : sh, q : q + sw * WO : sw] += windows[:, :, KH - 1 - p, KW - 1 - q]
    return xp[:, :, ph : ph + H, pw : pw + W]


@wrong("first-image-only")
def col2im(cols, x_shape, kernel, stride=1, padding=0):
    KH, KW = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    N, C, H, W = x_shape
    HO, WO = (H + 2 * ph - KH) // sh + 1, (W + 2 * pw - KW) // sw + 1
    windows = cols.reshape(N, C, KH, KW, HO, WO)
    xp = np.zeros((N, C, H + 2 * ph, W + 2 * pw), dtype=cols.dtype)
    for p in range(KH):
        for q in range(KW):
            xp[0, :, p : p + sh * HO : sh, q : q + sw * WO : sw] += windows[0, :, p, q]
    return xp[:, :, ph : ph + H, pw : pw + W]


@wrong("channels-summed")
def col2im(cols, x_shape, kernel, stride=1, padding=0):
    KH, KW = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    N, C, H, W = x_shape
    HO, WO = (H + 2 * ph - KH) // sh + 1, (W + 2 * pw - KW) // sw + 1
    windows = cols.reshape(N, C, KH, KW, HO, WO)
    xp = np.zeros((N, C, H + 2 * ph, W + 2 * pw), dtype=cols.dtype)
    for p in range(KH):
        for q in range(KW):
            xp[:, :, p : p + sh * HO : sh, q : q + sw * WO : sw] += windows[:, :, p, q].sum(axis=1, keepdims=True)
    return xp[:, :, ph : ph + H, pw : pw + W]


@wrong("larger of two", "np.maximum where windows overlap", named=False)
def col2im(cols, x_shape, kernel, stride=1, padding=0):
    KH, KW = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    N, C, H, W = x_shape
    HO, WO = (H + 2 * ph - KH) // sh + 1, (W + 2 * pw - KW) // sw + 1
    windows = cols.reshape(N, C, KH, KW, HO, WO)
    xp = np.zeros((N, C, H + 2 * ph, W + 2 * pw), dtype=cols.dtype)
    for p in range(KH):
        for q in range(KW):
            part = xp[:, :, p : p + sh * HO : sh, q : q + sw * WO : sw]
            np.maximum(part, windows[:, :, p, q], out=part)
    return xp[:, :, ph : ph + H, pw : pw + W]


@wrong("divided by the batch", "as if a loss were averaged here", named=False)
def col2im(cols, x_shape, kernel, stride=1, padding=0):
    KH, KW = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    N, C, H, W = x_shape
    HO, WO = (H + 2 * ph - KH) // sh + 1, (W + 2 * pw - KW) // sw + 1
    windows = cols.reshape(N, C, KH, KW, HO, WO) / N
    xp = np.zeros((N, C, H + 2 * ph, W + 2 * pw), dtype=cols.dtype)
    for p in range(KH):
        for q in range(KW):
            xp[:, :, p : p + sh * HO : sh, q : q + sw * WO : sw] += windows[:, :, p, q]
    return xp[:, :, ph : ph + H, pw : pw + W]
