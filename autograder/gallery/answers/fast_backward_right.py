"""conv_backward_fast written in every style that is right and fast."""
# mypy: ignore-errors
# ruff: noqa: F821, RUF059

import numpy as np

from autograder.gallery.registry import right


@right("im2col and col2im")
def conv_backward_fast(dout, cache):
    x, w, b, stride, padding = cache
    F = len(w)
    cols = im2col(x, w.shape[2:], stride, padding)
    flat = dout.reshape(len(x), F, -1)
    dw = (flat @ cols.transpose(0, 2, 1)).sum(axis=0).reshape(w.shape)
    dx = col2im(w.reshape(F, -1).T @ flat, x.shape, w.shape[2:], stride, padding)
    return dx, dw, dout.sum(axis=(0, 2, 3))


@right("one image at a time")
def conv_backward_fast(dout, cache):
    x, w, b, stride, padding = cache
    F = w.shape[0]
    dx, dw = np.zeros_like(x), np.zeros_like(w)
    for n in range(x.shape[0]):
        upstream = dout[n].reshape(F, -1)
        cols = im2col(x[n][None], w.shape[2:], stride, padding)[0]
        dw += (upstream @ cols.T).reshape(w.shape)
        dcols = w.reshape(F, -1).T @ upstream
        dx[n] = col2im(dcols[None], (1, *x.shape[1:]), w.shape[2:], stride, padding)[0]
    return dx, dw, dout.sum(axis=(2, 3)).sum(axis=0)


@right("one product for the whole batch")
def conv_backward_fast(dout, cache):
    x, w, b, stride, padding = cache
    N, F, HO, WO = dout.shape
    wide = dout.transpose(1, 0, 2, 3).reshape(F, -1)
    cols = im2col(x, w.shape[2:], stride, padding).transpose(1, 0, 2).reshape(w[0].size, -1)
    dcols = w.reshape(F, -1).T.dot(wide).reshape(-1, N, HO * WO).transpose(1, 0, 2)
    dx = col2im(dcols, x.shape, w.shape[2:], stride, padding)
    return dx, wide.dot(cols.T).reshape(w.shape), wide.sum(axis=1)


@right("einsum over im2col")
def conv_backward_fast(dout, cache):
    x, w, b, stride, padding = cache
    N, F = dout.shape[:2]
    cols = im2col(x, w.shape[2:], stride, padding)
    flat = dout.reshape(N, F, -1)
    dw = np.einsum("nfl,nkl->fk", flat, cols, optimize=True).reshape(w.shape)
    dcols = np.einsum("fk,nfl->nkl", w.reshape(F, -1), flat, optimize=True)
    return col2im(dcols, x.shape, w.shape[2:], stride, padding), dw, np.einsum("nfhw->f", dout)


@right("loops over the kernel and tensordot")
def conv_backward_fast(dout, cache):
    x, w, b, stride, padding = cache
    (sh, sw), (ph, pw) = np.broadcast_to(stride, 2), np.broadcast_to(padding, 2)
    N, C, H, W = x.shape
    F, _, KH, KW = w.shape
    HO, WO = dout.shape[2:]
    xp = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    dxp, dw = np.zeros_like(xp), np.empty_like(w)
    for u in range(KH):
        for v in range(KW):
            rows, columns = slice(u, u + sh * HO, sh), slice(v, v + sw * WO, sw)
            dw[:, :, u, v] = np.tensordot(dout, xp[:, :, rows, columns], axes=([0, 2, 3], [0, 2, 3]))
            dxp[:, :, rows, columns] += np.tensordot(dout, w[:, :, u, v], axes=(1, 0)).transpose(0, 3, 1, 2)
    return dxp[:, :, ph : ph + H, pw : pw + W], dw, dout.sum(axis=(0, 2, 3))


@right("loops over the kernel and einsum")
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
            seen = xp[:, :, u : u + sh * HO : sh, v : v + sw * WO : sw]
            dw[:, :, u, v] = np.einsum("nfhw,nchw->fc", dout, seen)
            dxp[:, :, u : u + sh * HO : sh, v : v + sw * WO : sw] += np.einsum("nfhw,fc->nchw", dout, w[:, :, u, v])
    return dxp[:, :, ph : H + ph, pw : W + pw].copy(), dw, dout.sum((0, 2, 3))


@right("sliding_window_view and tensordot, dx from the turned kernel")
def conv_backward_fast(dout, cache):
    x, w, b, stride, padding = cache
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    N, C, H, W = x.shape
    F, _, KH, KW = w.shape
    HO, WO = dout.shape[2:]
    view = np.lib.stride_tricks.sliding_window_view
    xp = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    windows = view(xp, (KH, KW), axis=(2, 3))[:, :, ::sh, ::sw]
    dw = np.tensordot(dout, windows, axes=([0, 2, 3], [0, 2, 3]))
    spread = np.zeros((N, F, H + 2 * ph + KH - 1, W + 2 * pw + KW - 1), dtype=dout.dtype)
    spread[:, :, KH - 1 : KH - 1 + sh * HO : sh, KW - 1 : KW - 1 + sw * WO : sw] = dout
    dxp = np.tensordot(view(spread, (KH, KW), axis=(2, 3)), w[:, :, ::-1, ::-1], axes=([1, 4, 5], [0, 2, 3]))
    return dxp.transpose(0, 3, 1, 2)[:, :, ph : ph + H, pw : pw + W], dw, dout.sum(axis=(0, 2, 3))


@right("sliding_window_view and einsum, not optimized")
def conv_backward_fast(dout, cache):
    x, w, b, stride, padding = cache
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    xp = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    windows = np.lib.stride_tricks.sliding_window_view(xp, w.shape[2:], axis=(2, 3))[:, :, ::sh, ::sw]
    dw = np.einsum("nfhw,nchwuv->fcuv", dout, windows)
    dcols = np.einsum("nfhw,fcuv->ncuvhw", dout, w).reshape(len(x), w[0].size, -1)
    return col2im(dcols, x.shape, w.shape[2:], stride, padding), dw, dout.sum(axis=(0, 2, 3))


@right("index arrays and np.add.at")
def conv_backward_fast(dout, cache):
    x, w, b, stride, padding = cache
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    N, C, H, W = x.shape
    F, _, KH, KW = w.shape
    HO, WO = dout.shape[2:]
    k = np.repeat(np.arange(C), KH * KW)[:, None]
    i = np.tile(np.repeat(np.arange(KH), KW), C)[:, None] + sh * np.repeat(np.arange(HO), WO)
    j = np.tile(np.arange(KW), KH * C)[:, None] + sw * np.tile(np.arange(WO), HO)
    xp = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    cols = xp[:, k, i, j].transpose(1, 2, 0).reshape(w[0].size, -1)
    flat = dout.transpose(1, 2, 3, 0).reshape(F, -1)
    dw = (flat @ cols.T).reshape(w.shape)
    dcols = (w.reshape(F, -1).T @ flat).reshape(w[0].size, -1, N).transpose(2, 0, 1)
    dxp = np.zeros_like(xp)
    np.add.at(dxp, (slice(None), k, i, j), dcols)
    return dxp[:, :, ph : ph + H, pw : pw + W], dw, dout.sum(axis=(0, 2, 3))


@right("a loop over places, all images and filters at once")
def conv_backward_fast(dout, cache):
    x, w, b, stride, padding = cache
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    N, C, H, W = x.shape
    F, _, KH, KW = w.shape
    rows = w.reshape(F, -1)
    xp = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    dxp, dw = np.zeros_like(xp), np.zeros_like(rows)
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            at = (slice(None), slice(None), slice(i * sh, i * sh + KH), slice(j * sw, j * sw + KW))
            dw += dout[:, :, i, j].T @ xp[at].reshape(N, -1)
            dxp[at] += (dout[:, :, i, j] @ rows).reshape(N, C, KH, KW)
    return dxp[:, :, ph : ph + H, pw : pw + W].copy(), dw.reshape(w.shape), dout.sum(axis=(0, 2, 3))
