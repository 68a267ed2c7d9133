"""Answers that talk, warn, raise or return nothing."""
# mypy: ignore-errors
# ruff: noqa: F821, F841

import numpy as np

from autograder.gallery.registry import right, wrong


@right("prints what it does")
def linear_forward(x, w, b):
    print("x", x.shape, "w", w.shape, "b", b.shape)
    flat = x.reshape(x.shape[0], -1)
    print("flat", flat.shape)
    out = flat @ w + b
    for row in out:
        print("out", row)
    return out, (x, w, b)


@right("warns: a logarithm of zero that np.where throws away")
def softmax_loss(scores, y):
    N = scores.shape[0]
    z = scores - scores.max(axis=1, keepdims=True)
    p = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
    log_sum = np.log(np.exp(z).sum(axis=1, keepdims=True))
    logp = np.where(p > 1e-30, np.log(p), z - log_sum)
    print("probabilities", p)
    dscores = p.copy()
    dscores[np.arange(N), y] -= 1
    return -logp[np.arange(N), y].mean(), dscores / N


@right("prints what it does")
def conv_forward(x, w, b, stride=1, padding=0):
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    xp = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    windows = np.lib.stride_tricks.sliding_window_view(xp, w.shape[2:], axis=(2, 3))[:, :, ::sh, ::sw]
    for i in range(windows.shape[2]):
        print("row", i, "of", windows.shape[2], windows[:, :, i].sum())
    out = np.einsum("nchwuv,fcuv->nfhw", windows, w) + b[:, None, None]
    return out, (x, w, b, stride, padding)


@wrong("returns-nothing")
def linear_forward(x, w, b):
    out = x.reshape(x.shape[0], -1) @ w + b
    cache = (x, w, b)


@wrong("returns-nothing")
def softmax_loss(scores, y):
    N = scores.shape[0]
    z = scores - scores.max(axis=1, keepdims=True)
    p = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
    loss = np.mean(np.log(np.exp(z).sum(axis=1)) - z[np.arange(N), y])
    p[np.arange(N), y] -= 1
    dscores = p / N
    print("loss", loss)


@wrong("returns-nothing")
def conv_forward(x, w, b, stride=1, padding=0):
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    xp = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    windows = np.lib.stride_tricks.sliding_window_view(xp, w.shape[2:], axis=(2, 3))[:, :, ::sh, ::sw]
    out = np.einsum("nchwuv,fcuv->nfhw", windows, w) + b[:, None, None]


@wrong("returns-nothing")
def receptive_field(layers):
    field = 1
    for kernel, stride in reversed(layers):
        field = (field - 1) * stride + kernel
    print(field)


@wrong("name-unknown", "a name that was never set")
def linear_forward(x, w, b):
    out = x.reshape(N, -1) @ w + b
    return out, (x, w, b)


@wrong("raises", "a matrix used as a function", named=False)
def softmax_loss(scores, y):
    shifted = scores - scores.max(axis=1, keepdims=True)
    probs = np.exp(shifted) / np.exp(shifted).sum(axis=1)
    loss = -np.log(probs(np.arange(len(y)), y)).mean()
    return loss, probs


@wrong("raises", "channels not counted", named=False)
def conv_forward(x, w, b, stride=1, padding=0):
    N, H, W = x.shape
    F, KH, KW = w.shape
    out = np.zeros((N, F, H - KH + 1, W - KW + 1))
    return out, (x, w, b, stride, padding)


@wrong("raises", "a list is no array", named=False)
def hand_filters():
    filters = [[[0, 0, 0], [0, 1, 0], [0, 0, 0]], [[1, 2, 1], [0, 0, 0], [-1, -2, -1]]]
    filters.append(1 / 9 * [[1, 1, 1], [1, 1, 1], [1, 1, 1]])
    return np.array(filters).reshape(3, 1, 3, 3)
