"""conv_forward_fast with wrong sums, stride, padding or cache, or a rule of the house broken."""
# mypy: ignore-errors
# ruff: noqa: F821, F841, RUF059

import numpy as np

from autograder.gallery.registry import wrong


@wrong("cache-holds-columns")
def conv_forward_fast(x, w, b, stride=1, padding=0):
    N, C, H, W = x.shape
    F, _, KH, KW = w.shape
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    HO, WO = (H + 2 * ph - KH) // sh + 1, (W + 2 * pw - KW) // sw + 1
    cols = im2col(x, (KH, KW), stride, padding)
    out = w.reshape(F, -1) @ cols + b[:, None]
    return out.reshape(N, F, HO, WO), (cols, w, b, stride, padding)


@wrong("cache-holds-padded-x")
def conv_forward_fast(x, w, b, stride=1, padding=0):
    N, C, H, W = x.shape
    F, _, KH, KW = w.shape
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    HO, WO = (H + 2 * ph - KH) // sh + 1, (W + 2 * pw - KW) // sw + 1
    xp = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    cols = im2col(x, (KH, KW), stride, padding)
    out = w.reshape(F, -1) @ cols + b[:, None]
    return out.reshape(N, F, HO, WO), (xp, w, b, stride, padding)


@wrong("averaged")
def conv_forward_fast(x, w, b, stride=1, padding=0):
    N, C, H, W = x.shape
    F, _, KH, KW = w.shape
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    HO, WO = (H + 2 * ph - KH) // sh + 1, (W + 2 * pw - KW) // sw + 1
    xp = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    windows = np.lib.stride_tricks.sliding_window_view(xp, (KH, KW), axis=(2, 3))[:, :, ::sh, ::sw]
    out = (windows[:, None] * w[:, :, None, None]).mean(axis=(2, 5, 6)) + b[:, None, None]
    return out.reshape(N, F, HO, WO), (x, w, b, stride, padding)


@wrong("last-kernel-place-only")
def conv_forward_fast(x, w, b, stride=1, padding=0):
    N, C, H, W = x.shape
    F, _, KH, KW = w.shape
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    HO, WO = (H + 2 * ph - KH) // sh + 1, (W + 2 * pw - KW) // sw + 1
    xp = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    out = np.zeros((N, F, HO, WO), dtype=x.dtype)
    for u in range(KH):
        for v in range(KW):
            seen = xp[:, :, u : u + sh * HO : sh, v : v + sw * WO : sw]
            out = np.einsum("nchw,fc->nfhw", seen, w[:, :, u, v])
    return out + b[:, None, None], (x, w, b, stride, padding)


@wrong("last-channel-only")
def conv_forward_fast(x, w, b, stride=1, padding=0):
    N, C, H, W = x.shape
    F, _, KH, KW = w.shape
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    HO, WO = (H + 2 * ph - KH) // sh + 1, (W + 2 * pw - KW) // sw + 1
    xp = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    out = np.zeros((N, F, HO, WO), dtype=x.dtype)
    for c in range(C):
        view = np.lib.stride_tricks.sliding_window_view(xp[:, c], (KH, KW), axis=(1, 2))[:, ::sh, ::sw]
        out = np.einsum("nhwuv,fuv->nfhw", view, w[:, c])
    return out + b[:, None, None], (x, w, b, stride, padding)


@wrong("dtype-lost")
def conv_forward_fast(x, w, b, stride=1, padding=0):
    N, C, H, W = x.shape
    F, _, KH, KW = w.shape
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    HO, WO = (H + 2 * ph - KH) // sh + 1, (W + 2 * pw - KW) // sw + 1
    xp = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    out = np.zeros((N, F, HO, WO))
    for u in range(KH):
        for v in range(KW):
            seen = xp[:, :, u : u + sh * HO : sh, v : v + sw * WO : sw]
            out += np.einsum("nchw,fc->nfhw", seen, w[:, :, u, v])
    return out + b[:, None, None], (x, w, b, stride, padding)


@wrong("stride-ignored")
def conv_forward_fast(x, w, b, stride=1, padding=0):
    N, C, H, W = x.shape
    F, _, KH, KW = w.shape
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    HO, WO = (H + 2 * ph - KH) // sh + 1, (W + 2 * pw - KW) // sw + 1
    xp = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    windows = np.lib.stride_tricks.sliding_window_view(xp, (KH, KW), axis=(2, 3))
    out = np.tensordot(windows, w, axes=([1, 4, 5], [1, 2, 3])) + b
    return out.transpose(0, 3, 1, 2), (x, w, b, stride, padding)


@wrong("stride-only-sizes")
def conv_forward_fast(x, w, b, stride=1, padding=0):
    N, C, H, W = x.shape
    F, _, KH, KW = w.shape
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    HO, WO = (H + 2 * ph - KH) // sh + 1, (W + 2 * pw - KW) // sw + 1
    xp = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    out = np.zeros((N, F, HO, WO), dtype=x.dtype)
    for u in range(KH):
        for v in range(KW):
            seen = xp[:, :, u : u + HO, v : v + WO]
            out += np.einsum("nchw,fc->nfhw", seen, w[:, :, u, v])
    return out + b[:, None, None], (x, w, b, stride, padding)


@wrong("padding-ignored")
def conv_forward_fast(x, w, b, stride=1, padding=0):
    N, C, H, W = x.shape
    F, _, KH, KW = w.shape
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    HO, WO = (H + 2 * ph - KH) // sh + 1, (W + 2 * pw - KW) // sw + 1
    xp = x
    windows = np.lib.stride_tricks.sliding_window_view(xp, (KH, KW), axis=(2, 3))[:, :, ::sh, ::sw]
    out = np.tensordot(windows, w, axes=([1, 4, 5], [1, 2, 3])) + b
    return out.transpose(0, 3, 1, 2), (x, w, b, stride, padding)


@wrong("pair-swapped")
def conv_forward_fast(x, w, b, stride=1, padding=0):
    N, C, H, W = x.shape
    F, _, KH, KW = w.shape
    sw, sh = (stride, stride) if isinstance(stride, int) else stride
    pw, ph = (padding, padding) if isinstance(padding, int) else padding
    HO, WO = (H + 2 * ph - KH) // sh + 1, (W + 2 * pw - KW) // sw + 1
    xp = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    out = np.zeros((N, F, HO, WO), dtype=x.dtype)
    for u in range(KH):
        for v in range(KW):
            seen = xp[:, :, u : u + sh * HO : sh, v : v + sw * WO : sw]
            out += np.einsum("nchw,fc->nfhw", seen, w[:, :, u, v])
    return out + b[:, None, None], (x, w, b, stride, padding)


@wrong("pair-not-accepted")
def conv_forward_fast(x, w, b, stride=1, padding=0):
    N, C, H, W = x.shape
    F, _, KH, KW = w.shape
    HO = (H + 2 * padding - KH) // stride + 1
    WO = (W + 2 * padding - KW) // stride + 1
    cols = im2col(x, (KH, KW), stride, padding)
    out = w.reshape(F, -1) @ cols + b[:, None]
    return out.reshape(N, F, HO, WO), (x, w, b, stride, padding)


@wrong("width-from-height")
def conv_forward_fast(x, w, b, stride=1, padding=0):
    N, C, H, W = x.shape
    F, _, KH, KW = w.shape
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    HO = WO = (H + 2 * ph - KH) // sh + 1
    cols = im2col(x, (KH, KW), stride, padding)
    out = w.reshape(F, -1) @ cols + b[:, None]
    return out.reshape(N, F, HO, WO), (x, w, b, stride, padding)


@wrong("slice-end-without-stride")
def conv_forward_fast(x, w, b, stride=1, padding=0):
    N, C, H, W = x.shape
    F, _, KH, KW = w.shape
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    HO, WO = (H + 2 * ph - KH) // sh + 1, (W + 2 * pw - KW) // sw + 1
    xp = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    out = np.zeros((N, F, HO, WO), dtype=x.dtype)
    for u in range(KH):
        for v in range(KW):
            seen = xp[:, :, u : u + HO : sh, v : v + WO : sw]
            out += np.einsum("nchw,fc->nfhw", seen, w[:, :, u, v])
    return out + b[:, None, None], (x, w, b, stride, padding)


@wrong("calls-disturb", "one buffer for every call")
def conv_forward_fast(x, w, b, stride=1, padding=0):
    N, C, H, W = x.shape
    F, _, KH, KW = w.shape
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    HO, WO = (H + 2 * ph - KH) // sh + 1, (W + 2 * pw - KW) // sw + 1
    cols = im2col(x, (KH, KW), stride, padding)
    buffers = conv_forward_fast.__dict__.setdefault("buffers", {})
    out = buffers.setdefault((N, F, HO * WO, x.dtype), np.empty((N, F, HO * WO), dtype=x.dtype))
    np.matmul(w.reshape(F, -1), cols, out=out)
    out += b[:, None]
    return out.reshape(N, F, HO, WO), (x, w, b, stride, padding)


@wrong("returns-nothing")
def conv_forward_fast(x, w, b, stride=1, padding=0):
    N, C, H, W = x.shape
    F, _, KH, KW = w.shape
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    HO, WO = (H + 2 * ph - KH) // sh + 1, (W + 2 * pw - KW) // sw + 1
    cols = im2col(x, (KH, KW), stride, padding)
    out = w.reshape(F, -1) @ cols + b[:, None]
    cache = (x, w, b, stride, padding)


@wrong("input-modified", "bias kept in the columns' place")
def conv_forward_fast(x, w, b, stride=1, padding=0):
    N, C, H, W = x.shape
    F, _, KH, KW = w.shape
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    HO, WO = (H + 2 * ph - KH) // sh + 1, (W + 2 * pw - KW) // sw + 1
    cols = im2col(x, (KH, KW), stride, padding)
    b *= 2
    out = w.reshape(F, -1) @ cols + b[:, None] / 2
    return out.reshape(N, F, HO, WO), (x, w, b, stride, padding)


@wrong("float16 inside", "rounded for speed", named=False)
def conv_forward_fast(x, w, b, stride=1, padding=0):
    N, C, H, W = x.shape
    F, _, KH, KW = w.shape
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    HO, WO = (H + 2 * ph - KH) // sh + 1, (W + 2 * pw - KW) // sw + 1
    cols = im2col(x, (KH, KW), stride, padding).astype(np.float16)
    out = (w.reshape(F, -1).astype(np.float16) @ cols).astype(x.dtype) + b[:, None]
    return out.reshape(N, F, HO, WO), (x, w, b, stride, padding)


@wrong("cache-incomplete", "(x, w, stride, padding)")
def conv_forward_fast(x, w, b, stride=1, padding=0):
    N, C, H, W = x.shape
    F, _, KH, KW = w.shape
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    HO, WO = (H + 2 * ph - KH) // sh + 1, (W + 2 * pw - KW) // sw + 1
    cols = im2col(x, (KH, KW), stride, padding)
    out = w.reshape(F, -1) @ cols + b[:, None]
    return out.reshape(N, F, HO, WO), (x, w, stride, padding)


@wrong("cache-holds-pairs")
def conv_forward_fast(x, w, b, stride=1, padding=0):
    N, C, H, W = x.shape
    F, _, KH, KW = w.shape
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    HO, WO = (H + 2 * ph - KH) // sh + 1, (W + 2 * pw - KW) // sw + 1
    out = w.reshape(F, -1) @ im2col(x, (KH, KW), (sh, sw), (ph, pw)) + b[:, None]
    return out.reshape(N, F, HO, WO), (x, w, b, (sh, sw), (ph, pw))


@wrong("padding-at-one-end")
def conv_forward_fast(x, w, b, stride=1, padding=0):
    N, C, H, W = x.shape
    F, _, KH, KW = w.shape
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    HO, WO = (H + 2 * ph - KH) // sh + 1, (W + 2 * pw - KW) // sw + 1
    xp = np.pad(x, ((0, 0), (0, 0), (0, 2 * ph), (0, 2 * pw)))
    out = np.zeros((N, F, HO, WO), dtype=x.dtype) + b[:, None, None]
    for u in range(KH):
        for v in range(KW):
            seen = xp[:, :, u : u + sh * HO : sh, v : v + sw * WO : sw]
            out += np.einsum("nchw,fc->nfhw", seen, w[:, :, u, v])
    return out, (x, w, b, stride, padding)
