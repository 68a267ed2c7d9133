"""Wrong answers that can be given to any exercise: of another type, rounded, or with an axis that is not there."""
# mypy: ignore-errors

import numpy as np

from autograder.gallery.registry import altered, wrong

DOTS, LOOPS = "reshape and @", "nested loops over places"
altered("linear_forward", DOTS, "no-array", ("return out, (", "return np.asmatrix(out), ("), how="a matrix")
altered("conv_forward", LOOPS, "no-array", ("return out, (", "return out.tolist(), ("), how="lists of lists")
altered("linear_forward", DOTS, "rounded", ("return out, (", "return out.round(4), ("))
altered("conv_forward", LOOPS, "rounded", ("np.sum(window * w[f]) + b[f]", "round(np.sum(window * w[f]) + b[f], 3)"))
altered("conv_forward", LOOPS, "whole-numbers", ("dtype=x.dtype", "dtype=int"), how="made with a dtype of ints")
altered("conv_forward", LOOPS, "computed-in-float32", ("np.pad(x", "np.pad(x.astype(np.float32)"))
altered("conv_forward", LOOPS, "float-for-an-int", ("conv_output_size(H, KH, sh, ph)", "(H + 2 * ph - KH) / sh + 1"))
altered("conv_forward", LOOPS, "cache-forgotten", (", (x, w, b, stride, padding)", ""))
altered("linear_forward", DOTS, "cache-incomplete", ("(x, w, b)\n", "(x, w)\n"), how="b is left out")


@wrong("no-array")
def conv_backward_bias(dout):
    return [dout[:, f].sum() for f in range(dout.shape[1])]


@wrong("axis-not-there", "rows and columns alone")
def numerical_gradient(f, x, dout, h=1e-5):
    grad = np.zeros_like(x)
    for i in range(x.shape[0]):
        for j in range(x.shape[1]):
            old = x[i, j]
            x[i, j] = old + h
            pos = np.sum(f(x) * dout)
            x[i, j] = old - h
            neg = np.sum(f(x) * dout)
            x[i, j] = old
            grad[i, j] = (pos - neg) / (2 * h)
    return grad


@wrong("no-single-number", "the mean keeps its axis")
def softmax_loss(scores, y):
    N = scores.shape[0]
    shifted = scores - scores.max(axis=1, keepdims=True)
    log_probs = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    dscores = np.exp(log_probs)
    dscores[np.arange(N), y] -= 1
    return -log_probs[np.arange(N), y].mean(keepdims=True), dscores / N
