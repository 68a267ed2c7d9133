"""conv_backward_input written in every style that is right."""
# mypy: ignore-errors
# ruff: noqa: RUF059

import numpy as np

from autograder.gallery.registry import right


@right("nested loops, filters laid down and added")
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


@right("loops over the kernel only, einsum")
def conv_backward_input(dout, w, x_shape, stride=1, padding=0):
    sh, sw = np.broadcast_to(stride, 2)
    ph, pw = np.broadcast_to(padding, 2)
    N, C, H, W = x_shape
    KH, KW = w.shape[2:]
    HO, WO = dout.shape[2:]
    dxp = np.zeros((N, C, H + 2 * ph, W + 2 * pw), dtype=dout.dtype)
    for p in range(KH):
        for q in range(KW):
            dxp[:, :, p : p + sh * HO : sh, q : q + sw * WO : sw] += np.einsum("nfij,fc->ncij", dout, w[:, :, p, q])
    return dxp[:, :, ph : ph + H, pw : pw + W].copy()


@right("loops over places only, tensordot")
def conv_backward_input(dout, w, x_shape, stride=1, padding=0):
    sh, sw = stride if isinstance(stride, tuple) else (stride, stride)
    ph, pw = padding if isinstance(padding, tuple) else (padding, padding)
    N, C, H, W = x_shape
    KH, KW = w.shape[2:]
    dx = np.zeros((N, C, H + 2 * ph, W + 2 * pw), w.dtype)
    for i, j in np.ndindex(dout.shape[2:]):
        top, left = i * sh, j * sw
        dx[:, :, top : top + KH, left : left + KW] += np.tensordot(dout[:, :, i, j], w, axes=1)
    rows = slice(ph, -ph) if ph else slice(None)
    columns = slice(pw, -pw) if pw else slice(None)
    return dx[:, :, rows, columns]


@right("a full convolution with the kernel turned, sliding_window_view")
def conv_backward_input(dout, w, x_shape, stride=1, padding=0):
    sh, sw = (stride,) * 2 if np.isscalar(stride) else stride
    ph, pw = (padding,) * 2 if np.isscalar(padding) else padding
    N, C, H, W = x_shape
    F, _, KH, KW = w.shape
    HO, WO = dout.shape[2:]
    # zeros between the places for the stride, K − 1 around them, and the rest of the image at the end
    wide = np.zeros((N, F, H + 2 * ph + KH - 1, W + 2 * pw + KW - 1), dtype=dout.dtype)
    wide[:, :, KH - 1 : KH - 1 + sh * HO : sh, KW - 1 : KW - 1 + sw * WO : sw] = dout
    windows = np.lib.stride_tricks.sliding_window_view(wide, (KH, KW), axis=(2, 3))
    turned = w[:, :, ::-1, ::-1]
    dx = np.einsum("nfijpq,fcpq->ncij", windows, turned, optimize=True)
    return dx[:, :, ph : ph + H, pw : pw + W]


@right("a full convolution with the kernel turned, as_strided and tensordot")
def conv_backward_input(dout, w, x_shape, stride=1, padding=0):
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    N, C, H, W = x_shape
    F, _, KH, KW = w.shape
    HO, WO = dout.shape[2:]
    high, wide = H + 2 * ph, W + 2 * pw
    g = np.zeros((N, F, high + KH - 1, wide + KW - 1), dtype=dout.dtype)
    g[:, :, KH - 1 : KH + (HO - 1) * sh : sh, KW - 1 : KW + (WO - 1) * sw : sw] = dout
    s0, s1, s2, s3 = g.strides
    windows = np.lib.stride_tricks.as_strided(g, (N, F, high, wide, KH, KW), (s0, s1, s2, s3, s2, s3), writeable=False)
    dx = np.tensordot(windows, np.rot90(w, 2, axes=(2, 3)), axes=([1, 4, 5], [0, 2, 3]))
    return dx.transpose(0, 3, 1, 2)[:, :, ph : ph + H, pw : pw + W]


@right("col2im by index arrays, np.add.at")
def conv_backward_input(dout, w, x_shape, stride=1, padding=0):
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    N, C, H, W = x_shape
    F, _, KH, KW = w.shape
    HO, WO = dout.shape[2:]
    i0 = np.tile(np.repeat(np.arange(KH), KW), C)
    j0 = np.tile(np.arange(KW), KH * C)
    i1 = sh * np.repeat(np.arange(HO), WO)
    j1 = sw * np.tile(np.arange(WO), HO)
    i = i0.reshape(-1, 1) + i1.reshape(1, -1)
    j = j0.reshape(-1, 1) + j1.reshape(1, -1)
    k = np.repeat(np.arange(C), KH * KW).reshape(-1, 1)
    cols = np.matmul(w.reshape(F, -1).T, dout.reshape(N, F, -1))
    dxp = np.zeros((N, C, H + 2 * ph, W + 2 * pw), dtype=dout.dtype)
    np.add.at(dxp, (slice(None), k, i, j), cols)
    return dxp[:, :, ph : H + ph, pw : W + pw]


@right("each pixel asks which places read it")
def conv_backward_input(dout, w, x_shape, stride=1, padding=0):
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    N, C, H, W = x_shape
    KH, KW = w.shape[2:]
    HO, WO = dout.shape[2:]
    dx = np.zeros(x_shape, dtype=dout.dtype)
    for r in range(H):
        for s in range(W):
            for i in range(HO):
                for j in range(WO):
                    p, q = r + ph - i * sh, s + pw - j * sw
                    if 0 <= p < KH and 0 <= q < KW:
                        dx[:, :, r, s] += dout[:, :, i, j] @ w[:, :, p, q]
    return dx


@right("no padded copy, filters cut at the border")
def conv_backward_input(dout, w, x_shape, stride=1, padding=0):
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    N, C, H, W = x_shape
    F, _, KH, KW = w.shape
    dx = np.zeros(x_shape, dtype=w.dtype)
    for (n, f, i, j), upstream in np.ndenumerate(dout):
        top, left = i * sh - ph, j * sw - pw
        r0, r1 = max(top, 0), min(top + KH, H)
        c0, c1 = max(left, 0), min(left + KW, W)
        if r1 > r0 and c1 > c0:
            dx[n, :, r0:r1, c0:c1] += upstream * w[f, :, r0 - top : r1 - top, c0 - left : c1 - left]
    return dx


@right("shifted slices, filter by filter and channel by channel")
def conv_backward_input(dout, w, x_shape, stride=1, padding=0):
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    N, C, H, W = x_shape
    F, _, KH, KW = w.shape
    HO, WO = dout.shape[2:]
    dx = np.zeros((N, C, H + 2 * ph, W + 2 * pw), dtype=dout.dtype)
    for f in range(F):
        for c in range(C):
            for p in range(KH):
                for q in range(KW):
                    dx[:, c, p:, q:][:, ::sh, ::sw][:, :HO, :WO] += w[f, c, p, q] * dout[:, f]
    return dx[:, :, ph : H + ph, pw : W + pw]


@right("the layer's matrix, column by column, transposed")
def conv_backward_input(dout, w, x_shape, stride=1, padding=0):
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    N, C, H, W = x_shape
    F, _, KH, KW = w.shape
    HO, WO = dout.shape[2:]
    matrix = np.zeros((F, HO, WO, C, H + 2 * ph, W + 2 * pw), dtype=w.dtype)
    for i in range(HO):
        for j in range(WO):
            matrix[:, i, j, :, i * sh : i * sh + KH, j * sw : j * sw + KW] = w
    matrix = matrix[..., ph : ph + H, pw : pw + W].reshape(F * HO * WO, C * H * W)
    return (dout.reshape(N, -1) @ matrix).reshape(x_shape)


@right("bincount over flat places")
def conv_backward_input(dout, w, x_shape, stride=1, padding=0):
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    N, C, H, W = x_shape
    KH, KW = w.shape[2:]
    HO, WO = dout.shape[2:]
    high, wide = H + 2 * ph, W + 2 * pw
    rows = sh * np.arange(HO)[:, None] + np.arange(KH)
    columns = sw * np.arange(WO)[:, None] + np.arange(KW)
    flat = (rows[:, None, :, None] * wide + columns[None, :, None, :]).ravel()
    shares = np.einsum("nfij,fcpq->ncijpq", dout, w).reshape(N * C, -1)
    maps = [np.bincount(flat, weights=share, minlength=high * wide) for share in shares]
    dx = np.array(maps).reshape(N, C, high, wide)[:, :, ph : ph + H, pw : pw + W]
    return dx.astype(dout.dtype)


@right("image by image, two matrices")
def conv_backward_input(dout, w, x_shape, stride=1, padding=0):
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    N, C, H, W = x_shape
    F, _, KH, KW = w.shape
    HO, WO = dout.shape[2:]
    images = []
    for upstream in dout:
        patches = (w.reshape(F, -1).T @ upstream.reshape(F, -1)).reshape(C, KH, KW, HO, WO)
        padded = np.zeros((C, H + 2 * ph, W + 2 * pw), dtype=dout.dtype)
        for i in range(HO):
            for j in range(WO):
                padded[:, i * sh : i * sh + KH, j * sw : j * sw + KW] += patches[:, :, :, i, j]
        images.append(padded[:, ph : ph + H, pw : pw + W])
    return np.stack(images)
