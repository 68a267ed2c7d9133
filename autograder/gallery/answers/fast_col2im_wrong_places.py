"""col2im with stride, padding or sizes gone wrong, or a rule of the house broken."""
# mypy: ignore-errors

import numpy as np

from autograder.gallery.registry import wrong


@wrong("stride-only-sizes")
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
            xp[:, :, p : p + HO, q : q + WO] += windows[:, :, p, q]
    return xp[:, :, ph : ph + H, pw : pw + W]


@wrong("padding-not-cut")
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
            xp[:, :, p : p + sh * HO : sh, q : q + sw * WO : sw] += windows[:, :, p, q]
    return xp


@wrong("padding-cut-at-the-end")
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
            xp[:, :, p : p + sh * HO : sh, q : q + sw * WO : sw] += windows[:, :, p, q]
    return xp[:, :, :H, :W]


@wrong("cut-to-nothing")
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
            xp[:, :, p : p + sh * HO : sh, q : q + sw * WO : sw] += windows[:, :, p, q]
    return xp[:, :, ph:-ph, pw:-pw]


@wrong("pair-not-accepted")
def col2im(cols, x_shape, kernel, stride=1, padding=0):
    N, C, H, W = x_shape
    HO, WO = (H + 2 * padding - kernel) // stride + 1, (W + 2 * padding - kernel) // stride + 1
    windows = cols.reshape(N, C, kernel, kernel, HO, WO)
    xp = np.zeros((N, C, H + 2 * padding, W + 2 * padding), dtype=cols.dtype)
    for p in range(kernel):
        for q in range(kernel):
            xp[:, :, p : p + stride * HO : stride, q : q + stride * WO : stride] += windows[:, :, p, q]
    return xp[:, :, padding : padding + H, padding : padding + W]


@wrong("width-from-height")
def col2im(cols, x_shape, kernel, stride=1, padding=0):
    KH, KW = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    N, C, H, W = x_shape
    HO = WO = (H + 2 * ph - KH) // sh + 1
    windows = cols.reshape(N, C, KH, KW, HO, WO)
    xp = np.zeros((N, C, H + 2 * ph, W + 2 * pw), dtype=cols.dtype)
    for p in range(KH):
        for q in range(KW):
            xp[:, :, p : p + sh * HO : sh, q : q + sw * WO : sw] += windows[:, :, p, q]
    return xp[:, :, ph : ph + H, pw : pw + W]


@wrong("slice-end-without-stride")
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
            xp[:, :, p : p + HO : sh, q : q + WO : sw] += windows[:, :, p, q]
    return xp[:, :, ph : ph + H, pw : pw + W]


@wrong("dtype-lost")
def col2im(cols, x_shape, kernel, stride=1, padding=0):
    KH, KW = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    N, C, H, W = x_shape
    HO, WO = (H + 2 * ph - KH) // sh + 1, (W + 2 * pw - KW) // sw + 1
    windows = cols.reshape(N, C, KH, KW, HO, WO)
    xp = np.zeros((N, C, H + 2 * ph, W + 2 * pw))
    for p in range(KH):
        for q in range(KW):
            xp[:, :, p : p + sh * HO : sh, q : q + sw * WO : sw] += windows[:, :, p, q]
    return xp[:, :, ph : ph + H, pw : pw + W]


@wrong("shares-memory", "a shortcut for 1×1")
def col2im(cols, x_shape, kernel, stride=1, padding=0):
    KH, KW = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    if (KH, KW, sh, sw, ph, pw) == (1, 1, 1, 1, 0, 0):
        return cols.reshape(x_shape)
    N, C, H, W = x_shape
    HO, WO = (H + 2 * ph - KH) // sh + 1, (W + 2 * pw - KW) // sw + 1
    windows = cols.reshape(N, C, KH, KW, HO, WO)
    xp = np.zeros((N, C, H + 2 * ph, W + 2 * pw), dtype=cols.dtype)
    for p in range(KH):
        for q in range(KW):
            xp[:, :, p : p + sh * HO : sh, q : q + sw * WO : sw] += windows[:, :, p, q]
    return xp[:, :, ph : ph + H, pw : pw + W]


@wrong("calls-disturb", "one buffer for every call")
def col2im(cols, x_shape, kernel, stride=1, padding=0):
    KH, KW = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    N, C, H, W = x_shape
    HO, WO = (H + 2 * ph - KH) // sh + 1, (W + 2 * pw - KW) // sw + 1
    windows = cols.reshape(N, C, KH, KW, HO, WO)
    buffers = col2im.__dict__.setdefault("buffers", {})
    shape = (N, C, H + 2 * ph, W + 2 * pw)
    xp = buffers.setdefault((shape, cols.dtype), np.zeros(shape, dtype=cols.dtype))
    xp[...] = 0
    for p in range(KH):
        for q in range(KW):
            xp[:, :, p : p + sh * HO : sh, q : q + sw * WO : sw] += windows[:, :, p, q]
    return xp[:, :, ph : ph + H, pw : pw + W]


@wrong("kept-from-before", "a buffer that is never emptied", also=("not-repeatable",))
def col2im(cols, x_shape, kernel, stride=1, padding=0):
    KH, KW = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    N, C, H, W = x_shape
    HO, WO = (H + 2 * ph - KH) // sh + 1, (W + 2 * pw - KW) // sw + 1
    windows = cols.reshape(N, C, KH, KW, HO, WO)
    buffers = col2im.__dict__.setdefault("buffers", {})
    shape = (N, C, H + 2 * ph, W + 2 * pw)
    xp = buffers.setdefault((shape, cols.dtype), np.zeros(shape, dtype=cols.dtype))
    for p in range(KH):
        for q in range(KW):
            xp[:, :, p : p + sh * HO : sh, q : q + sw * WO : sw] += windows[:, :, p, q]
    return xp[:, :, ph : ph + H, pw : pw + W].copy()


@wrong("input-modified", "windows emptied once they are used")
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
            xp[:, :, p : p + sh * HO : sh, q : q + sw * WO : sw] += windows[:, :, p, q]
            windows[:, :, p, q] = 0
    return xp[:, :, ph : ph + H, pw : pw + W]


@wrong("returns-nothing")
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
            xp[:, :, p : p + sh * HO : sh, q : q + sw * WO : sw] += windows[:, :, p, q]


@wrong("end-of-image-left-out")
def col2im(cols, x_shape, kernel, stride=1, padding=0):
    KH, KW = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    N, C, H, W = x_shape
    HO, WO = (H + 2 * ph - KH) // sh + 1, (W + 2 * pw - KW) // sw + 1
    high, wide = (HO - 1) * sh + KH, (WO - 1) * sw + KW
    windows = cols.reshape(N, C, KH, KW, HO, WO)
    xp = np.zeros((N, C, high, wide), dtype=cols.dtype)
    for p in range(KH):
        for q in range(KW):
            xp[:, :, p : p + sh * HO : sh, q : q + sw * WO : sw] += windows[:, :, p, q]
    return xp[:, :, ph : high - ph, pw : wide - pw]


@wrong("cut by half a kernel", "right for same padding only", named=False)
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
            xp[:, :, p : p + sh * HO : sh, q : q + sw * WO : sw] += windows[:, :, p, q]
    top, left = (KH // 2 if ph else 0), (KW // 2 if pw else 0)
    return xp[:, :, top : top + H, left : left + W]
