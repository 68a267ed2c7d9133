"""conv_backward, the three gradients together, right and wrong."""
# mypy: ignore-errors
# ruff: noqa: F821, F841, RUF059

import numpy as np

from autograder.gallery.registry import right, wrong


@right("put together from the three functions")
def conv_backward(dout, cache):
    x, w, b, stride, padding = cache
    dx = conv_backward_input(dout, w, x.shape, stride, padding)
    dw = conv_backward_weight(dout, x, w.shape[2:], stride, padding)
    db = conv_backward_bias(dout)
    return dx, dw, db


@right("one line, by keyword")
def conv_backward(dout, cache):
    x, w, _, s, p = cache
    return (
        conv_backward_input(dout, w, x_shape=x.shape, stride=s, padding=p),
        conv_backward_weight(dout, x, kernel=(w.shape[2], w.shape[3]), stride=s, padding=p),
        conv_backward_bias(dout),
    )


@right("all three in one nest of loops")
def conv_backward(dout, cache):
    x, w, b, stride, padding = cache
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    N, C, H, W = x.shape
    F, _, KH, KW = w.shape
    xp = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    dxp, dw, db = np.zeros_like(xp), np.zeros_like(w), np.zeros_like(b)
    for n in range(N):
        for f in range(F):
            for i in range(dout.shape[2]):
                for j in range(dout.shape[3]):
                    rows, columns = slice(i * sh, i * sh + KH), slice(j * sw, j * sw + KW)
                    dxp[n, :, rows, columns] += dout[n, f, i, j] * w[f]
                    dw[f] += dout[n, f, i, j] * xp[n, :, rows, columns]
                    db[f] += dout[n, f, i, j]
    return dxp[:, :, ph : ph + H, pw : pw + W], dw, db


@right("sliding_window_view, einsum twice")
def conv_backward(dout, cache):
    x, w, b, stride, padding = cache
    sh, sw = np.broadcast_to(stride, 2)
    ph, pw = np.broadcast_to(padding, 2)
    KH, KW = w.shape[2:]
    H, W = x.shape[2:]
    HO, WO = dout.shape[2:]
    view = np.lib.stride_tricks.sliding_window_view
    windows = view(np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw))), (KH, KW), axis=(2, 3))[:, :, ::sh, ::sw]
    dw = np.einsum("nfij,ncijpq->fcpq", dout, windows)
    g = np.zeros((*dout.shape[:2], H + 2 * ph + KH - 1, W + 2 * pw + KW - 1), dtype=dout.dtype)
    g[:, :, KH - 1 : KH - 1 + HO * sh : sh, KW - 1 : KW - 1 + WO * sw : sw] = dout
    dx = np.einsum("nfijpq,fcpq->ncij", view(g, (KH, KW), axis=(2, 3)), w[:, :, ::-1, ::-1])
    return dx[:, :, ph : ph + H, pw : pw + W], dw, dout.sum((0, 2, 3))


@right("im2col by index arrays, np.add.at")
def conv_backward(dout, cache):
    x, w, b, stride, padding = cache
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    N, C, H, W = x.shape
    F, _, KH, KW = w.shape
    HO, WO = dout.shape[2:]
    i = np.tile(np.repeat(np.arange(KH), KW), C)[:, None] + sh * np.repeat(np.arange(HO), WO)
    j = np.tile(np.arange(KW), KH * C)[:, None] + sw * np.tile(np.arange(WO), HO)
    k = np.repeat(np.arange(C), KH * KW)[:, None]
    xp = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    cols = xp[:, k, i, j]
    rows = dout.reshape(N, F, HO * WO)
    dw = np.einsum("nfl,nkl->fk", rows, cols).reshape(w.shape)
    dcols = np.einsum("fk,nfl->nkl", w.reshape(F, -1), rows)
    dxp = np.zeros_like(xp)
    np.add.at(dxp, (slice(None), k, i, j), dcols)
    return dxp[:, :, ph : ph + H, pw : pw + W], dw, rows.sum(axis=(0, 2))


@right("loops over the kernel only")
def conv_backward(dout, cache):
    x, w, b, stride, padding = cache
    sh, sw = stride if isinstance(stride, tuple) else (stride, stride)
    ph, pw = padding if isinstance(padding, tuple) else (padding, padding)
    H, W = x.shape[2:]
    KH, KW = w.shape[2:]
    HO, WO = dout.shape[2:]
    xp = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    dxp, dw = np.zeros(xp.shape, xp.dtype), np.zeros(w.shape, w.dtype)
    for p in range(KH):
        for q in range(KW):
            places = (slice(None), slice(None), slice(p, p + sh * HO, sh), slice(q, q + sw * WO, sw))
            dw[:, :, p, q] = np.tensordot(dout, xp[places], axes=([0, 2, 3], [0, 2, 3]))
            dxp[places] += np.moveaxis(np.tensordot(dout, w[:, :, p, q], axes=(1, 0)), -1, 1)
    return dxp[:, :, ph : ph + H, pw : pw + W], dw, np.sum(dout, axis=(0, 2, 3))


@wrong("gradients-in-another-order", "dw first")
def conv_backward(dout, cache):
    x, w, b, stride, padding = cache
    dx = conv_backward_input(dout, w, x.shape, stride, padding)
    dw = conv_backward_weight(dout, x, w.shape[2:], stride, padding)
    return dw, dx, conv_backward_bias(dout)


@wrong("gradients-in-another-order", "in reverse")
def conv_backward(dout, cache):
    x, w, b, stride, padding = cache
    dx = conv_backward_input(dout, w, x.shape, stride, padding)
    dw = conv_backward_weight(dout, x, w.shape[2:], stride, padding)
    return conv_backward_bias(dout), dw, dx


@wrong("dw-stride-ignored", "not passed on", named=False)
def conv_backward(dout, cache):
    x, w, b, stride, padding = cache
    dx = conv_backward_input(dout, w, x.shape, stride, padding)
    dw = conv_backward_weight(dout, x, w.shape[2:])
    return dx, dw, conv_backward_bias(dout)


@wrong("dx-stride-ignored", "not passed on", named=False)
def conv_backward(dout, cache):
    x, w, b, stride, padding = cache
    dx = conv_backward_input(dout, w, x.shape)
    dw = conv_backward_weight(dout, x, w.shape[2:], stride, padding)
    return dx, dw, conv_backward_bias(dout)


@wrong("stride-and-padding-swapped")
def conv_backward(dout, cache):
    x, w, b, padding, stride = cache
    dx = conv_backward_input(dout, w, x.shape, stride, padding)
    dw = conv_backward_weight(dout, x, w.shape[2:], stride, padding)
    return dx, dw, conv_backward_bias(dout)


@wrong("dw-kernel-as-square")
def conv_backward(dout, cache):
    x, w, b, stride, padding = cache
    dx = conv_backward_input(dout, w, x.shape, stride, padding)
    dw = conv_backward_weight(dout, x, w.shape[-1], stride, padding)
    return dx, dw, conv_backward_bias(dout)


@wrong("db-divided-by-n")
def conv_backward(dout, cache):
    x, w, b, stride, padding = cache
    dx = conv_backward_input(dout, w, x.shape, stride, padding)
    dw = conv_backward_weight(dout, x, w.shape[2:], stride, padding)
    return dx, dw, conv_backward_bias(dout) / len(x)


@wrong("dw-divided-by-n", "and dx", also=("db-divided-by-n",))
def conv_backward(dout, cache):
    x, w, b, stride, padding = cache
    dout = dout / len(x)
    dx = conv_backward_input(dout, w, x.shape, stride, padding)
    dw = conv_backward_weight(dout, x, w.shape[2:], stride, padding)
    return dx, dw, conv_backward_bias(dout)


@wrong("dx-kernel-not-turned")
def conv_backward(dout, cache):
    x, w, b, stride, padding = cache
    dx = conv_backward_input(dout, w[:, :, ::-1, ::-1], x.shape, stride, padding)
    dw = conv_backward_weight(dout, x, w.shape[2:], stride, padding)
    return dx, dw, conv_backward_bias(dout)


@wrong("dx-overlap-assigned", "in one nest of loops")
def conv_backward(dout, cache):
    x, w, b, stride, padding = cache
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    N, C, H, W = x.shape
    F, _, KH, KW = w.shape
    xp = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    dxp, dw = np.zeros_like(xp), np.zeros_like(w)
    for n in range(N):
        for f in range(F):
            for i in range(dout.shape[2]):
                for j in range(dout.shape[3]):
                    rows, columns = slice(i * sh, i * sh + KH), slice(j * sw, j * sw + KW)
                    dxp[n, :, rows, columns] = dout[n, f, i, j] * w[f]
                    dw[f] += dout[n, f, i, j] * xp[n, :, rows, columns]
    return dxp[:, :, ph : ph + H, pw : pw + W], dw, dout.sum(axis=(0, 2, 3))


@wrong("dx-nothing-left-without-padding", "in one nest of loops")
def conv_backward(dout, cache):
    x, w, b, stride, padding = cache
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    N, C, H, W = x.shape
    F, _, KH, KW = w.shape
    xp = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    dxp, dw = np.zeros_like(xp), np.zeros_like(w)
    for n, f, i, j in np.ndindex(dout.shape):
        rows, columns = slice(i * sh, i * sh + KH), slice(j * sw, j * sw + KW)
        dxp[n, :, rows, columns] += dout[n, f, i, j] * w[f]
        dw[f] += dout[n, f, i, j] * xp[n, :, rows, columns]
    return dxp[:, :, ph:-ph, pw:-pw], dw, dout.sum(axis=(0, 2, 3))


@wrong("window-end-without-stride", "in one nest of loops")
def conv_backward(dout, cache):
    x, w, b, stride, padding = cache
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    H, W = x.shape[2:]
    KH, KW = w.shape[2:]
    xp = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    dxp, dw = np.zeros_like(xp), np.zeros_like(w)
    for n, f, i, j in np.ndindex(dout.shape):
        rows, columns = slice(i * sh, i + KH), slice(j * sw, j + KW)
        dxp[n, :, rows, columns] += dout[n, f, i, j] * w[f]
        dw[f] += dout[n, f, i, j] * xp[n, :, rows, columns]
    return dxp[:, :, ph : ph + H, pw : pw + W], dw, dout.sum(axis=(0, 2, 3))


@wrong("input-modified", "dout made smaller in place")
def conv_backward(dout, cache):
    x, w, b, stride, padding = cache
    dx = conv_backward_input(dout, w, x.shape, stride, padding)
    dw = conv_backward_weight(dout, x, w.shape[2:], stride, padding)
    db = conv_backward_bias(dout)
    dout *= 0
    return dx, dw, db


@wrong("db-forgotten", named=False)
def conv_backward(dout, cache):
    x, w, b, stride, padding = cache
    dx = conv_backward_input(dout, w, x.shape, stride, padding)
    dw = conv_backward_weight(dout, x, w.shape[2:], stride, padding)
    return dx, dw


@wrong("bias-for-its-gradient", named=False)
def conv_backward(dout, cache):
    x, w, b, stride, padding = cache
    dx = conv_backward_input(dout, w, x.shape, stride, padding)
    dw = conv_backward_weight(dout, x, w.shape[2:], stride, padding)
    return dx, dw, b * conv_backward_bias(dout)


@wrong("dtype-lost")
def conv_backward(dout, cache):
    x, w, b, stride, padding = cache
    x, w, dout = (np.asarray(value, dtype=np.float64) for value in (x, w, dout))
    dx = conv_backward_input(dout, w, x.shape, stride, padding)
    dw = conv_backward_weight(dout, x, w.shape[2:], stride, padding)
    return dx, dw, conv_backward_bias(dout)


@wrong("returns-nothing")
def conv_backward(dout, cache):
    x, w, b, stride, padding = cache
    dx = conv_backward_input(dout, w, x.shape, stride, padding)
    dw = conv_backward_weight(dout, x, w.shape[2:], stride, padding)
    db = conv_backward_bias(dout)
