"""Reference answers in float64, by PyTorch. Every function takes and returns NumPy arrays of any float dtype."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from types import ModuleType
from typing import Any

import numpy as np

from utils import threads
from utils.sizes import Pair, pair


@cache
def torch() -> ModuleType:
    """PyTorch, imported at its first use: starting a notebook should not wait for it."""
    import torch as module

    return module


@contextmanager
def one_thread() -> Iterator[None]:
    """Keep PyTorch to one thread: with a check's tiny arrays, threads cost fifty times what they save."""
    torch()
    with threads.one_thread(pytorch_only=True):
        yield


def tensor(array: np.ndarray) -> Any:
    """A float64 tensor with the numbers of an array (integers stay integers)."""
    array = np.ascontiguousarray(array)
    return torch().from_numpy(array.copy() if array.dtype.kind in "iu" else array.astype(np.float64))


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
    loss = torch().nn.functional.cross_entropy(leaf, tensor(y).long())
    loss.backward()
    return loss.item(), leaf.grad.numpy()


def conv2d(x: np.ndarray, w: np.ndarray, b: np.ndarray | None, stride: Pair = 1, padding: Pair = 0) -> np.ndarray:
    """x (N, C, H, W), w (F, C, KH, KW), b (F,) or None → (N, F, H', W')."""
    bias = None if b is None else tensor(b)
    return torch().nn.functional.conv2d(tensor(x), tensor(w), bias, stride=stride, padding=padding).numpy()


def max_pool2d(x: np.ndarray, kernel: Pair, stride: Pair) -> np.ndarray:
    """x (N, C, H, W) → (N, C, H', W'), the largest number of each window."""
    return torch().nn.functional.max_pool2d(tensor(x), kernel, stride).numpy()


def avg_pool2d(x: np.ndarray, kernel: Pair, stride: Pair) -> np.ndarray:
    """x (N, C, H, W) → (N, C, H', W'), the mean of each window."""
    return torch().nn.functional.avg_pool2d(tensor(x), kernel, stride).numpy()


def max_pool2d_gradient(dout: np.ndarray, x: np.ndarray, kernel: Pair, stride: Pair) -> np.ndarray:
    """dx like x; where numbers tie, the first one in the window (row by row) gets the gradient."""
    return gradients(lambda x: torch().nn.functional.max_pool2d(x, kernel, stride), [x], dout)[0]


def avg_pool2d_gradient(dout: np.ndarray, x: np.ndarray, kernel: Pair, stride: Pair) -> np.ndarray:
    """dx like x."""
    return gradients(lambda x: torch().nn.functional.avg_pool2d(x, kernel, stride), [x], dout)[0]


def tied_max_gradient(dout: np.ndarray, x: np.ndarray, kernel: Pair, stride: Pair, *, whole: bool) -> np.ndarray:
    """dx of a max pooling if numbers that tie shared the gradient, or with `whole`, if each got all of it."""
    (high, wide), (down, along) = pair(kernel), pair(stride)

    def largest(x: Any) -> Any:
        windows = x.unfold(2, high, down).unfold(3, wide, along)
        top = windows.amax((-2, -1))
        ties = (windows == top[..., None, None]).sum((-2, -1))
        return top * ties if whole else top

    return gradients(largest, [x], dout)[0]


def two_layer(params: dict[str, np.ndarray], x: np.ndarray, y: np.ndarray) -> tuple[float, dict[str, np.ndarray]]:
    """Mean cross-entropy of f = W2 max(0, W1 x + b1) + b2 and its gradients; W1 (D, H), b1 (H,), W2 (H, M), b2 (M,)."""
    leaves = {key: tensor(value).requires_grad_() for key, value in params.items()}
    hidden = (tensor(x).flatten(1) @ leaves["W1"] + leaves["b1"]).relu()
    loss = torch().nn.functional.cross_entropy(hidden @ leaves["W2"] + leaves["b2"], tensor(y).long())
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
    mean, var = moments(tensor(x)) if training else (tensor(running_mean), tensor(running_var))
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
        mean, var = moments(x.detach()) if training else (tensor(running_mean), tensor(running_var))
        middle = _per_channel(mean, x)
        flows = {"mean": _average(x), "var": _average((x - middle) ** 2)}
        mean, var = (
            value + flows[name] - flows[name].detach() if name in flowing else value
            for name, value in (("mean", mean), ("var", var))
        )
        return _normalised(x, mean, var, gamma, beta, eps)

    return gradients(forward, [x, gamma, beta], dout)


def moments(x: Any) -> tuple[Any, Any]:
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
    conv = torch().nn.functional.conv2d
    return gradients(lambda x, w: conv(x, w, stride=stride, padding=padding), [x, w], dout)
