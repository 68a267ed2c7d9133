"""The right answers of 01 and 06: linear layers, ReLU, the loss, and batch normalization."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from utils.layers.reference import chain_rule, dense
from utils.layers.reference.chain_rule import Traced, backward

STATISTICS = "mean", "var"  # those that gradients may flow through


def in_float64(array: np.ndarray) -> np.ndarray:
    """The numbers of an array in float64: the reference functions compute in the dtype of their operands."""
    return np.asarray(array, dtype=np.float64)


def gradients(function: Callable[..., Traced], arrays: Sequence[np.ndarray], dout: np.ndarray) -> list[np.ndarray]:
    """The gradient of sum(function(*arrays) · dout) with respect to every array, in float64."""
    return chain_rule.gradients(function, [in_float64(array) for array in arrays], dout)


def linear(x: np.ndarray, w: np.ndarray, b: np.ndarray) -> np.ndarray:
    """x (N, d1 … dk), w (D, M), b (M,) → (N, M)."""
    return dense.affine(*map(in_float64, (x, w, b))).value


def linear_gradients(dout: np.ndarray, x: np.ndarray, w: np.ndarray, b: np.ndarray) -> list[np.ndarray]:
    """dx like x, dw like w, db like b."""
    return gradients(dense.affine, [x, w, b], dout)


def relu(x: np.ndarray) -> np.ndarray:
    """max(x, 0), like x."""
    return dense.rectified(in_float64(x)).value


def relu_gradient(dout: np.ndarray, x: np.ndarray) -> np.ndarray:
    """dx like x."""
    return gradients(dense.rectified, [x], dout)[0]


def log_softmax(scores: np.ndarray) -> np.ndarray:
    """scores (N, M) → the logarithm of the softmax of each row."""
    return dense.log_probabilities(in_float64(scores)).value


def cross_entropy(scores: np.ndarray, y: np.ndarray) -> tuple[float, np.ndarray]:
    """Mean cross-entropy of scores (N, M) and labels (N,), and its gradient with respect to the scores."""
    leaf = Traced(in_float64(scores))
    loss = dense.mean_loss(leaf, y)
    return float(loss.value), backward(loss, [leaf])[0]


def two_layer(
    params: dict[str, np.ndarray], x: np.ndarray, y: np.ndarray, hidden_relu: bool = True, scores_relu: bool = False
) -> tuple[float, dict[str, np.ndarray]]:
    """Mean cross-entropy of f = W2 max(0, W1 x + b1) + b2 and its gradients; W1 (D, H), b1 (H,), W2 (H, M), b2 (M,).

    The defaults are right; a wrong network has no ReLU between the layers, or another one after the second.
    """
    leaves = {key: Traced(in_float64(value)) for key, value in params.items()}
    hidden = dense.affine(in_float64(x), leaves["W1"], leaves["b1"])
    scores = dense.affine(dense.rectified(hidden) if hidden_relu else hidden, leaves["W2"], leaves["b2"])
    loss = dense.mean_loss(dense.rectified(scores) if scores_relu else scores, y)
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
    kept = in_float64(running_mean), in_float64(running_var)
    used = moments(x) if training else kept
    step = momentum if training else 0.0
    mean, var = ((1 - step) * old + step * new for old, new in zip(kept, used, strict=True))
    return dense.normalized(in_float64(x), *used, in_float64(gamma), in_float64(beta), eps).value, mean, var


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
    flowing = (STATISTICS if training else ()) if through is None else through
    used = moments(x) if training else (in_float64(running_mean), in_float64(running_var))

    def forward(x: Traced, gamma: Traced, beta: Traced) -> Traced:
        mean, var = (
            dense.with_value(flow, value) if name in flowing else value
            for name, value, flow in zip(STATISTICS, used, dense.moments(x, used[0]), strict=True)
        )
        return dense.normalized(x, mean, var, gamma, beta, eps)

    return gradients(forward, [x, gamma, beta], dout)


def moments(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean and biased variance of each channel of x (N, C, …), over all the other axes."""
    mean, var = dense.moments(Traced(in_float64(x)))
    return mean.value, var.value
