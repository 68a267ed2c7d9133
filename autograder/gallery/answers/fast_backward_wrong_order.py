"""conv_backward_fast with wrong products and sums."""
# mypy: ignore-errors
# ruff: noqa: F821, RUF059

import numpy as np

from autograder.gallery.registry import wrong


@wrong("columns-scrambled")
def conv_backward_fast(dout, cache):
    x, w, b, stride, padding = cache
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    N, C, H, W = x.shape
    F, _, KH, KW = w.shape
    HO, WO = dout.shape[2:]
    xp = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    windows = np.lib.stride_tricks.sliding_window_view(xp, (KH, KW), axis=(2, 3))[:, :, ::sh, ::sw]
    cols = windows.reshape(N, C * KH * KW, HO * WO)
    flat = dout.reshape(N, F, -1)
    dw = (flat @ cols.transpose(0, 2, 1)).sum(axis=0).reshape(w.shape)
    dx = col2im(w.reshape(F, -1).T @ flat, x.shape, (KH, KW), stride, padding)
    return dx, dw, dout.sum(axis=(0, 2, 3))


@wrong("filters-scrambled")
def conv_backward_fast(dout, cache):
    x, w, b, stride, padding = cache
    F, k = len(w), w.shape[2:]
    flat = dout.reshape(len(x), F, -1)
    cols = im2col(x, k, stride, padding)
    dw = (flat @ cols.transpose(0, 2, 1)).sum(axis=0).reshape(w.shape)
    dx = col2im(w.reshape(-1, F) @ flat, x.shape, k, stride, padding)
    return dx, dw, dout.sum(axis=(0, 2, 3))


@wrong("dw-left-flat")
def conv_backward_fast(dout, cache):
    x, w, b, stride, padding = cache
    F, k = len(w), w.shape[2:]
    flat = dout.reshape(len(x), F, -1)
    cols = im2col(x, k, stride, padding)
    dw = (flat @ cols.transpose(0, 2, 1)).sum(axis=0)
    dx = col2im(w.reshape(F, -1).T @ flat, x.shape, k, stride, padding)
    return dx, dw, dout.sum(axis=(0, 2, 3))


@wrong("dw-not-summed-over-images")
def conv_backward_fast(dout, cache):
    x, w, b, stride, padding = cache
    F, k = len(w), w.shape[2:]
    flat = dout.reshape(len(x), F, -1)
    cols = im2col(x, k, stride, padding)
    dw = (flat @ cols.transpose(0, 2, 1)).reshape(-1, *w.shape)
    dx = col2im(w.reshape(F, -1).T @ flat, x.shape, k, stride, padding)
    return dx, dw, dout.sum(axis=(0, 2, 3))


@wrong("dw-last-image-only")
def conv_backward_fast(dout, cache):
    x, w, b, stride, padding = cache
    F, k = len(w), w.shape[2:]
    flat = dout.reshape(len(x), F, -1)
    cols = im2col(x, k, stride, padding)
    for n in range(len(x)):
        dw = (flat[n] @ cols[n].T).reshape(w.shape)
    dx = col2im(w.reshape(F, -1).T @ flat, x.shape, k, stride, padding)
    return dx, dw, dout.sum(axis=(0, 2, 3))


@wrong("dw-divided-by-n")
def conv_backward_fast(dout, cache):
    x, w, b, stride, padding = cache
    F, k = len(w), w.shape[2:]
    flat = dout.reshape(len(x), F, -1)
    cols = im2col(x, k, stride, padding)
    dw = (flat @ cols.transpose(0, 2, 1)).mean(axis=0).reshape(w.shape)
    dx = col2im(w.reshape(F, -1).T @ flat, x.shape, k, stride, padding)
    return dx, dw, dout.sum(axis=(0, 2, 3))


@wrong("dx-left-as-columns")
def conv_backward_fast(dout, cache):
    x, w, b, stride, padding = cache
    F, k = len(w), w.shape[2:]
    flat = dout.reshape(len(x), F, -1)
    cols = im2col(x, k, stride, padding)
    dw = (flat @ cols.transpose(0, 2, 1)).sum(axis=0).reshape(w.shape)
    dx = w.reshape(F, -1).T @ flat
    return dx, dw, dout.sum(axis=(0, 2, 3))


@wrong("dx-kernel-not-turned")
def conv_backward_fast(dout, cache):
    x, w, b, stride, padding = cache
    F, k = len(w), w.shape[2:]
    flat = dout.reshape(len(x), F, -1)
    cols = im2col(x, k, stride, padding)
    dw = (flat @ cols.transpose(0, 2, 1)).sum(axis=0).reshape(w.shape)
    dx = col2im(w[:, :, ::-1, ::-1].reshape(F, -1).T @ flat, x.shape, k, stride, padding)
    return dx, dw, dout.sum(axis=(0, 2, 3))


@wrong("dw-reversed")
def conv_backward_fast(dout, cache):
    x, w, b, stride, padding = cache
    F, k = len(w), w.shape[2:]
    flat = dout.reshape(len(x), F, -1)
    cols = im2col(x, k, stride, padding)
    dw = (flat @ cols.transpose(0, 2, 1)).sum(axis=0).reshape(w.shape)[:, :, ::-1, ::-1].copy()
    dx = col2im(w.reshape(F, -1).T @ flat, x.shape, k, stride, padding)
    return dx, dw, dout.sum(axis=(0, 2, 3))


@wrong("product-does-not-fit", "w not transposed")
def conv_backward_fast(dout, cache):
    x, w, b, stride, padding = cache
    F, k = len(w), w.shape[2:]
    flat = dout.reshape(len(x), F, -1)
    cols = im2col(x, k, stride, padding)
    dw = (flat @ cols.transpose(0, 2, 1)).sum(axis=0).reshape(w.shape)
    dx = col2im(w.reshape(F, -1).copy() @ flat, x.shape, k, stride, padding)
    return dx, dw, dout.sum(axis=(0, 2, 3))


@wrong("product-does-not-fit", "columns not transposed")
def conv_backward_fast(dout, cache):
    x, w, b, stride, padding = cache
    F, k = len(w), w.shape[2:]
    flat = dout.reshape(len(x), F, -1)
    cols = im2col(x, k, stride, padding)
    dw = (flat @ cols).sum(axis=0).reshape(w.shape)
    dx = col2im(w.reshape(F, -1).T @ flat, x.shape, k, stride, padding)
    return dx, dw, dout.sum(axis=(0, 2, 3))


@wrong("db-averaged")
def conv_backward_fast(dout, cache):
    x, w, b, stride, padding = cache
    F, k = len(w), w.shape[2:]
    flat = dout.reshape(len(x), F, -1)
    cols = im2col(x, k, stride, padding)
    dw = (flat @ cols.transpose(0, 2, 1)).sum(axis=0).reshape(w.shape)
    dx = col2im(w.reshape(F, -1).T @ flat, x.shape, k, stride, padding)
    return dx, dw, dout.mean(axis=(0, 2, 3))


@wrong("db-not-summed-over-all")
def conv_backward_fast(dout, cache):
    x, w, b, stride, padding = cache
    F, k = len(w), w.shape[2:]
    flat = dout.reshape(len(x), F, -1)
    cols = im2col(x, k, stride, padding)
    dw = (flat @ cols.transpose(0, 2, 1)).sum(axis=0).reshape(w.shape)
    dx = col2im(w.reshape(F, -1).T @ flat, x.shape, k, stride, padding)
    return dx, dw, flat.sum(axis=2)


@wrong("gradients-in-another-order")
def conv_backward_fast(dout, cache):
    x, w, b, stride, padding = cache
    F, k = len(w), w.shape[2:]
    flat = dout.reshape(len(x), F, -1)
    cols = im2col(x, k, stride, padding)
    dw = (flat @ cols.transpose(0, 2, 1)).sum(axis=0).reshape(w.shape)
    dx = col2im(w.reshape(F, -1).T @ flat, x.shape, k, stride, padding)
    return dw, dx, dout.sum(axis=(0, 2, 3))


@wrong("dw-reshaped-without-moving-axes")
def conv_backward_fast(dout, cache):
    x, w, b, stride, padding = cache
    N, F = dout.shape[:2]
    wide = dout.reshape(F, -1)
    cols = im2col(x, w.shape[2:], stride, padding).transpose(1, 0, 2).reshape(w[0].size, -1)
    dcols = (w.reshape(F, -1).T @ wide).reshape(w[0].size, N, -1).transpose(1, 0, 2)
    dx = col2im(dcols, x.shape, w.shape[2:], stride, padding)
    return dx, (wide @ cols.T).reshape(w.shape), dout.sum(axis=(0, 2, 3))


@wrong("db-averaged-over-places", "and dw too")
def conv_backward_fast(dout, cache):
    x, w, b, stride, padding = cache
    F, k = len(w), w.shape[2:]
    flat = dout.reshape(len(x), F, -1)
    cols = im2col(x, k, stride, padding)
    L = dout.shape[2] * dout.shape[3]
    dw = (flat @ cols.transpose(0, 2, 1)).sum(axis=0).reshape(w.shape) / L
    dx = col2im(w.reshape(F, -1).T @ flat, x.shape, k, stride, padding)
    return dx, dw, dout.sum(axis=(0, 2, 3)) / L


@wrong("db as a column", "keepdims", named=False)
def conv_backward_fast(dout, cache):
    x, w, b, stride, padding = cache
    F, k = len(w), w.shape[2:]
    flat = dout.reshape(len(x), F, -1)
    cols = im2col(x, k, stride, padding)
    dw = (flat @ cols.transpose(0, 2, 1)).sum(axis=0).reshape(w.shape)
    dx = col2im(w.reshape(F, -1).T @ flat, x.shape, k, stride, padding)
    return dx, dw, flat.sum(axis=2, keepdims=True).sum(axis=0)


@wrong("largest filter only", "a maximum where a sum belongs", named=False)
def conv_backward_fast(dout, cache):
    x, w, b, stride, padding = cache
    F, k = len(w), w.shape[2:]
    flat = dout.reshape(len(x), F, -1)
    cols = im2col(x, k, stride, padding)
    dw = (flat @ cols.transpose(0, 2, 1)).sum(axis=0).reshape(w.shape)
    dcols = (w.reshape(F, -1).T[None, :, :, None] * flat[:, None]).max(axis=2)
    return col2im(dcols, x.shape, k, stride, padding), dw, dout.sum(axis=(0, 2, 3))
