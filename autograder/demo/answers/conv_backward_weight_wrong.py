"""conv_backward_weight as it goes wrong."""
# mypy: ignore-errors
# ruff: noqa: RUF059

import numpy as np

from autograder.demo.gallery import wrong


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


@wrong("filters-and-channels-swapped")
def conv_backward_weight(dout, x, kernel, stride=1, padding=0):
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    xp = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    windows = np.lib.stride_tricks.sliding_window_view(xp, (kh, kw), axis=(2, 3))[:, :, ::sh, ::sw]
    return np.einsum("nfij,ncijpq->cfpq", dout, windows)


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
