"""conv3d_forward with the mistakes that are made in it."""
# mypy: ignore-errors
# ruff: noqa: F821, RUF059

import numpy as np

from autograder.gallery.registry import wrong


@wrong("last-slice-only")
def conv3d_forward(x, w, b, stride=1, padding=0):
    N, C, D, H, W = x.shape
    F, _, KD, KH, KW = w.shape
    DO = (D + 2 * padding - KD) // stride + 1
    xp = np.pad(x, ((0, 0), (0, 0), (padding, padding), (0, 0), (0, 0)))
    out = 0
    for k in range(KD):
        frames = xp[:, :, k : k + stride * DO : stride].transpose(0, 2, 1, 3, 4).reshape(N * DO, C, H, W)
        part, _ = conv_forward_fast(frames, w[:, :, k], 0 * b, stride, padding)
        out = 0 + part.reshape(N, DO, F, *part.shape[2:]).transpose(0, 2, 1, 3, 4)
    return out + b[:, None, None, None]


@wrong("first-slice-only")
def conv3d_forward(x, w, b, stride=1, padding=0):
    N, C, D, H, W = x.shape
    F, _, KD, KH, KW = w.shape
    DO = (D + 2 * padding - KD) // stride + 1
    xp = np.pad(x, ((0, 0), (0, 0), (padding, padding), (0, 0), (0, 0)))
    out = 0
    for k in range(1):
        frames = xp[:, :, k : k + stride * DO : stride].transpose(0, 2, 1, 3, 4).reshape(N * DO, C, H, W)
        part, _ = conv_forward_fast(frames, w[:, :, k], 0 * b, stride, padding)
        out = out + part.reshape(N, DO, F, *part.shape[2:]).transpose(0, 2, 1, 3, 4)
    return out + b[:, None, None, None]


@wrong("bias-once-per-slice")
def conv3d_forward(x, w, b, stride=1, padding=0):
    N, C, D, H, W = x.shape
    F, _, KD, KH, KW = w.shape
    DO = (D + 2 * padding - KD) // stride + 1
    xp = np.pad(x, ((0, 0), (0, 0), (padding, padding), (0, 0), (0, 0)))
    out = 0
    for k in range(KD):
        frames = xp[:, :, k : k + stride * DO : stride].transpose(0, 2, 1, 3, 4).reshape(N * DO, C, H, W)
        part, _ = conv_forward_fast(frames, w[:, :, k], b, stride, padding)
        out = out + part.reshape(N, DO, F, *part.shape[2:]).transpose(0, 2, 1, 3, 4)
    return out


@wrong("bias-forgotten")
def conv3d_forward(x, w, b, stride=1, padding=0):
    N, C, D, H, W = x.shape
    F, _, KD, KH, KW = w.shape
    DO = (D + 2 * padding - KD) // stride + 1
    xp = np.pad(x, ((0, 0), (0, 0), (padding, padding), (0, 0), (0, 0)))
    out = 0
    for k in range(KD):
        frames = xp[:, :, k : k + stride * DO : stride].transpose(0, 2, 1, 3, 4).reshape(N * DO, C, H, W)
        part, _ = conv_forward_fast(frames, w[:, :, k], 0 * b, stride, padding)
        out = out + part.reshape(N, DO, F, *part.shape[2:]).transpose(0, 2, 1, 3, 4)
    return out


@wrong("depth-flipped")
def conv3d_forward(x, w, b, stride=1, padding=0):
    N, C, D, H, W = x.shape
    F, _, KD, KH, KW = w.shape
    DO = (D + 2 * padding - KD) // stride + 1
    xp = np.pad(x, ((0, 0), (0, 0), (padding, padding), (0, 0), (0, 0)))
    out = 0
    for k in range(KD):
        frames = xp[:, :, k : k + stride * DO : stride].transpose(0, 2, 1, 3, 4).reshape(N * DO, C, H, W)
        part, _ = conv_forward_fast(frames, w[:, :, KD - 1 - k], 0 * b, stride, padding)
        out = out + part.reshape(N, DO, F, *part.shape[2:]).transpose(0, 2, 1, 3, 4)
    return out + b[:, None, None, None]


@wrong("kernel-flipped")
def conv3d_forward(x, w, b, stride=1, padding=0):
    p, s = padding, stride
    xp = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p), (p, p)))
    kd, kh, kw = w.shape[2:]
    sizes = [(xp.shape[2 + axis] - w.shape[2 + axis]) // s + 1 for axis in range(3)]
    out = np.zeros((len(x), len(w), *sizes), dtype=x.dtype)
    for d, i, j in np.ndindex(*sizes):
        window = xp[:, :, d * s : d * s + kd, i * s : i * s + kh, j * s : j * s + kw]
        out[:, :, d, i, j] = np.tensordot(window, w[:, :, ::-1, ::-1, ::-1], axes=([1, 2, 3, 4], [1, 2, 3, 4])) + b
    return out


@wrong("depth-not-strided")
def conv3d_forward(x, w, b, stride=1, padding=0):
    N, C, D, H, W = x.shape
    F, _, KD, KH, KW = w.shape
    xp = np.pad(x, ((0, 0), (0, 0), (padding, padding), (0, 0), (0, 0)))
    filters = w.reshape(F, C * KD, KH, KW)
    slices = []
    for front in range(0, D + 2 * padding - KD + 1):
        slab = xp[:, :, front : front + KD].reshape(N, C * KD, H, W)
        slices.append(conv_forward_fast(slab, filters, b, stride, padding)[0])
    return np.stack(slices, axis=2)


@wrong("depth-not-padded")
def conv3d_forward(x, w, b, stride=1, padding=0):
    N, C, D, H, W = x.shape
    F, _, KD, KH, KW = w.shape
    xp = np.pad(x, ((0, 0), (0, 0), (0, 0), (0, 0), (0, 0)))
    filters = w.reshape(F, C * KD, KH, KW)
    slices = []
    for front in range(0, D - KD + 1, stride):
        slab = xp[:, :, front : front + KD].reshape(N, C * KD, H, W)
        slices.append(conv_forward_fast(slab, filters, b, stride, padding)[0])
    return np.stack(slices, axis=2)


@wrong("depth-left-first")
def conv3d_forward(x, w, b, stride=1, padding=0):
    N, C, D, H, W = x.shape
    F, _, KD, KH, KW = w.shape
    xp = np.pad(x, ((0, 0), (0, 0), (padding, padding), (0, 0), (0, 0)))
    filters = w.reshape(F, C * KD, KH, KW)
    slices = []
    for front in range(0, D + 2 * padding - KD + 1, stride):
        slab = xp[:, :, front : front + KD].reshape(N, C * KD, H, W)
        slices.append(conv_forward_fast(slab, filters, b, stride, padding)[0])
    return np.stack(slices)


@wrong("depth-left-first", "after the batch")
def conv3d_forward(x, w, b, stride=1, padding=0):
    N, C, D, H, W = x.shape
    F, _, KD, KH, KW = w.shape
    xp = np.pad(x, ((0, 0), (0, 0), (padding, padding), (0, 0), (0, 0)))
    filters = w.reshape(F, C * KD, KH, KW)
    slices = []
    for front in range(0, D + 2 * padding - KD + 1, stride):
        slab = xp[:, :, front : front + KD].reshape(N, C * KD, H, W)
        slices.append(conv_forward_fast(slab, filters, b, stride, padding)[0])
    return np.stack(slices, axis=1)


@wrong("depth-left-first", "left last")
def conv3d_forward(x, w, b, stride=1, padding=0):
    N, C, D, H, W = x.shape
    F, _, KD, KH, KW = w.shape
    xp = np.pad(x, ((0, 0), (0, 0), (padding, padding), (0, 0), (0, 0)))
    filters = w.reshape(F, C * KD, KH, KW)
    slices = []
    for front in range(0, D + 2 * padding - KD + 1, stride):
        slab = xp[:, :, front : front + KD].reshape(N, C * KD, H, W)
        slices.append(conv_forward_fast(slab, filters, b, stride, padding)[0])
    return np.stack(slices, axis=-1)


@wrong("channels-and-depth-mixed")
def conv3d_forward(x, w, b, stride=1, padding=0):
    N, C, D, H, W = x.shape
    F, _, KD, KH, KW = w.shape
    xp = np.pad(x, ((0, 0), (0, 0), (padding, padding), (0, 0), (0, 0)))
    filters = w.swapaxes(1, 2).reshape(F, C * KD, KH, KW)
    slices = []
    for front in range(0, D + 2 * padding - KD + 1, stride):
        slab = xp[:, :, front : front + KD].reshape(N, C * KD, H, W)
        slices.append(conv_forward_fast(slab, filters, b, stride, padding)[0])
    return np.stack(slices, axis=2)


@wrong("cache-too")
def conv3d_forward(x, w, b, stride=1, padding=0):
    N, C, D, H, W = x.shape
    F, _, KD, KH, KW = w.shape
    xp = np.pad(x, ((0, 0), (0, 0), (padding, padding), (0, 0), (0, 0)))
    filters = w.reshape(F, C * KD, KH, KW)
    slices = []
    for front in range(0, D + 2 * padding - KD + 1, stride):
        slab = xp[:, :, front : front + KD].reshape(N, C * KD, H, W)
        slices.append(conv_forward_fast(slab, filters, b, stride, padding)[0])
    return np.stack(slices, axis=2), (x, w, b, stride, padding)


@wrong("first-channel-only")
def conv3d_forward(x, w, b, stride=1, padding=0):
    p, s = padding, stride
    xp = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p), (p, p)))
    kd, kh, kw = w.shape[2:]
    sizes = [(xp.shape[2 + axis] - w.shape[2 + axis]) // s + 1 for axis in range(3)]
    out = np.zeros((len(x), len(w), *sizes), dtype=x.dtype)
    for d, i, j in np.ndindex(*sizes):
        window = xp[:, :1, d * s : d * s + kd, i * s : i * s + kh, j * s : j * s + kw]
        out[:, :, d, i, j] = np.tensordot(window, w[:, :1], axes=([1, 2, 3, 4], [1, 2, 3, 4])) + b
    return out


@wrong("stride-ignored")
def conv3d_forward(x, w, b, stride=1, padding=0):
    p = (padding, padding)
    xp = np.pad(x, ((0, 0), (0, 0), p, p, p))
    windows = np.lib.stride_tricks.sliding_window_view(xp, w.shape[2:], axis=(2, 3, 4))
    windows = windows[:]
    return np.einsum("ncdhwijk,fcijk->nfdhw", windows, w, optimize=True) + b[:, None, None, None]


@wrong("padding-ignored")
def conv3d_forward(x, w, b, stride=1, padding=0):
    p = (0, 0)
    xp = np.pad(x, ((0, 0), (0, 0), p, p, p))
    windows = np.lib.stride_tricks.sliding_window_view(xp, w.shape[2:], axis=(2, 3, 4))
    windows = windows[:, :, ::stride, ::stride, ::stride]
    return np.einsum("ncdhwijk,fcijk->nfdhw", windows, w, optimize=True) + b[:, None, None, None]


@wrong("stride-only-sizes")
def conv3d_forward(x, w, b, stride=1, padding=0):
    p, s = padding, stride
    xp = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p), (p, p)))
    kd, kh, kw = w.shape[2:]
    sizes = [(xp.shape[2 + axis] - w.shape[2 + axis]) // s + 1 for axis in range(3)]
    out = np.zeros((len(x), len(w), *sizes), dtype=x.dtype)
    for d, i, j in np.ndindex(*sizes):
        window = xp[:, :, d : d + kd, i : i + kh, j : j + kw]
        out[:, :, d, i, j] = np.tensordot(window, w, axes=([1, 2, 3, 4], [1, 2, 3, 4])) + b
    return out


@wrong("dtype-lost")
def conv3d_forward(x, w, b, stride=1, padding=0):
    p, s = padding, stride
    xp = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p), (p, p)))
    kd, kh, kw = w.shape[2:]
    sizes = [(xp.shape[2 + axis] - w.shape[2 + axis]) // s + 1 for axis in range(3)]
    out = np.zeros((len(x), len(w), *sizes))
    for d, i, j in np.ndindex(*sizes):
        window = xp[:, :, d * s : d * s + kd, i * s : i * s + kh, j * s : j * s + kw]
        out[:, :, d, i, j] = np.tensordot(window, w, axes=([1, 2, 3, 4], [1, 2, 3, 4])) + b
    return out


@wrong("still-four-axes")
def conv3d_forward(x, w, b, stride=1, padding=0):
    return conv_forward_fast(x, w, b, stride, padding)[0]


@wrong("depth and height swapped", named=False)
def conv3d_forward(x, w, b, stride=1, padding=0):
    N, C, D, H, W = x.shape
    F, _, KD, KH, KW = w.shape
    xp = np.pad(x, ((0, 0), (0, 0), (padding, padding), (0, 0), (0, 0)))
    filters = w.reshape(F, C * KD, KH, KW)
    slices = []
    for front in range(0, D + 2 * padding - KD + 1, stride):
        slab = xp[:, :, front : front + KD].reshape(N, C * KD, H, W)
        slices.append(conv_forward_fast(slab, filters, b, stride, padding)[0])
    return np.stack(slices, axis=2).swapaxes(2, 3)


@wrong("only-depth-padded")
def conv3d_forward(x, w, b, stride=1, padding=0):
    N, C, D, H, W = x.shape
    F, _, KD, KH, KW = w.shape
    xp = np.pad(x, ((0, 0), (0, 0), (padding, padding), (0, 0), (0, 0)))
    filters = w.reshape(F, C * KD, KH, KW)
    slices = []
    for front in range(0, D + 2 * padding - KD + 1, stride):
        slab = xp[:, :, front : front + KD].reshape(N, C * KD, H, W)
        slices.append(conv_forward_fast(slab, filters, b, stride)[0])
    return np.stack(slices, axis=2)


@wrong("only-depth-strided")
def conv3d_forward(x, w, b, stride=1, padding=0):
    N, C, D, H, W = x.shape
    F, _, KD, KH, KW = w.shape
    xp = np.pad(x, ((0, 0), (0, 0), (padding, padding), (0, 0), (0, 0)))
    filters = w.reshape(F, C * KD, KH, KW)
    slices = []
    for front in range(0, D + 2 * padding - KD + 1, stride):
        slab = xp[:, :, front : front + KD].reshape(N, C * KD, H, W)
        slices.append(conv_forward_fast(slab, filters, b, 1, padding)[0])
    return np.stack(slices, axis=2)


@wrong("frames-by-reshape")
def conv3d_forward(x, w, b, stride=1, padding=0):
    N, C, D, H, W = x.shape
    F, _, KD, KH, KW = w.shape
    x = x.reshape(N, D, C, H, W).swapaxes(1, 2)
    xp = np.pad(x, ((0, 0), (0, 0), (padding, padding), (0, 0), (0, 0)))
    filters = w.reshape(F, C * KD, KH, KW)
    slices = []
    for front in range(0, D + 2 * padding - KD + 1, stride):
        slab = xp[:, :, front : front + KD].reshape(N, C * KD, H, W)
        slices.append(conv_forward_fast(slab, filters, b, stride, padding)[0])
    return np.stack(slices, axis=2)
