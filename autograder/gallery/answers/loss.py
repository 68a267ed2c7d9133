"""softmax_loss, right and wrong."""
# mypy: ignore-errors
# ruff: noqa: RUF059

import numpy as np

from autograder.gallery.registry import right, wrong


@right("shifted by the largest score")
def softmax_loss(scores, y):
    N = scores.shape[0]
    shifted = scores - scores.max(axis=1, keepdims=True)
    log_probs = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    loss = -log_probs[np.arange(N), y].mean()
    dscores = np.exp(log_probs)
    dscores[np.arange(N), y] -= 1
    dscores /= N
    return loss, dscores


@right("one-hot labels")
def softmax_loss(scores, y):
    N, C = scores.shape
    onehot = np.zeros_like(scores)
    onehot[range(N), y] = 1
    z = scores - np.max(scores, axis=1)[:, None]
    e = np.exp(z)
    total = e.sum(1, keepdims=True)
    loss = np.sum(onehot * (np.log(total) - z)) / N
    return float(loss), (e / total - onehot) / N


@right("logaddexp")
def softmax_loss(scores, y):
    N = len(y)
    log_sum = np.logaddexp.reduce(scores, axis=1)
    right_scores = np.take_along_axis(scores, y[:, None], axis=1)[:, 0]
    loss = np.mean(log_sum - right_scores)
    p = np.exp(scores - log_sum[:, None])
    return loss, (p - (np.arange(scores.shape[1]) == y[:, None])) / N


@right("image by image")
def softmax_loss(scores, y):
    N, C = scores.shape
    loss = 0.0
    dscores = np.empty_like(scores)
    for n in range(N):
        row = scores[n] - max(scores[n])
        exps = np.exp(row)
        loss += np.log(np.sum(exps)) - row[y[n]]
        for c in range(C):
            dscores[n, c] = exps[c] / np.sum(exps)
            if c == y[n]:
                dscores[n, c] -= 1
    return loss / N, dscores / N


@right("difference to the right score")
def softmax_loss(scores, y):
    # log-sum-exp of the scores minus the right one: the loss itself, with nothing to subtract again
    N = scores.shape[0]
    d = scores - scores[np.arange(N), y][:, None]
    top = np.maximum(d.max(axis=1, keepdims=True), 0)
    per_image = top[:, 0] + np.log(np.exp(d - top).sum(axis=1))
    dscores = np.exp(d - per_image[:, None]) / N
    dscores[np.arange(N), y] -= 1 / N
    return per_image.sum() / N, dscores


@wrong("overflow")
def softmax_loss(scores, y):
    N = scores.shape[0]
    e = np.exp(scores)
    p = e / e.sum(axis=1, keepdims=True)
    loss = -np.log(p[np.arange(N), y]).mean()
    dscores = p.copy()
    dscores[np.arange(N), y] -= 1
    return loss, dscores / N


@wrong("overflow", "one shift for all", named=False)
def softmax_loss(scores, y):
    N = scores.shape[0]
    e = np.exp(scores - np.max(scores))
    p = e / np.sum(e, axis=1, keepdims=True)
    loss = -np.mean(np.log(p[range(N), y]))
    p[range(N), y] -= 1
    return loss, p / N


@wrong("log-of-zero")
def softmax_loss(scores, y):
    N = scores.shape[0]
    shifted = scores - scores.max(axis=1, keepdims=True)
    probs = np.exp(shifted) / np.exp(shifted).sum(axis=1, keepdims=True)
    loss = -np.log(probs[np.arange(N), y]).sum() / N
    dscores = probs
    dscores[np.arange(N), y] -= 1
    dscores = dscores / N
    return loss, dscores


@wrong("logarithm-clipped", "1e-8 added")
def softmax_loss(scores, y):
    N = scores.shape[0]
    e = np.exp(scores - scores.max(1, keepdims=True))
    p = e / e.sum(1, keepdims=True)
    loss = -np.log(p[np.arange(N), y] + 1e-8).mean()
    d = p.copy()
    d[np.arange(N), y] -= 1
    return loss, d / N


@wrong("logarithm-clipped", "np.clip")
def softmax_loss(scores, y):
    N = scores.shape[0]
    e = np.exp(scores - scores.max(axis=1, keepdims=True))
    p = np.clip(e / e.sum(axis=1, keepdims=True), 1e-12, 1.0)
    onehot = np.eye(scores.shape[1], dtype=scores.dtype)[y]
    loss = -np.sum(onehot * np.log(p)) / N
    return loss, (p - onehot) / N


@wrong("loss-summed")
def softmax_loss(scores, y):
    N = scores.shape[0]
    z = scores - scores.max(axis=1, keepdims=True)
    logp = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
    loss = -logp[np.arange(N), y].sum()
    dscores = np.exp(logp)
    dscores[np.arange(N), y] -= 1
    dscores /= N
    return loss, dscores


@wrong("gradient-not-averaged")
def softmax_loss(scores, y):
    N = scores.shape[0]
    z = scores - scores.max(axis=1, keepdims=True)
    logp = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
    dscores = np.exp(logp)
    dscores[np.arange(N), y] -= 1
    return -logp[np.arange(N), y].mean(), dscores


@wrong("loss-summed", "dscores too")
def softmax_loss(scores, y):
    loss = 0.0
    grad = np.zeros_like(scores)
    for i, label in enumerate(y):
        row = scores[i] - scores[i].max()
        p = np.exp(row) / np.exp(row).sum()
        loss -= row[label] - np.log(np.exp(row).sum())
        grad[i] = p
        grad[i, label] -= 1
    return loss, grad


@wrong("averaged-twice")
def softmax_loss(scores, y):
    N = scores.shape[0]
    z = scores - scores.max(axis=1, keepdims=True)
    p = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
    loss = np.mean(np.log(np.exp(z).sum(axis=1)) - z[np.arange(N), y])
    dscores = p / N
    dscores[np.arange(N), y] -= 1 / N
    return loss, dscores / N


@wrong("loss-over-all-classes")
def softmax_loss(scores, y):
    z = scores - scores.max(axis=1, keepdims=True)
    logp = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
    onehot = np.zeros_like(scores)
    onehot[np.arange(len(y)), y] = 1
    loss = -np.mean(onehot * logp)
    dscores = (np.exp(logp) - onehot) / len(y)
    return loss, dscores


@wrong("one-not-subtracted")
def softmax_loss(scores, y):
    N = scores.shape[0]
    z = scores - scores.max(axis=1, keepdims=True)
    logp = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
    return -logp[np.arange(N), y].mean(), np.exp(logp) / N


@wrong("gradient-sign")
def softmax_loss(scores, y):
    N, C = scores.shape
    z = scores - scores.max(axis=1, keepdims=True)
    logp = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
    target = (y[:, None] == np.arange(C)).astype(scores.dtype)
    return -(target * logp).sum() / N, (target - np.exp(logp)) / N


@wrong("loss-sign")
def softmax_loss(scores, y):
    N = scores.shape[0]
    z = scores - scores.max(axis=1, keepdims=True)
    logp = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
    dscores = np.exp(logp)
    dscores[np.arange(N), y] -= 1
    return logp[np.arange(N), y].mean(), dscores / N


@wrong("softmax-over-the-batch")
def softmax_loss(scores, y):
    N = scores.shape[0]
    z = scores - scores.max(axis=0)
    logp = z - np.log(np.sum(np.exp(z), axis=0))
    dscores = np.exp(logp)
    dscores[np.arange(N), y] -= 1
    return -np.mean(logp[np.arange(N), y]), dscores / N


@wrong("every-label-for-every-image")
def softmax_loss(scores, y):
    # [:, y] picks a column per label, for all images, where [arange(N), y] picks one element per image
    N = scores.shape[0]
    z = scores - scores.max(axis=1, keepdims=True)
    logp = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
    loss = -np.mean(logp[:, y])
    dscores = np.exp(logp)
    dscores[:, y] -= 1
    return loss, dscores / N


@wrong("gradient-before-loss")
def softmax_loss(scores, y):
    N = scores.shape[0]
    z = scores - scores.max(axis=1, keepdims=True)
    probs = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
    dscores = probs
    dscores[np.arange(N), y] -= 1
    loss = -np.log(probs[np.arange(N), y]).mean()
    return loss, dscores / N


@wrong("input-modified")
def softmax_loss(scores, y):
    N = scores.shape[0]
    scores -= scores.max(axis=1, keepdims=True)
    log_sum = np.log(np.exp(scores).sum(axis=1, keepdims=True))
    loss = np.mean(log_sum[:, 0] - scores[np.arange(N), y])
    dscores = np.exp(scores - log_sum)
    dscores[np.arange(N), y] -= 1
    return loss, dscores / N


@wrong("dtype-lost")
def softmax_loss(scores, y):
    N, C = scores.shape
    z = scores - scores.max(axis=1, keepdims=True)
    logp = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
    onehot = np.eye(C)[y]
    return -(onehot * logp).sum() / N, (np.exp(logp) - onehot) / N


@wrong("log-base")
def softmax_loss(scores, y):
    N = scores.shape[0]
    z = scores - scores.max(axis=1, keepdims=True)
    log_sum = np.log(np.exp(z).sum(axis=1))
    bits = (log_sum - z[np.arange(N), y]) / np.log(2.0)
    dscores = np.exp(z - log_sum[:, None])
    dscores[np.arange(N), y] -= 1
    return bits.mean(), dscores / N


@wrong("one-subtracted-after-the-mean")
def softmax_loss(scores, y):
    N = scores.shape[0]
    z = scores - scores.max(axis=1, keepdims=True)
    logp = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
    dscores = np.exp(logp) / N
    dscores[np.arange(N), y] -= 1
    return -logp[np.arange(N), y].mean(), dscores


@wrong("probability-not-logarithm")
def softmax_loss(scores, y):
    N = scores.shape[0]
    e = np.exp(scores - scores.max(axis=1, keepdims=True))
    p = e / e.sum(axis=1, keepdims=True)
    loss = -p[np.arange(N), y].mean()
    p[np.arange(N), y] -= 1
    return loss, p / N
