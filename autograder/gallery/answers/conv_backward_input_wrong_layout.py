"""conv_backward_input with an array turned, overwritten, shared or of another type."""
# mypy: ignore-errors
# ruff: noqa: RUF059

import numpy as np

from autograder.gallery.registry import wrong


@wrong("kernel-not-turned", "slid over dout")
def conv_backward_input(dout, w, x_shape, stride=1, padding=0):
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    N, C, H, W = x_shape
    F, _, KH, KW = w.shape
    HO, WO = dout.shape[2:]
    wide = np.zeros((N, F, H + 2 * ph + KH - 1, W + 2 * pw + KW - 1), dtype=dout.dtype)
    wide[:, :, KH - 1 : KH - 1 + sh * HO : sh, KW - 1 : KW - 1 + sw * WO : sw] = dout
    windows = np.lib.stride_tricks.sliding_window_view(wide, (KH, KW), axis=(2, 3))
    dx = np.einsum("nfijpq,fcpq->ncij", windows, w)
    return dx[:, :, ph : ph + H, pw : pw + W]


@wrong("kernel-not-turned", "turned in the loops")
def conv_backward_input(dout, w, x_shape, stride=1, padding=0):
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    N, C, H, W = x_shape
    F, _, KH, KW = w.shape
    HO, WO = dout.shape[2:]
    dxp = np.zeros((N, C, H + 2 * ph, W + 2 * pw), dtype=dout.dtype)
    for n in range(N):
        for f in range(F):
            for i in range(HO):
                for j in range(WO):
                    dxp[n, :, i * sh : i * sh + KH, j * sw : j * sw + KW] += dout[n, f, i, j] * w[f, :, ::-1, ::-1]
    return dxp[:, :, ph : ph + H, pw : pw + W]


@wrong("kernel-turned-in-one-axis", "the last")
def conv_backward_input(dout, w, x_shape, stride=1, padding=0):
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    N, C, H, W = x_shape
    F, _, KH, KW = w.shape
    HO, WO = dout.shape[2:]
    wide = np.zeros((N, F, H + 2 * ph + KH - 1, W + 2 * pw + KW - 1), dtype=dout.dtype)
    wide[:, :, KH - 1 : KH - 1 + sh * HO : sh, KW - 1 : KW - 1 + sw * WO : sw] = dout
    windows = np.lib.stride_tricks.sliding_window_view(wide, (KH, KW), axis=(2, 3))
    dx = np.einsum("nfijpq,fcpq->ncij", windows, w[..., ::-1])
    return dx[:, :, ph : ph + H, pw : pw + W]


@wrong("kernel-turned-in-one-axis", "the first two mixed up")
def conv_backward_input(dout, w, x_shape, stride=1, padding=0):
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    N, C, H, W = x_shape
    F, _, KH, KW = w.shape
    HO, WO = dout.shape[2:]
    wide = np.zeros((N, F, H + 2 * ph + KH - 1, W + 2 * pw + KW - 1), dtype=dout.dtype)
    wide[:, :, KH - 1 : KH - 1 + sh * HO : sh, KW - 1 : KW - 1 + sw * WO : sw] = dout
    windows = np.lib.stride_tricks.sliding_window_view(wide, (KH, KW), axis=(2, 3))
    dx = np.einsum("nfijpq,fcpq->ncij", windows, w[:, :, ::-1])
    return dx[:, :, ph : ph + H, pw : pw + W]


@wrong("kernel-transposed")
def conv_backward_input(dout, w, x_shape, stride=1, padding=0):
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    N, C, H, W = x_shape
    F, _, KH, KW = w.shape
    HO, WO = dout.shape[2:]
    dxp = np.zeros((N, C, H + 2 * ph, W + 2 * pw), dtype=dout.dtype)
    wt = w.transpose(0, 1, 3, 2)
    for p in range(wt.shape[2]):
        for q in range(wt.shape[3]):
            dxp[:, :, p : p + sh * HO : sh, q : q + sw * WO : sw] += np.einsum("nfij,fc->ncij", dout, wt[:, :, p, q])
    return dxp[:, :, ph : ph + H, pw : pw + W]


@wrong("overlap-assigned", "all filters at once")
def conv_backward_input(dout, w, x_shape, stride=1, padding=0):
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    N, C, H, W = x_shape
    F, _, KH, KW = w.shape
    HO, WO = dout.shape[2:]
    dxp = np.zeros((N, C, H + 2 * ph, W + 2 * pw), dtype=dout.dtype)
    for i in range(HO):
        for j in range(WO):
            top, left = i * sh, j * sw
            dxp[:, :, top : top + KH, left : left + KW] = np.tensordot(dout[:, :, i, j], w, axes=1)
    return dxp[:, :, ph : ph + H, pw : pw + W]


@wrong("overlap-assigned", "in the loops")
def conv_backward_input(dout, w, x_shape, stride=1, padding=0):
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    N, C, H, W = x_shape
    F, _, KH, KW = w.shape
    HO, WO = dout.shape[2:]
    dxp = np.zeros((N, C, H + 2 * ph, W + 2 * pw), dtype=dout.dtype)
    for n in range(N):
        for f in range(F):
            for i in range(HO):
                for j in range(WO):
                    dxp[n, :, i * sh : i * sh + KH, j * sw : j * sw + KW] = dout[n, f, i, j] * w[f]
    return dxp[:, :, ph : ph + H, pw : pw + W]


@wrong("overlap-assigned", "fancy index")
def conv_backward_input(dout, w, x_shape, stride=1, padding=0):
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    N, C, H, W = x_shape
    F, _, KH, KW = w.shape
    HO, WO = dout.shape[2:]
    rows = sh * np.arange(HO)[:, None] + np.arange(KH)
    columns = sw * np.arange(WO)[:, None] + np.arange(KW)
    dxp = np.zeros((N, C, H + 2 * ph, W + 2 * pw), dtype=dout.dtype)
    dxp[:, :, rows[:, None, :, None], columns[None, :, None, :]] += np.einsum("nfij,fcpq->ncijpq", dout, w)
    return dxp[:, :, ph : ph + H, pw : pw + W]


@wrong("overlap-averaged")
def conv_backward_input(dout, w, x_shape, stride=1, padding=0):
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    N, C, H, W = x_shape
    F, _, KH, KW = w.shape
    HO, WO = dout.shape[2:]
    dxp = np.zeros((N, C, H + 2 * ph, W + 2 * pw), dtype=dout.dtype)
    count = np.zeros(dxp.shape[2:], dtype=dout.dtype)
    for i in range(HO):
        for j in range(WO):
            top, left = i * sh, j * sw
            count[top : top + KH, left : left + KW] += 1
            dxp[:, :, top : top + KH, left : left + KW] += np.tensordot(dout[:, :, i, j], w, axes=1)
    dxp /= np.maximum(count, 1)
    return dxp[:, :, ph : ph + H, pw : pw + W]


@wrong("matrix-product")
def conv_backward_input(dout, w, x_shape, stride=1, padding=0):
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    N, C, H, W = x_shape
    F, _, KH, KW = w.shape
    HO, WO = dout.shape[2:]
    dxp = np.zeros((N, C, H + 2 * ph, W + 2 * pw), dtype=dout.dtype)
    for n in range(N):
        for f in range(F):
            for i in range(HO):
                for j in range(WO):
                    dxp[n, :, i * sh : i * sh + KH, j * sw : j * sw + KW] += w[f] @ dout[n, f]
    return dxp[:, :, ph : ph + H, pw : pw + W]


@wrong("matrix-product", "a number and a filter")
def conv_backward_input(dout, w, x_shape, stride=1, padding=0):
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    N, C, H, W = x_shape
    F, _, KH, KW = w.shape
    HO, WO = dout.shape[2:]
    dxp = np.zeros((N, C, H + 2 * ph, W + 2 * pw), dtype=dout.dtype)
    for n in range(N):
        for f in range(F):
            for i in range(HO):
                for j in range(WO):
                    dxp[n, :, i * sh : i * sh + KH, j * sw : j * sw + KW] += np.matmul(w[f], dout[n, f, i, j])
    return dxp[:, :, ph : ph + H, pw : pw + W]


@wrong("dtype-lost")
def conv_backward_input(dout, w, x_shape, stride=1, padding=0):
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    N, C, H, W = x_shape
    F, _, KH, KW = w.shape
    HO, WO = dout.shape[2:]
    dxp = np.zeros((N, C, H + 2 * ph, W + 2 * pw))
    for n in range(N):
        for f in range(F):
            for i in range(HO):
                for j in range(WO):
                    dxp[n, :, i * sh : i * sh + KH, j * sw : j * sw + KW] += dout[n, f, i, j] * w[f]
    return dxp[:, :, ph : ph + H, pw : pw + W]


@wrong("returns-nothing")
def conv_backward_input(dout, w, x_shape, stride=1, padding=0):
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    N, C, H, W = x_shape
    F, _, KH, KW = w.shape
    HO, WO = dout.shape[2:]
    dxp = np.zeros((N, C, H + 2 * ph, W + 2 * pw), dtype=dout.dtype)
    for n in range(N):
        for f in range(F):
            for i in range(HO):
                for j in range(WO):
                    dxp[n, :, i * sh : i * sh + KH, j * sw : j * sw + KW] += dout[n, f, i, j] * w[f]


@wrong("input-modified", "the kernel turned in place")
def conv_backward_input(dout, w, x_shape, stride=1, padding=0):
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    N, C, H, W = x_shape
    F, _, KH, KW = w.shape
    HO, WO = dout.shape[2:]
    wide = np.zeros((N, F, H + 2 * ph + KH - 1, W + 2 * pw + KW - 1), dtype=dout.dtype)
    wide[:, :, KH - 1 : KH - 1 + sh * HO : sh, KW - 1 : KW - 1 + sw * WO : sw] = dout
    w[:] = w[:, :, ::-1, ::-1].copy()
    windows = np.lib.stride_tricks.sliding_window_view(wide, (KH, KW), axis=(2, 3))
    dx = np.einsum("nfijpq,fcpq->ncij", windows, w)
    return dx[:, :, ph : ph + H, pw : pw + W]


@wrong("calls-disturb", "one buffer for all calls")
def conv_backward_input(dout, w, x_shape, stride=1, padding=0, kept={}):  # noqa: B006
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    N, C, H, W = x_shape
    F, _, KH, KW = w.shape
    HO, WO = dout.shape[2:]
    size = (N, C, H + 2 * ph, W + 2 * pw)
    dxp = kept.setdefault((size, dout.dtype), np.empty(size, dout.dtype))
    dxp[:] = 0
    for n in range(N):
        for f in range(F):
            for i in range(HO):
                for j in range(WO):
                    dxp[n, :, i * sh : i * sh + KH, j * sw : j * sw + KW] += dout[n, f, i, j] * w[f]
    return dxp[:, :, ph : ph + H, pw : pw + W]


@wrong("uninitialised", named=False)
def conv_backward_input(dout, w, x_shape, stride=1, padding=0):
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    N, C, H, W = x_shape
    F, _, KH, KW = w.shape
    HO, WO = dout.shape[2:]
    dxp = np.ones((N, C, H + 2 * ph, W + 2 * pw), dtype=dout.dtype)
    for p in range(KH):
        for q in range(KW):
            dxp[:, :, p : p + sh * HO : sh, q : q + sw * WO : sw] += np.einsum("nfij,fc->ncij", dout, w[:, :, p, q])
    return dxp[:, :, ph : ph + H, pw : pw + W]


@wrong("computed-in-float32", "added up in it")
def conv_backward_input(dout, w, x_shape, stride=1, padding=0):
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    N, C, H, W = x_shape
    F, _, KH, KW = w.shape
    HO, WO = dout.shape[2:]
    dxp = np.zeros((N, C, H + 2 * ph, W + 2 * pw), dtype=np.float32)
    for i in range(HO):
        for j in range(WO):
            top, left = i * sh, j * sw
            dxp[:, :, top : top + KH, left : left + KW] += np.tensordot(dout[:, :, i, j], w, axes=1)
    return dxp[:, :, ph : ph + H, pw : pw + W].astype(dout.dtype)
