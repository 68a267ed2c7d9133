"""conv_backward_bias, right and wrong."""
# mypy: ignore-errors
# ruff: noqa: RUF059

import numpy as np

from autograder.gallery.registry import right, wrong


@right("sum over three axes")
def conv_backward_bias(dout):
    return dout.sum(axis=(0, 2, 3))


@right("loops over everything")
def conv_backward_bias(dout):
    N, F, HO, WO = dout.shape
    db = np.zeros(F, dtype=dout.dtype)
    for n in range(N):
        for f in range(F):
            for i in range(HO):
                for j in range(WO):
                    db[f] += dout[n, f, i, j]
    return db


@right("one sum a filter")
def conv_backward_bias(dout):
    return np.array([np.sum(dout[:, f]) for f in range(dout.shape[1])])


@right("einsum")
def conv_backward_bias(dout):
    return np.einsum("nfhw->f", dout)


@right("axes moved, then rows summed")
def conv_backward_bias(dout):
    F = dout.shape[1]
    return dout.transpose(1, 0, 2, 3).reshape(F, -1).sum(axis=1)


@right("a matrix product with ones")
def conv_backward_bias(dout):
    N, F, HO, WO = dout.shape
    rows = np.moveaxis(dout, 1, -1).reshape(-1, F)
    return np.ones(len(rows), dtype=dout.dtype) @ rows


@right("one axis after the other")
def conv_backward_bias(dout):
    return dout.sum(3).sum(2).sum(0)


@wrong("db-averaged")
def conv_backward_bias(dout):
    return dout.mean(axis=(0, 2, 3))


@wrong("db-divided-by-n")
def conv_backward_bias(dout):
    return dout.sum(axis=(0, 2, 3)) / dout.shape[0]


@wrong("db-averaged-over-places")
def conv_backward_bias(dout):
    return dout.mean(axis=(2, 3)).sum(axis=0)


@wrong("db-wrong-axes", "filters and images swapped")
def conv_backward_bias(dout):
    return dout.sum(axis=(1, 2, 3))


@wrong("db-wrong-axes", "channels last")
def conv_backward_bias(dout):
    return np.sum(dout, axis=(0, 1, 2))


@wrong("db-not-summed-over-all", "only over the batch, as in a linear layer")
def conv_backward_bias(dout):
    return dout.sum(axis=0)


@wrong("db-not-summed-over-all", "only over the places")
def conv_backward_bias(dout):
    return dout.sum(axis=(2, 3))


@wrong("db-one-number")
def conv_backward_bias(dout):
    return np.sum(dout)


@wrong("db-one-number", "for every filter")
def conv_backward_bias(dout):
    return np.full(dout.shape[1], dout.sum(), dtype=dout.dtype)


@wrong("db-axes-kept")
def conv_backward_bias(dout):
    return dout.sum(axis=(0, 2, 3), keepdims=True)


@wrong("last-image-only")
def conv_backward_bias(dout):
    N, F, HO, WO = dout.shape
    for n in range(N):
        db = np.zeros(F, dtype=dout.dtype)
        for f in range(F):
            db[f] += dout[n, f].sum()
    return db


@wrong("first-image-only")
def conv_backward_bias(dout):
    return dout[0].sum(axis=(1, 2))


@wrong("last-place-only")
def conv_backward_bias(dout):
    N, F, HO, WO = dout.shape
    db = np.zeros(F, dtype=dout.dtype)
    for n in range(N):
        for f in range(F):
            for i in range(HO):
                for j in range(WO):
                    db[f] = dout[n, f, i, j]
    return db


@wrong("last-filter-only")
def conv_backward_bias(dout):
    for f in range(dout.shape[1]):
        db = np.zeros(dout.shape[1], dtype=dout.dtype)
        db[f] = dout[:, f].sum()
    return db


@wrong("returns-nothing")
def conv_backward_bias(dout):
    db = np.zeros(dout.shape[1])
    for f in range(dout.shape[1]):
        db[f] = dout[:, f].sum()


@wrong("dtype-lost")
def conv_backward_bias(dout):
    db = np.zeros(dout.shape[1])
    for f in range(dout.shape[1]):
        db[f] = dout[:, f].sum()
    return db


@wrong("magnitudes")
def conv_backward_bias(dout):
    return np.abs(dout).sum(axis=(0, 2, 3))


@wrong("upstream-ignored")
def conv_backward_bias(dout):
    N, F, HO, WO = dout.shape
    return np.full(F, N * HO * WO, dtype=dout.dtype)


@wrong("reshaped-without-moving-axes")
def conv_backward_bias(dout):
    return dout.reshape(dout.shape[1], -1).sum(axis=1)


@wrong("input-modified")
def conv_backward_bias(dout):
    for n in range(1, len(dout)):
        dout[0] += dout[n]
    return dout[0].sum(axis=(1, 2))


@wrong("border-left-out", named=False)
def conv_backward_bias(dout):
    return dout[:, :, :-1, :-1].sum(axis=(0, 2, 3))
