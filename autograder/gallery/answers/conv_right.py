"""conv_forward written in every style that is right."""
# mypy: ignore-errors
# ruff: noqa: F821, RUF059

import numpy as np

from autograder.gallery.registry import right


@right("nested loops over places")
def conv_forward(x, w, b, stride=1, padding=0):
    N, C, H, W = x.shape
    F, _, KH, KW = w.shape
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    HO = conv_output_size(H, KH, sh, ph)
    WO = conv_output_size(W, KW, sw, pw)
    xp = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    out = np.zeros((N, F, HO, WO), dtype=x.dtype)
    for n in range(N):
        for f in range(F):
            for i in range(HO):
                for j in range(WO):
                    window = xp[n, :, i * sh : i * sh + KH, j * sw : j * sw + KW]
                    out[n, f, i, j] = np.sum(window * w[f]) + b[f]
    return out, (x, w, b, stride, padding)


@right("seven loops, no padded copy")
def conv_forward(x, w, b, stride=1, padding=0):
    N, C, H, W = x.shape
    F, _, KH, KW = w.shape
    sh, sw = stride if isinstance(stride, tuple) else (stride, stride)
    ph, pw = padding if isinstance(padding, tuple) else (padding, padding)
    HO = (H + 2 * ph - KH) // sh + 1
    WO = (W + 2 * pw - KW) // sw + 1
    out = np.empty((N, F, HO, WO), x.dtype)
    for n in range(N):
        for f in range(F):
            for i in range(HO):
                for j in range(WO):
                    total = b[f]
                    for c in range(C):
                        for u in range(KH):
                            for v in range(KW):
                                row, column = i * sh + u - ph, j * sw + v - pw
                                if 0 <= row < H and 0 <= column < W:
                                    total = total + x[n, c, row, column] * w[f, c, u, v]
                    out[n, f, i, j] = total
    return out, (x, w, b, stride, padding)


@right("loops over the kernel only")
def conv_forward(x, w, b, stride=1, padding=0):
    N, C, H, W = x.shape
    F, _, KH, KW = w.shape
    sh, sw = np.broadcast_to(stride, 2)
    ph, pw = np.broadcast_to(padding, 2)
    HO, WO = (H + 2 * ph - KH) // sh + 1, (W + 2 * pw - KW) // sw + 1
    xp = np.zeros((N, C, H + 2 * ph, W + 2 * pw), dtype=x.dtype)
    xp[:, :, ph : ph + H, pw : pw + W] = x
    out = np.zeros((N, F, HO, WO), dtype=x.dtype)
    for u in range(KH):
        for v in range(KW):
            seen = xp[:, :, u : u + sh * HO : sh, v : v + sw * WO : sw]
            out += np.einsum("nchw,fc->nfhw", seen, w[:, :, u, v])
    return out + b.reshape(1, -1, 1, 1), (x, w, b, stride, padding)


@right("sliding_window_view and einsum")
def conv_forward(x, w, b, stride=1, padding=0):
    sh, sw = (stride,) * 2 if np.isscalar(stride) else stride
    ph, pw = (padding,) * 2 if np.isscalar(padding) else padding
    xp = np.pad(x, [(0, 0), (0, 0), (ph, ph), (pw, pw)], mode="constant")
    windows = np.lib.stride_tricks.sliding_window_view(xp, w.shape[2:], axis=(2, 3))[:, :, ::sh, ::sw]
    out = np.einsum("nchwuv,fcuv->nfhw", windows, w, optimize=True) + b[:, None, None]
    return out, (x, w, b, stride, padding)


@right("as_strided and tensordot")
def conv_forward(x, w, b, stride=1, padding=0):
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


@right("im2col by index arrays")
def conv_forward(x, w, b, stride=1, padding=0):
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


@right("im2col row by row")
def conv_forward(x, w, b, stride=1, padding=0):
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
def conv_forward(x, w, b, stride=1, padding=0):
    N, C, H, W = x.shape
    F, _, KH, KW = w.shape
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    xp = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    HO, WO = (H + 2 * ph - KH) // sh + 1, (W + 2 * pw - KW) // sw + 1
    out = np.empty((N, F, HO, WO), dtype=x.dtype)
    for f in range(F):
        total = np.full((N, HO, WO), b[f], dtype=x.dtype)
        for c in range(C):
            for u in range(KH):
                for v in range(KW):
                    shifted = xp[:, c, u:, v:][:, ::sh, ::sw][:, :HO, :WO]
                    total += w[f, c, u, v] * shifted
        out[:, f] = total
    return out, (x, w, b, stride, padding)


@right("every place at stride 1, then every S-th")
def conv_forward(x, w, b, stride=1, padding=0):
    KH, KW = w.shape[2:]
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    xp = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    h, width = xp.shape[2] - KH + 1, xp.shape[3] - KW + 1
    dense = b.reshape(1, -1, 1, 1)
    for u in range(KH):
        for v in range(KW):
            part = np.tensordot(w[:, :, u, v], xp[:, :, u : u + h, v : v + width], axes=(1, 1))
            dense = dense + np.moveaxis(part, 0, 1)
    return dense[:, :, ::sh, ::sw].copy(), (x, w, b, stride, padding)


@right("vectorised over images and filters")
def conv_forward(x, w, b, stride=1, padding=0):
    KH, KW = w.shape[-2:]
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    xp = np.pad(x, ((0,), (0,), (ph,), (pw,)))
    HO = conv_output_size(x.shape[2], KH, sh, ph)
    WO = conv_output_size(x.shape[3], KW, sw, pw)
    out = np.zeros((x.shape[0], w.shape[0], HO, WO)).astype(x.dtype)
    for i in range(HO):
        for j in range(WO):
            window = xp[:, None, :, i * sh : i * sh + KH, j * sw : j * sw + KW]
            out[:, :, i, j] = (window * w[None]).sum(axis=(2, 3, 4)) + b
    return out, (x, w, b, stride, padding)


@right("sliding_window_view and one matrix product")
def conv_forward(x, w, b, stride=1, padding=0):
    N = x.shape[0]
    F, C, KH, KW = w.shape
    stride_h, stride_w = (stride, stride) if isinstance(stride, int) else stride
    pad_h, pad_w = (padding, padding) if isinstance(padding, int) else padding
    xp = np.pad(x, ((0, 0), (0, 0), (pad_h, pad_h), (pad_w, pad_w)))
    view = np.lib.stride_tricks.sliding_window_view(xp, (C, KH, KW), axis=(1, 2, 3))
    view = view[:, 0, ::stride_h, ::stride_w]
    HO, WO = view.shape[1:3]
    out = view.reshape(N * HO * WO, C * KH * KW) @ w.reshape(F, -1).T + b
    return out.reshape(N, HO, WO, F).transpose(0, 3, 1, 2).copy(), (x, w, b, stride, padding)


@right("one dot product per place")
def conv_forward(x, w, b, stride=1, padding=0):
    sh, sw = stride if hasattr(stride, "__len__") else (stride, stride)
    ph, pw = padding if hasattr(padding, "__len__") else (padding, padding)
    N, C, H, W = x.shape
    F, C, KH, KW = w.shape
    xp = np.zeros_like(x, shape=(N, C, H + 2 * ph, W + 2 * pw))
    xp[..., ph : ph + H, pw : pw + W] = x
    tops = np.arange(0, xp.shape[2] - KH + 1, sh)
    lefts = np.arange(0, xp.shape[3] - KW + 1, sw)
    out = np.zeros_like(x, shape=(N, F, len(tops), len(lefts)))
    for (n, f, i, j), _ in np.ndenumerate(out):
        window = xp[n, :, tops[i] : tops[i] + KH, lefts[j] : lefts[j] + KW]
        out[n, f, i, j] = np.dot(window.ravel(), w[f].ravel()) + b[f]
    return out, (x, w, b, stride, padding)
