"""Reference answers in float64, by PyTorch. Every function takes and returns NumPy arrays of any float dtype."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from types import ModuleType
from typing import Any

import numpy as np

Pair = int | tuple[int, int]


@cache
def torch() -> ModuleType:
    """PyTorch, imported at the first question: starting a notebook should not wait for it."""
    import torch as module

    return module


@contextmanager
def one_thread() -> Iterator[None]:
    """Keep PyTorch to one thread: on a check's tiny arrays, threads cost fifty times what they save."""
    before = torch().get_num_threads()
    torch().set_num_threads(1)
    try:
        yield
    finally:
        torch().set_num_threads(before)


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


def two_layer(params: dict[str, np.ndarray], x: np.ndarray, y: np.ndarray) -> tuple[float, dict[str, np.ndarray]]:
    """Mean cross-entropy of f = W2 max(0, W1 x + b1) + b2 and its gradients; W1 (D, H), b1 (H,), W2 (H, M), b2 (M,)."""
    leaves = {key: tensor(value).requires_grad_() for key, value in params.items()}
    hidden = (tensor(x).flatten(1) @ leaves["W1"] + leaves["b1"]).relu()
    loss = torch().nn.functional.cross_entropy(hidden @ leaves["W2"] + leaves["b2"], tensor(y).long())
    loss.backward()
    return loss.item(), {key: leaf.grad.numpy() for key, leaf in leaves.items()}


def conv2d_gradients(
    dout: np.ndarray, x: np.ndarray, w: np.ndarray, stride: Pair = 1, padding: Pair = 0
) -> list[np.ndarray]:
    """dx like x (N, C, H, W) and dw like w (F, C, KH, KW), for dout (N, F, H', W')."""
    conv = torch().nn.functional.conv2d
    return gradients(lambda x, w: conv(x, w, stride=stride, padding=padding), [x, w], dout)
