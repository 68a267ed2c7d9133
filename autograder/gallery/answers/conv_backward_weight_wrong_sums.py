"""conv_backward_weight with images, filters or channels mixed up, or a mean for a sum."""
# mypy: ignore-errors
# ruff: noqa: RUF059

import numpy as np

from autograder.gallery.registry import wrong


@wrong("filters-and-channels-swapped")
def conv_backward_weight(dout, x, kernel, stride=1, padding=0):
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    xp = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    windows = np.lib.stride_tricks.sliding_window_view(xp, (kh, kw), axis=(2, 3))[:, :, ::sh, ::sw]
    return np.einsum("nfij,ncijpq->cfpq", dout, windows)


@wrong("assigned-not-added", "every window")
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
                    dw[f] = dout[n, f, i, j] * window
    return dw


@wrong("assigned-not-added", "all images at once")
def conv_backward_weight(dout, x, kernel, stride=1, padding=0):
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    HO, WO = dout.shape[2:]
    xp = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    for i in range(HO):
        for j in range(WO):
            window = xp[:, :, i * sh : i * sh + kh, j * sw : j * sw + kw]
            dw = np.tensordot(dout[:, :, i, j], window, axes=(0, 0))
    return dw


@wrong("last-image-only", "made anew for every image")
def conv_backward_weight(dout, x, kernel, stride=1, padding=0):
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    N, F, HO, WO = dout.shape
    xp = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    for n in range(N):
        dw = np.zeros((F, x.shape[1], kh, kw), dtype=x.dtype)
        for f in range(F):
            for i in range(HO):
                for j in range(WO):
                    window = xp[n, :, i * sh : i * sh + kh, j * sw : j * sw + kw]
                    dw[f] += dout[n, f, i, j] * window
    return dw


@wrong("first-image-only", "the return is inside the loop")
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
        return dw


@wrong("divided-by-n")
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
    return dw / len(x)


@wrong("averaged", "over places")
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
    return dw / (HO * WO)


@wrong("averaged", "over images and places")
def conv_backward_weight(dout, x, kernel, stride=1, padding=0):
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    N, F, HO, WO = dout.shape
    xp = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    dw = np.zeros((F, x.shape[1], kh, kw), dtype=x.dtype)
    for p in range(kh):
        for q in range(kw):
            seen = xp[:, None, :, p : p + sh * HO : sh, q : q + sw * WO : sw]
            dw[:, :, p, q] = np.mean(dout[:, :, None] * seen, axis=(0, 3, 4))
    return dw


@wrong("batch-shuffled", "one of the two reversed")
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
            dw[:, :, p, q] = np.einsum("nfij,ncij->fc", dout[::-1], seen)
    return dw


@wrong("batch-shuffled", "every image with every upstream gradient")
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
            dw[:, :, p, q] = np.einsum("nfij,mcij->fc", dout, seen)
    return dw


@wrong("reshaped-without-moving-axes")
def conv_backward_weight(dout, x, kernel, stride=1, padding=0):
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    N, F, HO, WO = dout.shape
    C = x.shape[1]
    xp = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    windows = np.lib.stride_tricks.sliding_window_view(xp, (kh, kw), axis=(2, 3))[:, :, ::sh, ::sw]
    cols = windows.transpose(1, 4, 5, 0, 2, 3).reshape(C * kh * kw, -1)
    return (dout.reshape(F, -1) @ cols.T).reshape(F, C, kh, kw)


@wrong("first-channel-only")
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
                    window = xp[n, 0, i * sh : i * sh + kh, j * sw : j * sw + kw]
                    dw[f] += dout[n, f, i, j] * window
    return dw


@wrong("channels-summed")
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
            dw[:, :, p, q] += np.einsum("nfij,ncij->f", dout, seen)[:, None]
    return dw


@wrong("filters-summed")
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
                    dw[f] += dout[n, :, i, j].sum() * window
    return dw


@wrong("first-filter-only")
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
                    dw[f] += dout[n, 0, i, j] * window
    return dw


@wrong("upstream-ignored")
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
                    dw[f] += window
    return dw


@wrong("small-numbers-dropped", named=False)
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
    return np.where(np.abs(dw) < 1e-3, 0, dw)
