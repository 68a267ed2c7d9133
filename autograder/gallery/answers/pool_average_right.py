"""avg_pool_forward and avg_pool_backward written in every style that is right."""
# mypy: ignore-errors

import numpy as np

from autograder.gallery.registry import right


@right("loops over places, images and channels at once")
def avg_pool_forward(x, kernel, stride=None):
    stride = kernel if stride is None else stride
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    N, C, H, W = x.shape
    HO, WO = (H - kh) // sh + 1, (W - kw) // sw + 1
    out = np.empty((N, C, HO, WO), dtype=x.dtype)
    for i in range(HO):
        for j in range(WO):
            out[:, :, i, j] = x[:, :, i * sh : i * sh + kh, j * sw : j * sw + kw].mean(axis=(2, 3))
    return out, (x, kernel, stride)


@right("four nested loops")
def avg_pool_forward(x, kernel, stride=None):
    if stride is None:
        stride = kernel
    kh, kw = kernel if isinstance(kernel, tuple) else (kernel, kernel)
    sh, sw = stride if isinstance(stride, tuple) else (stride, stride)
    N, C, H, W = x.shape
    out = np.zeros((N, C, (H - kh) // sh + 1, (W - kw) // sw + 1), dtype=x.dtype)
    for n in range(N):
        for c in range(C):
            for i in range(out.shape[2]):
                for j in range(out.shape[3]):
                    window = x[n, c, i * sh : i * sh + kh, j * sw : j * sw + kw]
                    out[n, c, i, j] = np.sum(window) / window.size
    return out, (x, kernel, stride)


@right("blocks by reshape, loops where they do not fit")
def avg_pool_forward(x, kernel, stride=None):
    stride = kernel if stride is None else stride
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    N, C, H, W = x.shape
    if (kh, kw) == (sh, sw) and H % kh == 0 and W % kw == 0:
        return x.reshape(N, C, H // kh, kh, W // kw, kw).mean(axis=(3, 5)), (x, kernel, stride)
    tops, lefts = range(0, H - kh + 1, sh), range(0, W - kw + 1, sw)
    rows = [[x[:, :, i : i + kh, j : j + kw].mean((2, 3)) for j in lefts] for i in tops]
    return np.array(rows).transpose(2, 3, 0, 1).copy(), (x, kernel, stride)


@right("sliding_window_view")
def avg_pool_forward(x, kernel, stride=None):
    stride = kernel if stride is None else stride
    shape = (kernel,) * 2 if np.isscalar(kernel) else kernel
    sh, sw = (stride,) * 2 if np.isscalar(stride) else stride
    windows = np.lib.stride_tricks.sliding_window_view(x, shape, axis=(2, 3))[:, :, ::sh, ::sw]
    return windows.mean(axis=(-2, -1)), (x, kernel, stride)


@right("sum of shifted slices")
def avg_pool_forward(x, kernel, stride=None):
    stride = kernel if stride is None else stride
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    HO, WO = (x.shape[2] - kh) // sh + 1, (x.shape[3] - kw) // sw + 1
    out = np.zeros((*x.shape[:2], HO, WO), dtype=x.dtype)
    for u in range(kh):
        for v in range(kw):
            out += x[:, :, u : u + sh * HO : sh, v : v + sw * WO : sw]
    return out / (kh * kw), (x, kernel, stride)


@right("a table of sums")
def avg_pool_forward(x, kernel, stride=None):
    stride = kernel if stride is None else stride
    kh, kw = np.broadcast_to(kernel, 2)
    sh, sw = np.broadcast_to(stride, 2)
    table = np.pad(x, ((0, 0), (0, 0), (1, 0), (1, 0))).astype(np.float64).cumsum(axis=2).cumsum(axis=3)
    sums = table[:, :, kh:, kw:] - table[:, :, :-kh, kw:] - table[:, :, kh:, :-kw] + table[:, :, :-kh, :-kw]
    return (sums[:, :, ::sh, ::sw] / (kh * kw)).astype(x.dtype), (x, kernel, stride)


@right("einsum with a kernel of equal weights")
def avg_pool_forward(x, kernel, stride=None):
    stride = kernel if stride is None else stride
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    windows = np.lib.stride_tricks.sliding_window_view(x, (kh, kw), axis=(2, 3))[:, :, ::sh, ::sw]
    weights = np.full((kh, kw), 1 / (kh * kw), dtype=x.dtype)
    return np.einsum("ncijuv,uv->ncij", windows, weights), (x, kernel, stride)


@right("two matrix products")
def avg_pool_forward(x, kernel, stride=None):
    stride = kernel if stride is None else stride
    sides = []
    for axis in (0, 1):
        k = kernel if isinstance(kernel, int) else kernel[axis]
        s = stride if isinstance(stride, int) else stride[axis]
        size = x.shape[2 + axis]
        start = s * np.arange((size - k) // s + 1)[:, None]
        here = np.arange(size)
        sides.append(((here >= start) & (here < start + k)).astype(x.dtype) / k)
    return sides[0] @ x @ sides[1].T, (x, kernel, stride)


@right("loops over places")
def avg_pool_backward(dout, cache):
    x, kernel, stride = cache
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    dx = np.zeros_like(x)
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            share = dout[:, :, i, j, None, None] / (kh * kw)
            dx[:, :, i * sh : i * sh + kh, j * sw : j * sw + kw] += share
    return dx


@right("six loops")
def avg_pool_backward(dout, cache):
    x, kernel, stride = cache
    (kh, kw), (sh, sw) = (v if isinstance(v, tuple) else (v, v) for v in (kernel, stride))
    dx = np.zeros(x.shape, dtype=dout.dtype)
    for n, c, i, j in np.ndindex(dout.shape):
        for u in range(kh):
            for v in range(kw):
                dx[n, c, i * sh + u, j * sw + v] += dout[n, c, i, j] / kh / kw
    return dx


@right("shifted slices")
def avg_pool_backward(dout, cache):
    x, kernel, stride = cache
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    HO, WO = dout.shape[2:]
    share = dout / (kh * kw)
    dx = np.zeros(x.shape, dtype=x.dtype)
    for u in range(kh):
        for v in range(kw):
            dx[:, :, u : u + sh * HO : sh, v : v + sw * WO : sw] += share
    return dx


@right("np.repeat, loops where windows overlap")
def avg_pool_backward(dout, cache):
    x, kernel, stride = cache
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    share = dout / (kh * kw)
    dx = np.zeros_like(x)
    if (kh, kw) == (sh, sw):
        blocks = share.repeat(kh, axis=2).repeat(kw, axis=3)
        dx[:, :, : blocks.shape[2], : blocks.shape[3]] = blocks
        return dx
    for n, c, i, j in np.ndindex(share.shape):
        dx[n, c, i * sh : i * sh + kh, j * sw : j * sw + kw] += share[n, c, i, j]
    return dx


@right("two matrix products")
def avg_pool_backward(dout, cache):
    x, kernel, stride = cache
    sides = []
    for axis in (0, 1):
        k = kernel if isinstance(kernel, int) else kernel[axis]
        s = stride if isinstance(stride, int) else stride[axis]
        start = s * np.arange(dout.shape[2 + axis])[:, None]
        here = np.arange(x.shape[2 + axis])
        sides.append(((here >= start) & (here < start + k)).astype(x.dtype) / k)
    return np.einsum("ih,ncij,jw->nchw", sides[0], dout, sides[1])


@right("index arrays and np.add.at")
def avg_pool_backward(dout, cache):
    x, kernel, stride = cache
    kh, kw = np.broadcast_to(kernel, 2)
    sh, sw = np.broadcast_to(stride, 2)
    dx = np.zeros(x.shape, dtype=x.dtype)
    rows = sh * np.arange(dout.shape[2])[:, None, None, None] + np.arange(kh)[:, None]
    columns = sw * np.arange(dout.shape[3])[:, None, None] + np.arange(kw)
    np.add.at(dx, (slice(None), slice(None), rows, columns), dout[..., None, None] / dx.dtype.type(kh * kw))
    return dx
