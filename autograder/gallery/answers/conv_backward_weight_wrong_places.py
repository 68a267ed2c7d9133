"""conv_backward_weight with windows, stride, padding or sizes that are off."""
# mypy: ignore-errors
# ruff: noqa: RUF059

import numpy as np

from autograder.gallery.registry import wrong


@wrong("stride-ignored", "in the windows")
def conv_backward_weight(dout, x, kernel, stride=1, padding=0):
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    N, F, HO, WO = dout.shape
    xp = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    dw = np.zeros((F, x.shape[1], kh, kw), dtype=x.dtype)
    for n in range(N):
        for f in range(F):
            for i in range(HO):
                for j in range(WO):
                    window = xp[n, :, i : i + kh, j : j + kw]
                    dw[f] += dout[n, f, i, j] * window
    return dw


@wrong("stride-ignored", "in the view")
def conv_backward_weight(dout, x, kernel, stride=1, padding=0):
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    xp = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    windows = np.lib.stride_tricks.sliding_window_view(xp, (kh, kw), axis=(2, 3))[
        :, :, : dout.shape[2], : dout.shape[3]
    ]
    return np.einsum("nfij,ncijpq->fcpq", dout, windows)


@wrong("window-end-without-stride")
def conv_backward_weight(dout, x, kernel, stride=1, padding=0):
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    N, F, HO, WO = dout.shape
    xp = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    dw = np.zeros((F, x.shape[1], kh, kw), dtype=x.dtype)
    for n in range(N):
        for f in range(F):
            for i in range(HO):
                for j in range(WO):
                    window = xp[n, :, i * sh : i + kh, j * sw : j + kw]
                    dw[f] += dout[n, f, i, j] * window
    return dw


@wrong("padding-forgotten")
def conv_backward_weight(dout, x, kernel, stride=1, padding=0):
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    N, F, HO, WO = dout.shape
    xp = x
    dw = np.zeros((F, x.shape[1], kh, kw), dtype=x.dtype)
    for n in range(N):
        for f in range(F):
            for i in range(HO):
                for j in range(WO):
                    window = xp[n, :, i * sh : i * sh + kh, j * sw : j * sw + kw]
                    dw[f] += dout[n, f, i, j] * window
    return dw


@wrong("padding-forgotten", "corners above the image, no padded copy")
def conv_backward_weight(dout, x, kernel, stride=1, padding=0):
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    N, F, HO, WO = dout.shape
    dw = np.zeros((F, x.shape[1], kh, kw), dtype=x.dtype)
    for n in range(N):
        for f in range(F):
            for i in range(HO):
                for j in range(WO):
                    top, left = i * sh - ph, j * sw - pw
                    window = x[n, :, top : top + kh, left : left + kw]
                    dw[f] += dout[n, f, i, j] * window
    return dw


@wrong("padded-at-the-end")
def conv_backward_weight(dout, x, kernel, stride=1, padding=0):
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    N, F, HO, WO = dout.shape
    xp = np.pad(x, ((0, 0), (0, 0), (0, 2 * ph), (0, 2 * pw)))
    dw = np.zeros((F, x.shape[1], kh, kw), dtype=x.dtype)
    for n in range(N):
        for f in range(F):
            for i in range(HO):
                for j in range(WO):
                    window = xp[n, :, i * sh : i * sh + kh, j * sw : j * sw + kw]
                    dw[f] += dout[n, f, i, j] * window
    return dw


@wrong("end-of-image-not-cut")
def conv_backward_weight(dout, x, kernel, stride=1, padding=0):
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    N, F, HO, WO = dout.shape
    wide = np.zeros((N, F, (HO - 1) * sh + 1, (WO - 1) * sw + 1), dtype=dout.dtype)
    wide[:, :, ::sh, ::sw] = dout
    xp = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    views = np.lib.stride_tricks.sliding_window_view(xp, wide.shape[2:], axis=(2, 3))
    return np.einsum("ncpqij,nfij->fcpq", views, wide)


@wrong("kernel-as-square")
def conv_backward_weight(dout, x, kernel, stride=1, padding=0):
    kh = kw = kernel if isinstance(kernel, int) else kernel[0]
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    F, HO, WO = dout.shape[1:]
    xp = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    dw = np.zeros((F, x.shape[1], kh, kw), dtype=x.dtype)
    for p in range(kh):
        for q in range(kw):
            seen = xp[:, :, p : p + sh * HO : sh, q : q + sw * WO : sw]
            dw[:, :, p, q] = np.einsum("nfij,ncij->fc", dout, seen)
    return dw


@wrong("pair-swapped")
def conv_backward_weight(dout, x, kernel, stride=1, padding=0):
    kw, kh = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    F, HO, WO = dout.shape[1:]
    xp = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    dw = np.zeros((F, x.shape[1], kh, kw), dtype=x.dtype)
    for p in range(kh):
        for q in range(kw):
            seen = xp[:, :, p : p + sh * HO : sh, q : q + sw * WO : sw]
            dw[:, :, p, q] = np.einsum("nfij,ncij->fc", dout, seen)
    return dw


@wrong("pair-not-accepted")
def conv_backward_weight(dout, x, kernel, stride=1, padding=0):
    N, F, HO, WO = dout.shape
    k, s, p = kernel, stride, padding
    if isinstance(k, tuple):
        kh, kw = k
    else:
        kh = kw = k
    xp = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)))
    dw = np.zeros((F, x.shape[1], kh, kw), dtype=x.dtype)
    for n in range(N):
        for f in range(F):
            for i in range(HO):
                for j in range(WO):
                    dw[f] += dout[n, f, i, j] * xp[n, :, i * s : i * s + kh, j * s : j * s + kw]
    return dw


@wrong("pair-not-accepted", "the kernel neither")
def conv_backward_weight(dout, x, kernel, stride=1, padding=0):
    N, F, HO, WO = dout.shape
    k, s, p = kernel, stride, padding
    xp = np.pad(x, p)[p : p + N, p : p + x.shape[1]]
    dw = np.zeros((F, x.shape[1], k, k), dtype=x.dtype)
    for i in range(HO):
        for j in range(WO):
            window = xp[:, :, i * s : i * s + k, j * s : j * s + k]
            dw += np.einsum("nf,ncpq->fcpq", dout[:, :, i, j], window)
    return dw


@wrong("one-side-for-both", "the stride")
def conv_backward_weight(dout, x, kernel, stride=1, padding=0):
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    N, F, HO, WO = dout.shape
    xp = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    dw = np.zeros((F, x.shape[1], kh, kw), dtype=x.dtype)
    for n in range(N):
        for f in range(F):
            for i in range(HO):
                for j in range(WO):
                    window = xp[n, :, i * sh : i * sh + kh, j * sh : j * sh + kw]
                    dw[f] += dout[n, f, i, j] * window
    return dw


@wrong("last-row-left-out", named=False)
def conv_backward_weight(dout, x, kernel, stride=1, padding=0):
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    N, F, HO, WO = dout.shape
    xp = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    dw = np.zeros((F, x.shape[1], kh, kw), dtype=x.dtype)
    for n in range(N):
        for f in range(F):
            for i in range(HO - 1 or 1):
                for j in range(WO):
                    window = xp[n, :, i * sh : i * sh + kh, j * sw : j * sw + kw]
                    dw[f] += dout[n, f, i, j] * window
    return dw


@wrong("padding-cut-twice", named=False)
def conv_backward_weight(dout, x, kernel, stride=1, padding=0):
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    F, HO, WO = dout.shape[1:]
    xp = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    dw = np.zeros((F, x.shape[1], kh, kw), dtype=x.dtype)
    for p in range(kh):
        for q in range(kw):
            seen = xp[:, :, p : p + sh * HO : sh, q : q + sw * WO : sw]
            dw[:, :, p, q] = np.einsum("nfij,ncij->fc", dout, seen)
    return dw[:, :, ph : kh - ph or None, pw : kw - pw or None]


@wrong("memory-taken-for-contiguous", named=False)
def conv_backward_weight(dout, x, kernel, stride=1, padding=0):
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    if ph or pw:
        x = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    N, C, H, W = x.shape
    HO, WO = dout.shape[2:]
    s = x.itemsize
    strides = (C * H * W * s, H * W * s, sh * W * s, sw * s, W * s, s)
    windows = np.lib.stride_tricks.as_strided(x, (N, C, HO, WO, kh, kw), strides)
    return np.einsum("nfij,ncijpq->fcpq", dout, windows)
