"""conv_backward_input with sizes, pairs or borders that are off."""
# mypy: ignore-errors
# ruff: noqa: RUF059

import numpy as np

from autograder.gallery.registry import wrong


@wrong("end-of-image-left-out")
def conv_backward_input(dout, w, x_shape, stride=1, padding=0):
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    N, C, H, W = x_shape
    F, _, KH, KW = w.shape
    HO, WO = dout.shape[2:]
    wide = np.zeros((N, F, (HO - 1) * sh + 1, (WO - 1) * sw + 1), dtype=dout.dtype)
    wide[:, :, ::sh, ::sw] = dout
    wide = np.pad(wide, ((0, 0), (0, 0), (KH - 1, KH - 1), (KW - 1, KW - 1)))
    windows = np.lib.stride_tricks.sliding_window_view(wide, (KH, KW), axis=(2, 3))
    dx = np.einsum("nfijpq,fcpq->ncij", windows, w[:, :, ::-1, ::-1])
    return dx[:, :, ph : dx.shape[2] - ph, pw : dx.shape[3] - pw]


@wrong("end-of-image-left-out", "size from the formula")
def conv_backward_input(dout, w, x_shape, stride=1, padding=0):
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    N, C, H, W = x_shape
    F, _, KH, KW = w.shape
    HO, WO = dout.shape[2:]
    dxp = np.zeros((N, C, (HO - 1) * sh + KH, (WO - 1) * sw + KW), dtype=dout.dtype)
    for n in range(N):
        for f in range(F):
            for i in range(HO):
                for j in range(WO):
                    dxp[n, :, i * sh : i * sh + KH, j * sw : j * sw + KW] += dout[n, f, i, j] * w[f]
    return dxp[:, :, ph : dxp.shape[2] - ph, pw : dxp.shape[3] - pw]


@wrong("pair-not-accepted")
def conv_backward_input(dout, w, x_shape, stride=1, padding=0):
    N, C, H, W = x_shape
    F, _, KH, KW = w.shape
    HO, WO = dout.shape[2:]
    s, p = stride, padding
    dxp = np.zeros((N, C, H + 2 * p, W + 2 * p), dtype=dout.dtype)
    for i in range(HO):
        for j in range(WO):
            dxp[:, :, i * s : i * s + KH, j * s : j * s + KW] += np.tensordot(dout[:, :, i, j], w, axes=1)
    return dxp[:, :, p : p + H, p : p + W]


@wrong("one-side-for-both", "the stride")
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
                    dxp[n, :, i * sh : i * sh + KH, j * sh : j * sh + KW] += dout[n, f, i, j] * w[f]
    return dxp[:, :, ph : ph + H, pw : pw + W]


@wrong("one-side-for-both", "the padding")
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
    return dxp[:, :, ph : ph + H, ph : ph + W]


@wrong("last-place-left-out", named=False)
def conv_backward_input(dout, w, x_shape, stride=1, padding=0):
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    N, C, H, W = x_shape
    F, _, KH, KW = w.shape
    HO, WO = dout.shape[2:]
    dxp = np.zeros((N, C, H + 2 * ph, W + 2 * pw), dtype=dout.dtype)
    for i in range(HO):
        for j in range(max(WO - 1, 1)):
            top, left = i * sh, j * sw
            dxp[:, :, top : top + KH, left : left + KW] += np.tensordot(dout[:, :, i, j], w, axes=1)
    return dxp[:, :, ph : ph + H, pw : pw + W]


@wrong("padding-wider-than-kernel", "never below 0")
def conv_backward_input(dout, w, x_shape, stride=1, padding=0):
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    N, C, H, W = x_shape
    F, _, KH, KW = w.shape
    HO, WO = dout.shape[2:]
    wide = np.zeros((N, F, (HO - 1) * sh + 1, (WO - 1) * sw + 1), dtype=dout.dtype)
    wide[:, :, ::sh, ::sw] = dout
    top, left = max(KH - 1 - ph, 0), max(KW - 1 - pw, 0)
    rest_h, rest_w = (H + 2 * ph - KH) % sh, (W + 2 * pw - KW) % sw
    wide = np.pad(wide, ((0, 0), (0, 0), (top, top + rest_h), (left, left + rest_w)))
    windows = np.lib.stride_tricks.sliding_window_view(wide, (KH, KW), axis=(2, 3))
    dx = np.einsum("nfijpq,fcpq->ncij", windows, w[:, :, ::-1, ::-1])
    return dx[:, :, :H, :W]


@wrong("padding-wider-than-kernel", "below 0")
def conv_backward_input(dout, w, x_shape, stride=1, padding=0):
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    N, C, H, W = x_shape
    F, _, KH, KW = w.shape
    HO, WO = dout.shape[2:]
    wide = np.zeros((N, F, (HO - 1) * sh + 1, (WO - 1) * sw + 1), dtype=dout.dtype)
    wide[:, :, ::sh, ::sw] = dout
    top, left = KH - 1 - ph, KW - 1 - pw
    rest_h, rest_w = (H + 2 * ph - KH) % sh, (W + 2 * pw - KW) % sw
    wide = np.pad(wide, ((0, 0), (0, 0), (top, top + rest_h), (left, left + rest_w)))
    windows = np.lib.stride_tricks.sliding_window_view(wide, (KH, KW), axis=(2, 3))
    return np.einsum("nfijpq,fcpq->ncij", windows, w[:, :, ::-1, ::-1])


@wrong("wraps-around", named=False)
def conv_backward_input(dout, w, x_shape, stride=1, padding=0):
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    N, C, H, W = x_shape
    F, _, KH, KW = w.shape
    HO, WO = dout.shape[2:]
    full = np.zeros((N, F, max(H, HO * sh), max(W, WO * sw)), dtype=dout.dtype)
    full[:, :, : HO * sh : sh, : WO * sw : sw] = dout
    dx = np.zeros((N, C, *full.shape[2:]), dtype=dout.dtype)
    for p in range(KH):
        for q in range(KW):
            dx += np.einsum("nfij,fc->ncij", np.roll(full, (p - ph, q - pw), axis=(2, 3)), w[:, :, p, q])
    return dx[:, :, :H, :W]


@wrong("sides-swapped")
def conv_backward_input(dout, w, x_shape, stride=1, padding=0):
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    N, C, W, H = x_shape
    F, _, KH, KW = w.shape
    HO, WO = dout.shape[2:]
    dxp = np.zeros((N, C, H + 2 * ph, W + 2 * pw), dtype=dout.dtype)
    for i in range(HO):
        for j in range(WO):
            top, left = i * sh, j * sw
            dxp[:, :, top : top + KH, left : left + KW] += np.tensordot(dout[:, :, i, j], w, axes=1)
    return dxp[:, :, ph : ph + H, pw : pw + W]
