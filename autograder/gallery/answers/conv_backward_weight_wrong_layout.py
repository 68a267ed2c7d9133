"""conv_backward_weight with an array turned, overwritten, shared or of another type."""
# mypy: ignore-errors
# ruff: noqa: RUF059

import numpy as np

from autograder.gallery.registry import wrong


@wrong("dw-reversed", "swapped arguments of a correlation")
def conv_backward_weight(dout, x, kernel, stride=1, padding=0):
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    N, F, HO, WO = dout.shape
    wide = np.zeros((N, F, (HO - 1) * sh + 1, (WO - 1) * sw + 1), dtype=dout.dtype)
    wide[:, :, ::sh, ::sw] = dout
    xp = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    views = np.lib.stride_tricks.sliding_window_view(xp, wide.shape[2:], axis=(2, 3))[:, :, :kh, :kw]
    views = views[:, :, ::-1, ::-1]
    return np.einsum("ncpqij,nfij->fcpq", views, wide)


@wrong("dw-reversed", "the kernel's loops run down")
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
            dw[:, :, kh - 1 - p, kw - 1 - q] = np.einsum("nfij,ncij->fc", dout, seen)
    return dw


@wrong("dw-reversed", "both turned, to be safe")
def conv_backward_weight(dout, x, kernel, stride=1, padding=0):
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    xp = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    windows = np.lib.stride_tricks.sliding_window_view(xp, (kh, kw), axis=(2, 3))[:, :, ::sh, ::sw]
    dw = np.einsum("nfij,ncijpq->fcpq", dout, windows)
    return np.rot90(dw, 2, axes=(2, 3)).copy()


@wrong("kernel-transposed")
def conv_backward_weight(dout, x, kernel, stride=1, padding=0):
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    xp = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    windows = np.lib.stride_tricks.sliding_window_view(xp, (kh, kw), axis=(2, 3))[:, :, ::sh, ::sw]
    return np.einsum("nfij,ncijpq->fcqp", dout, windows)


@wrong("kernel-axes-first")
def conv_backward_weight(dout, x, kernel, stride=1, padding=0):
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    N, F, HO, WO = dout.shape
    xp = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    dw = np.zeros((kh, kw, x.shape[1], F), dtype=x.dtype)
    for i in range(HO):
        for j in range(WO):
            window = xp[:, :, i * sh : i * sh + kh, j * sw : j * sw + kw]
            dw += np.einsum("ncpq,nf->pqcf", window, dout[:, :, i, j])
    return dw


@wrong("matrix-product")
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
                    window = xp[n, :, i * sh : i * sh + kh, j * sw : j * sw + kw]
                    dw[f] += window @ dout[n, f]
    return dw


@wrong("dtype-lost")
def conv_backward_weight(dout, x, kernel, stride=1, padding=0):
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    N, F, HO, WO = dout.shape
    xp = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    dw = np.zeros((F, x.shape[1], kh, kw))
    for n in range(N):
        for f in range(F):
            for i in range(HO):
                for j in range(WO):
                    window = xp[n, :, i * sh : i * sh + kh, j * sw : j * sw + kw]
                    dw[f] += dout[n, f, i, j] * window
    return dw


@wrong("returns-nothing")
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
                    window = xp[n, :, i * sh : i * sh + kh, j * sw : j * sw + kw]
                    dw[f] += dout[n, f, i, j] * window


@wrong("input-modified", "x padded in place of a copy")
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
    x *= 1.0001
    return dw


@wrong("calls-disturb", "one array for all calls")
def conv_backward_weight(dout, x, kernel, stride=1, padding=0, kept={}):  # noqa: B006
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    F, HO, WO = dout.shape[1:]
    xp = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    dw = kept.setdefault((F, x.shape[1], kh, kw, x.dtype), np.zeros((F, x.shape[1], kh, kw), x.dtype))
    for p in range(kh):
        for q in range(kw):
            seen = xp[:, :, p : p + sh * HO : sh, q : q + sw * WO : sw]
            dw[:, :, p, q] = np.einsum("nfij,ncij->fc", dout, seen)
    return dw


@wrong("kept-from-before", "the padded images, by shape")
def conv_backward_weight(dout, x, kernel, stride=1, padding=0, kept={}):  # noqa: B006
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    if (x.shape, padding) not in kept:
        kept[x.shape, padding] = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    xp = kept[x.shape, padding]
    windows = np.lib.stride_tricks.sliding_window_view(xp, (kh, kw), axis=(2, 3))[:, :, ::sh, ::sw]
    return np.einsum("nfij,ncijpq->fcpq", dout, windows)


@wrong("input-modified", "through a view, if it is one")
def conv_backward_weight(dout, x, kernel, stride=1, padding=0):
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    flat = dout.reshape(-1, *dout.shape[2:])
    flat *= 2
    xp = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    windows = np.lib.stride_tricks.sliding_window_view(xp, (kh, kw), axis=(2, 3))[:, :, ::sh, ::sw]
    dw = np.einsum("nfij,ncijpq->fcpq", flat.reshape(dout.shape), windows)
    return dw / 2
