"""conv_forward_fast with an output of the wrong size."""
# mypy: ignore-errors
# ruff: noqa: F821, RUF059

import numpy as np

from autograder.gallery.registry import wrong


@wrong("first-channel-only")
def conv_forward_fast(x, w, b, stride=1, padding=0):
    N, C, H, W = x.shape
    F, _, KH, KW = w.shape
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    HO, WO = (H + 2 * ph - KH) // sh + 1, (W + 2 * pw - KW) // sw + 1
    cols = im2col(x[:, :1], (KH, KW), stride, padding)
    out = w[:, 0].reshape(F, -1) @ cols + b[:, None]
    return out.reshape(N, F, HO, WO), (x, w, b, stride, padding)


@wrong("padding-once")
def conv_forward_fast(x, w, b, stride=1, padding=0):
    N, C, H, W = x.shape
    F, _, KH, KW = w.shape
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    HO, WO = (H + ph - KH) // sh + 1, (W + pw - KW) // sw + 1
    xp = np.pad(x, ((0, 0), (0, 0), (ph, 0), (pw, 0)))
    out = np.zeros((N, F, HO, WO), dtype=x.dtype) + b[:, None, None]
    for u in range(KH):
        for v in range(KW):
            seen = xp[:, :, u : u + sh * HO : sh, v : v + sw * WO : sw]
            out += np.einsum("nchw,fc->nfhw", seen, w[:, :, u, v])
    return out, (x, w, b, stride, padding)


@wrong("rounded-up")
def conv_forward_fast(x, w, b, stride=1, padding=0):
    N, C, H, W = x.shape
    F, _, KH, KW = w.shape
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    HO, WO = -(-(H + 2 * ph - KH) // sh) + 1, -(-(W + 2 * pw - KW) // sw) + 1
    xp = np.zeros((N, C, sh * HO + KH, sw * WO + KW), dtype=x.dtype)
    xp[:, :, ph : ph + H, pw : pw + W] = x
    out = np.zeros((N, F, HO, WO), dtype=x.dtype) + b[:, None, None]
    for u in range(KH):
        for v in range(KW):
            seen = xp[:, :, u : u + sh * HO : sh, v : v + sw * WO : sw]
            out += np.einsum("nchw,fc->nfhw", seen, w[:, :, u, v])
    return out, (x, w, b, stride, padding)


@wrong("stride-as-gap")
def conv_forward_fast(x, w, b, stride=1, padding=0):
    N, C, H, W = x.shape
    F, _, KH, KW = w.shape
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    sh, sw = sh + 1, sw + 1
    HO, WO = (H + 2 * ph - KH) // sh + 1, (W + 2 * pw - KW) // sw + 1
    xp = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    out = np.zeros((N, F, HO, WO), dtype=x.dtype) + b[:, None, None]
    for u in range(KH):
        for v in range(KW):
            seen = xp[:, :, u : u + sh * HO : sh, v : v + sw * WO : sw]
            out += np.einsum("nchw,fc->nfhw", seen, w[:, :, u, v])
    return out, (x, w, b, stride, padding)
