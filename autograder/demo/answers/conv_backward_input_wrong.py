"""conv_backward_input as it goes wrong."""
# mypy: ignore-errors
# ruff: noqa: RUF059

import numpy as np

from autograder.demo.gallery import wrong


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


@wrong("nothing-left-without-padding", "one of the two thought of")
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
