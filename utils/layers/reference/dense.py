"""Linear layers, ReLU, the loss and batch normalization, from their definitions."""

from __future__ import annotations

import numpy as np

from utils.layers.reference.chain_rule import Operand, Traced, add, contract, elementwise, reshape, value_of


def affine(x: Operand, w: Operand, b: Operand) -> Traced:
    """x (N, d1 … dk), w (D, M), b (M,) → (N, M)."""
    rows = reshape(x, value_of(x).shape[0], -1)
    return add(contract("nd,dm->nm", rows, w), b)


def rectified(x: Operand) -> Traced:
    """max(x, 0); its gradient at 0 is 0."""
    return elementwise(lambda x: np.where(x.real <= 0, 0, x), x)


def log_probabilities(scores: Operand) -> Traced:
    """scores (N, M) → the logarithm of the softmax of each row."""
    shifted = add(scores, -value_of(scores).max(1, keepdims=True))
    total = contract("nm->n", elementwise(np.exp, shifted))
    return elementwise(lambda s, t: s - np.log(t), shifted, reshape(total, -1, 1))


def mean_loss(scores: Operand, y: np.ndarray) -> Traced:
    """Mean cross-entropy of scores (N, M) and labels (N,), a number."""
    hits = np.eye(value_of(scores).shape[1], dtype=value_of(scores).dtype)[y]
    return contract("nm,nm->", log_probabilities(scores), -hits / len(hits))


def moments(x: Traced, centre: np.ndarray | None = None) -> tuple[Traced, Traced]:
    """Mean and biased variance of each channel of x (N, C, …), over all the other axes.

    The variance is that about `centre` (C,), by default the mean. To first order it does not change with the mean that
    is subtracted, so that mean is a constant in it.
    """
    n, c = x.value.shape[:2]
    rows = reshape(x, n, c, -1)
    weights = np.full((n, rows.value.shape[2]), c / x.value.size, rows.value.dtype)
    mean = contract("ncs,ns->c", rows, weights)
    about = add(rows, -(mean.value if centre is None else centre)[:, None])
    return mean, contract("ncs,ncs,ns->c", about, about, weights)


def normalized(x: Operand, mean: Operand, var: Operand, gamma: Operand, beta: Operand, eps: float) -> Traced:
    """gamma · (x − mean) / √(var + eps) + beta, for x (N, C, …) and the others (C,)."""
    shape = value_of(x).shape
    minus_mean = elementwise(np.negative, mean)
    scale = elementwise(lambda gamma, var: gamma / np.sqrt(var + eps), gamma, var)
    centred = add(reshape(x, *shape[:2], -1), reshape(minus_mean, -1, 1))
    return reshape(add(contract("ncs,c->ncs", centred, scale), reshape(beta, -1, 1)), *shape)


def with_value(flow: Traced, value: np.ndarray) -> Traced:
    """This value, with the gradient of `flow`."""
    return elementwise(lambda flow: value + (flow - flow.real), flow)
