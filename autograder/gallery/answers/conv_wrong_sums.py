"""conv_forward with the right windows, but the wrong sum, bias, layout, type or cache."""
# mypy: ignore-errors
# ruff: noqa: RUF059

import numpy as np

from autograder.gallery.registry import wrong


@wrong("kernel-flipped")
def conv_forward(x, w, b, stride=1, padding=0):
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    xp = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    windows = np.lib.stride_tricks.sliding_window_view(xp, w.shape[2:], axis=(2, 3))[:, :, ::sh, ::sw]
    out = np.einsum("nchwuv,fcuv->nfhw", windows, w[:, :, ::-1, ::-1]) + b[:, None, None]
    return out, (x, w, b, stride, padding)


@wrong("kernel-flipped", "in the loops")
def conv_forward(x, w, b, stride=1, padding=0):
    N, C, H, W = x.shape
    F, _, KH, KW = w.shape
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    xp = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    HO, WO = (H + 2 * ph - KH) // sh + 1, (W + 2 * pw - KW) // sw + 1
    out = np.zeros((N, F, HO, WO), dtype=x.dtype) + b.reshape(1, F, 1, 1)
    for u in range(KH):
        for v in range(KW):
            seen = xp[:, :, u : u + sh * HO : sh, v : v + sw * WO : sw]
            out += np.einsum("nchw,fc->nfhw", seen, w[:, :, KH - 1 - u, KW - 1 - v])
    return out, (x, w, b, stride, padding)


@wrong("kernel-transposed")
def conv_forward(x, w, b, stride=1, padding=0):
    N, C, H, W = x.shape
    F, _, KH, KW = w.shape
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    xp = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    HO, WO = (H + 2 * ph - KH) // sh + 1, (W + 2 * pw - KW) // sw + 1
    out = np.zeros((N, F, HO, WO), dtype=x.dtype)
    for i in range(HO):
        for j in range(WO):
            window = xp[:, :, i * sh : i * sh + KH, j * sw : j * sw + KW]
            out[:, :, i, j] = window.reshape(N, -1) @ w.transpose(0, 1, 3, 2).reshape(F, -1).T + b
    return out, (x, w, b, stride, padding)


@wrong("first-channel-only")
def conv_forward(x, w, b, stride=1, padding=0):
    N, C, H, W = x.shape
    F, _, KH, KW = w.shape
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    xp = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    HO, WO = (H + 2 * ph - KH) // sh + 1, (W + 2 * pw - KW) // sw + 1
    out = np.zeros((N, F, HO, WO), dtype=x.dtype)
    for n in range(N):
        for f in range(F):
            for i in range(HO):
                for j in range(WO):
                    window = xp[n, 0, i * sh : i * sh + KH, j * sw : j * sw + KW]
                    out[n, f, i, j] = np.sum(window * w[f, 0]) + b[f]
    return out, (x, w, b, stride, padding)


@wrong("last-channel-only")
def conv_forward(x, w, b, stride=1, padding=0):
    N, C, H, W = x.shape
    F, _, KH, KW = w.shape
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    xp = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    HO, WO = (H + 2 * ph - KH) // sh + 1, (W + 2 * pw - KW) // sw + 1
    out = np.zeros((N, F, HO, WO), dtype=x.dtype)
    for f in range(F):
        for c in range(C):
            for i in range(HO):
                for j in range(WO):
                    window = xp[:, c, i * sh : i * sh + KH, j * sw : j * sw + KW]
                    out[:, f, i, j] = (window * w[f, c]).sum(axis=(1, 2)) + b[f]
    return out, (x, w, b, stride, padding)


@wrong("bias-once-per-channel")
def conv_forward(x, w, b, stride=1, padding=0):
    N, C, H, W = x.shape
    F, _, KH, KW = w.shape
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    xp = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    HO, WO = (H + 2 * ph - KH) // sh + 1, (W + 2 * pw - KW) // sw + 1
    out = np.zeros((N, F, HO, WO), dtype=x.dtype)
    for f in range(F):
        for c in range(C):
            for i in range(HO):
                for j in range(WO):
                    window = xp[:, c, i * sh : i * sh + KH, j * sw : j * sw + KW]
                    out[:, f, i, j] += np.sum(window * w[f, c], axis=(1, 2)) + b[f]
    return out, (x, w, b, stride, padding)


@wrong("bias-forgotten")
def conv_forward(x, w, b, stride=1, padding=0):
    N, C, H, W = x.shape
    F, _, KH, KW = w.shape
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    xp = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    HO, WO = (H + 2 * ph - KH) // sh + 1, (W + 2 * pw - KW) // sw + 1
    rows = [xp[:, :, i * sh : i * sh + KH, j * sw : j * sw + KW] for i in range(HO) for j in range(WO)]
    cols = np.stack(rows, axis=1).reshape(N, HO * WO, C * KH * KW)
    out = (cols @ w.reshape(F, -1).T).transpose(0, 2, 1).reshape(N, F, HO, WO)
    return out, (x, w, b, stride, padding)


@wrong("averaged")
def conv_forward(x, w, b, stride=1, padding=0):
    N, C, H, W = x.shape
    F, _, KH, KW = w.shape
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    xp = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    HO, WO = (H + 2 * ph - KH) // sh + 1, (W + 2 * pw - KW) // sw + 1
    out = np.zeros((N, F, HO, WO), dtype=x.dtype)
    for n in range(N):
        for f in range(F):
            for i in range(HO):
                for j in range(WO):
                    window = xp[n, :, i * sh : i * sh + KH, j * sw : j * sw + KW]
                    out[n, f, i, j] = np.mean(window * w[f]) + b[f]
    return out, (x, w, b, stride, padding)


@wrong("first-image-only")
def conv_forward(x, w, b, stride=1, padding=0):
    N, C, H, W = x.shape
    F, _, KH, KW = w.shape
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    xp = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    out = np.zeros((N, F, (H + 2 * ph - KH) // sh + 1, (W + 2 * pw - KW) // sw + 1), dtype=x.dtype)
    for n in range(N):
        for f in range(F):
            for i in range(out.shape[2]):
                for j in range(out.shape[3]):
                    out[n, f, i, j] = np.vdot(xp[n, :, i * sh : i * sh + KH, j * sw : j * sw + KW], w[f]) + b[f]
        return out, (x, w, b, stride, padding)


@wrong("reshaped-without-moving-axes")
def conv_forward(x, w, b, stride=1, padding=0):
    # the product has the filters last; reshape only renames the axes, it moves nothing
    N, C, H, W = x.shape
    F, _, KH, KW = w.shape
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    xp = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    windows = np.lib.stride_tricks.sliding_window_view(xp, (KH, KW), axis=(2, 3))[:, :, ::sh, ::sw]
    HO, WO = windows.shape[2:4]
    cols = windows.transpose(0, 2, 3, 1, 4, 5).reshape(N * HO * WO, -1)
    out = (cols @ w.reshape(F, -1).T + b).reshape(N, F, HO, WO)
    return out, (x, w, b, stride, padding)


@wrong("channels-left-last")
def conv_forward(x, w, b, stride=1, padding=0):
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    xp = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    windows = np.lib.stride_tricks.sliding_window_view(xp, w.shape[2:], axis=(2, 3))[:, :, ::sh, ::sw]
    out = np.tensordot(windows, w, axes=([1, 4, 5], [1, 2, 3])) + b
    return out, (x, w, b, stride, padding)


@wrong("columns-in-another-order", named=False)
def conv_forward(x, w, b, stride=1, padding=0):
    N, C, H, W = x.shape
    F, _, KH, KW = w.shape
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    xp = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    windows = np.lib.stride_tricks.sliding_window_view(xp, (KH, KW), axis=(2, 3))[:, :, ::sh, ::sw]
    HO, WO = windows.shape[2:4]
    cols = windows.transpose(0, 2, 3, 4, 5, 1).reshape(N, HO * WO, -1)
    out = (cols @ w.reshape(F, -1).T + b).transpose(0, 2, 1).reshape(N, F, HO, WO)
    return out, (x, w, b, stride, padding)


@wrong("dtype-lost")
def conv_forward(x, w, b, stride=1, padding=0):
    N, C, H, W = x.shape
    F, _, KH, KW = w.shape
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    xp = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    HO, WO = (H + 2 * ph - KH) // sh + 1, (W + 2 * pw - KW) // sw + 1
    out = np.zeros((N, F, HO, WO))
    for i in range(HO):
        for j in range(WO):
            window = xp[:, :, i * sh : i * sh + KH, j * sw : j * sw + KW]
            out[:, :, i, j] = np.einsum("ncuv,fcuv->nf", window, w) + b
    return out, (x, w, b, stride, padding)


@wrong("cache-holds-padded-x")
def conv_forward(x, w, b, stride=1, padding=0):
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    x = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    windows = np.lib.stride_tricks.sliding_window_view(x, w.shape[2:], axis=(2, 3))[:, :, ::sh, ::sw]
    out = np.einsum("nchwuv,fcuv->nfhw", windows, w) + b[:, None, None]
    return out, (x, w, b, stride, padding)


@wrong("cache-holds-pairs", "cache of pairs")
def conv_forward(x, w, b, stride=1, padding=0):
    if isinstance(stride, int):
        stride = (stride, stride)
    if isinstance(padding, int):
        padding = (padding, padding)
    xp = np.pad(x, ((0, 0), (0, 0), (padding[0],) * 2, (padding[1],) * 2))
    windows = np.lib.stride_tricks.sliding_window_view(xp, w.shape[2:], axis=(2, 3))
    windows = windows[:, :, :: stride[0], :: stride[1]]
    out = np.einsum("nchwuv,fcuv->nfhw", windows, w) + b[:, None, None]
    return out, (x, w, b, stride, padding)


@wrong("calls-disturb")
def conv_forward(x, w, b, stride=1, padding=0, results={}):  # noqa: B006
    # the same array for every call of one size: a later call writes over an earlier answer
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    xp = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    windows = np.lib.stride_tricks.sliding_window_view(xp, w.shape[2:], axis=(2, 3))[:, :, ::sh, ::sw]
    size = (x.shape[0], w.shape[0], *windows.shape[2:4])
    out = results.setdefault((size, x.dtype), np.empty(size, x.dtype))
    out[:] = np.einsum("nchwuv,fcuv->nfhw", windows, w) + b[:, None, None]
    return out, (x, w, b, stride, padding)


@wrong("input-modified", "shape of b")
def conv_forward(x, w, b, stride=1, padding=0):
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    xp = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    b.shape = (-1, 1, 1)
    windows = np.lib.stride_tricks.sliding_window_view(xp, w.shape[2:], axis=(2, 3))[:, :, ::sh, ::sw]
    out = np.einsum("nchwuv,fcuv->nfhw", windows, w) + b
    return out, (x, w, b, stride, padding)


@wrong("bias-once-per-weight")
def conv_forward(x, w, b, stride=1, padding=0):
    N, C, H, W = x.shape
    F, _, KH, KW = w.shape
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    xp = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    HO, WO = (H + 2 * ph - KH) // sh + 1, (W + 2 * pw - KW) // sw + 1
    out = np.zeros((N, F, HO, WO), dtype=x.dtype)
    for f in range(F):
        for i in range(HO):
            for j in range(WO):
                window = xp[:, :, i * sh : i * sh + KH, j * sw : j * sw + KW]
                out[:, f, i, j] = np.sum(window * w[f] + b[f], axis=(1, 2, 3))
    return out, (x, w, b, stride, padding)


@wrong("bias-of-first-filter")
def conv_forward(x, w, b, stride=1, padding=0):
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    xp = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    windows = np.lib.stride_tricks.sliding_window_view(xp, w.shape[2:], axis=(2, 3))[:, :, ::sh, ::sw]
    return np.einsum("nchwuv,fcuv->nfhw", windows, w) + b[0], (x, w, b, stride, padding)


@wrong("first-filter-only")
def conv_forward(x, w, b, stride=1, padding=0):
    N, C, H, W = x.shape
    F, _, KH, KW = w.shape
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    xp = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    out = np.zeros((N, F, (H + 2 * ph - KH) // sh + 1, (W + 2 * pw - KW) // sw + 1), dtype=x.dtype)
    for i in range(out.shape[2]):
        for j in range(out.shape[3]):
            window = xp[:, :, i * sh : i * sh + KH, j * sw : j * sw + KW]
            out[:, :, i, j] = np.sum(window * w[0], axis=(1, 2, 3))[:, None] + b
    return out, (x, w, b, stride, padding)
