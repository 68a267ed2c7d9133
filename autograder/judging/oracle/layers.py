"""The right answers of 01 and 06: linear layers, ReLU, the loss, and batch normalization."""

from __future__ import annotations

import numpy as np

from autograder.judging.oracle.chain_rule import (
    Operand,
    Traced,
    backward,
    contract,
    elementwise,
    gradients,
    reshape,
    value_of,
)

BATCHNORM = "mean", "var"  # the statistics that gradients may flow through


def affine(x: Operand, w: Operand, b: Operand) -> Traced:
    """x (N, d1 … dk), w (D, M), b (M,) → (N, M)."""
    rows = reshape(x, value_of(x).shape[0], -1)
    return elementwise(np.add, contract("nd,dm->nm", rows, w), b)


def linear(x: np.ndarray, w: np.ndarray, b: np.ndarray) -> np.ndarray:
    """x (N, d1 … dk), w (D, M), b (M,) → (N, M)."""
    return affine(x, w, b).value


def linear_gradients(dout: np.ndarray, x: np.ndarray, w: np.ndarray, b: np.ndarray) -> list[np.ndarray]:
    """dx like x, dw like w, db like b."""
    return gradients(affine, [x, w, b], dout)


def rectified(x: Operand) -> Traced:
    """max(x, 0); its gradient at 0 is 0."""
    return elementwise(lambda x: np.where(x.real <= 0, 0, x), x)


def relu(x: np.ndarray) -> np.ndarray:
    """max(x, 0), like x."""
    return rectified(x).value


def relu_gradient(dout: np.ndarray, x: np.ndarray) -> np.ndarray:
    """dx like x."""
    return gradients(rectified, [x], dout)[0]


def log_softmax(scores: np.ndarray) -> np.ndarray:
    """scores (N, M) → the logarithm of the softmax of each row."""
    return log_probabilities(scores).value


def log_probabilities(scores: Operand) -> Traced:
    """scores (N, M) → the logarithm of the softmax of each row."""
    shifted = elementwise(np.subtract, scores, value_of(scores).max(1, keepdims=True))
    total = contract("nm->n", elementwise(np.exp, shifted))
    return elementwise(lambda s, t: s - np.log(t), shifted, reshape(total, -1, 1))


def mean_loss(scores: Operand, y: np.ndarray) -> Traced:
    """Mean cross-entropy of scores (N, M) and labels (N,), a number."""
    hits = np.eye(value_of(scores).shape[1])[y]
    return contract("nm,nm->", log_probabilities(scores), -hits / len(hits))


def cross_entropy(scores: np.ndarray, y: np.ndarray) -> tuple[float, np.ndarray]:
    """Mean cross-entropy of scores (N, M) and labels (N,), and its gradient with respect to the scores."""
    leaf = Traced(scores)
    loss = mean_loss(leaf, y)
    return float(loss.value), backward(loss, [leaf])[0]


def two_layer(
    params: dict[str, np.ndarray], x: np.ndarray, y: np.ndarray, hidden_relu: bool = True, scores_relu: bool = False
) -> tuple[float, dict[str, np.ndarray]]:
    """Mean cross-entropy of f = W2 max(0, W1 x + b1) + b2 and its gradients; W1 (D, H), b1 (H,), W2 (H, M), b2 (M,).

    The defaults are right; a wrong network has no ReLU between the layers, or another one after the second.
    """
    leaves = {key: Traced(value) for key, value in params.items()}
    hidden = affine(x, leaves["W1"], leaves["b1"])
    scores = affine(rectified(hidden) if hidden_relu else hidden, leaves["W2"], leaves["b2"])
    loss = mean_loss(rectified(scores) if scores_relu else scores, y)
    return float(loss.value), dict(zip(leaves, backward(loss, list(leaves.values())), strict=True))


def batchnorm(
    x: np.ndarray,
    gamma: np.ndarray,
    beta: np.ndarray,
    running_mean: np.ndarray,
    running_var: np.ndarray,
    training: bool = True,
    momentum: float = 0.01,
    eps: float = 1e-5,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """x (N, C, …), the others (C,) → out like x, and the new running_mean and running_var.

    The variance is the biased one, 1/N, for the running value too, unlike in `torch.nn.BatchNorm2d`.
    """
    kept = value_of(running_mean), value_of(running_var)
    used = moments(x) if training else kept
    step = momentum if training else 0.0
    mean, var = ((1 - step) * old + step * new for old, new in zip(kept, used, strict=True))
    return normalized(x, *used, gamma, beta, eps).value, mean, var


def batchnorm_gradients(
    dout: np.ndarray,
    x: np.ndarray,
    gamma: np.ndarray,
    beta: np.ndarray,
    running_mean: np.ndarray,
    running_var: np.ndarray,
    training: bool = True,
    eps: float = 1e-5,
    through: tuple[str, ...] | None = None,
) -> list[np.ndarray]:
    """dx, dgamma, dbeta, where gradients flow through the batch statistics named in `through`: "mean", "var" or both.

    The default is right: both in training, neither at test time. `through` does not change the values of out.
    """
    flowing = (BATCHNORM if training else ()) if through is None else through
    used = moments(x) if training else (value_of(running_mean), value_of(running_var))

    def forward(x: Traced, gamma: Traced, beta: Traced) -> Traced:
        mean, var = (
            with_value(flow, value) if name in flowing else value
            for name, value, flow in zip(BATCHNORM, used, traced_moments(x, used[0]), strict=True)
        )
        return normalized(x, mean, var, gamma, beta, eps)

    return gradients(forward, [x, gamma, beta], dout)


def moments(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean and biased variance of each channel of x (N, C, …), over all the other axes."""
    mean, var = traced_moments(Traced(x))
    return mean.value, var.value


def traced_moments(x: Traced, centre: np.ndarray | None = None) -> tuple[Traced, Traced]:
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
