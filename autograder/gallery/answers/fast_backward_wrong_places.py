"""conv_backward_fast with overlaps, stride or padding gone wrong, or a rule of the house broken."""
# mypy: ignore-errors
# ruff: noqa: F821, F841, RUF059

import numpy as np

from autograder.gallery.registry import wrong


@wrong("dx-columns-overlap-assigned", "in the loop over the kernel")
def conv_backward_fast(dout, cache):
    x, w, b, stride, padding = cache
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    N, C, H, W = x.shape
    F, _, KH, KW = w.shape
    HO, WO = dout.shape[2:]
    xp = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    dxp, dw = np.zeros_like(xp), np.zeros_like(w)
    for u in range(KH):
        for v in range(KW):
            rows, columns = slice(u, u + sh * HO, sh), slice(v, v + sw * WO, sw)
            dw[:, :, u, v] = np.einsum("nfhw,nchw->fc", dout, xp[:, :, rows, columns])
            dxp[:, :, rows, columns] = np.einsum("nfhw,fc->nchw", dout, w[:, :, u, v])
    return dxp[:, :, ph : ph + H, pw : pw + W], dw, dout.sum(axis=(0, 2, 3))


@wrong("dx-columns-overlap-assigned", "+= with index arrays")
def conv_backward_fast(dout, cache):
    x, w, b, stride, padding = cache
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    N, C, H, W = x.shape
    F, _, KH, KW = w.shape
    HO, WO = dout.shape[2:]
    xp = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    k = np.repeat(np.arange(C), KH * KW)[:, None]
    i = np.tile(np.repeat(np.arange(KH), KW), C)[:, None] + sh * np.repeat(np.arange(HO), WO)
    j = np.tile(np.arange(KW), KH * C)[:, None] + sw * np.tile(np.arange(WO), HO)
    flat = dout.reshape(N, F, -1)
    dw = np.einsum("nfl,nkl->fk", flat, xp[:, k, i, j], optimize=True).reshape(w.shape)
    dxp = np.zeros_like(xp)
    dxp[:, k, i, j] += w.reshape(F, -1).T @ flat
    return dxp[:, :, ph : ph + H, pw : pw + W], dw, dout.sum(axis=(0, 2, 3))


@wrong("slice-end-without-stride")
def conv_backward_fast(dout, cache):
    x, w, b, stride, padding = cache
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    N, C, H, W = x.shape
    F, _, KH, KW = w.shape
    HO, WO = dout.shape[2:]
    xp = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    dxp, dw = np.zeros_like(xp), np.zeros_like(w)
    for u in range(KH):
        for v in range(KW):
            rows, columns = slice(u, u + HO, sh), slice(v, v + WO, sw)
            dw[:, :, u, v] = np.einsum("nfhw,nchw->fc", dout, xp[:, :, rows, columns])
            dxp[:, :, rows, columns] += np.einsum("nfhw,fc->nchw", dout, w[:, :, u, v])
    return dxp[:, :, ph : ph + H, pw : pw + W], dw, dout.sum(axis=(0, 2, 3))


@wrong("dx-padding-not-cut")
def conv_backward_fast(dout, cache):
    x, w, b, stride, padding = cache
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    N, C, H, W = x.shape
    F, _, KH, KW = w.shape
    HO, WO = dout.shape[2:]
    xp = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    dxp, dw = np.zeros_like(xp), np.zeros_like(w)
    for u in range(KH):
        for v in range(KW):
            rows, columns = slice(u, u + sh * HO, sh), slice(v, v + sw * WO, sw)
            dw[:, :, u, v] = np.einsum("nfhw,nchw->fc", dout, xp[:, :, rows, columns])
            dxp[:, :, rows, columns] += np.einsum("nfhw,fc->nchw", dout, w[:, :, u, v])
    return dxp, dw, dout.sum(axis=(0, 2, 3))


@wrong("dx-nothing-left-without-padding")
def conv_backward_fast(dout, cache):
    x, w, b, stride, padding = cache
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    N, C, H, W = x.shape
    F, _, KH, KW = w.shape
    HO, WO = dout.shape[2:]
    xp = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    dxp, dw = np.zeros_like(xp), np.zeros_like(w)
    for u in range(KH):
        for v in range(KW):
            rows, columns = slice(u, u + sh * HO, sh), slice(v, v + sw * WO, sw)
            dw[:, :, u, v] = np.einsum("nfhw,nchw->fc", dout, xp[:, :, rows, columns])
            dxp[:, :, rows, columns] += np.einsum("nfhw,fc->nchw", dout, w[:, :, u, v])
    return dxp[:, :, ph:-ph, pw:-pw], dw, dout.sum(axis=(0, 2, 3))


@wrong("dx-padding-cut-from-one-side")
def conv_backward_fast(dout, cache):
    x, w, b, stride, padding = cache
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    N, C, H, W = x.shape
    F, _, KH, KW = w.shape
    HO, WO = dout.shape[2:]
    xp = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    dxp, dw = np.zeros_like(xp), np.zeros_like(w)
    for u in range(KH):
        for v in range(KW):
            rows, columns = slice(u, u + sh * HO, sh), slice(v, v + sw * WO, sw)
            dw[:, :, u, v] = np.einsum("nfhw,nchw->fc", dout, xp[:, :, rows, columns])
            dxp[:, :, rows, columns] += np.einsum("nfhw,fc->nchw", dout, w[:, :, u, v])
    return dxp[:, :, :H, :W], dw, dout.sum(axis=(0, 2, 3))


@wrong("stride-and-padding-swapped", named=False)
def conv_backward_fast(dout, cache):
    x, w, b, padding, stride = cache
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    H, W = x.shape[2:]
    KH, KW = w.shape[2:]
    HO, WO = dout.shape[2:]
    xp = np.zeros((*x.shape[:2], max(H + 2 * ph, sh * HO + KH), max(W + 2 * pw, sw * WO + KW)), dtype=x.dtype)
    xp[:, :, ph : ph + H, pw : pw + W] = x
    dxp, dw = np.zeros_like(xp), np.zeros_like(w)
    for u in range(KH):
        for v in range(KW):
            at = (slice(None), slice(None), slice(u, u + sh * HO, sh), slice(v, v + sw * WO, sw))
            dw[:, :, u, v] = np.einsum("nfhw,nchw->fc", dout, xp[at])
            dxp[at] += np.einsum("nfhw,fc->nchw", dout, w[:, :, u, v])
    return dxp[:, :, ph : ph + H, pw : pw + W], dw, dout.sum(axis=(0, 2, 3))


@wrong("pair-not-accepted")
def conv_backward_fast(dout, cache):
    x, w, b, stride, padding = cache
    N, C, H, W = x.shape
    F, _, KH, KW = w.shape
    HO, WO = dout.shape[2:]
    xp = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    dxp, dw = np.zeros_like(xp), np.zeros_like(w)
    for u in range(KH):
        for v in range(KW):
            rows, columns = slice(u, u + stride * HO, stride), slice(v, v + stride * WO, stride)
            dw[:, :, u, v] = np.einsum("nfhw,nchw->fc", dout, xp[:, :, rows, columns])
            dxp[:, :, rows, columns] += np.einsum("nfhw,fc->nchw", dout, w[:, :, u, v])
    return dxp[:, :, padding : padding + H, padding : padding + W], dw, dout.sum(axis=(0, 2, 3))


@wrong("dtype-lost")
def conv_backward_fast(dout, cache):
    x, w, b, stride, padding = cache
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    N, C, H, W = x.shape
    F, _, KH, KW = w.shape
    HO, WO = dout.shape[2:]
    xp = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    dxp, dw = np.zeros_like(xp), np.zeros(w.shape)
    for u in range(KH):
        for v in range(KW):
            rows, columns = slice(u, u + sh * HO, sh), slice(v, v + sw * WO, sw)
            dw[:, :, u, v] = np.einsum("nfhw,nchw->fc", dout, xp[:, :, rows, columns])
            dxp[:, :, rows, columns] += np.einsum("nfhw,fc->nchw", dout, w[:, :, u, v])
    return dxp[:, :, ph : ph + H, pw : pw + W], dw, dout.sum(axis=(0, 2, 3))


@wrong("dx-batch-shuffled", "one sum over all images, given to each")
def conv_backward_fast(dout, cache):
    x, w, b, stride, padding = cache
    F, k = len(w), w.shape[2:]
    flat = dout.reshape(len(x), F, -1)
    cols = im2col(x, k, stride, padding)
    dw = (flat @ cols.transpose(0, 2, 1)).sum(axis=0).reshape(w.shape)
    dx = col2im(
        w.reshape(F, -1).T @ flat.sum(axis=0, keepdims=True).repeat(len(x), axis=0), x.shape, k, stride, padding
    )
    return dx, dw, dout.sum(axis=(0, 2, 3))


@wrong("returns-nothing")
def conv_backward_fast(dout, cache):
    x, w, b, stride, padding = cache
    F, k = len(w), w.shape[2:]
    flat = dout.reshape(len(x), F, -1)
    cols = im2col(x, k, stride, padding)
    dw = (flat @ cols.transpose(0, 2, 1)).sum(axis=0).reshape(w.shape)
    dx = col2im(w.reshape(F, -1).T @ flat, x.shape, k, stride, padding)
    db = dout.sum(axis=(0, 2, 3))


@wrong("dw-upstream-ignored", "in dw")
def conv_backward_fast(dout, cache):
    x, w, b, stride, padding = cache
    F, k = len(w), w.shape[2:]
    flat = dout.reshape(len(x), F, -1)
    cols = im2col(x, k, stride, padding)
    dw = np.broadcast_to(cols.sum(axis=(0, 2)), (F, cols.shape[1])).reshape(w.shape).copy()
    dx = col2im(w.reshape(F, -1).T @ flat, x.shape, k, stride, padding)
    return dx, dw, dout.sum(axis=(0, 2, 3))


@wrong("input-modified", "dout halved in place, through a view")
def conv_backward_fast(dout, cache):
    x, w, b, stride, padding = cache
    F, k = len(w), w.shape[2:]
    flat = dout.reshape(len(x), F, -1)
    flat /= 2
    cols = im2col(x, k, stride, padding)
    dw = 2 * (flat @ cols.transpose(0, 2, 1)).sum(axis=0).reshape(w.shape)
    dx = 2 * col2im(w.reshape(F, -1).T @ flat, x.shape, k, stride, padding)
    return dx, dw, 2 * flat.sum(axis=(0, 2))
