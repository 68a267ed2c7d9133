"""conv1d_forward with the mistakes that are made in it."""
# mypy: ignore-errors
# ruff: noqa: B905, F821, RUF059

import numpy as np

from autograder.gallery.registry import wrong


@wrong("bias-forgotten")
def conv1d_forward(x, w, b, stride=1, padding=0):
    xp = np.pad(x, ((0, 0), (0, 0), (padding, padding)))
    windows = np.lib.stride_tricks.sliding_window_view(xp, w.shape[2], axis=2)[:, :, ::stride]
    return np.einsum("nclk,fck->nfl", windows, w)


@wrong("kernel-flipped", "np.convolve")
def conv1d_forward(x, w, b, stride=1, padding=0):
    xp = np.pad(x, ((0, 0), (0, 0), (padding, padding)))
    maps = [[sum(np.convolve(row, kernel, "valid") for row, kernel in zip(image, one)) for one in w] for image in xp]
    return np.array(maps)[:, :, ::stride] + b[:, None]


@wrong("first-channel-only")
def conv1d_forward(x, w, b, stride=1, padding=0):
    N, C, L = x.shape
    F, _, K = w.shape
    LO = (L + 2 * padding - K) // stride + 1
    xp = np.pad(x, ((0, 0), (0, 0), (padding, padding)))
    out = np.zeros((N, F, LO), dtype=x.dtype)
    for n in range(N):
        for f in range(F):
            for i in range(LO):
                out[n, f, i] = np.sum(xp[n, 0, i * stride : i * stride + K] * w[f, 0]) + b[f]
    return out


@wrong("last-channel-only")
def conv1d_forward(x, w, b, stride=1, padding=0):
    N, C, L = x.shape
    F, _, K = w.shape
    LO = (L + 2 * padding - K) // stride + 1
    xp = np.pad(x, ((0, 0), (0, 0), (padding, padding)))
    out = np.zeros((N, F, LO), dtype=x.dtype)
    for n in range(N):
        for f in range(F):
            for i in range(LO):
                for c in range(C):
                    out[n, f, i] = np.sum(xp[n, c, i * stride : i * stride + K] * w[f, c]) + b[f]
    return out


@wrong("bias-once-per-channel")
def conv1d_forward(x, w, b, stride=1, padding=0):
    N, C, L = x.shape
    F, _, K = w.shape
    LO = (L + 2 * padding - K) // stride + 1
    xp = np.pad(x, ((0, 0), (0, 0), (padding, padding)))
    out = np.zeros((N, F, LO), dtype=x.dtype)
    for n in range(N):
        for f in range(F):
            for i in range(LO):
                for c in range(C):
                    out[n, f, i] += np.sum(xp[n, c, i * stride : i * stride + K] * w[f, c]) + b[f]
    return out


@wrong("stride-only-sizes")
def conv1d_forward(x, w, b, stride=1, padding=0):
    N, C, L = x.shape
    F, _, K = w.shape
    LO = (L + 2 * padding - K) // stride + 1
    xp = np.pad(x, ((0, 0), (0, 0), (padding, padding)))
    out = np.zeros((N, F, LO), dtype=x.dtype)
    for n in range(N):
        for f in range(F):
            for i in range(LO):
                out[n, f, i] = np.sum(xp[n, :, i : i + K] * w[f]) + b[f]
    return out


@wrong("stride-ignored")
def conv1d_forward(x, w, b, stride=1, padding=0):
    xp = np.pad(x, ((0, 0), (0, 0), (padding, padding)))
    windows = np.lib.stride_tricks.sliding_window_view(xp, w.shape[2], axis=2)
    return np.einsum("nclk,fck->nfl", windows, w) + b[:, None]


@wrong("padding-ignored")
def conv1d_forward(x, w, b, stride=1, padding=0):
    xp = x
    windows = np.lib.stride_tricks.sliding_window_view(xp, w.shape[2], axis=2)[:, :, ::stride]
    return np.einsum("nclk,fck->nfl", windows, w) + b[:, None]


@wrong("padding-once")
def conv1d_forward(x, w, b, stride=1, padding=0):
    xp = np.pad(x, ((0, 0), (0, 0), (padding, 0)))
    windows = np.lib.stride_tricks.sliding_window_view(xp, w.shape[2], axis=2)[:, :, ::stride]
    return np.einsum("nclk,fck->nfl", windows, w) + b[:, None]


@wrong("rounded-up")
def conv1d_forward(x, w, b, stride=1, padding=0):
    N, C, L = x.shape
    F, _, K = w.shape
    LO = -(-(L + 2 * padding - K) // stride) + 1
    xp = np.pad(x, ((0, 0), (0, 0), (padding, padding + stride)))
    out = np.zeros((N, F, LO), dtype=x.dtype)
    for n in range(N):
        for f in range(F):
            for i in range(LO):
                out[n, f, i] = np.sum(xp[n, :, i * stride : i * stride + K] * w[f]) + b[f]
    return out


@wrong("channels-left-last")
def conv1d_forward(x, w, b, stride=1, padding=0):
    xp = np.pad(x, ((0, 0), (0, 0), (padding, padding)))
    windows = np.lib.stride_tricks.sliding_window_view(xp, w.shape[2], axis=2)[:, :, ::stride]
    return np.tensordot(windows, w, axes=([1, 3], [1, 2])) + b


@wrong("dummy-axis-padded")
def conv1d_forward(x, w, b, stride=1, padding=0):
    image, filters = x[:, :, None, :], w[:, :, None, :]
    out, _ = conv_forward_fast(image, filters, b, stride, padding)
    return out[:, :, 0].copy()


@wrong("dummy-axis-kept")
def conv1d_forward(x, w, b, stride=1, padding=0):
    image, filters = x[:, :, None, :], w[:, :, None, :]
    out, _ = conv_forward_fast(image, filters, b, (1, stride), (0, padding))
    return out


@wrong("dummy-axis-kept", "and padded")
def conv1d_forward(x, w, b, stride=1, padding=0):
    image, filters = x[:, :, None, :], w[:, :, None, :]
    out, _ = conv_forward_fast(image, filters, b, stride, padding)
    return out


@wrong("still-four-axes")
def conv1d_forward(x, w, b, stride=1, padding=0):
    out, _ = conv_forward_fast(x, w, b, stride, padding)
    return out


@wrong("cache-too")
def conv1d_forward(x, w, b, stride=1, padding=0):
    image, filters = x[:, :, None, :], w[:, :, None, :]
    out, _ = conv_forward_fast(image, filters, b, (1, stride), (0, padding))
    return out[:, :, 0], (x, w, b, stride, padding)


@wrong("dtype-lost")
def conv1d_forward(x, w, b, stride=1, padding=0):
    N, C, L = x.shape
    F, _, K = w.shape
    LO = (L + 2 * padding - K) // stride + 1
    xp = np.pad(x, ((0, 0), (0, 0), (padding, padding)))
    out = np.zeros((N, F, LO))
    for n in range(N):
        for f in range(F):
            for i in range(LO):
                out[n, f, i] = np.sum(xp[n, :, i * stride : i * stride + K] * w[f]) + b[f]
    return out


@wrong("returns-nothing")
def conv1d_forward(x, w, b, stride=1, padding=0):
    image, filters = x[:, :, None, :], w[:, :, None, :]
    out, _ = conv_forward_fast(image, filters, b, (1, stride), (0, padding))
    out = out[:, :, 0]


@wrong("pad and stride mixed", "padding given as stride", named=False)
def conv1d_forward(x, w, b, stride=1, padding=0):
    image, filters = x[:, :, None, :], w[:, :, None, :]
    out, _ = conv_forward_fast(image, filters, b, (1, max(padding, 1)), (0, stride))
    return out[:, :, 0].copy()


@wrong("stride-ignored", "given to the axis of length 1")
def conv1d_forward(x, w, b, stride=1, padding=0):
    out, _ = conv_forward_fast(x[:, :, None], w[:, :, None], b, (stride, 1), (0, padding))
    return out[:, :, 0].copy()
