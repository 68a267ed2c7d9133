"""The oracle's functions by PyTorch, in float64 and by automatic differentiation: what the oracle is compared with."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch.nn import functional

from utils.sizes import Pair, pair


def tensor(array: np.ndarray) -> Any:
    """A float64 tensor with the numbers of an array (integers stay integers)."""
    array = np.ascontiguousarray(array)
    return torch.from_numpy(array.copy() if array.dtype.kind in "iu" else array.astype(np.float64))


def gradients(function: Callable[..., Any], arrays: list[np.ndarray], dout: np.ndarray) -> list[np.ndarray]:
    """The gradient of sum(function(*arrays) · dout) with respect to every array, by automatic differentiation."""
    leaves = [tensor(array).requires_grad_() for array in arrays]
    (function(*leaves) * tensor(dout)).sum().backward()
    return [leaf.grad.numpy() for leaf in leaves]


def linear(x: np.ndarray, w: np.ndarray, b: np.ndarray) -> np.ndarray:
    """x (N, d1 … dk), w (D, M), b (M,) → (N, M)."""
    return (tensor(x).flatten(1) @ tensor(w) + tensor(b)).numpy()


def linear_gradients(dout: np.ndarray, x: np.ndarray, w: np.ndarray, b: np.ndarray) -> list[np.ndarray]:
    """dx like x, dw like w, db like b."""
    return gradients(lambda x, w, b: x.flatten(1) @ w + b, [x, w, b], dout)


def cross_entropy(scores: np.ndarray, y: np.ndarray) -> tuple[float, np.ndarray]:
    """Mean cross-entropy of scores (N, M) and labels (N,), and its gradient with respect to the scores."""
    leaf = tensor(scores).requires_grad_()
    loss = functional.cross_entropy(leaf, tensor(y).long())
    loss.backward()
    return loss.item(), leaf.grad.numpy()


def conv2d(x: np.ndarray, w: np.ndarray, b: np.ndarray | None, stride: Pair = 1, padding: Pair = 0) -> np.ndarray:
    """x (N, C, H, W), w (F, C, KH, KW), b (F,) or None → (N, F, H', W')."""
    bias = None if b is None else tensor(b)
    return functional.conv2d(tensor(x), tensor(w), bias, stride=stride, padding=padding).numpy()


def max_pool2d(x: np.ndarray, kernel: Pair, stride: Pair) -> np.ndarray:
    """x (N, C, H, W) → (N, C, H', W'), the largest number of each window."""
    return functional.max_pool2d(tensor(x), kernel, stride).numpy()


def avg_pool2d(x: np.ndarray, kernel: Pair, stride: Pair) -> np.ndarray:
    """x (N, C, H, W) → (N, C, H', W'), the mean of each window."""
    return functional.avg_pool2d(tensor(x), kernel, stride).numpy()


def max_pool2d_gradient(dout: np.ndarray, x: np.ndarray, kernel: Pair, stride: Pair) -> np.ndarray:
    """dx like x; where numbers tie, the first one in the window (row by row) gets the gradient."""
    return gradients(lambda x: functional.max_pool2d(x, kernel, stride), [x], dout)[0]


def avg_pool2d_gradient(dout: np.ndarray, x: np.ndarray, kernel: Pair, stride: Pair) -> np.ndarray:
    """dx like x."""
    return gradients(lambda x: functional.avg_pool2d(x, kernel, stride), [x], dout)[0]


def tied_max_gradient(dout: np.ndarray, x: np.ndarray, kernel: Pair, stride: Pair, *, whole: bool) -> np.ndarray:
    """dx of a max pooling if numbers that tie shared the gradient, or with `whole`, if each got all of it."""
    (high, wide), (down, along) = pair(kernel), pair(stride)

    def largest(x: Any) -> Any:
        windows = x.unfold(2, high, down).unfold(3, wide, along)
        top = windows.amax((-2, -1))
        ties = (windows == top[..., None, None]).sum((-2, -1))
        return top * ties if whole else top

    return gradients(largest, [x], dout)[0]


def two_layer(
    params: dict[str, np.ndarray], x: np.ndarray, y: np.ndarray, hidden_relu: bool = True, scores_relu: bool = False
) -> tuple[float, dict[str, np.ndarray]]:
    """Mean cross-entropy of f = W2 max(0, W1 x + b1) + b2 and its gradients; W1 (D, H), b1 (H,), W2 (H, M), b2 (M,)."""
    leaves = {key: tensor(value).requires_grad_() for key, value in params.items()}
    hidden = tensor(x).flatten(1) @ leaves["W1"] + leaves["b1"]
    scores = (hidden.relu() if hidden_relu else hidden) @ leaves["W2"] + leaves["b2"]
    loss = functional.cross_entropy(scores.relu() if scores_relu else scores, tensor(y).long())
    loss.backward()
    return loss.item(), {key: leaf.grad.numpy() for key, leaf in leaves.items()}


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
    mean, var = _moments(tensor(x)) if training else (tensor(running_mean), tensor(running_var))
    out = _normalised(tensor(x), mean, var, tensor(gamma), tensor(beta), eps)
    step = momentum if training else 0.0
    kept = [(1 - step) * tensor(old) + step * new for old, new in ((running_mean, mean), (running_var, var))]
    return out.numpy(), kept[0].numpy(), kept[1].numpy()


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
    flowing = (("mean", "var") if training else ()) if through is None else through

    def forward(x: Any, gamma: Any, beta: Any) -> Any:
        mean, var = _moments(x.detach()) if training else (tensor(running_mean), tensor(running_var))
        middle = _per_channel(mean, x)
        flows = {"mean": _average(x), "var": _average((x - middle) ** 2)}
        mean, var = (
            value + flows[name] - flows[name].detach() if name in flowing else value
            for name, value in (("mean", mean), ("var", var))
        )
        return _normalised(x, mean, var, gamma, beta, eps)

    return gradients(forward, [x, gamma, beta], dout)


def _moments(x: Any) -> tuple[Any, Any]:
    """Mean and biased variance of each channel of a tensor (N, C, …), over all the other axes."""
    mean = _average(x)
    return mean, _average((x - _per_channel(mean, x)) ** 2)


def _average(x: Any) -> Any:
    return x.mean([axis for axis in range(x.ndim) if axis != 1])


def _per_channel(values: Any, x: Any) -> Any:
    return values.reshape(-1, *[1] * (x.ndim - 2))


def _normalised(x: Any, mean: Any, var: Any, gamma: Any, beta: Any, eps: float) -> Any:
    mean, var, gamma, beta = (_per_channel(each, x) for each in (mean, var, gamma, beta))
    return gamma * (x - mean) / (var + eps).sqrt() + beta


def conv2d_gradients(
    dout: np.ndarray, x: np.ndarray, w: np.ndarray, stride: Pair = 1, padding: Pair = 0
) -> list[np.ndarray]:
    """dx like x (N, C, H, W) and dw like w (F, C, KH, KW), for dout (N, F, H', W')."""
    return gradients(lambda x, w: functional.conv2d(x, w, stride=stride, padding=padding), [x, w], dout)


def conv(x: np.ndarray, w: np.ndarray, b: np.ndarray, stride: Any = 1, padding: Any = 0) -> np.ndarray:
    """x (N, C, …), w (F, C, …), b (F,) → (N, F, …), along one axis or three."""
    function = functional.conv1d if x.ndim == 3 else functional.conv3d
    return function(tensor(x), tensor(w), tensor(b), stride=stride, padding=padding).numpy()


def unfold(x: np.ndarray, kernel: Pair, stride: Pair = 1, padding: Pair = 0) -> np.ndarray:
    """x (N, C, H, W) → (N, C·KH·KW, L)."""
    return functional.unfold(tensor(x), kernel, stride=stride, padding=padding).numpy()


def fold(cols: np.ndarray, x_shape: tuple[int, ...], kernel: Pair, stride: Pair = 1, padding: Pair = 0) -> np.ndarray:
    """cols (N, C·KH·KW, L) → x (N, C, H, W)."""
    return functional.fold(tensor(cols), x_shape[2:], kernel, stride=stride, padding=padding).numpy()


def merge(w1: np.ndarray, w2: np.ndarray) -> np.ndarray:
    """w1 (M, C, K1, K1) and w2 (F, M, K2, K2) → the kernel of both."""
    return functional.conv_transpose2d(tensor(w2), tensor(w1)).numpy()


def relu(x: np.ndarray) -> np.ndarray:
    """max(x, 0)."""
    return tensor(x).relu().numpy()


def relu_gradient(dout: np.ndarray, x: np.ndarray) -> np.ndarray:
    """dx like x."""
    return gradients(lambda x: x.relu(), [x], dout)[0]


def log_softmax(scores: np.ndarray) -> np.ndarray:
    """scores (N, M) → the logarithm of the softmax of each row."""
    return tensor(scores).log_softmax(1).numpy()


def moments(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean and biased variance of each channel."""
    mean, var = _moments(tensor(x))
    return mean.numpy(), var.numpy()


def descended(settings: dict[str, Any], steps: int, *state: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The parameters and the velocity after some steps of `torch.optim.SGD` from (parameters, velocity, gradient)."""
    params, velocity, gradient = (tensor(array) for array in state)
    leaf = params.requires_grad_()
    optimizer = torch.optim.SGD([leaf], **settings)
    leaf.grad, optimizer.state[leaf]["momentum_buffer"] = gradient, velocity
    for _ in range(steps):
        optimizer.step()
    return leaf.detach().numpy(), optimizer.state[leaf]["momentum_buffer"].numpy()
