"""conv_backward_input with images, filters or channels mixed up, or a mean for a sum."""
# mypy: ignore-errors
# ruff: noqa: RUF059

import numpy as np

from autograder.gallery.registry import wrong


@wrong("filters-and-channels-swapped")
def conv_backward_input(dout, w, x_shape, stride=1, padding=0):
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    N, C, H, W = x_shape
    F, _, KH, KW = w.shape
    HO, WO = dout.shape[2:]
    dxp = np.zeros((N, C, H + 2 * ph, W + 2 * pw), dtype=dout.dtype)
    for p in range(KH):
        for q in range(KW):
            dxp[:, :, p : p + sh * HO : sh, q : q + sw * WO : sw] += np.einsum(
                "nfij,fc->ncij", dout, w[:, :, p, q].T if F == C else w[:, :, p, q]
            )
    return dxp[:, :, ph : ph + H, pw : pw + W]


@wrong("filters-not-summed", "made anew for every filter")
def conv_backward_input(dout, w, x_shape, stride=1, padding=0):
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    N, C, H, W = x_shape
    F, _, KH, KW = w.shape
    HO, WO = dout.shape[2:]
    for f in range(F):
        dxp = np.zeros((N, C, H + 2 * ph, W + 2 * pw), dtype=dout.dtype)
        for n in range(N):
            for i in range(HO):
                for j in range(WO):
                    dxp[n, :, i * sh : i * sh + KH, j * sw : j * sw + KW] += dout[n, f, i, j] * w[f]
    return dxp[:, :, ph : ph + H, pw : pw + W]


@wrong("filters-not-summed", "the first filter")
def conv_backward_input(dout, w, x_shape, stride=1, padding=0):
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    N, C, H, W = x_shape
    F, _, KH, KW = w.shape
    HO, WO = dout.shape[2:]
    dxp = np.zeros((N, C, H + 2 * ph, W + 2 * pw), dtype=dout.dtype)
    for n in range(N):
        for f in range(1):
            for i in range(HO):
                for j in range(WO):
                    dxp[n, :, i * sh : i * sh + KH, j * sw : j * sw + KW] += dout[n, f, i, j] * w[f]
    return dxp[:, :, ph : ph + H, pw : pw + W]


@wrong("first-filter-only")
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
                    dxp[n, :, i * sh : i * sh + KH, j * sw : j * sw + KW] += dout[n, f, i, j] * w[0]
    return dxp[:, :, ph : ph + H, pw : pw + W]


@wrong("channels-summed")
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
                    dxp[n, :, i * sh : i * sh + KH, j * sw : j * sw + KW] += dout[n, f, i, j] * w[f].sum(axis=0)
    return dxp[:, :, ph : ph + H, pw : pw + W]


@wrong("first-channel-only")
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
                    dxp[n, :, i * sh : i * sh + KH, j * sw : j * sw + KW] += dout[n, f, i, j] * w[f, 0]
    return dxp[:, :, ph : ph + H, pw : pw + W]


@wrong("last-image-only", "made anew for every image")
def conv_backward_input(dout, w, x_shape, stride=1, padding=0):
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    N, C, H, W = x_shape
    F, _, KH, KW = w.shape
    HO, WO = dout.shape[2:]
    for n in range(N):
        dxp = np.zeros((N, C, H + 2 * ph, W + 2 * pw), dtype=dout.dtype)
        for f in range(F):
            for i in range(HO):
                for j in range(WO):
                    dxp[n, :, i * sh : i * sh + KH, j * sw : j * sw + KW] += dout[n, f, i, j] * w[f]
    return dxp[:, :, ph : ph + H, pw : pw + W]


@wrong("first-image-only", "the return is inside the loop")
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
        return dxp[:, :, ph : ph + H, pw : pw + W]


@wrong("divided-by-n")
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
            dxp[:, :, top : top + KH, left : left + KW] += np.tensordot(dout[:, :, i, j], w, axes=1)
    return 1 / N * dxp[:, :, ph : ph + H, pw : pw + W]


@wrong("averaged")
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
            dxp[:, :, top : top + KH, left : left + KW] += np.tensordot(dout[:, :, i, j], w, axes=1)
    return 1 / F * dxp[:, :, ph : ph + H, pw : pw + W]


@wrong("batch-shuffled", "in reverse")
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
            dxp[:, :, top : top + KH, left : left + KW] += np.tensordot(dout[::-1, :, i, j], w, axes=1)
    return dxp[:, :, ph : ph + H, pw : pw + W]


@wrong("batch-shuffled", "added up")
def conv_backward_input(dout, w, x_shape, stride=1, padding=0):
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    N, C, H, W = x_shape
    F, _, KH, KW = w.shape
    HO, WO = dout.shape[2:]
    dxp = np.zeros((N, C, H + 2 * ph, W + 2 * pw), dtype=dout.dtype)
    for p in range(KH):
        for q in range(KW):
            dxp[:, :, p : p + sh * HO : sh, q : q + sw * WO : sw] += np.einsum("nfij,fc->cij", dout, w[:, :, p, q])
    return dxp[:, :, ph : ph + H, pw : pw + W]


@wrong("reshaped-without-moving-axes")
def conv_backward_input(dout, w, x_shape, stride=1, padding=0):
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    N, C, H, W = x_shape
    F, _, KH, KW = w.shape
    HO, WO = dout.shape[2:]
    rows = w.reshape(F, -1).T @ dout.reshape(F, -1)
    patches = rows.reshape(C, KH, KW, N, HO, WO)
    dxp = np.zeros((N, C, H + 2 * ph, W + 2 * pw), dtype=dout.dtype)
    for p in range(KH):
        for q in range(KW):
            dxp[:, :, p : p + sh * HO : sh, q : q + sw * WO : sw] += patches[:, p, q].transpose(1, 0, 2, 3)
    return dxp[:, :, ph : ph + H, pw : pw + W]


@wrong("upstream-ignored")
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
                    dxp[n, :, i * sh : i * sh + KH, j * sw : j * sw + KW] += w[f]
    return dxp[:, :, ph : ph + H, pw : pw + W]
