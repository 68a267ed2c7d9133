"""conv_forward_fast and conv_backward_fast with the right numbers, and no faster than loops."""
# mypy: ignore-errors
# ruff: noqa: F821, RUF059

import numpy as np

from autograder.gallery.registry import wrong


@wrong("too-slow", "the loops of 02")
def conv_forward_fast(x, w, b, stride=1, padding=0):
    N, C, H, W = x.shape
    F, _, KH, KW = w.shape
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    HO, WO = (H + 2 * ph - KH) // sh + 1, (W + 2 * pw - KW) // sw + 1
    xp = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    out = np.zeros((N, F, HO, WO), dtype=x.dtype)
    for n in range(N):
        for f in range(F):
            for i in range(HO):
                for j in range(WO):
                    window = xp[n, :, i * sh : i * sh + KH, j * sw : j * sw + KW]
                    out[n, f, i, j] = np.sum(window * w[f]) + b[f]
    return out, (x, w, b, stride, padding)


@wrong("too-slow", "columns, but one dot product per place")
def conv_forward_fast(x, w, b, stride=1, padding=0):
    N, C, H, W = x.shape
    F, _, KH, KW = w.shape
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    HO, WO = (H + 2 * ph - KH) // sh + 1, (W + 2 * pw - KW) // sw + 1
    cols = im2col(x, (KH, KW), stride, padding)
    rows = w.reshape(F, -1)
    out = np.empty((N, F, HO * WO), dtype=x.dtype)
    for n in range(N):
        for f in range(F):
            for place in range(HO * WO):
                out[n, f, place] = rows[f].dot(cols[n, :, place]) + b[f]
    return out.reshape(N, F, HO, WO), (x, w, b, stride, padding)


@wrong("too-slow", "a loop over images and places, all filters at once")
def conv_forward_fast(x, w, b, stride=1, padding=0):
    N, C, H, W = x.shape
    F, _, KH, KW = w.shape
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    HO, WO = (H + 2 * ph - KH) // sh + 1, (W + 2 * pw - KW) // sw + 1
    xp = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    out = np.zeros((N, F, HO, WO), dtype=x.dtype)
    for n in range(N):
        for i in range(HO):
            for j in range(WO):
                window = xp[n, :, i * sh : i * sh + KH, j * sw : j * sw + KW]
                out[n, :, i, j] = np.sum(window * w, axis=(1, 2, 3)) + b
    return out, (x, w, b, stride, padding)


@wrong("too-slow", "a loop over filters and places, all images at once")
def conv_forward_fast(x, w, b, stride=1, padding=0):
    N, C, H, W = x.shape
    F, _, KH, KW = w.shape
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    HO, WO = (H + 2 * ph - KH) // sh + 1, (W + 2 * pw - KW) // sw + 1
    xp = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    out = np.zeros((N, F, HO, WO), dtype=x.dtype)
    for f in range(F):
        for i in range(HO):
            for j in range(WO):
                window = xp[:, :, i * sh : i * sh + KH, j * sw : j * sw + KW]
                out[:, f, i, j] = np.sum(window * w[f], axis=(1, 2, 3)) + b[f]
    return out, (x, w, b, stride, padding)


@wrong("too-slow", "a generator of sums")
def conv_forward_fast(x, w, b, stride=1, padding=0):
    N, C, H, W = x.shape
    F, _, KH, KW = w.shape
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    HO, WO = (H + 2 * ph - KH) // sh + 1, (W + 2 * pw - KW) // sw + 1
    xp = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    sums = (
        (xp[n, :, i * sh : i * sh + KH, j * sw : j * sw + KW] * w[f]).sum()
        for n in range(N)
        for f in range(F)
        for i in range(HO)
        for j in range(WO)
    )
    out = np.fromiter(sums, dtype=x.dtype, count=N * F * HO * WO).reshape(N, F, HO, WO)
    return out + b[:, None, None], (x, w, b, stride, padding)


@wrong("too-slow", "np.vectorize")
def conv_forward_fast(x, w, b, stride=1, padding=0):
    N, C, H, W = x.shape
    F, _, KH, KW = w.shape
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    HO, WO = (H + 2 * ph - KH) // sh + 1, (W + 2 * pw - KW) // sw + 1
    xp = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))

    def one(n, f, i, j):
        return np.sum(xp[n, :, i * sh : i * sh + KH, j * sw : j * sw + KW] * w[f]) + b[f]

    n, f, i, j = np.ogrid[:N, :F, :HO, :WO]
    out = np.vectorize(one, otypes=[x.dtype])(n, f, i, j)
    return out, (x, w, b, stride, padding)


@wrong("too-slow", "the loops of 03")
def conv_backward_fast(dout, cache):
    x, w, b, stride, padding = cache
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    N, C, H, W = x.shape
    F, _, KH, KW = w.shape
    HO, WO = dout.shape[2:]
    xp = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    dxp, dw = np.zeros_like(xp), np.zeros_like(w)
    for n in range(N):
        for f in range(F):
            for i in range(HO):
                for j in range(WO):
                    rows, columns = slice(i * sh, i * sh + KH), slice(j * sw, j * sw + KW)
                    dw[f] += dout[n, f, i, j] * xp[n, :, rows, columns]
                    dxp[n, :, rows, columns] += dout[n, f, i, j] * w[f]
    return dxp[:, :, ph : ph + H, pw : pw + W], dw, dout.sum(axis=(0, 2, 3))


@wrong("too-slow", "a loop over images and places, all filters at once")
def conv_backward_fast(dout, cache):
    x, w, b, stride, padding = cache
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    N, C, H, W = x.shape
    F, _, KH, KW = w.shape
    HO, WO = dout.shape[2:]
    xp = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    dxp, dw = np.zeros_like(xp), np.zeros_like(w)
    for n in range(N):
        for i in range(HO):
            for j in range(WO):
                rows, columns = slice(i * sh, i * sh + KH), slice(j * sw, j * sw + KW)
                upstream = dout[n, :, i, j][:, None, None, None]
                dw += upstream * xp[n, :, rows, columns]
                dxp[n, :, rows, columns] += (upstream * w).sum(axis=0)
    return dxp[:, :, ph : ph + H, pw : pw + W], dw, dout.sum(axis=(0, 2, 3))


@wrong("too-slow", "dw as a matrix product, dx in loops")
def conv_backward_fast(dout, cache):
    x, w, b, stride, padding = cache
    F, k = len(w), w.shape[2:]
    flat = dout.reshape(len(x), F, -1)
    cols = im2col(x, k, stride, padding)
    dw = (flat @ cols.transpose(0, 2, 1)).sum(axis=0).reshape(w.shape)
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    N, C, H, W = x.shape
    dxp = np.zeros((N, C, H + 2 * ph, W + 2 * pw), dtype=x.dtype)
    for n, f, i, j in np.ndindex(*dout.shape):
        dxp[n, :, i * sh : i * sh + k[0], j * sw : j * sw + k[1]] += dout[n, f, i, j] * w[f]
    return dxp[:, :, ph : ph + H, pw : pw + W], dw, dout.sum(axis=(0, 2, 3))
