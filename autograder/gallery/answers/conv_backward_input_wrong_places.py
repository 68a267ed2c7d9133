"""conv_backward_input with windows, stride or padding that are off."""
# mypy: ignore-errors
# ruff: noqa: RUF059

import numpy as np

from autograder.gallery.registry import wrong


@wrong("stride-ignored", "in the windows")
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
                    dxp[n, :, i : i + KH, j : j + KW] += dout[n, f, i, j] * w[f]
    return dxp[:, :, ph : ph + H, pw : pw + W]


@wrong("stride-ignored", "no zeros between the places")
def conv_backward_input(dout, w, x_shape, stride=1, padding=0):
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    N, C, H, W = x_shape
    F, _, KH, KW = w.shape
    HO, WO = dout.shape[2:]
    wide = np.zeros((N, F, HO, WO), dtype=dout.dtype)
    wide[:] = dout
    wide = np.pad(wide, ((0, 0), (0, 0), (KH - 1, KH - 1), (KW - 1, KW - 1)))
    windows = np.lib.stride_tricks.sliding_window_view(wide, (KH, KW), axis=(2, 3))
    dx = np.einsum("nfijpq,fcpq->ncij", windows, w[:, :, ::-1, ::-1])
    return dx[:, :, ph : dx.shape[2] - ph, pw : dx.shape[3] - pw]


@wrong("window-end-without-stride")
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
                    dxp[n, :, i * sh : i + KH, j * sw : j + KW] += dout[n, f, i, j] * w[f]
    return dxp[:, :, ph : ph + H, pw : pw + W]


@wrong("padding-forgotten")
def conv_backward_input(dout, w, x_shape, stride=1, padding=0):
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    N, C, H, W = x_shape
    F, _, KH, KW = w.shape
    HO, WO = dout.shape[2:]
    dxp = np.zeros((N, C, H, W), dtype=dout.dtype)
    for n in range(N):
        for f in range(F):
            for i in range(HO):
                for j in range(WO):
                    dxp[n, :, i * sh : i * sh + KH, j * sw : j * sw + KW] += dout[n, f, i, j] * w[f]
    return dxp


@wrong("padding-forgotten", "corners above the image, no padded buffer")
def conv_backward_input(dout, w, x_shape, stride=1, padding=0):
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    N, C, H, W = x_shape
    F, _, KH, KW = w.shape
    HO, WO = dout.shape[2:]
    dx = np.zeros(x_shape, dtype=dout.dtype)
    for n in range(N):
        for f in range(F):
            for i in range(HO):
                for j in range(WO):
                    top, left = i * sh - ph, j * sw - pw
                    dx[n, :, top : top + KH, left : left + KW] += dout[n, f, i, j] * w[f]
    return dx


@wrong("padding-cut-from-one-side")
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
    return dxp[:, :, :H, :W]


@wrong("padding-not-cut")
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
    return dxp


@wrong("nothing-left-without-padding")
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
    return dxp[:, :, ph:-ph, pw:-pw]


@wrong("nothing-left-without-padding", "one of the two thought of", named=False)
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
    if padding == 0:
        return dxp
    return dxp[:, :, ph:-ph, pw:-pw]
