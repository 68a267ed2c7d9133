"""Wrong answers that rely on how their inputs lie in memory: row by row, without gaps."""
# mypy: ignore-errors

import numpy as np

from autograder.gallery.registry import wrong


@wrong("stretched-in-other-order", "for a transposed array alone")
def linear_forward(x, w, b):
    flat = np.reshape(x, (x.shape[0], -1), order="A")
    return flat @ w + b, (x, w, b)


@wrong("shares-memory", "db of one image")
def linear_backward(dout, cache):
    x, w, _ = cache
    flat = x.reshape(len(x), -1)
    db = dout[0] if len(x) == 1 else dout.sum(axis=0)
    return (dout @ w.T).reshape(x.shape), flat.T @ dout, db


@wrong("in the order of memory", named=False)
def relu_backward(dout, cache):
    flat = dout.ravel(order="K") * (cache.ravel(order="K") > 0)
    return flat.reshape(cache.shape)


@wrong("strides worked out from the sizes", named=False)
def conv_forward(x, w, b, stride=1, padding=0):
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    xp = np.ascontiguousarray(np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))) if ph or pw else x
    N, C, H, W = xp.shape
    KH, KW = w.shape[2:]
    size = xp.itemsize
    windows = np.lib.stride_tricks.as_strided(
        xp,
        (N, C, (H - KH) // sh + 1, (W - KW) // sw + 1, KH, KW),
        (size * C * H * W, size * H * W, size * W * sh, size * sw, size * W, size),
    )
    out = np.einsum("ncijkl,fckl->nfij", windows, w) + b[:, None, None]
    return out, (x, w, b, stride, padding)


@wrong("strides worked out from the sizes", named=False)
def im2col(x, kernel, stride=1, padding=0):
    KH, KW = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    xp = np.ascontiguousarray(np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))) if ph or pw else x
    N, C, H, W = xp.shape
    size = xp.itemsize
    windows = np.lib.stride_tricks.as_strided(
        xp,
        (N, C, KH, KW, (H - KH) // sh + 1, (W - KW) // sw + 1),
        (size * C * H * W, size * H * W, size * W, size, size * W * sh, size * sw),
    )
    return windows.reshape(N, C * KH * KW, -1).copy()


@wrong("strides worked out from the sizes", named=False)
def conv1d_forward(x, w, b, stride=1, padding=0):
    xp = np.ascontiguousarray(np.pad(x, ((0, 0), (0, 0), (padding, padding)))) if padding else x
    N, C, L = xp.shape
    K, size = w.shape[2], xp.itemsize
    windows = np.lib.stride_tricks.as_strided(
        xp, (N, C, (L - K) // stride + 1, K), (size * C * L, size * L, size * stride, size)
    )
    return np.einsum("nclk,fck->nfl", windows, w) + b[:, None]


@wrong("in the order of memory", named=False)
def max_pool_forward(x, kernel, stride=None):
    stride = kernel if stride is None else stride
    KH, KW = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    maps = x.ravel(order="K").reshape(-1, *x.shape[2:])
    windows = np.lib.stride_tricks.sliding_window_view(maps, (KH, KW), axis=(1, 2))[:, ::sh, ::sw]
    largest = windows.max(axis=(3, 4))
    return largest.reshape(*x.shape[:2], *largest.shape[1:]), (x, kernel, stride)
