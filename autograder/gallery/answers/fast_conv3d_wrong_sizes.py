"""conv3d_forward with sizes or channels gone wrong."""
# mypy: ignore-errors

import numpy as np

from autograder.gallery.registry import wrong


@wrong("bias-once-per-channel")
def conv3d_forward(x, w, b, stride=1, padding=0):
    p, s = padding, stride
    xp = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p), (p, p)))
    kd, kh, kw = w.shape[2:]
    sizes = [(xp.shape[2 + axis] - w.shape[2 + axis]) // s + 1 for axis in range(3)]
    out = np.zeros((len(x), len(w), *sizes), dtype=x.dtype)
    for d, i, j in np.ndindex(*sizes):
        window = xp[:, :, d * s : d * s + kd, i * s : i * s + kh, j * s : j * s + kw]
        for c in range(x.shape[1]):
            out[:, :, d, i, j] += np.tensordot(window[:, c], w[:, c], axes=([1, 2, 3], [1, 2, 3])) + b
    return out


@wrong("last-channel-only")
def conv3d_forward(x, w, b, stride=1, padding=0):
    p, s = padding, stride
    xp = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p), (p, p)))
    kd, kh, kw = w.shape[2:]
    sizes = [(xp.shape[2 + axis] - w.shape[2 + axis]) // s + 1 for axis in range(3)]
    out = np.zeros((len(x), len(w), *sizes), dtype=x.dtype)
    for d, i, j in np.ndindex(*sizes):
        window = xp[:, :, d * s : d * s + kd, i * s : i * s + kh, j * s : j * s + kw]
        for c in range(x.shape[1]):
            out[:, :, d, i, j] = np.tensordot(window[:, c], w[:, c], axes=([1, 2, 3], [1, 2, 3])) + b
    return out


@wrong("channels-left-last")
def conv3d_forward(x, w, b, stride=1, padding=0):
    p = (padding, padding)
    xp = np.pad(x, ((0, 0), (0, 0), p, p, p))
    windows = np.lib.stride_tricks.sliding_window_view(xp, w.shape[2:], axis=(2, 3, 4))
    windows = windows[:, :, ::stride, ::stride, ::stride]
    return np.tensordot(windows, w, axes=([1, 5, 6, 7], [1, 2, 3, 4])) + b


@wrong("padding-once")
def conv3d_forward(x, w, b, stride=1, padding=0):
    p = (padding, 0)
    xp = np.pad(x, ((0, 0), (0, 0), p, p, p))
    windows = np.lib.stride_tricks.sliding_window_view(xp, w.shape[2:], axis=(2, 3, 4))
    windows = windows[:, :, ::stride, ::stride, ::stride]
    return np.einsum("ncdhwijk,fcijk->nfdhw", windows, w, optimize=True) + b[:, None, None, None]


@wrong("rounded-up")
def conv3d_forward(x, w, b, stride=1, padding=0):
    p, s = padding, stride
    xp = np.pad(x, ((0, 0), (0, 0), (p, p + s), (p, p + s), (p, p + s)))
    kd, kh, kw = w.shape[2:]
    sizes = [-(-(xp.shape[2 + axis] - s - w.shape[2 + axis]) // s) + 1 for axis in range(3)]
    out = np.zeros((len(x), len(w), *sizes), dtype=x.dtype)
    for d, i, j in np.ndindex(*sizes):
        window = xp[:, :, d * s : d * s + kd, i * s : i * s + kh, j * s : j * s + kw]
        out[:, :, d, i, j] = np.tensordot(window, w, axes=([1, 2, 3, 4], [1, 2, 3, 4])) + b
    return out
