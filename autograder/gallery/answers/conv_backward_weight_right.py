"""conv_backward_weight written in every style that is right."""
# mypy: ignore-errors
# ruff: noqa: RUF059

import numpy as np

from autograder.gallery.registry import right


@right("nested loops, one window times one number")
def conv_backward_weight(dout, x, kernel, stride=1, padding=0):
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    N, F, HO, WO = dout.shape
    xp = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    dw = np.zeros((F, x.shape[1], kh, kw), dtype=x.dtype)
    for n in range(N):
        for f in range(F):
            for i in range(HO):
                for j in range(WO):
                    window = xp[n, :, i * sh : i * sh + kh, j * sw : j * sw + kw]
                    dw[f] += dout[n, f, i, j] * window
    return dw


@right("one sum for each weight")
def conv_backward_weight(dout, x, kernel, stride=1, padding=0):
    kh, kw = kernel if isinstance(kernel, tuple) else (kernel, kernel)
    sh, sw = stride if isinstance(stride, tuple) else (stride, stride)
    ph, pw = padding if isinstance(padding, tuple) else (padding, padding)
    N, F, HO, WO = dout.shape
    C = x.shape[1]
    xp = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    dw = np.empty((F, C, kh, kw), dtype=x.dtype)
    for f in range(F):
        for c in range(C):
            for p in range(kh):
                for q in range(kw):
                    seen = xp[:, c, p : p + sh * HO : sh, q : q + sw * WO : sw]
                    dw[f, c, p, q] = np.sum(seen * dout[:, f])
    return dw


@right("loops over the kernel only, einsum")
def conv_backward_weight(dout, x, kernel, stride=1, padding=0):
    kh, kw = np.broadcast_to(kernel, 2)
    sh, sw = np.broadcast_to(stride, 2)
    ph, pw = np.broadcast_to(padding, 2)
    F, HO, WO = dout.shape[1:]
    N, C, H, W = x.shape
    xp = np.zeros((N, C, H + 2 * ph, W + 2 * pw), dtype=x.dtype)
    xp[:, :, ph : ph + H, pw : pw + W] = x
    dw = np.zeros((F, C, kh, kw), dtype=x.dtype)
    for p in range(kh):
        for q in range(kw):
            seen = xp[:, :, p : p + sh * HO : sh, q : q + sw * WO : sw]
            dw[:, :, p, q] = np.einsum("nfij,ncij->fc", dout, seen)
    return dw


@right("sliding_window_view and einsum")
def conv_backward_weight(dout, x, kernel, stride=1, padding=0):
    kernel = (kernel, kernel) if np.isscalar(kernel) else kernel
    sh, sw = (stride,) * 2 if np.isscalar(stride) else stride
    ph, pw = (padding,) * 2 if np.isscalar(padding) else padding
    xp = np.pad(x, [(0, 0), (0, 0), (ph, ph), (pw, pw)], mode="constant")
    windows = np.lib.stride_tricks.sliding_window_view(xp, kernel, axis=(2, 3))[:, :, ::sh, ::sw]
    return np.einsum("nfij,ncijpq->fcpq", dout, windows, optimize=True)


@right("as_strided and tensordot")
def conv_backward_weight(dout, x, kernel, stride=1, padding=0):
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    xp = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    N, C = x.shape[:2]
    HO, WO = dout.shape[2:]
    s0, s1, s2, s3 = xp.strides
    windows = np.lib.stride_tricks.as_strided(
        xp, shape=(N, C, HO, WO, kh, kw), strides=(s0, s1, s2 * sh, s3 * sw, s2, s3), writeable=False
    )
    return np.tensordot(dout, windows, axes=([0, 2, 3], [0, 2, 3]))


@right("im2col by index arrays")
def conv_backward_weight(dout, x, kernel, stride=1, padding=0):
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    N, F, HO, WO = dout.shape
    C = x.shape[1]
    i0 = np.tile(np.repeat(np.arange(kh), kw), C)
    j0 = np.tile(np.arange(kw), kh * C)
    i1 = sh * np.repeat(np.arange(HO), WO)
    j1 = sw * np.tile(np.arange(WO), HO)
    i = i0.reshape(-1, 1) + i1.reshape(1, -1)
    j = j0.reshape(-1, 1) + j1.reshape(1, -1)
    k = np.repeat(np.arange(C), kh * kw).reshape(-1, 1)
    xp = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)), mode="constant")
    cols = xp[:, k, i, j].transpose(1, 2, 0).reshape(C * kh * kw, -1)
    rows = dout.transpose(1, 2, 3, 0).reshape(F, -1)
    return (rows @ cols.T).reshape(F, C, kh, kw)


@right("im2col image by image")
def conv_backward_weight(dout, x, kernel, stride=1, padding=0):
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    F, HO, WO = dout.shape[1:]
    dw = 0
    for image, upstream in zip(x, dout, strict=True):
        image = np.pad(image, ((0, 0), (ph, ph), (pw, pw)))
        patches = np.array(
            [image[:, i * sh : i * sh + kh, j * sw : j * sw + kw].ravel() for i in range(HO) for j in range(WO)]
        )
        dw = dw + upstream.reshape(F, -1) @ patches
    return dw.reshape(F, x.shape[1], kh, kw)


@right("shifted slices, channel by channel")
def conv_backward_weight(dout, x, kernel, stride=1, padding=0):
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    N, F, HO, WO = dout.shape
    xp = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    dw = np.zeros((F, x.shape[1], kh, kw), x.dtype)
    for c in range(x.shape[1]):
        for p in range(kh):
            for q in range(kw):
                shifted = xp[:, c, p:, q:][:, ::sh, ::sw][:, :HO, :WO]
                dw[:, c, p, q] = (dout * shifted[:, None]).sum(axis=(0, 2, 3))
    return dw


@right("the image correlated with dout, its stride filled with zeros")
def conv_backward_weight(dout, x, kernel, stride=1, padding=0):
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    N, F, HO, WO = dout.shape
    wide = np.zeros((N, F, (HO - 1) * sh + 1, (WO - 1) * sw + 1), dtype=dout.dtype)
    wide[:, :, ::sh, ::sw] = dout
    xp = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    views = np.lib.stride_tricks.sliding_window_view(xp, wide.shape[2:], axis=(2, 3))[:, :, :kh, :kw]
    return np.einsum("ncpqij,nfij->fcpq", views, wide)


@right("no padded copy, windows cut at the border")
def conv_backward_weight(dout, x, kernel, stride=1, padding=0):
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    N, F, HO, WO = dout.shape
    C, H, W = x.shape[1:]
    dw = np.zeros((F, C, kh, kw), dtype=x.dtype)
    for i in range(HO):
        for j in range(WO):
            top, left = i * sh - ph, j * sw - pw
            r0, r1 = max(top, 0), min(top + kh, H)
            c0, c1 = max(left, 0), min(left + kw, W)
            if r1 > r0 and c1 > c0:
                part = np.tensordot(dout[:, :, i, j], x[:, :, r0:r1, c0:c1], axes=(0, 0))
                dw[:, :, r0 - top : r1 - top, c0 - left : c1 - left] += part
    return dw


@right("outer products, place by place")
def conv_backward_weight(dout, x, kernel, stride=1, padding=0):
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    xp = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    F, C = dout.shape[1], x.shape[1]
    dw = np.zeros((F, C * kh * kw), dtype=x.dtype)
    for n, i, j in np.ndindex(dout.shape[0], *dout.shape[2:]):
        window = xp[n, :, i * sh : i * sh + kh, j * sw : j * sw + kw]
        dw += np.outer(dout[n, :, i, j], window)
    return dw.reshape(F, C, kh, kw)
