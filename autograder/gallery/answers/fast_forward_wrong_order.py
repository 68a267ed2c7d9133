"""conv_forward_fast with a wrong product: bias, order of the numbers, shape."""
# mypy: ignore-errors
# ruff: noqa: F821, F841, RUF059

import numpy as np

from autograder.gallery.registry import wrong


@wrong("kernel-flipped")
def conv_forward_fast(x, w, b, stride=1, padding=0):
    N, C, H, W = x.shape
    F, _, KH, KW = w.shape
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    HO, WO = (H + 2 * ph - KH) // sh + 1, (W + 2 * pw - KW) // sw + 1
    cols = im2col(x, (KH, KW), stride, padding)
    out = w[:, :, ::-1, ::-1].reshape(F, -1) @ cols + b[:, None]
    return out.reshape(N, F, HO, WO), (x, w, b, stride, padding)


@wrong("kernel-transposed")
def conv_forward_fast(x, w, b, stride=1, padding=0):
    N, C, H, W = x.shape
    F, _, KH, KW = w.shape
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    HO, WO = (H + 2 * ph - KH) // sh + 1, (W + 2 * pw - KW) // sw + 1
    cols = im2col(x, (KH, KW), stride, padding)
    out = w.swapaxes(2, 3).reshape(F, -1) @ cols + b[:, None]
    return out.reshape(N, F, HO, WO), (x, w, b, stride, padding)


@wrong("bias-forgotten")
def conv_forward_fast(x, w, b, stride=1, padding=0):
    N, C, H, W = x.shape
    F, _, KH, KW = w.shape
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    HO, WO = (H + 2 * ph - KH) // sh + 1, (W + 2 * pw - KW) // sw + 1
    cols = im2col(x, (KH, KW), stride, padding)
    out = w.reshape(F, -1) @ cols
    return out.reshape(N, F, HO, WO), (x, w, b, stride, padding)


@wrong("bias-once-per-weight", "added to the filters")
def conv_forward_fast(x, w, b, stride=1, padding=0):
    N, C, H, W = x.shape
    F, _, KH, KW = w.shape
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    HO, WO = (H + 2 * ph - KH) // sh + 1, (W + 2 * pw - KW) // sw + 1
    xp = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    windows = np.lib.stride_tricks.sliding_window_view(xp, (KH, KW), axis=(2, 3))[:, :, ::sh, ::sw]
    out = (
        np.einsum("nchwuv,fcuv->nfhw", windows, w)
        + np.einsum("f,cuv->f", b, np.ones((C, KH, KW), b.dtype))[:, None, None]
    )
    return out.reshape(N, F, HO, WO), (x, w, b, stride, padding)


@wrong("bias-once-per-channel", "inside the loop over channels")
def conv_forward_fast(x, w, b, stride=1, padding=0):
    N, C, H, W = x.shape
    F, _, KH, KW = w.shape
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    HO, WO = (H + 2 * ph - KH) // sh + 1, (W + 2 * pw - KW) // sw + 1
    xp = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    out = np.zeros((N, F, HO, WO), dtype=x.dtype)
    for c in range(C):
        for u in range(KH):
            for v in range(KW):
                seen = xp[:, c, u : u + sh * HO : sh, v : v + sw * WO : sw]
                out += w[:, c, u, v][:, None, None] * seen[:, None]
        out += b[:, None, None]
    return out, (x, w, b, stride, padding)


@wrong("bias-of-first-filter")
def conv_forward_fast(x, w, b, stride=1, padding=0):
    N, C, H, W = x.shape
    F, _, KH, KW = w.shape
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    HO, WO = (H + 2 * ph - KH) // sh + 1, (W + 2 * pw - KW) // sw + 1
    cols = im2col(x, (KH, KW), stride, padding)
    out = w.reshape(F, -1) @ cols + b[0]
    return out.reshape(N, F, HO, WO), (x, w, b, stride, padding)


@wrong("columns-scrambled")
def conv_forward_fast(x, w, b, stride=1, padding=0):
    N, C, H, W = x.shape
    F, _, KH, KW = w.shape
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    HO, WO = (H + 2 * ph - KH) // sh + 1, (W + 2 * pw - KW) // sw + 1
    xp = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    windows = np.lib.stride_tricks.sliding_window_view(xp, (KH, KW), axis=(2, 3))[:, :, ::sh, ::sw]
    cols = windows.reshape(N, C * KH * KW, HO * WO)
    out = w.reshape(F, -1) @ cols + b[:, None]
    return out.reshape(N, F, HO, WO), (x, w, b, stride, padding)


@wrong("columns-scrambled", "places first")
def conv_forward_fast(x, w, b, stride=1, padding=0):
    N, C, H, W = x.shape
    F, _, KH, KW = w.shape
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    HO, WO = (H + 2 * ph - KH) // sh + 1, (W + 2 * pw - KW) // sw + 1
    xp = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    windows = np.lib.stride_tricks.sliding_window_view(xp, (KH, KW), axis=(2, 3))[:, :, ::sh, ::sw]
    cols = windows.transpose(0, 2, 3, 1, 4, 5).reshape(N, -1, HO * WO)
    out = w.reshape(F, -1) @ cols + b[:, None]
    return out.reshape(N, F, HO, WO), (x, w, b, stride, padding)


@wrong("rows-by-kernel-first")
def conv_forward_fast(x, w, b, stride=1, padding=0):
    N, C, H, W = x.shape
    F, _, KH, KW = w.shape
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    HO, WO = (H + 2 * ph - KH) // sh + 1, (W + 2 * pw - KW) // sw + 1
    xp = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    windows = np.lib.stride_tricks.sliding_window_view(xp, (KH, KW), axis=(2, 3))[:, :, ::sh, ::sw]
    cols = windows.transpose(0, 4, 5, 1, 2, 3).reshape(N, -1, HO * WO)
    out = w.reshape(F, -1) @ cols + b[:, None]
    return out.reshape(N, F, HO, WO), (x, w, b, stride, padding)


@wrong("filters-scrambled")
def conv_forward_fast(x, w, b, stride=1, padding=0):
    N, C, H, W = x.shape
    F, _, KH, KW = w.shape
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    HO, WO = (H + 2 * ph - KH) // sh + 1, (W + 2 * pw - KW) // sw + 1
    cols = im2col(x, (KH, KW), stride, padding)
    out = w.reshape(-1, F).T @ cols + b[:, None]
    return out.reshape(N, F, HO, WO), (x, w, b, stride, padding)


@wrong("reshaped-without-moving-axes", "filters first")
def conv_forward_fast(x, w, b, stride=1, padding=0):
    N, C, H, W = x.shape
    F, _, KH, KW = w.shape
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    HO, WO = (H + 2 * ph - KH) // sh + 1, (W + 2 * pw - KW) // sw + 1
    cols = im2col(x, (KH, KW), stride, padding)
    wide = cols.transpose(1, 0, 2).reshape(C * KH * KW, -1)
    out = w.reshape(F, -1) @ wide + b[:, None]
    return out.reshape(N, F, HO, WO), (x, w, b, stride, padding)


@wrong("reshaped-without-moving-axes", "batch last")
def conv_forward_fast(x, w, b, stride=1, padding=0):
    N, C, H, W = x.shape
    F, _, KH, KW = w.shape
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    HO, WO = (H + 2 * ph - KH) // sh + 1, (W + 2 * pw - KW) // sw + 1
    cols = im2col(x, (KH, KW), stride, padding)
    wide = cols.transpose(1, 2, 0).reshape(C * KH * KW, -1)
    out = w.reshape(F, -1) @ wide + b[:, None]
    return out.reshape(N, F, HO, WO), (x, w, b, stride, padding)


@wrong("reshaped-without-moving-axes", "channels last")
def conv_forward_fast(x, w, b, stride=1, padding=0):
    N, C, H, W = x.shape
    F, _, KH, KW = w.shape
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    HO, WO = (H + 2 * ph - KH) // sh + 1, (W + 2 * pw - KW) // sw + 1
    cols = im2col(x, (KH, KW), stride, padding)
    out = cols.transpose(0, 2, 1) @ w.reshape(F, -1).T + b
    return out.reshape(N, F, HO, WO), (x, w, b, stride, padding)


@wrong("maps-left-flat")
def conv_forward_fast(x, w, b, stride=1, padding=0):
    N, C, H, W = x.shape
    F, _, KH, KW = w.shape
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    HO, WO = (H + 2 * ph - KH) // sh + 1, (W + 2 * pw - KW) // sw + 1
    cols = im2col(x, (KH, KW), stride, padding)
    out = w.reshape(F, -1) @ cols + b[:, None]
    return out, (x, w, b, stride, padding)


@wrong("filters-first")
def conv_forward_fast(x, w, b, stride=1, padding=0):
    N, C, H, W = x.shape
    F, _, KH, KW = w.shape
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    HO, WO = (H + 2 * ph - KH) // sh + 1, (W + 2 * pw - KW) // sw + 1
    cols = im2col(x, (KH, KW), stride, padding)
    wide = cols.transpose(1, 0, 2).reshape(C * KH * KW, -1)
    out = w.reshape(F, -1) @ wide + b[:, None]
    return out.reshape(F, N, HO, WO), (x, w, b, stride, padding)


@wrong("channels-left-last")
def conv_forward_fast(x, w, b, stride=1, padding=0):
    N, C, H, W = x.shape
    F, _, KH, KW = w.shape
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    HO, WO = (H + 2 * ph - KH) // sh + 1, (W + 2 * pw - KW) // sw + 1
    xp = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    windows = np.lib.stride_tricks.sliding_window_view(xp, (KH, KW), axis=(2, 3))[:, :, ::sh, ::sw]
    out = np.tensordot(windows, w, axes=([1, 4, 5], [1, 2, 3])) + b
    return out, (x, w, b, stride, padding)


@wrong("first-image-only")
def conv_forward_fast(x, w, b, stride=1, padding=0):
    N, C, H, W = x.shape
    F, _, KH, KW = w.shape
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    HO, WO = (H + 2 * ph - KH) // sh + 1, (W + 2 * pw - KW) // sw + 1
    cols = im2col(x, (KH, KW), stride, padding)
    out = np.zeros((N, F, HO * WO), dtype=x.dtype)
    out[0] = w.reshape(F, -1) @ cols[0] + b[:, None]
    return out.reshape(N, F, HO, WO), (x, w, b, stride, padding)


@wrong("first-filter-only")
def conv_forward_fast(x, w, b, stride=1, padding=0):
    N, C, H, W = x.shape
    F, _, KH, KW = w.shape
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    HO, WO = (H + 2 * ph - KH) // sh + 1, (W + 2 * pw - KW) // sw + 1
    cols = im2col(x, (KH, KW), stride, padding)
    out = np.zeros((N, F, HO * WO), dtype=x.dtype)
    out[:] = w[:1].reshape(1, -1) @ cols + b[:, None]
    return out.reshape(N, F, HO, WO), (x, w, b, stride, padding)


@wrong("bias-along-places")
def conv_forward_fast(x, w, b, stride=1, padding=0):
    N, C, H, W = x.shape
    F, _, KH, KW = w.shape
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    HO, WO = (H + 2 * ph - KH) // sh + 1, (W + 2 * pw - KW) // sw + 1
    out = w.reshape(F, -1) @ im2col(x, (KH, KW), stride, padding) + b
    return out.reshape(N, F, HO, WO), (x, w, b, stride, padding)


@wrong("height-and-width-swapped")
def conv_forward_fast(x, w, b, stride=1, padding=0):
    N, C, H, W = x.shape
    F, _, KH, KW = w.shape
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    HO, WO = (H + 2 * ph - KH) // sh + 1, (W + 2 * pw - KW) // sw + 1
    out = w.reshape(F, -1) @ im2col(x, (KH, KW), stride, padding) + b[:, None]
    return out.reshape(N, F, WO, HO), (x, w, b, stride, padding)
