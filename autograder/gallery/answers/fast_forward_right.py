"""conv_forward_fast written in every style that is right and fast."""
# mypy: ignore-errors
# ruff: noqa: F821, RUF059

import numpy as np

from autograder.gallery.registry import right


@right("im2col and one matrix product an image")
def conv_forward_fast(x, w, b, stride=1, padding=0):
    N, C, H, W = x.shape
    F, _, KH, KW = w.shape
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    HO, WO = (H + 2 * ph - KH) // sh + 1, (W + 2 * pw - KW) // sw + 1
    cols = im2col(x, (KH, KW), stride, padding)
    out = w.reshape(F, -1) @ cols + b[:, None]
    return out.reshape(N, F, HO, WO), (x, w, b, stride, padding)


@right("im2col and one product for the whole batch")
def conv_forward_fast(x, w, b, stride=1, padding=0):
    N, C, H, W = x.shape
    F, _, KH, KW = w.shape
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    HO, WO = (H + 2 * ph - KH) // sh + 1, (W + 2 * pw - KW) // sw + 1
    cols = im2col(x, (KH, KW), (sh, sw), (ph, pw))
    wide = cols.transpose(1, 0, 2).reshape(C * KH * KW, -1)
    out = np.dot(w.reshape(F, -1), wide) + b.reshape(-1, 1)
    return out.reshape(F, N, HO, WO).transpose(1, 0, 2, 3), (x, w, b, stride, padding)


@right("im2col, one image at a time")
def conv_forward_fast(x, w, b, stride=1, padding=0):
    F, C, KH, KW = w.shape
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    HO = (x.shape[2] + 2 * ph - KH) // sh + 1
    out = []
    for n in range(len(x)):
        cols = im2col(x[n : n + 1], (KH, KW), stride, padding)[0]
        out.append((np.matmul(w.reshape(F, -1), cols) + b[:, None]).reshape(F, HO, -1))
    return np.stack(out), (x, w, b, stride, padding)


@right("loops over the kernel and einsum")
def conv_forward_fast(x, w, b, stride=1, padding=0):
    N, C, H, W = x.shape
    F, _, KH, KW = w.shape
    sh, sw = np.broadcast_to(stride, 2)
    ph, pw = np.broadcast_to(padding, 2)
    HO, WO = (H + 2 * ph - KH) // sh + 1, (W + 2 * pw - KW) // sw + 1
    xp = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    out = np.zeros((N, F, HO, WO), dtype=x.dtype)
    for u in range(KH):
        for v in range(KW):
            seen = xp[:, :, u : u + sh * HO : sh, v : v + sw * WO : sw]
            out += np.einsum("nchw,fc->nfhw", seen, w[:, :, u, v])
    return out + b.reshape(1, -1, 1, 1), (x, w, b, stride, padding)


@right("loops over the kernel and tensordot")
def conv_forward_fast(x, w, b, stride=1, padding=0):
    N, C, H, W = x.shape
    F, _, KH, KW = w.shape
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    HO, WO = (H + 2 * ph - KH) // sh + 1, (W + 2 * pw - KW) // sw + 1
    xp = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    out = np.zeros((F, N, HO, WO), dtype=x.dtype) + b[:, None, None, None]
    for u, v in np.ndindex(KH, KW):
        out += np.tensordot(w[:, :, u, v], xp[:, :, u : u + sh * HO : sh, v : v + sw * WO : sw], axes=(1, 1))
    return np.ascontiguousarray(np.moveaxis(out, 0, 1)), (x, w, b, stride, padding)


@right("sliding_window_view and einsum")
def conv_forward_fast(x, w, b, stride=1, padding=0):
    sh, sw = (stride,) * 2 if np.isscalar(stride) else stride
    ph, pw = (padding,) * 2 if np.isscalar(padding) else padding
    xp = np.pad(x, [(0, 0), (0, 0), (ph, ph), (pw, pw)], mode="constant")
    windows = np.lib.stride_tricks.sliding_window_view(xp, w.shape[2:], axis=(2, 3))[:, :, ::sh, ::sw]
    out = np.einsum("nchwuv,fcuv->nfhw", windows, w, optimize=True) + b[:, None, None]
    return out, (x, w, b, stride, padding)


@right("sliding_window_view and einsum, not optimized")
def conv_forward_fast(x, w, b, stride=1, padding=0):
    sh, sw = (stride,) * 2 if np.isscalar(stride) else stride
    ph, pw = (padding,) * 2 if np.isscalar(padding) else padding
    xp = np.pad(x, [(0, 0), (0, 0), (ph, ph), (pw, pw)], mode="constant")
    windows = np.lib.stride_tricks.sliding_window_view(xp, w.shape[2:], axis=(2, 3))[:, :, ::sh, ::sw]
    out = np.einsum("nchwuv,fcuv->nfhw", windows, w) + b[:, None, None]
    return out, (x, w, b, stride, padding)


@right("sliding_window_view and one matrix product")
def conv_forward_fast(x, w, b, stride=1, padding=0):
    F, C, KH, KW = w.shape
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    xp = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    view = np.lib.stride_tricks.sliding_window_view(xp, (C, KH, KW), axis=(1, 2, 3))[:, 0, ::sh, ::sw]
    N, HO, WO = view.shape[:3]
    out = view.reshape(N * HO * WO, C * KH * KW) @ w.reshape(F, -1).T + b
    return out.reshape(N, HO, WO, F).transpose(0, 3, 1, 2).copy(), (x, w, b, stride, padding)


@right("as_strided and tensordot")
def conv_forward_fast(x, w, b, stride=1, padding=0):
    N, C, H, W = x.shape
    F, _, KH, KW = w.shape
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    xp = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    HO = (H + 2 * ph - KH) // sh + 1
    WO = (W + 2 * pw - KW) // sw + 1
    s0, s1, s2, s3 = xp.strides
    windows = np.lib.stride_tricks.as_strided(
        xp, shape=(N, C, HO, WO, KH, KW), strides=(s0, s1, s2 * sh, s3 * sw, s2, s3), writeable=False
    )
    out = np.tensordot(windows, w, axes=([1, 4, 5], [1, 2, 3])) + b
    return out.transpose(0, 3, 1, 2), (x, w, b, stride, padding)


@right("index arrays and one matrix product")
def conv_forward_fast(x, w, b, stride=1, padding=0):
    N, C, H, W = x.shape
    F, _, KH, KW = w.shape
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    HO = (H + 2 * ph - KH) // sh + 1
    WO = (W + 2 * pw - KW) // sw + 1
    i0 = np.tile(np.repeat(np.arange(KH), KW), C)
    j0 = np.tile(np.arange(KW), KH * C)
    i1 = sh * np.repeat(np.arange(HO), WO)
    j1 = sw * np.tile(np.arange(WO), HO)
    i = i0.reshape(-1, 1) + i1.reshape(1, -1)
    j = j0.reshape(-1, 1) + j1.reshape(1, -1)
    k = np.repeat(np.arange(C), KH * KW).reshape(-1, 1)
    xp = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)), mode="constant")
    cols = xp[:, k, i, j].transpose(1, 2, 0).reshape(C * KH * KW, -1)
    res = w.reshape(F, -1) @ cols + b.reshape(-1, 1)
    out = res.reshape(F, HO, WO, N).transpose(3, 0, 1, 2)
    return out, (x, w, b, stride, padding)


@right("rows of patches, one image at a time")
def conv_forward_fast(x, w, b, stride=1, padding=0):
    F, C, KH, KW = w.shape
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    out = []
    for image in x:
        image = np.pad(image, ((0, 0), (ph, ph), (pw, pw)))
        rows = range(0, image.shape[1] - KH + 1, sh)
        columns = range(0, image.shape[2] - KW + 1, sw)
        patches = [image[:, i : i + KH, j : j + KW].ravel() for i in rows for j in columns]
        maps = np.array(patches) @ w.reshape(F, -1).T + b
        out.append(maps.T.reshape(F, len(rows), len(columns)))
    return np.stack(out), (x, w, b, stride, padding)


@right("shifted slices, channel by channel")
def conv_forward_fast(x, w, b, stride=1, padding=0):
    N, C, H, W = x.shape
    F, _, KH, KW = w.shape
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    xp = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    HO, WO = (H + 2 * ph - KH) // sh + 1, (W + 2 * pw - KW) // sw + 1
    out = np.zeros((N, F, HO, WO), dtype=x.dtype) + b[:, None, None]
    for c in range(C):
        for u in range(KH):
            for v in range(KW):
                shifted = xp[:, c, u:, v:][:, ::sh, ::sw][:, :HO, :WO]
                out += w[:, c, u, v][:, None, None] * shifted[:, None]
    return out, (x, w, b, stride, padding)


@right("a loop over places, all images and filters at once")
def conv_forward_fast(x, w, b, stride=1, padding=0):
    N, C, H, W = x.shape
    F, _, KH, KW = w.shape
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    xp = np.pad(x, ((0,), (0,), (ph,), (pw,)))
    HO, WO = (H + 2 * ph - KH) // sh + 1, (W + 2 * pw - KW) // sw + 1
    out = np.zeros((N, F, HO, WO), dtype=x.dtype)
    rows = w.reshape(F, -1)
    for i in range(HO):
        for j in range(WO):
            window = xp[:, :, i * sh : i * sh + KH, j * sw : j * sw + KW]
            out[:, :, i, j] = window.reshape(N, -1) @ rows.T + b
    return out, (x, w, b, stride, padding)


@right("the batch as the last axis")
def conv_forward_fast(x, w, b, stride=1, padding=0):
    N, C, H, W = x.shape
    F, _, KH, KW = w.shape
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    HO, WO = (H + 2 * ph - KH) // sh + 1, (W + 2 * pw - KW) // sw + 1
    xp = np.zeros((C, H + 2 * ph, W + 2 * pw, N), dtype=x.dtype)
    xp[:, ph : ph + H, pw : pw + W] = x.transpose(1, 2, 3, 0)
    cols = np.empty((C, KH, KW, HO, WO, N), dtype=x.dtype)
    for u in range(KH):
        for v in range(KW):
            cols[:, u, v] = xp[:, u : u + sh * HO : sh, v : v + sw * WO : sw]
    out = w.reshape(F, -1) @ cols.reshape(C * KH * KW, -1) + b[:, None]
    return np.ascontiguousarray(out.reshape(F, HO, WO, N).transpose(3, 0, 1, 2)), (x, w, b, stride, padding)
