"""max_pool_forward and max_pool_backward written in every style that is right."""
# mypy: ignore-errors

import numpy as np

from autograder.gallery.registry import right


@right("loops over places, images and channels at once")
def max_pool_forward(x, kernel, stride=None):
    stride = kernel if stride is None else stride
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    N, C, H, W = x.shape
    HO, WO = (H - kh) // sh + 1, (W - kw) // sw + 1
    out = np.empty((N, C, HO, WO), dtype=x.dtype)
    for i in range(HO):
        for j in range(WO):
            out[:, :, i, j] = x[:, :, i * sh : i * sh + kh, j * sw : j * sw + kw].max(axis=(2, 3))
    return out, (x, kernel, stride)


@right("four nested loops")
def max_pool_forward(x, kernel, stride=None):
    if stride is None:
        stride = kernel
    kh, kw = kernel if isinstance(kernel, tuple) else (kernel, kernel)
    sh, sw = stride if isinstance(stride, tuple) else (stride, stride)
    N, C, H, W = x.shape
    out = np.zeros((N, C, (H - kh) // sh + 1, (W - kw) // sw + 1)).astype(x.dtype)
    for n in range(N):
        for c in range(C):
            for i in range(out.shape[2]):
                for j in range(out.shape[3]):
                    out[n, c, i, j] = np.max(x[n, c, i * sh : i * sh + kh, j * sw : j * sw + kw])
    return out, (x, kernel, stride)


@right("six loops and an if")
def max_pool_forward(x, kernel, stride=None):
    cache = (x, kernel, stride or kernel)
    (kh, kw), (sh, sw) = (v if isinstance(v, tuple) else (v, v) for v in cache[1:])
    N, C, H, W = x.shape
    out = np.empty_like(x, shape=(N, C, 1 + (H - kh) // sh, 1 + (W - kw) // sw))
    for n, c, i, j in np.ndindex(out.shape):
        best = x[n, c, i * sh, j * sw]
        for u in range(kh):
            for v in range(kw):
                value = x[n, c, i * sh + u, j * sw + v]
                if value > best:
                    best = value
        out[n, c, i, j] = best
    return out, cache


@right("blocks by reshape, loops where they do not fit")
def max_pool_forward(x, kernel, stride=None):
    stride = kernel if stride is None else stride
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    N, C, H, W = x.shape
    if (kh, kw) == (sh, sw) and H % kh == 0 and W % kw == 0:
        blocks = x.reshape(N, C, H // kh, kh, W // kw, kw)
        return blocks.max(axis=3).max(axis=4), (x, kernel, stride)
    HO, WO = (H - kh) // sh + 1, (W - kw) // sw + 1
    out = np.zeros((N, C, HO, WO), dtype=x.dtype)
    for i in range(HO):
        for j in range(WO):
            window = x[:, :, i * sh : i * sh + kh, j * sw : j * sw + kw]
            out[:, :, i, j] = np.amax(window, axis=(-2, -1))
    return out, (x, kernel, stride)


@right("sliding_window_view")
def max_pool_forward(x, kernel, stride=None):
    stride = kernel if stride is None else stride
    shape = (kernel,) * 2 if np.isscalar(kernel) else kernel
    sh, sw = (stride,) * 2 if np.isscalar(stride) else stride
    windows = np.lib.stride_tricks.sliding_window_view(x, shape, axis=(2, 3))[:, :, ::sh, ::sw]
    return windows.max(axis=(4, 5)), (x, kernel, stride)


@right("as_strided")
def max_pool_forward(x, kernel, stride=None):
    stride = kernel if stride is None else stride
    kh, kw = np.broadcast_to(kernel, 2)
    sh, sw = np.broadcast_to(stride, 2)
    N, C, H, W = x.shape
    s0, s1, s2, s3 = x.strides
    windows = np.lib.stride_tricks.as_strided(
        x,
        shape=(N, C, (H - kh) // sh + 1, (W - kw) // sw + 1, kh, kw),
        strides=(s0, s1, s2 * sh, s3 * sw, s2, s3),
        writeable=False,
    )
    return np.max(windows, axis=(4, 5)), (x, kernel, stride)


@right("running maximum of shifted slices")
def max_pool_forward(x, kernel, stride=None):
    stride = kernel if stride is None else stride
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    HO, WO = (x.shape[2] - kh) // sh + 1, (x.shape[3] - kw) // sw + 1
    out = np.full((*x.shape[:2], HO, WO), -np.inf, dtype=x.dtype)
    for u in range(kh):
        for v in range(kw):
            np.maximum(out, x[:, :, u : u + sh * HO : sh, v : v + sw * WO : sw], out=out)
    return out, (x, kernel, stride)


@right("index arrays and take_along_axis")
def max_pool_forward(x, kernel, stride=None):
    stride = kernel if stride is None else stride
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    N, C, H, W = x.shape
    rows = sh * np.arange((H - kh) // sh + 1)[:, None] + np.arange(kh)
    columns = sw * np.arange((W - kw) // sw + 1)[:, None] + np.arange(kw)
    windows = x[:, :, rows[:, None, :, None], columns[None, :, None, :]].reshape(N, C, len(rows), len(columns), -1)
    place = windows.argmax(axis=-1)
    out = np.take_along_axis(windows, place[..., None], axis=-1)[..., 0]
    return out, (x, kernel, stride)


@right("rows first, then columns")
def max_pool_forward(x, kernel, stride=None):
    stride = kernel if stride is None else stride
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    rows = [x[:, :, top : top + kh].max(axis=2) for top in range(0, x.shape[2] - kh + 1, sh)]
    tall = np.stack(rows, axis=2)
    columns = [tall[..., left : left + kw].max(axis=3) for left in range(0, x.shape[3] - kw + 1, sw)]
    return np.stack(columns, axis=3), (x, kernel, stride)


@right("loops over places, argmax")
def max_pool_backward(dout, cache):
    x, kernel, stride = cache
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    dx = np.zeros_like(x)
    for n, c, i, j in np.ndindex(dout.shape):
        window = x[n, c, i * sh : i * sh + kh, j * sw : j * sw + kw]
        u, v = np.unravel_index(np.argmax(window), window.shape)
        dx[n, c, i * sh + u, j * sw + v] += dout[n, c, i, j]
    return dx


@right("six loops and an if")
def max_pool_backward(dout, cache):
    x, kernel, stride = cache
    (kh, kw), (sh, sw) = (v if isinstance(v, tuple) else (v, v) for v in (kernel, stride))
    dx = np.zeros(x.shape, x.dtype)
    N, C, HO, WO = dout.shape
    for n in range(N):
        for c in range(C):
            for i in range(HO):
                for j in range(WO):
                    row, column = i * sh, j * sw
                    for u in range(i * sh, i * sh + kh):
                        for v in range(j * sw, j * sw + kw):
                            if x[n, c, u, v] > x[n, c, row, column]:
                                row, column = u, v
                    dx[n, c, row, column] += dout[n, c, i, j]
    return dx


@right("sliding_window_view, argmax and np.add.at")
def max_pool_backward(dout, cache):
    x, kernel, stride = cache
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    N, C, HO, WO = dout.shape
    windows = np.lib.stride_tricks.sliding_window_view(x, (kh, kw), axis=(2, 3))[:, :, ::sh, ::sw]
    place = windows.reshape(N, C, HO, WO, kh * kw).argmax(axis=-1)
    rows = place // kw + sh * np.arange(HO)[:, None]
    columns = place % kw + sw * np.arange(WO)
    dx = np.zeros_like(x)
    np.add.at(dx, (np.arange(N)[:, None, None, None], np.arange(C)[:, None, None], rows, columns), dout)
    return dx


@right("flat indices and bincount")
def max_pool_backward(dout, cache):
    x, kernel, stride = cache
    kh, kw = np.broadcast_to(kernel, 2)
    sh, sw = np.broadcast_to(stride, 2)
    N, C, H, W = x.shape
    HO, WO = dout.shape[2:]
    corner = (sh * np.arange(HO) * W)[:, None] + sw * np.arange(WO)
    offsets = (np.arange(kh)[:, None] * W + np.arange(kw)).ravel()
    index = (corner[..., None] + offsets).reshape(-1, kh * kw)
    flat = x.reshape(N * C, H * W)
    winner = flat[:, index].argmax(axis=2)
    target = index[np.arange(HO * WO), winner] + (np.arange(N * C) * H * W)[:, None]
    dx = np.bincount(target.ravel(), weights=dout.ravel(), minlength=x.size)
    return dx.reshape(x.shape).astype(x.dtype)


@right("shifted slices, first come first served")
def max_pool_backward(dout, cache):
    x, kernel, stride = cache
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    HO, WO = dout.shape[2:]
    parts = [(slice(u, u + sh * HO, sh), slice(v, v + sw * WO, sw)) for u in range(kh) for v in range(kw)]
    out = np.max([x[:, :, rows, columns] for rows, columns in parts], axis=0)
    waiting = np.ones(dout.shape, dtype=bool)
    dx = np.zeros_like(x)
    for rows, columns in parts:
        hit = waiting & (x[:, :, rows, columns] == out)
        dx[:, :, rows, columns] += np.where(hit, dout, 0)
        waiting &= ~hit
    return dx


@right("mask of the window, its first True")
def max_pool_backward(dout, cache):
    x, kernel, stride = cache
    kh, kw = kernel if hasattr(kernel, "__len__") else (kernel, kernel)
    sh, sw = stride if hasattr(stride, "__len__") else (stride, stride)
    dx = np.zeros_like(x)
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            rows, columns = slice(i * sh, i * sh + kh), slice(j * sw, j * sw + kw)
            window = x[:, :, rows, columns]
            mask = (window == window.max(axis=(2, 3), keepdims=True)).reshape(*window.shape[:2], -1)
            first = mask & (np.cumsum(mask, axis=-1) == 1)
            dx[:, :, rows, columns] += first.reshape(window.shape) * dout[:, :, i, j, None, None]
    return dx


@right("blocks by reshape, loops where they do not fit")
def max_pool_backward(dout, cache):
    x, kernel, stride = cache
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    N, C, H, W = x.shape
    HO, WO = dout.shape[2:]
    if (kh, kw) == (sh, sw):
        blocks = x[:, :, : HO * kh, : WO * kw].reshape(N, C, HO, kh, WO, kw).transpose(0, 1, 2, 4, 3, 5)
        one_hot = np.eye(kh * kw, dtype=x.dtype)[blocks.reshape(N, C, HO, WO, -1).argmax(-1)]
        spread = (one_hot * dout[..., None]).reshape(N, C, HO, WO, kh, kw).transpose(0, 1, 2, 4, 3, 5)
        return np.pad(spread.reshape(N, C, HO * kh, WO * kw), ((0, 0), (0, 0), (0, H - HO * kh), (0, W - WO * kw)))
    dx = np.zeros_like(x)
    for n, c, i, j in np.ndindex(dout.shape):
        place = int(x[n, c, i * sh : i * sh + kh, j * sw : j * sw + kw].argmax())
        dx[n, c, i * sh + place // kw, j * sw + place % kw] += dout[n, c, i, j]
    return dx


@right("asks the forward pass for the maxima")
def max_pool_backward(dout, cache):
    x, kernel, stride = cache
    out, _ = max_pool_forward(x, kernel, stride)
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    dx = np.zeros_like(x)
    for (n, c, i, j), largest in np.ndenumerate(out):
        window = x[n, c, i * sh : i * sh + kh, j * sw : j * sw + kw]
        u, v = np.argwhere(window == largest)[0]
        dx[n, c, i * sh + u, j * sw + v] += dout[n, c, i, j]
    return dx
