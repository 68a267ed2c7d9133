"""Fast convolutions that take four images at a time, right and wrong, and others that only a larger batch reveals."""
# mypy: ignore-errors
# ruff: noqa: F821

import numpy as np

from autograder.gallery.answers import fast_backward_right, fast_forward_right  # noqa: F401  these come first
from autograder.gallery.registry import altered, right, wrong


@right("four images at a time")
def conv_forward_fast(x, w, b, stride=1, padding=0):
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    N, _, H, W = x.shape
    F, _, KH, KW = w.shape
    HO, WO = (H + 2 * ph - KH) // sh + 1, (W + 2 * pw - KW) // sw + 1
    out = np.empty((N, F, HO * WO), dtype=x.dtype)
    for start in range(0, N, 4):
        some = slice(start, start + 4)
        out[some] = w.reshape(F, -1) @ im2col(x[some], (KH, KW), stride, padding)
    out += b[:, None]
    return out.reshape(N, F, HO, WO), (x, w, b, stride, padding)


@right("four images at a time")
def conv_backward_fast(dout, cache):
    x, w, _, stride, padding = cache
    flat = dout.reshape(len(x), len(w), -1)
    filters = w.reshape(len(w), -1)
    dx, dw = np.empty(x.shape, dtype=x.dtype), np.zeros(filters.shape, dtype=w.dtype)
    for start in range(0, len(x), 4):
        some = slice(start, start + 4)
        cols = im2col(x[some], w.shape[2:], stride, padding)
        dw += (flat[some] @ cols.transpose(0, 2, 1)).sum(axis=0)
        dx[some] = col2im(filters.T @ flat[some], x[some].shape, w.shape[2:], stride, padding)
    return dx, dw.reshape(w.shape), flat.sum(axis=(0, 2))


FOUR = "four images at a time"
for says, forward, backward in (
    ("the first four images alone", "range(0, 4, N)", "range(0, 4, len(x))"),
    ("the last of nine images left out", "range(0, N - 1, 4)", "range(0, len(x) - 1, 4)"),
    ("every fifth image left out", "range(0, N, 5)", "range(0, len(x), 5)"),
):
    # zeros, so that what is left out is the same in every run
    altered("conv_forward_fast", FOUR, says, ("range(0, N, 4)", forward), ("np.empty", "np.zeros"), named=False)
    altered("conv_backward_fast", FOUR, says, ("range(0, len(x), 4)", backward), ("np.empty", "np.zeros"), named=False)
altered("conv_backward_fast", FOUR, "dw of the last four images", ("dw += ", "dw = "), named=False)
altered(
    "conv_forward_fast",
    FOUR,
    "bias once for every four images",
    ("    out += b", "        out[: start + 4] += b"),
    named=False,
)


@wrong("bias-along-places", "where it fits")
def conv_forward_fast(x, w, b, stride=1, padding=0):
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    F, _, KH, KW = w.shape
    HO, WO = (x.shape[2] + 2 * ph - KH) // sh + 1, (x.shape[3] + 2 * pw - KW) // sw + 1
    out = w.reshape(F, -1) @ im2col(x, (KH, KW), stride, padding) + (b if HO * WO == F else b[:, None])
    return out.reshape(len(x), F, HO, WO), (x, w, b, stride, padding)
