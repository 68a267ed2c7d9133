"""max_pool_backward that treats ties, or maxima of 0, in another way."""
# mypy: ignore-errors

import numpy as np

from autograder.gallery.registry import wrong


@wrong("every-tie")
def max_pool_backward(dout, cache):
    x, kernel, stride = cache
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    dx = np.zeros_like(x)
    for n, c, i, j in np.ndindex(dout.shape):
        window = x[n, c, i * sh : i * sh + kh, j * sw : j * sw + kw]
        dx[n, c, i * sh : i * sh + kh, j * sw : j * sw + kw] += (window == window.max()) * dout[n, c, i, j]
    return dx


@wrong("every-tie", "shifted slices")
def max_pool_backward(dout, cache):
    x, kernel, stride = cache
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    dx = np.zeros_like(x)
    HO, WO = dout.shape[2:]
    parts = [(slice(u, u + sh * HO, sh), slice(v, v + sw * WO, sw)) for u in range(kh) for v in range(kw)]
    out = np.max([x[:, :, rows, columns] for rows, columns in parts], axis=0)
    for rows, columns in parts:
        dx[:, :, rows, columns] += (x[:, :, rows, columns] == out) * dout
    return dx


@wrong("every-tie", "in a loop")
def max_pool_backward(dout, cache):
    x, kernel, stride = cache
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    dx = np.zeros_like(x)
    for n, c, i, j in np.ndindex(dout.shape):
        window = x[n, c, i * sh : i * sh + kh, j * sw : j * sw + kw]
        for u in range(kh):
            for v in range(kw):
                if window[u, v] == np.max(window):
                    dx[n, c, i * sh + u, j * sw + v] += dout[n, c, i, j]
    return dx


@wrong("ties-shared")
def max_pool_backward(dout, cache):
    x, kernel, stride = cache
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    dx = np.zeros_like(x)
    for n, c, i, j in np.ndindex(dout.shape):
        window = x[n, c, i * sh : i * sh + kh, j * sw : j * sw + kw]
        mask = window == window.max()
        dx[n, c, i * sh : i * sh + kh, j * sw : j * sw + kw] += mask / mask.sum() * dout[n, c, i, j]
    return dx


@wrong("last-tie")
def max_pool_backward(dout, cache):
    x, kernel, stride = cache
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    dx = np.zeros_like(x)
    for n, c, i, j in np.ndindex(dout.shape):
        row, column = i * sh, j * sw
        for u in range(i * sh, i * sh + kh):
            for v in range(j * sw, j * sw + kw):
                if x[n, c, u, v] >= x[n, c, row, column]:
                    row, column = u, v
        dx[n, c, row, column] += dout[n, c, i, j]
    return dx


@wrong("last-tie", "argwhere")
def max_pool_backward(dout, cache):
    x, kernel, stride = cache
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    dx = np.zeros_like(x)
    for n, c, i, j in np.ndindex(dout.shape):
        window = x[n, c, i * sh : i * sh + kh, j * sw : j * sw + kw]
        u, v = np.argwhere(window == window.max())[-1]
        dx[n, c, i * sh + u, j * sw + v] += dout[n, c, i, j]
    return dx


@wrong("last-tie", "argsort")
def max_pool_backward(dout, cache):
    x, kernel, stride = cache
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    dx = np.zeros_like(x)
    for n, c, i, j in np.ndindex(dout.shape):
        window = x[n, c, i * sh : i * sh + kh, j * sw : j * sw + kw]
        u, v = np.unravel_index(np.argsort(window, axis=None, kind="stable")[-1], window.shape)
        dx[n, c, i * sh + u, j * sw + v] += dout[n, c, i, j]
    return dx


@wrong("ties-by-columns")
def max_pool_backward(dout, cache):
    x, kernel, stride = cache
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    dx = np.zeros_like(x)
    for n, c, i, j in np.ndindex(dout.shape):
        window = x[n, c, i * sh : i * sh + kh, j * sw : j * sw + kw]
        v, u = np.unravel_index(np.argmax(window.T), window.T.shape)
        dx[n, c, i * sh + u, j * sw + v] += dout[n, c, i, j]
    return dx


@wrong("ties-by-columns", "in a loop")
def max_pool_backward(dout, cache):
    x, kernel, stride = cache
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    dx = np.zeros_like(x)
    for n, c, i, j in np.ndindex(dout.shape):
        row, column = i * sh, j * sw
        for v in range(j * sw, j * sw + kw):
            for u in range(i * sh, i * sh + kh):
                if x[n, c, u, v] > x[n, c, row, column]:
                    row, column = u, v
        dx[n, c, row, column] += dout[n, c, i, j]
    return dx


@wrong("almost-ties")
def max_pool_backward(dout, cache):
    x, kernel, stride = cache
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    dx = np.zeros_like(x)
    for n, c, i, j in np.ndindex(dout.shape):
        window = x[n, c, i * sh : i * sh + kh, j * sw : j * sw + kw]
        dx[n, c, i * sh : i * sh + kh, j * sw : j * sw + kw] += np.isclose(window, window.max()) * dout[n, c, i, j]
    return dx


@wrong("almost-ties", "the first of them")
def max_pool_backward(dout, cache):
    x, kernel, stride = cache
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    dx = np.zeros_like(x)
    for n, c, i, j in np.ndindex(dout.shape):
        window = x[n, c, i * sh : i * sh + kh, j * sw : j * sw + kw]
        u, v = np.argwhere(np.isclose(window, window.max()))[0]
        dx[n, c, i * sh + u, j * sw + v] += dout[n, c, i, j]
    return dx


@wrong("zero-maximum-skipped")
def max_pool_backward(dout, cache):
    x, kernel, stride = cache
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    dx = np.zeros_like(x)
    for n, c, i, j in np.ndindex(dout.shape):
        window = x[n, c, i * sh : i * sh + kh, j * sw : j * sw + kw]
        u, v = np.unravel_index(np.argmax(window), window.shape)
        if window[u, v] > 0:
            dx[n, c, i * sh + u, j * sw + v] += dout[n, c, i, j]
    return dx


@wrong("zero-maximum-skipped", "all zero", named=False)
def max_pool_backward(dout, cache):
    x, kernel, stride = cache
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    dx = np.zeros_like(x)
    for n, c, i, j in np.ndindex(dout.shape):
        window = x[n, c, i * sh : i * sh + kh, j * sw : j * sw + kw]
        u, v = np.unravel_index(np.argmax(window), window.shape)
        if window.any():
            dx[n, c, i * sh + u, j * sw + v] += dout[n, c, i, j]
    return dx


@wrong("zero-maximum-skipped", "looks for more than 0")
def max_pool_backward(dout, cache):
    x, kernel, stride = cache
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    dx = np.zeros_like(x)
    for n, c, i, j in np.ndindex(dout.shape):
        best, row, column = 0, None, None
        for u in range(i * sh, i * sh + kh):
            for v in range(j * sw, j * sw + kw):
                if x[n, c, u, v] > best:
                    best, row, column = x[n, c, u, v], u, v
        if row is not None:
            dx[n, c, row, column] += dout[n, c, i, j]
    return dx


@wrong("not-repeatable", "at random")
def max_pool_backward(dout, cache):
    x, kernel, stride = cache
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    dx = np.zeros_like(x)
    rng = np.random.default_rng()
    for n, c, i, j in np.ndindex(dout.shape):
        window = x[n, c, i * sh : i * sh + kh, j * sw : j * sw + kw]
        u, v = rng.choice(np.argwhere(window == window.max()))
        dx[n, c, i * sh + u, j * sw + v] += dout[n, c, i, j]
    return dx
