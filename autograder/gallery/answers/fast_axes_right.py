"""conv1d_forward and conv3d_forward in the styles that are right."""
# mypy: ignore-errors
# ruff: noqa: B905, F821, RUF059

import numpy as np

from autograder.gallery.registry import right


@right("an image one pixel high")
def conv1d_forward(x, w, b, stride=1, padding=0):
    image, filters = x[:, :, None, :], w[:, :, None, :]
    out, _ = conv_forward_fast(image, filters, b, (1, stride), (0, padding))
    return out[:, :, 0].copy()


@right("nested loops")
def conv1d_forward(x, w, b, stride=1, padding=0):
    N, C, L = x.shape
    F, _, K = w.shape
    LO = (L + 2 * padding - K) // stride + 1
    xp = np.pad(x, ((0, 0), (0, 0), (padding, padding)))
    out = np.zeros((N, F, LO), dtype=x.dtype)
    for n in range(N):
        for f in range(F):
            for i in range(LO):
                out[n, f, i] = np.sum(xp[n, :, i * stride : i * stride + K] * w[f]) + b[f]
    return out


@right("sliding_window_view and einsum")
def conv1d_forward(x, w, b, stride=1, padding=0):
    xp = np.pad(x, ((0, 0), (0, 0), (padding, padding)))
    windows = np.lib.stride_tricks.sliding_window_view(xp, w.shape[2], axis=2)[:, :, ::stride]
    return np.einsum("nclk,fck->nfl", windows, w) + b[:, None]


@right("a loop over the kernel")
def conv1d_forward(x, w, b, stride=1, padding=0):
    K = w.shape[2]
    xp = np.pad(x, [(0, 0), (0, 0), (padding, padding)])
    LO = (xp.shape[2] - K) // stride + 1
    out = np.zeros((len(x), len(w), LO), dtype=x.dtype) + b[:, None]
    for k in range(K):
        out += w[:, :, k] @ xp[:, :, k : k + stride * LO : stride]
    return out


@right("index arrays")
def conv1d_forward(x, w, b, stride=1, padding=0):
    N, C, L = x.shape
    F, _, K = w.shape
    LO = (L + 2 * padding - K) // stride + 1
    places = stride * np.arange(LO)[:, None] + np.arange(K)
    windows = np.pad(x, ((0, 0), (0, 0), (padding, padding)))[:, :, places]
    return (np.tensordot(windows, w, axes=([1, 3], [1, 2])) + b).transpose(0, 2, 1)


@right("np.correlate at every place, then every S-th")
def conv1d_forward(x, w, b, stride=1, padding=0):
    xp = np.pad(x, ((0, 0), (0, 0), (padding, padding)))
    maps = [
        [sum(np.correlate(row, kernel, "valid") for row, kernel in zip(image, filter_)) for filter_ in w]
        for image in xp
    ]
    return np.array(maps)[:, :, ::stride] + b[:, None]


@right("slabs of slices as images with more channels")
def conv3d_forward(x, w, b, stride=1, padding=0):
    N, C, D, H, W = x.shape
    F, _, KD, KH, KW = w.shape
    xp = np.pad(x, ((0, 0), (0, 0), (padding, padding), (0, 0), (0, 0)))
    filters = w.reshape(F, C * KD, KH, KW)
    slices = []
    for front in range(0, D + 2 * padding - KD + 1, stride):
        slab = xp[:, :, front : front + KD].reshape(N, C * KD, H, W)
        slices.append(conv_forward_fast(slab, filters, b, stride, padding)[0])
    return np.stack(slices, axis=2)


@right("a sum over the filter's slices, frames as a batch")
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
    return out + b[:, None, None, None]


@right("a loop over places")
def conv3d_forward(x, w, b, stride=1, padding=0):
    p, s = padding, stride
    xp = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p), (p, p)))
    kd, kh, kw = w.shape[2:]
    sizes = [(xp.shape[2 + axis] - w.shape[2 + axis]) // s + 1 for axis in range(3)]
    out = np.zeros((len(x), len(w), *sizes), dtype=x.dtype)
    for d, i, j in np.ndindex(*sizes):
        window = xp[:, :, d * s : d * s + kd, i * s : i * s + kh, j * s : j * s + kw]
        out[:, :, d, i, j] = np.tensordot(window, w, axes=([1, 2, 3, 4], [1, 2, 3, 4])) + b
    return out


@right("sliding_window_view and einsum")
def conv3d_forward(x, w, b, stride=1, padding=0):
    p = (padding, padding)
    xp = np.pad(x, ((0, 0), (0, 0), p, p, p))
    windows = np.lib.stride_tricks.sliding_window_view(xp, w.shape[2:], axis=(2, 3, 4))
    windows = windows[:, :, ::stride, ::stride, ::stride]
    return np.einsum("ncdhwijk,fcijk->nfdhw", windows, w, optimize=True) + b[:, None, None, None]


@right("a loop over the kernel")
def conv3d_forward(x, w, b, stride=1, padding=0):
    p = (padding, padding)
    xp = np.pad(x, ((0, 0), (0, 0), p, p, p))
    do, ho, wo = ((n - k) // stride + 1 for n, k in zip(xp.shape[2:], w.shape[2:]))
    out = np.zeros((len(x), len(w), do, ho, wo), x.dtype)
    for a, u, v in np.ndindex(w.shape[2:]):
        seen = xp[:, :, a : a + stride * do : stride, u : u + stride * ho : stride, v : v + stride * wo : stride]
        out += np.einsum("ncdhw,fc->nfdhw", seen, w[:, :, a, u, v])
    return out + b.reshape(-1, 1, 1, 1)
