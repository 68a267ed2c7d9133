"""max_pool_backward with windows in the wrong place, or too few of them."""
# mypy: ignore-errors
# ruff: noqa: F821, RUF059

import numpy as np

from autograder.gallery.registry import wrong


@wrong("stride-as-kernel")
def max_pool_backward(dout, cache):
    x, kernel, stride = cache
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    dx = np.zeros_like(x)
    for n, c, i, j in np.ndindex(dout.shape):
        window = x[n, c, i * kh : i * kh + kh, j * kw : j * kw + kw]
        u, v = np.unravel_index(np.argmax(window), window.shape)
        dx[n, c, i * kh + u, j * kw + v] += dout[n, c, i, j]
    return dx


@wrong("stride-as-kernel", "counted by the kernel", named=False)
def max_pool_backward(dout, cache):
    x, kernel, stride = cache
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    dx = np.zeros_like(x)
    N, C, H, W = x.shape
    for i in range(0, H - kh + 1, kh):
        for j in range(0, W - kw + 1, kw):
            window = x[:, :, i : i + kh, j : j + kw].reshape(N, C, -1)
            spread = np.eye(kh * kw)[window.argmax(2)].reshape(N, C, kh, kw)
            dx[:, :, i : i + kh, j : j + kw] += spread * dout[:, :, i // kh, j // kw, None, None]
    return dx


@wrong("kernel-as-stride")
def max_pool_backward(dout, cache):
    x, kernel, stride = cache
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    dx = np.zeros_like(x)
    for n, c, i, j in np.ndindex(dout.shape):
        window = x[n, c, i * sh : (i + 1) * sh, j * sw : (j + 1) * sw]
        u, v = np.unravel_index(np.argmax(window), window.shape)
        dx[n, c, i * sh + u, j * sw + v] += dout[n, c, i, j]
    return dx


@wrong("stride-only-sizes")
def max_pool_backward(dout, cache):
    x, kernel, stride = cache
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    dx = np.zeros_like(x)
    for n, c, i, j in np.ndindex(dout.shape):
        window = x[n, c, i : i + kh, j : j + kw]
        u, v = np.unravel_index(np.argmax(window), window.shape)
        dx[n, c, i + u, j + v] += dout[n, c, i, j]
    return dx


@wrong("stride-only-sizes", "found right, put wrong", named=False)
def max_pool_backward(dout, cache):
    x, kernel, stride = cache
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    dx = np.zeros_like(x)
    for n, c, i, j in np.ndindex(dout.shape):
        window = x[n, c, i * sh : i * sh + kh, j * sw : j * sw + kw]
        u, v = np.unravel_index(np.argmax(window), window.shape)
        dx[n, c, i + u, j + v] += dout[n, c, i, j]
    return dx


@wrong("left-over-missing")
def max_pool_backward(dout, cache):
    x, kernel, stride = cache
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    N, C, HO, WO = dout.shape
    dx = np.zeros((N, C, (HO - 1) * sh + kh, (WO - 1) * sw + kw), dtype=x.dtype)
    for n, c, i, j in np.ndindex(dout.shape):
        window = x[n, c, i * sh : i * sh + kh, j * sw : j * sw + kw]
        u, v = np.unravel_index(np.argmax(window), window.shape)
        dx[n, c, i * sh + u, j * sw + v] += dout[n, c, i, j]
    return dx


@wrong("left-over-missing", "blocks by reshape", also=("only-side-by-side",))
def max_pool_backward(dout, cache):
    x, kernel, stride = cache
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    N, C, HO, WO = dout.shape
    blocks = x[:, :, : HO * kh, : WO * kw].reshape(N, C, HO, kh, WO, kw).transpose(0, 1, 2, 4, 3, 5)
    one_hot = np.eye(kh * kw, dtype=x.dtype)[blocks.reshape(N, C, HO, WO, -1).argmax(-1)]
    spread = (one_hot * dout[..., None]).reshape(N, C, HO, WO, kh, kw).transpose(0, 1, 2, 4, 3, 5)
    return spread.reshape(N, C, HO * kh, WO * kw)


@wrong("cropped-at-front")
def max_pool_backward(dout, cache):
    x, kernel, stride = cache
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    dx = np.zeros_like(x)
    top, left = (x.shape[2] - kh) % sh, (x.shape[3] - kw) % sw
    for n, c, i, j in np.ndindex(dout.shape):
        row, column = top + i * sh, left + j * sw
        window = x[n, c, row : row + kh, column : column + kw]
        u, v = np.unravel_index(np.argmax(window), window.shape)
        dx[n, c, row + u, column + v] += dout[n, c, i, j]
    return dx


@wrong("only-side-by-side", "np.repeat", also=("every-tie",))
def max_pool_backward(dout, cache):
    x, kernel, stride = cache
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    N, C, H, W = x.shape
    out, _ = max_pool_forward(x, kernel, stride)
    largest = out.repeat(kh, axis=2).repeat(kw, axis=3)
    return (x == largest) * dout.repeat(kh, axis=2).repeat(kw, axis=3)


@wrong("width-from-height")
def max_pool_backward(dout, cache):
    x, kernel, stride = cache
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    dx = np.zeros_like(x)
    N, C, HO = dout.shape[:3]
    for n in range(N):
        for c in range(C):
            for i in range(HO):
                for j in range(HO):
                    window = x[n, c, i * sh : i * sh + kh, j * sw : j * sw + kw]
                    u, v = np.unravel_index(np.argmax(window), window.shape)
                    dx[n, c, i * sh + u, j * sw + v] += dout[n, c, i, j]
    return dx


@wrong("height-width-swapped")
def max_pool_backward(dout, cache):
    x, kernel, stride = cache
    kw, kh = (kernel, kernel) if isinstance(kernel, int) else kernel
    sw, sh = (stride, stride) if isinstance(stride, int) else stride
    dx = np.zeros_like(x)
    for n, c, i, j in np.ndindex(dout.shape):
        window = x[n, c, i * sh : i * sh + kh, j * sw : j * sw + kw]
        u, v = np.unravel_index(np.argmax(window), window.shape)
        dx[n, c, i * sh + u, j * sw + v] += dout[n, c, i, j]
    return dx


@wrong("rows-columns-swapped", "dout transposed")
def max_pool_backward(dout, cache):
    x, kernel, stride = cache
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    dx = np.zeros_like(x)
    for n, c, i, j in np.ndindex(dout.shape):
        window = x[n, c, i * sh : i * sh + kh, j * sw : j * sw + kw]
        u, v = np.unravel_index(np.argmax(window), window.shape)
        dx[n, c, i * sh + u, j * sw + v] += dout[n, c, j, i]
    return dx


@wrong("place-transposed")
def max_pool_backward(dout, cache):
    x, kernel, stride = cache
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    dx = np.zeros_like(x)
    for n, c, i, j in np.ndindex(dout.shape):
        window = x[n, c, i * sh : i * sh + kh, j * sw : j * sw + kw]
        v, u = np.unravel_index(np.argmax(window), window.shape)
        dx[n, c, i * sh + u, j * sw + v] += dout[n, c, i, j]
    return dx


@wrong("unravelled-by-height")
def max_pool_backward(dout, cache):
    x, kernel, stride = cache
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    dx = np.zeros_like(x)
    for n, c, i, j in np.ndindex(dout.shape):
        window = x[n, c, i * sh : i * sh + kh, j * sw : j * sw + kw]
        u, v = divmod(int(window.argmax()), kh)
        dx[n, c, i * sh + u, j * sw + v] += dout[n, c, i, j]
    return dx


@wrong("pair-not-accepted")
def max_pool_backward(dout, cache):
    x, kernel, stride = cache
    dx = np.zeros_like(x)
    for n, c, i, j in np.ndindex(dout.shape):
        window = x[n, c, i * stride : i * stride + kernel, j * stride : j * stride + kernel]
        u, v = np.unravel_index(np.argmax(window), window.shape)
        dx[n, c, i * stride + u, j * stride + v] += dout[n, c, i, j]
    return dx
