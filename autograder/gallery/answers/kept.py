"""Answers that keep something for the next call: right where it hangs on sizes alone, wrong where it holds numbers."""
# mypy: ignore-errors
# ruff: noqa: B006

import numpy as np

from autograder.gallery.registry import right, wrong


@right("index arrays kept by their sizes")
def conv_forward(x, w, b, stride=1, padding=0, kept={}):
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    KH, KW = w.shape[2:]
    xp = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    HO, WO = (xp.shape[2] - KH) // sh + 1, (xp.shape[3] - KW) // sw + 1
    key = (KH, KW, HO, WO, sh, sw)
    if key not in kept:
        i = sh * np.arange(HO)[:, None, None, None] + np.arange(KH)[:, None]
        j = sw * np.arange(WO)[:, None, None] + np.arange(KW)
        kept[key] = i, j
    i, j = kept[key]
    return np.einsum("ncijpq,fcpq->nfij", xp[:, :, i, j], w) + b[:, None, None], (x, w, b, stride, padding)


@wrong("kept-from-before", "the padded images, by shape")
def conv_forward(x, w, b, stride=1, padding=0, kept={}):
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    if (x.shape, padding) not in kept:
        kept[x.shape, padding] = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    xp = kept[x.shape, padding]
    windows = np.lib.stride_tricks.sliding_window_view(xp, w.shape[2:], axis=(2, 3))[:, :, ::sh, ::sw]
    return np.einsum("ncijpq,fcpq->nfij", windows, w) + b[:, None, None], (x, w, b, stride, padding)


@wrong("kept-from-before", "the filters as a matrix, in the function")
def conv1x1_forward(x, w, b):
    if getattr(conv1x1_forward, "shape", None) != w.shape:
        conv1x1_forward.shape, conv1x1_forward.matrix = w.shape, w.copy()
    return np.einsum("fc,nchw->nfhw", conv1x1_forward.matrix, x) + b[:, None, None]


@wrong("kept-from-before", "the stretched images, by shape")
def linear_forward(x, w, b, kept={}):
    flat = kept.setdefault(x.shape, x.reshape(len(x), -1).copy())
    return flat @ w + b, (x, w, b)


@wrong("kept-from-before", "the mask of the last call of these sizes")
def relu_backward(dout, cache, masks={}):
    return dout * masks.setdefault(cache.shape, cache > 0)


@wrong("kept-from-before", "which class is right, by shape")
def softmax_loss(scores, y, kept={}):
    if scores.shape not in kept:
        kept[scores.shape] = np.eye(scores.shape[1], dtype=scores.dtype)[y]
    wanted = kept[scores.shape]
    shifted = scores - scores.max(axis=1, keepdims=True)
    logp = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return float(-(wanted * logp).sum() / len(y)), (np.exp(logp) - wanted) / len(y)


@wrong("kept-from-before", "the turned filters, by shape")
def conv_backward_input(dout, w, x_shape, stride=1, padding=0, kept={}):
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    N, _, H, W = x_shape
    F, _, KH, KW = w.shape
    HO, WO = dout.shape[2:]
    turned = kept.setdefault(w.shape, w[:, :, ::-1, ::-1].copy())
    wide = np.zeros((N, F, H + 2 * ph + KH - 1, W + 2 * pw + KW - 1), dout.dtype)
    wide[:, :, KH - 1 : KH - 1 + sh * HO : sh, KW - 1 : KW - 1 + sw * WO : sw] = dout
    windows = np.lib.stride_tricks.sliding_window_view(wide, (KH, KW), axis=(2, 3))
    dx = np.einsum("nfijpq,fcpq->ncij", windows, turned, dtype=dout.dtype)
    return dx[:, :, ph : ph + H, pw : pw + W].copy()


@wrong("kept-from-before", "1 over the deviation, by shape")
def batchnorm_forward(x, gamma, beta, running_mean, running_var, training=True, momentum=0.01, eps=1e-5, kept={}):
    mean, var = (x.mean(axis=0), x.var(axis=0)) if training else (running_mean, running_var)
    scale = kept.setdefault((x.shape, training, x.dtype), 1 / np.sqrt(var + eps))
    xhat = (x - mean) * scale
    if training:
        running_mean[:] = (1 - momentum) * running_mean + momentum * mean
        running_var[:] = (1 - momentum) * running_var + momentum * var
    return gamma * xhat + beta, (xhat, gamma.copy(), scale, training)


@wrong("kept-from-before", "the filters for these sizes")
def fuse_conv_batchnorm(w, b, gamma, beta, running_mean, running_var, eps=1e-5, kept={}):
    scale = gamma / np.sqrt(running_var + eps)
    fused = kept.setdefault((w.shape, w.dtype), w * scale[:, None, None, None])
    return fused.copy(), (b - running_mean) * scale + beta
