"""two_layer_loss, right and wrong; the parts come from the notebook's earlier functions."""
# mypy: ignore-errors
# ruff: noqa: F821, RUF059

import numpy as np

from autograder.gallery.registry import right, wrong


@right("from the parts above")
def two_layer_loss(params, x, y):
    a, cache1 = linear_forward(x, params["W1"], params["b1"])
    h, cache_relu = relu_forward(a)
    scores, cache2 = linear_forward(h, params["W2"], params["b2"])
    loss, dscores = softmax_loss(scores, y)
    dh, dW2, db2 = linear_backward(dscores, cache2)
    da = relu_backward(dh, cache_relu)
    dx, dW1, db1 = linear_backward(da, cache1)
    return loss, {"W1": dW1, "b1": db1, "W2": dW2, "b2": db2}


@right("a stack of caches")
def two_layer_loss(params, x, y):
    caches, grads = [], {}
    out = x
    for i in (1, 2):
        out, cache = linear_forward(out, params[f"W{i}"], params[f"b{i}"])
        caches.append(cache)
        if i == 1:
            out, cache = relu_forward(out)
            caches.append(cache)
    loss, dout = softmax_loss(out, y)
    dout, grads["W2"], grads["b2"] = linear_backward(dout, caches.pop())
    dout = relu_backward(dout, caches.pop())
    _, grads["W1"], grads["b1"] = linear_backward(dout, caches.pop())
    return loss, grads


@right("written out in NumPy")
def two_layer_loss(params, x, y):
    W1, b1, W2, b2 = (params[k] for k in ("W1", "b1", "W2", "b2"))
    N = len(x)
    flat = x.reshape(N, -1)
    a = flat @ W1 + b1
    h = np.maximum(a, 0)
    s = h @ W2 + b2
    s = s - s.max(1, keepdims=True)
    logp = s - np.log(np.exp(s).sum(1, keepdims=True))
    loss = -logp[np.arange(N), y].sum() / N
    d = np.exp(logp)
    d[np.arange(N), y] -= 1
    d /= N
    da = (d @ W2.T) * (a > 0)
    return float(loss), {"b2": d.sum(0), "W2": h.T @ d, "b1": da.sum(0), "W1": flat.T @ da}


@right("nodes of a graph that know their way back")
def two_layer_loss(params, x, y):
    tape = []
    h = x
    h, cache = linear_forward(h, params["W1"], params["b1"])
    tape.append(lambda d, c=cache: linear_backward(d, c))
    h, cache = relu_forward(h)
    tape.append(lambda d, c=cache: (relu_backward(d, c),))
    h, cache = linear_forward(h, params["W2"], params["b2"])
    tape.append(lambda d, c=cache: linear_backward(d, c))
    loss, d = softmax_loss(h, y)
    found = []
    for back in reversed(tape):
        d, *weights = back(d)
        found.extend(weights)
    return loss, dict(zip(("W2", "b2", "W1", "b1"), found, strict=True))


@wrong("b1-ignored")
def two_layer_loss(params, x, y):
    W1, W2, b2 = params["W1"], params["W2"], params["b2"]
    a, cache1 = linear_forward(x, W1, np.zeros_like(params["b1"]))
    h, cache_relu = relu_forward(a)
    scores, cache2 = linear_forward(h, W2, b2)
    loss, dscores = softmax_loss(scores, y)
    dh, dW2, db2 = linear_backward(dscores, cache2)
    dx, dW1, db1 = linear_backward(relu_backward(dh, cache_relu), cache1)
    return loss, {"W1": dW1, "b1": db1, "W2": dW2, "b2": db2}


@wrong("b2-ignored")
def two_layer_loss(params, x, y):
    N = x.shape[0]
    a = x.reshape(N, -1) @ params["W1"] + params["b1"]
    h, _ = relu_forward(a)
    loss, d = softmax_loss(h @ params["W2"], y)
    da = relu_backward(d @ params["W2"].T, a)
    grads = {"W1": x.reshape(N, -1).T @ da, "b1": da.sum(0), "W2": h.T @ d, "b2": d.sum(0)}
    return loss, grads


@wrong("relu-on-scores")
def two_layer_loss(params, x, y):
    a1, c1 = linear_forward(x, params["W1"], params["b1"])
    h1, r1 = relu_forward(a1)
    a2, c2 = linear_forward(h1, params["W2"], params["b2"])
    h2, r2 = relu_forward(a2)
    loss, dout = softmax_loss(h2, y)
    grads = {}
    dout, grads["W2"], grads["b2"] = linear_backward(relu_backward(dout, r2), c2)
    dout, grads["W1"], grads["b1"] = linear_backward(relu_backward(dout, r1), c1)
    return loss, grads


@wrong("keys-swapped")
def two_layer_loss(params, x, y):
    a, cache1 = linear_forward(x, params["W1"], params["b1"])
    h, cache_relu = relu_forward(a)
    scores, cache2 = linear_forward(h, params["W2"], params["b2"])
    loss, dscores = softmax_loss(scores, y)
    dh, dW1, db1 = linear_backward(dscores, cache2)
    dx, dW2, db2 = linear_backward(relu_backward(dh, cache_relu), cache1)
    return loss, {"W1": dW1, "b1": db1, "W2": dW2, "b2": db2}


@wrong("relu-forgotten")
def two_layer_loss(params, x, y):
    h, cache1 = linear_forward(x, params["W1"], params["b1"])
    scores, cache2 = linear_forward(h, params["W2"], params["b2"])
    loss, dscores = softmax_loss(scores, y)
    dh, dW2, db2 = linear_backward(dscores, cache2)
    dx, dW1, db1 = linear_backward(dh, cache1)
    return loss, {"W1": dW1, "b1": db1, "W2": dW2, "b2": db2}


@wrong("relu-backward-forgotten")
def two_layer_loss(params, x, y):
    a, cache1 = linear_forward(x, params["W1"], params["b1"])
    h, _ = relu_forward(a)
    scores, cache2 = linear_forward(h, params["W2"], params["b2"])
    loss, dscores = softmax_loss(scores, y)
    dh, dW2, db2 = linear_backward(dscores, cache2)
    dx, dW1, db1 = linear_backward(dh, cache1)
    return loss, {"W1": dW1, "b1": db1, "W2": dW2, "b2": db2}


@wrong("weight-decay-added", named=False)
def two_layer_loss(params, x, y):
    a, cache1 = linear_forward(x, params["W1"], params["b1"])
    h, cache_relu = relu_forward(a)
    scores, cache2 = linear_forward(h, params["W2"], params["b2"])
    loss, dscores = softmax_loss(scores, y)
    loss += 0.5 * 1e-3 * (np.sum(params["W1"] ** 2) + np.sum(params["W2"] ** 2))
    dh, dW2, db2 = linear_backward(dscores, cache2)
    dx, dW1, db1 = linear_backward(relu_backward(dh, cache_relu), cache1)
    dW1 += 1e-3 * params["W1"]
    dW2 += 1e-3 * params["W2"]
    return loss, {"W1": dW1, "b1": db1, "W2": dW2, "b2": db2}


@wrong("averaged-twice")
def two_layer_loss(params, x, y):
    N = x.shape[0]
    a, cache1 = linear_forward(x, params["W1"], params["b1"])
    h, cache_relu = relu_forward(a)
    scores, cache2 = linear_forward(h, params["W2"], params["b2"])
    loss, dscores = softmax_loss(scores, y)
    dh, dW2, db2 = linear_backward(dscores / N, cache2)
    dx, dW1, db1 = linear_backward(relu_backward(dh, cache_relu), cache1)
    return loss, {"W1": dW1, "b1": db1, "W2": dW2, "b2": db2}


@wrong("input-modified")
def two_layer_loss(params, x, y):
    a, cache1 = linear_forward(x, params["W1"], params["b1"])
    h, cache_relu = relu_forward(a)
    scores, cache2 = linear_forward(h, params["W2"], params["b2"])
    loss, dscores = softmax_loss(scores, y)
    dh, dW2, db2 = linear_backward(dscores, cache2)
    dx, dW1, db1 = linear_backward(relu_backward(dh, cache_relu), cache1)
    grads = {"W1": dW1, "b1": db1, "W2": dW2, "b2": db2}
    for name in params:
        params[name] -= 0.1 * grads[name]
    return loss, grads


@wrong("softmax-before-softmax", named=False)
def two_layer_loss(params, x, y):
    a, cache1 = linear_forward(x, params["W1"], params["b1"])
    h, cache_relu = relu_forward(a)
    scores, cache2 = linear_forward(h, params["W2"], params["b2"])
    e = np.exp(scores - scores.max(axis=1, keepdims=True))
    probs = e / e.sum(axis=1, keepdims=True)
    loss, dscores = softmax_loss(probs, y)
    dh, dW2, db2 = linear_backward(dscores, cache2)
    dx, dW1, db1 = linear_backward(relu_backward(dh, cache_relu), cache1)
    return loss, {"W1": dW1, "b1": db1, "W2": dW2, "b2": db2}


@wrong("keys", "biases missing")
def two_layer_loss(params, x, y):
    a, cache1 = linear_forward(x, params["W1"], params["b1"])
    h, cache_relu = relu_forward(a)
    scores, cache2 = linear_forward(h, params["W2"], params["b2"])
    loss, dscores = softmax_loss(scores, y)
    dh, dW2, _ = linear_backward(dscores, cache2)
    dx, dW1, _ = linear_backward(relu_backward(dh, cache_relu), cache1)
    return loss, {"W1": dW1, "W2": dW2}
