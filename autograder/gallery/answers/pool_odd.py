"""Wrong answers to the pooling exercises that were thought of after the checks, to see whether they are caught."""
# mypy: ignore-errors

import numpy as np

from autograder.gallery.registry import wrong


@wrong("window-of-its-own", "a pixel asks one window only", named=False)
def max_pool_backward(dout, cache):
    x, kernel, stride = cache
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    dx = np.zeros_like(x)
    for n, c, row, column in np.ndindex(x.shape):
        i, j = row // sh, column // sw
        if i < dout.shape[2] and j < dout.shape[3]:
            window = x[n, c, i * sh : i * sh + kh, j * sw : j * sw + kw]
            if window.argmax() == (row - i * sh) * kw + column - j * sw and row - i * sh < kh and column - j * sw < kw:
                dx[n, c, row, column] = dout[n, c, i, j]
    return dx


@wrong("largest-gradient-kept", "np.maximum.at", named=False)
def max_pool_backward(dout, cache):
    x, kernel, stride = cache
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    windows = np.lib.stride_tricks.sliding_window_view(x, (kh, kw), axis=(2, 3))[:, :, ::sh, ::sw]
    place = windows.reshape(*dout.shape, kh * kw).argmax(axis=-1)
    n, c, i, j = np.indices(dout.shape)
    dx = np.full_like(x, -np.inf)
    np.maximum.at(dx, (n, c, i * sh + place // kw, j * sw + place % kw), dout)
    dx[np.isinf(dx)] = 0
    return dx


@wrong("winner-only-once", "a number that has won before is passed over", named=False)
def max_pool_backward(dout, cache):
    x, kernel, stride = cache
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    dx, free = np.zeros_like(x), np.array(x)
    for n, c, i, j in np.ndindex(dout.shape):
        window = free[n, c, i * sh : i * sh + kh, j * sw : j * sw + kw]
        u, v = np.unravel_index(window.argmax(), window.shape)
        dx[n, c, i * sh + u, j * sw + v] += dout[n, c, i, j]
        window[u, v] = -np.inf
    return dx


@wrong("almost-ties", "looked for in float32")
def max_pool_backward(dout, cache):
    x, kernel, stride = cache
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    small = x.astype(np.float32)
    dx = np.zeros_like(x)
    for n, c, i, j in np.ndindex(dout.shape):
        window = small[n, c, i * sh : i * sh + kh, j * sw : j * sw + kw]
        u, v = np.unravel_index(window.argmax(), window.shape)
        dx[n, c, i * sh + u, j * sw + v] += dout[n, c, i, j]
    return dx


@wrong("largest-product", "argmax of window · dout", named=False)
def max_pool_backward(dout, cache):
    x, kernel, stride = cache
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    dx = np.zeros_like(x)
    for n, c, i, j in np.ndindex(dout.shape):
        window = x[n, c, i * sh : i * sh + kh, j * sw : j * sw + kw] * dout[n, c, i, j]
        u, v = np.unravel_index(window.argmax(), window.shape)
        dx[n, c, i * sh + u, j * sw + v] += dout[n, c, i, j]
    return dx


@wrong("calls-disturb", "one dx for all calls")
def max_pool_backward(dout, cache, buffers={}):  # noqa: B006
    x, kernel, stride = cache
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    dx = buffers.setdefault(x.shape, np.zeros_like(x))
    dx[...] = 0
    for n, c, i, j in np.ndindex(dout.shape):
        window = x[n, c, i * sh : i * sh + kh, j * sw : j * sw + kw]
        u, v = np.unravel_index(window.argmax(), window.shape)
        dx[n, c, i * sh + u, j * sw + v] += dout[n, c, i, j]
    return dx


@wrong("rounded-up", "to the nearest", named=False)
def max_pool_forward(x, kernel, stride=None):
    stride = kernel if stride is None else stride
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    HO, WO = round((x.shape[2] - kh) / sh) + 1, round((x.shape[3] - kw) / sw) + 1
    out = np.empty((*x.shape[:2], HO, WO), dtype=x.dtype)
    for i in range(HO):
        for j in range(WO):
            out[:, :, i, j] = x[:, :, i * sh : i * sh + kh, j * sw : j * sw + kw].max(axis=(2, 3))
    return out, (x, kernel, stride)


@wrong("kept-from-before", "the output, by shape")
def max_pool_forward(x, kernel, stride=None, memory={}):  # noqa: B006
    stride = kernel if stride is None else stride
    key = (x.shape, kernel, stride)
    if key not in memory:
        kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
        sh, sw = (stride, stride) if isinstance(stride, int) else stride
        windows = np.lib.stride_tricks.sliding_window_view(x, (kh, kw), axis=(2, 3))[:, :, ::sh, ::sw]
        memory[key] = windows.max(axis=(4, 5)), (x, kernel, stride)
    return memory[key]


@wrong("floor-division")
def avg_pool_forward(x, kernel, stride=None):
    stride = kernel if stride is None else stride
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    windows = np.lib.stride_tricks.sliding_window_view(x, (kh, kw), axis=(2, 3))[:, :, ::sh, ::sw]
    return windows.sum(axis=(4, 5)) // (kh * kw), (x, kernel, stride)


@wrong("halved-each-time", "mean of the mean so far and the next number", named=False)
def avg_pool_forward(x, kernel, stride=None):
    stride = kernel if stride is None else stride
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    HO, WO = (x.shape[2] - kh) // sh + 1, (x.shape[3] - kw) // sw + 1
    out = x[:, :, : sh * HO : sh, : sw * WO : sw].copy()
    for k in range(1, kh * kw):
        u, v = divmod(k, kw)
        out = (out + x[:, :, u : u + sh * HO : sh, v : v + sw * WO : sw]) / 2
    return out, (x, kernel, stride)


@wrong("left-over-filled", "np.pad with the edge", named=False)
def avg_pool_backward(dout, cache):
    x, kernel, stride = cache
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    HO, WO = dout.shape[2:]
    high, wide = (HO - 1) * sh + kh, (WO - 1) * sw + kw
    dx = np.zeros((*x.shape[:2], high, wide), dtype=x.dtype)
    for i in range(HO):
        for j in range(WO):
            dx[:, :, i * sh : i * sh + kh, j * sw : j * sw + kw] += dout[:, :, i, j, None, None] / (kh * kw)
    return np.pad(dx, ((0, 0), (0, 0), (0, x.shape[2] - high), (0, x.shape[3] - wide)), mode="edge")


@wrong("last-window-stretched", "the left-over rows join the last window", named=False)
def avg_pool_forward(x, kernel, stride=None):
    stride = kernel if stride is None else stride
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    H, W = x.shape[2:]
    HO, WO = (H - kh) // sh + 1, (W - kw) // sw + 1
    out = np.empty((*x.shape[:2], HO, WO), dtype=x.dtype)
    for i in range(HO):
        for j in range(WO):
            bottom = H if i == HO - 1 else i * sh + kh
            right = W if j == WO - 1 else j * sw + kw
            out[:, :, i, j] = x[:, :, i * sh : bottom, j * sw : right].mean(axis=(2, 3))
    return out, (x, kernel, stride)
