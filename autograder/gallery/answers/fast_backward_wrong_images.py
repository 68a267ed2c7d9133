"""conv_backward_fast with images, filters or windows left out, mixed up or averaged."""
# mypy: ignore-errors
# ruff: noqa: F821, RUF059

import numpy as np

from autograder.gallery.registry import wrong


@wrong("db-wrong-axes")
def conv_backward_fast(dout, cache):
    x, w, b, stride, padding = cache
    F, k = len(w), w.shape[2:]
    flat = dout.reshape(len(x), F, -1)
    cols = im2col(x, k, stride, padding)
    dw = (flat @ cols.transpose(0, 2, 1)).sum(axis=0).reshape(w.shape)
    dx = col2im(w.reshape(F, -1).T @ flat, x.shape, k, stride, padding)
    return dx, dw, dout.sum(axis=(0, 1, 2))


@wrong("db-divided-by-n")
def conv_backward_fast(dout, cache):
    x, w, b, stride, padding = cache
    F, k = len(w), w.shape[2:]
    flat = dout.reshape(len(x), F, -1)
    cols = im2col(x, k, stride, padding)
    dw = (flat @ cols.transpose(0, 2, 1)).sum(axis=0).reshape(w.shape)
    dx = col2im(w.reshape(F, -1).T @ flat, x.shape, k, stride, padding)
    return dx, dw, dout.mean(axis=0).sum(axis=(1, 2))


@wrong("dw-kernel-transposed")
def conv_backward_fast(dout, cache):
    x, w, b, stride, padding = cache
    F, k = len(w), w.shape[2:]
    flat = dout.reshape(len(x), F, -1)
    cols = im2col(x, k, stride, padding)
    dw = (flat @ cols.transpose(0, 2, 1)).sum(axis=0).reshape(F, -1, k[0], k[1])
    dw = dw.swapaxes(2, 3).copy()
    dx = col2im(w.reshape(F, -1).T @ flat, x.shape, k, stride, padding)
    return dx, dw, dout.sum(axis=(0, 2, 3))


@wrong("dw-first-image-only")
def conv_backward_fast(dout, cache):
    x, w, b, stride, padding = cache
    F, k = len(w), w.shape[2:]
    flat = dout.reshape(len(x), F, -1)
    cols = im2col(x, k, stride, padding)
    dw = (flat[0] @ cols[0].T).reshape(w.shape)
    dx = col2im(w.reshape(F, -1).T @ flat, x.shape, k, stride, padding)
    return dx, dw, dout.sum(axis=(0, 2, 3))


@wrong("dw-averaged")
def conv_backward_fast(dout, cache):
    x, w, b, stride, padding = cache
    F, k = len(w), w.shape[2:]
    flat = dout.reshape(len(x), F, -1)
    cols = im2col(x, k, stride, padding)
    dw = (flat @ cols.transpose(0, 2, 1)).sum(axis=0).reshape(w.shape) / flat.shape[2]
    dx = col2im(w.reshape(F, -1).T @ flat, x.shape, k, stride, padding)
    return dx, dw, dout.sum(axis=(0, 2, 3))


@wrong("dw-batch-shuffled")
def conv_backward_fast(dout, cache):
    x, w, b, stride, padding = cache
    F, k = len(w), w.shape[2:]
    flat = dout.reshape(len(x), F, -1)
    cols = im2col(x, k, stride, padding)
    dw = (flat[::-1] @ cols.transpose(0, 2, 1)).sum(axis=0).reshape(w.shape)
    dx = col2im(w.reshape(F, -1).T @ flat, x.shape, k, stride, padding)
    return dx, dw, dout.sum(axis=(0, 2, 3))


@wrong("dw-batch-shuffled", "all images added up first")
def conv_backward_fast(dout, cache):
    x, w, b, stride, padding = cache
    F, k = len(w), w.shape[2:]
    flat = dout.reshape(len(x), F, -1)
    cols = im2col(x, k, stride, padding)
    dw = (flat.sum(axis=0) @ cols.sum(axis=0).T).reshape(w.shape)
    dx = col2im(w.reshape(F, -1).T @ flat, x.shape, k, stride, padding)
    return dx, dw, dout.sum(axis=(0, 2, 3))


@wrong("dx-first-image-only")
def conv_backward_fast(dout, cache):
    x, w, b, stride, padding = cache
    F, k = len(w), w.shape[2:]
    flat = dout.reshape(len(x), F, -1)
    cols = im2col(x, k, stride, padding)
    dw = (flat @ cols.transpose(0, 2, 1)).sum(axis=0).reshape(w.shape)
    dx = np.zeros(x.shape, dtype=x.dtype)
    dx[:1] = col2im(w.reshape(F, -1).T @ flat[:1], (1, *x.shape[1:]), k, stride, padding)
    return dx, dw, dout.sum(axis=(0, 2, 3))


@wrong("dx-last-image-only")
def conv_backward_fast(dout, cache):
    x, w, b, stride, padding = cache
    F, k = len(w), w.shape[2:]
    flat = dout.reshape(len(x), F, -1)
    cols = im2col(x, k, stride, padding)
    dw = (flat @ cols.transpose(0, 2, 1)).sum(axis=0).reshape(w.shape)
    for n in range(len(x)):
        dx = np.zeros(x.shape, dtype=x.dtype)
        dx[n : n + 1] = col2im(w.reshape(F, -1).T @ flat[n : n + 1], (1, *x.shape[1:]), k, stride, padding)
    return dx, dw, dout.sum(axis=(0, 2, 3))


@wrong("dx-divided-by-n")
def conv_backward_fast(dout, cache):
    x, w, b, stride, padding = cache
    F, k = len(w), w.shape[2:]
    flat = dout.reshape(len(x), F, -1)
    cols = im2col(x, k, stride, padding)
    dw = (flat @ cols.transpose(0, 2, 1)).sum(axis=0).reshape(w.shape)
    dx = col2im(w.reshape(F, -1).T @ flat, x.shape, k, stride, padding) / x.dtype.type(len(x))
    return dx, dw, dout.sum(axis=(0, 2, 3))


@wrong("dx-filters-not-summed")
def conv_backward_fast(dout, cache):
    x, w, b, stride, padding = cache
    F, k = len(w), w.shape[2:]
    flat = dout.reshape(len(x), F, -1)
    cols = im2col(x, k, stride, padding)
    dw = (flat @ cols.transpose(0, 2, 1)).sum(axis=0).reshape(w.shape)
    for f in range(F):
        dcols = w[f].reshape(-1, 1) * flat[:, f : f + 1]
        dx = col2im(dcols, x.shape, k, stride, padding)
    return dx, dw, dout.sum(axis=(0, 2, 3))


@wrong("dx-reshaped-without-moving-axes")
def conv_backward_fast(dout, cache):
    x, w, b, stride, padding = cache
    F, k = len(w), w.shape[2:]
    flat = dout.reshape(len(x), F, -1)
    cols = im2col(x, k, stride, padding)
    dw = (flat @ cols.transpose(0, 2, 1)).sum(axis=0).reshape(w.shape)
    wide = dout.reshape(F, -1)
    dcols = (w.reshape(F, -1).T @ wide).reshape(w[0].size, len(x), -1).transpose(1, 0, 2)
    dx = col2im(dcols, x.shape, k, stride, padding)
    return dx, dw, dout.sum(axis=(0, 2, 3))


@wrong("dx-overlap-averaged")
def conv_backward_fast(dout, cache):
    x, w, b, stride, padding = cache
    F, k = len(w), w.shape[2:]
    flat = dout.reshape(len(x), F, -1)
    cols = im2col(x, k, stride, padding)
    dw = (flat @ cols.transpose(0, 2, 1)).sum(axis=0).reshape(w.shape)
    dx = col2im(w.reshape(F, -1).T @ flat, x.shape, k, stride, padding)
    counts = col2im(np.ones_like(cols), x.shape, k, stride, padding)
    dx = dx / np.maximum(counts, 1)
    return dx, dw, dout.sum(axis=(0, 2, 3))


@wrong("dw-stride-ignored")
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
            near = (slice(None), slice(None), slice(u, u + HO), slice(v, v + WO))
            dw[:, :, u, v] = np.einsum("nfhw,nchw->fc", dout, xp[near])
            dxp[:, :, rows, columns] += np.einsum("nfhw,fc->nchw", dout, w[:, :, u, v])
    return dxp[:, :, ph : ph + H, pw : pw + W], dw, dout.sum(axis=(0, 2, 3))


@wrong("dx-stride-ignored")
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
            near = (slice(None), slice(None), slice(u, u + HO), slice(v, v + WO))
            dw[:, :, u, v] = np.einsum("nfhw,nchw->fc", dout, xp[:, :, rows, columns])
            dxp[near] += np.einsum("nfhw,fc->nchw", dout, w[:, :, u, v])
    return dxp[:, :, ph : ph + H, pw : pw + W], dw, dout.sum(axis=(0, 2, 3))


@wrong("dx-end-of-image-left-out")
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
    high, wide = (HO - 1) * sh + KH, (WO - 1) * sw + KW
    return dxp[:, :, ph : high - ph, pw : wide - pw], dw, dout.sum(axis=(0, 2, 3))
