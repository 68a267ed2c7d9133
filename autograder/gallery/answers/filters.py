"""hand_filters and conv1x1_forward, right and wrong."""
# mypy: ignore-errors
# ruff: noqa: F821

import numpy as np

from autograder.gallery.registry import right, wrong


@right("written as lists, box blur")
def hand_filters():
    identity = [[0, 0, 0], [0, 1, 0], [0, 0, 0]]
    edges = [[-1, -2, -1], [0, 0, 0], [1, 2, 1]]
    blur = [[1 / 9] * 3] * 3
    return np.array([[identity], [edges], [blur]])


@right("outer products, 1-2-1 blur")
def hand_filters():
    smooth = np.array([1.0, 2.0, 1.0])
    centre = np.array([0.0, 1.0, 0.0])
    slope = np.array([1.0, 0.0, -1.0])
    filters = [np.outer(centre, centre), np.outer(slope, smooth), np.outer(smooth, smooth) / 16]
    return np.stack(filters)[:, None]


@right("filled element by element, float32")
def hand_filters():
    w = np.zeros((3, 1, 3, 3), dtype=np.float32)
    w[0, 0, 1, 1] = 1
    w[1, 0, 0] = 1, 2, 1
    w[1, 0, 2] = -1, -2, -1
    w[2] = 1 / 9
    return w


@wrong("blur-not-normalised")
def hand_filters():
    w = np.zeros((3, 1, 3, 3))
    w[0, 0, 1, 1] = 1
    w[1, 0] = np.array([[1, 2, 1], [0, 0, 0], [-1, -2, -1]])
    w[2, 0] = np.ones((3, 3))
    return w


@wrong("blur-sum")
def hand_filters():
    w = np.zeros((3, 1, 3, 3))
    w[0, 0, 1, 1] = 1
    w[1, 0] = np.array([[1, 2, 1], [0, 0, 0], [-1, -2, -1]])
    w[2, 0] = np.ones((3, 3)) / 8
    return w


@wrong("edges-vertical")
def hand_filters():
    identity = np.array([[0, 0, 0], [0, 1, 0], [0, 0, 0]])
    sobel = np.array([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]])
    blur = np.full((3, 3), 1 / 9)
    return np.stack([identity, sobel, blur]).reshape(3, 1, 3, 3)


@wrong("edges-prewitt")
def hand_filters():
    identity = np.array([[0, 0, 0], [0, 1, 0], [0, 0, 0]])
    edges = np.array([[1, 1, 1], [0, 0, 0], [-1, -1, -1]])
    blur = np.array([[1, 2, 1], [2, 4, 2], [1, 2, 1]]) / 16
    return np.stack([identity, edges, blur])[:, np.newaxis]


@wrong("identity-matrix")
def hand_filters():
    w = np.zeros((3, 1, 3, 3))
    w[0, 0] = np.eye(3)
    w[1, 0] = [[1, 2, 1], [0, 0, 0], [-1, -2, -1]]
    w[2, 0] = 1 / 9
    return w


@wrong("channel-axis-forgotten")
def hand_filters():
    identity = np.zeros((3, 3))
    identity[1, 1] = 1
    edges = np.array([[1, 2, 1], [0, 0, 0], [-1, -2, -1]])
    blur = np.ones((3, 3)) / 9
    return np.array([identity, edges, blur])


@wrong("channel-axis-first")
def hand_filters():
    identity = np.zeros((3, 3))
    identity[1, 1] = 1
    edges = np.array([[1, 2, 1], [0, 0, 0], [-1, -2, -1]])
    blur = np.ones((3, 3)) / 9
    return np.array([[identity, edges, blur]])


@wrong("integers")
def hand_filters():
    w = np.zeros((3, 1, 3, 3), dtype=int)
    w[0, 0, 1, 1] = 1
    w[1, 0] = [[1, 2, 1], [0, 0, 0], [-1, -2, -1]]
    w[2, 0] = 1 / 9
    return w


@wrong("filters-in-other-order")
def hand_filters():
    edges = [[1, 2, 1], [0, 0, 0], [-1, -2, -1]]
    identity = [[0, 0, 0], [0, 1, 0], [0, 0, 0]]
    return np.array([edges, identity, [[1 / 9] * 3] * 3])[:, None]


@right("one matrix product")
def conv1x1_forward(x, w, b):
    N, C, H, W = x.shape
    F = w.shape[0]
    pixels = x.transpose(0, 2, 3, 1).reshape(-1, C)
    out = pixels @ w.T + b
    return out.reshape(N, H, W, F).transpose(0, 3, 1, 2)


@right("a product for every image")
def conv1x1_forward(x, w, b):
    N, C, H, W = x.shape
    return (w @ x.reshape(N, C, H * W) + b[:, None]).reshape(N, -1, H, W)


@right("einsum")
def conv1x1_forward(x, w, b):
    return np.einsum("fc,nchw->nfhw", w, x) + b[None, :, None, None]


@right("tensordot")
def conv1x1_forward(x, w, b):
    return np.moveaxis(np.tensordot(x, w, axes=(1, 1)) + b, -1, 1)


@right("through conv_forward")
def conv1x1_forward(x, w, b):
    out, _ = conv_forward(x, w[:, :, None, None], b)
    return out


@right("loops over filters and channels")
def conv1x1_forward(x, w, b):
    N, C, H, W = x.shape
    out = np.empty((N, len(b), H, W), x.dtype)
    for f in range(len(b)):
        out[:, f] = b[f]
        for c in range(C):
            out[:, f] += w[f, c] * x[:, c]
    return out


@right("pixel by pixel")
def conv1x1_forward(x, w, b):
    out = np.zeros(x.shape[:1] + w.shape[:1] + x.shape[2:], dtype=x.dtype)
    for n in range(x.shape[0]):
        for i in range(x.shape[2]):
            for j in range(x.shape[3]):
                out[n, :, i, j] = w.dot(x[n, :, i, j]) + b
    return out


@wrong("bias-forgotten")
def conv1x1_forward(x, w, b):
    return np.einsum("nchw,fc->nfhw", x, w)


@wrong("weights-transposed")
def conv1x1_forward(x, w, b):
    N, C, H, W = x.shape
    out = x.transpose(0, 2, 3, 1).reshape(-1, C) @ w + b
    return out.reshape(N, H, W, -1).transpose(0, 3, 1, 2)


@wrong("reshaped-without-moving-axes", "on the way in")
def conv1x1_forward(x, w, b):
    N, C, H, W = x.shape
    out = x.reshape(-1, C) @ w.T + b
    return out.reshape(N, H, W, -1).transpose(0, 3, 1, 2)


@wrong("reshaped-without-moving-axes", "on the way out")
def conv1x1_forward(x, w, b):
    N, C, H, W = x.shape
    out = x.transpose(0, 2, 3, 1).reshape(-1, C) @ w.T + b
    return out.reshape(N, w.shape[0], H, W)


@wrong("channels-left-last")
def conv1x1_forward(x, w, b):
    return np.tensordot(x, w, axes=(1, 1)) + b


@wrong("bias-once-per-channel")
def conv1x1_forward(x, w, b):
    out = np.zeros((x.shape[0], w.shape[0], *x.shape[2:]), dtype=x.dtype)
    for f in range(w.shape[0]):
        for c in range(x.shape[1]):
            out[:, f] += x[:, c] * w[f, c] + b[f]
    return out


@wrong("bias-along-the-width")
def conv1x1_forward(x, w, b):
    return np.einsum("nchw,fc->nfhw", x, w) + b


@wrong("dtype-lost")
def conv1x1_forward(x, w, b):
    out = np.zeros((x.shape[0], w.shape[0], *x.shape[2:]))
    for f, (row, bias) in enumerate(zip(w, b, strict=True)):
        out[:, f] = np.tensordot(x, row, axes=(1, 0)) + bias
    return out


@wrong("channels-averaged")
def conv1x1_forward(x, w, b):
    out = np.empty((x.shape[0], w.shape[0], *x.shape[2:]), dtype=x.dtype)
    for f in range(w.shape[0]):
        out[:, f] = np.mean(x * w[f][None, :, None, None], axis=1) + b[f]
    return out


@wrong("identity-all-ones")
def hand_filters():
    w = np.ones((3, 1, 3, 3))
    w[1, 0] = np.outer([1, 0, -1], [1, 2, 1])
    w[2] /= w[2].sum()
    return w


@wrong("blur-integers")
def hand_filters():
    w = np.zeros((3, 1, 3, 3))
    w[0, 0, 1, 1] = 1
    w[1, 0] = np.outer([1, 0, -1], [1, 2, 1])
    w[2, 0] = np.ones((3, 3), dtype=int) // 9
    return w
