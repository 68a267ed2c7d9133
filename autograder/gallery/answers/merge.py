"""merge_convs, right and wrong."""
# mypy: ignore-errors
# ruff: noqa: F821, RUF059

import numpy as np

from autograder.gallery.registry import right, wrong


@right("adds a shifted w1 for every place of w2")
def merge_convs(w1, w2):
    M, C, K1, _ = w1.shape
    F, _, K2, _ = w2.shape
    w = np.zeros((F, C, K1 + K2 - 1, K1 + K2 - 1), dtype=w1.dtype)
    for i in range(K2):
        for j in range(K2):
            w[:, :, i : i + K1, j : j + K1] += np.einsum("fm,mcuv->fcuv", w2[:, :, i, j], w1)
    return w


@right("loops over everything")
def merge_convs(w1, w2):
    M, C, K1, _ = w1.shape
    F, _, K2, _ = w2.shape
    K = K1 + K2 - 1
    w = np.zeros((F, C, K, K), w1.dtype)
    for f in range(F):
        for c in range(C):
            for m in range(M):
                for i in range(K1):
                    for j in range(K1):
                        for u in range(K2):
                            for v in range(K2):
                                w[f, c, i + u, j + v] += w1[m, c, i, j] * w2[f, m, u, v]
    return w


@right("a full convolution of w1 with w2 turned by 180 degrees")
def merge_convs(w1, w2):
    K2 = w2.shape[2]
    turned = w2[:, :, ::-1, ::-1]
    images = w1.transpose(1, 0, 2, 3)
    full, _ = conv_forward(images, turned, np.zeros(len(w2), w2.dtype), stride=1, padding=K2 - 1)
    return full.transpose(1, 0, 2, 3)


@right("windows over a padded w1")
def merge_convs(w1, w2):
    K2 = w2.shape[-1]
    padded = np.pad(w1, ((0, 0), (0, 0), (K2 - 1, K2 - 1), (K2 - 1, K2 - 1)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, (K2, K2), axis=(2, 3))
    return np.einsum("mchwuv,fmuv->fchw", windows, np.flip(w2, (2, 3)))


@right("asks both convolutions what each input pixel does")
def merge_convs(w1, w2):
    M, C, K1, _ = w1.shape
    F, _, K2, _ = w2.shape
    K = K1 + K2 - 1
    # an image of one bright pixel for every weight: the single output place reads that weight off
    pixels = np.eye(C * K * K, dtype=w1.dtype).reshape(-1, C, K, K)
    hidden, _ = conv_forward(pixels, w1, np.zeros(M, w1.dtype))
    out, _ = conv_forward(hidden, w2, np.zeros(F, w2.dtype))
    return out[:, :, 0, 0].T.reshape(F, C, K, K).copy()


@right("adds a shifted w2 for every place of w1, tensordot")
def merge_convs(w1, w2):
    K1, K2 = w1.shape[2], w2.shape[2]
    w = np.zeros_like(w1, shape=(w2.shape[0], w1.shape[1], K1 + K2 - 1, K1 + K2 - 1))
    for i, j in np.ndindex(K1, K1):
        part = np.tensordot(w2, w1[:, :, i, j], axes=([1], [0]))
        w[:, :, i : i + K2, j : j + K2] += part.transpose(0, 3, 1, 2)
    return w


@wrong("kernels-correlated")
def merge_convs(w1, w2):
    M, C, K1, _ = w1.shape
    F, _, K2, _ = w2.shape
    w = np.zeros((F, C, K1 + K2 - 1, K1 + K2 - 1), dtype=w1.dtype)
    for i in range(K2):
        for j in range(K2):
            tap = w2[:, :, K2 - 1 - i, K2 - 1 - j]
            w[:, :, i : i + K1, j : j + K1] += np.einsum("fm,mcuv->fcuv", tap, w1)
    return w


@wrong("kernels-correlated", "not turned in a full convolution")
def merge_convs(w1, w2):
    K2 = w2.shape[2]
    images = np.swapaxes(w1, 0, 1)
    full, _ = conv_forward(images, w2, np.zeros(len(w2), w2.dtype), padding=K2 - 1)
    return np.swapaxes(full, 0, 1)


@wrong("order-swapped")
def merge_convs(w1, w2):
    w1, w2 = w2, w1
    M, C, K1, _ = w1.shape
    F, _, K2, _ = w2.shape
    w = np.zeros((F, C, K1 + K2 - 1, K1 + K2 - 1), dtype=w1.dtype)
    for i in range(K2):
        for j in range(K2):
            w[:, :, i : i + K1, j : j + K1] += np.einsum("fm,mcuv->fcuv", w2[:, :, i, j], w1)
    return w


@wrong("size-without-minus-one")
def merge_convs(w1, w2):
    M, C, K1, _ = w1.shape
    F, _, K2, _ = w2.shape
    w = np.zeros((F, C, K1 + K2, K1 + K2), dtype=w1.dtype)
    for i in range(K2):
        for j in range(K2):
            w[:, :, i : i + K1, j : j + K1] += np.tensordot(w2[:, :, i, j], w1, axes=1)
    return w


@wrong("overlap-assigned")
def merge_convs(w1, w2):
    M, C, K1, _ = w1.shape
    F, _, K2, _ = w2.shape
    w = np.zeros((F, C, K1 + K2 - 1, K1 + K2 - 1), dtype=w1.dtype)
    for i in range(K2):
        for j in range(K2):
            w[:, :, i : i + K1, j : j + K1] = np.tensordot(w2[:, :, i, j], w1, axes=1)
    return w


@wrong("middle-channels-not-summed")
def merge_convs(w1, w2):
    # the last hidden channel wins: = where += belongs
    M, C, K1, _ = w1.shape
    F, _, K2, _ = w2.shape
    w = np.zeros((F, C, K1 + K2 - 1, K1 + K2 - 1), dtype=w1.dtype)
    for m in range(M):
        part = np.zeros_like(w)
        for u in range(K2):
            for v in range(K2):
                part[:, :, u : u + K1, v : v + K1] += w2[:, m, u, v][:, None, None, None] * w1[m]
        w = part
    return w


@wrong("first-middle-channel-only")
def merge_convs(w1, w2):
    C, K1 = w1.shape[1], w1.shape[2]
    F, K2 = w2.shape[0], w2.shape[2]
    w = np.zeros((F, C, K1 + K2 - 1, K1 + K2 - 1), dtype=w1.dtype)
    for f in range(F):
        for c in range(C):
            for i in range(K1):
                for j in range(K1):
                    w[f, c, i : i + K2, j : j + K2] += w1[0, c, i, j] * w2[f, 0]
    return w


@wrong("channels-averaged")
def merge_convs(w1, w2):
    M, C, K1, _ = w1.shape
    F, _, K2, _ = w2.shape
    w = np.zeros((F, C, K1 + K2 - 1, K1 + K2 - 1), dtype=w1.dtype)
    for i in range(K1):
        for j in range(K1):
            each = w2[:, :, None] * w1[None, :, :, i, j, None, None]
            w[:, :, i : i + K2, j : j + K2] += each.mean(axis=1)
    return w


@wrong("no-padding", named=False)
def merge_convs(w1, w2):
    images = w1.transpose(1, 0, 2, 3)
    small, _ = conv_forward(images, w2[:, :, ::-1, ::-1], np.zeros(len(w2), w2.dtype))
    return small.transpose(1, 0, 2, 3)


@wrong("size-kept", named=False)
def merge_convs(w1, w2):
    M, C, K1, _ = w1.shape
    F, _, K2, _ = w2.shape
    w = np.zeros((F, C, K1 + K2 - 1, K1 + K2 - 1), dtype=w1.dtype)
    for i in range(K2):
        for j in range(K2):
            w[:, :, i : i + K1, j : j + K1] += np.einsum("fm,mcuv->fcuv", w2[:, :, i, j], w1)
    crop = (K2 - 1) // 2
    return w[:, :, crop : crop + K1, crop : crop + K1].copy()


@wrong("dtype-lost")
def merge_convs(w1, w2):
    M, C, K1, _ = w1.shape
    F, _, K2, _ = w2.shape
    w = np.zeros((F, C, K1 + K2 - 1, K1 + K2 - 1))
    for i in range(K2):
        for j in range(K2):
            w[:, :, i : i + K1, j : j + K1] += np.einsum("fm,mcuv->fcuv", w2[:, :, i, j], w1)
    return w


@wrong("kernel-reversed")
def merge_convs(w1, w2):
    # both kernels turned, as for a convolution in mathematics, and the result left so
    K1, K2 = w1.shape[2], w2.shape[2]
    a, b = np.flip(w1, (2, 3)), np.flip(w2, (2, 3))
    w = np.zeros_like(w1, shape=(w2.shape[0], w1.shape[1], K1 + K2 - 1, K1 + K2 - 1))
    for i in range(K2):
        for j in range(K2):
            w[:, :, i : i + K1, j : j + K1] += np.einsum("fm,mcuv->fcuv", b[:, :, i, j], a)
    return w


@wrong("elementwise-product")
def merge_convs(w1, w2):
    K = max(w1.shape[2], w2.shape[2])
    a = np.pad(w1, ((0, 0), (0, 0), (0, K - w1.shape[2]), (0, K - w1.shape[2])))
    b = np.pad(w2, ((0, 0), (0, 0), (0, K - w2.shape[2]), (0, K - w2.shape[2])))
    return np.einsum("fmuv,mcuv->fcuv", b, a)
