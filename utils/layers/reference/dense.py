"""Linear layers, ReLU, the loss and batch normalization, from their definitions."""

from __future__ import annotations

import numpy as np

from utils.layers.reference.chain_rule import Operand, Traced, contract, elementwise, reshape, value_of


def affine(x: Operand, w: Operand, b: Operand) -> Traced:
    """x (N, d1 … dk), w (D, M), b (M,) → (N, M)."""
    rows = reshape(x, value_of(x).shape[0], -1)
    return elementwise(np.add, contract("nd,dm->nm", rows, w), b)


def rectified(x: Operand) -> Traced:
    """max(x, 0); its gradient at 0 is 0."""
    return elementwise(lambda x: np.where(x.real <= 0, 0, x), x)


def log_probabilities(scores: Operand) -> Traced:
    """scores (N, M) → the logarithm of the softmax of each row."""
    shifted = elementwise(np.subtract, scores, value_of(scores).max(1, keepdims=True))
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
    mean = _average(x)
    about = _per_channel(mean.value if centre is None else centre, x)
    return mean, _average(elementwise(lambda x, m: (x - m) ** 2, x, about))


def normalized(x: Operand, mean: Operand, var: Operand, gamma: Operand, beta: Operand, eps: float) -> Traced:
    """gamma · (x − mean) / √(var + eps) + beta, for x (N, C, …) and the others (C,)."""
    return elementwise(
        lambda x, mean, var, gamma, beta: gamma * (x - mean) / np.sqrt(var + eps) + beta,
        x,
        *(_per_channel(each, x) for each in (mean, var, gamma, beta)),
    )


def with_value(flow: Traced, value: np.ndarray) -> Traced:
    """This value, with the gradient of `flow`."""
    return elementwise(lambda flow: value + (flow - flow.real), flow)


def _average(x: Traced) -> Traced:
    n, c = x.value.shape[:2]
    count = x.value.size // c
    return contract("ncs->c", elementwise(lambda x: x / count, reshape(x, n, c, -1)))


def _per_channel(values: Operand, x: Operand) -> Traced:
    return reshape(values, -1, *[1] * (value_of(x).ndim - 2))
