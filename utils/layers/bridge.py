"""Conversions between NumPy and PyTorch for the stand-ins: values are copied in and out."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, wraps
from types import ModuleType
from typing import Any, ParamSpec, TypeVar

import numpy as np

from utils.threads import one_thread

P = ParamSpec("P")
R = TypeVar("R")


@cache
def torch() -> ModuleType:
    """PyTorch, imported at the first call of a stand-in, so that a notebook starts without waiting for it.

    Raises:
        ImportError: if PyTorch is not installed; the message says what to do.
    """
    try:
        import torch as module
    except ImportError as missing:
        raise ImportError(
            f"a stand-in of utils.layers needs PyTorch, which cannot be imported here ({missing}). "
            "Finish the notebook that defines the function, or pass one to utils.layers.hand_in."
        ) from None
    return module


def stand_in(function: Callable[P, R]) -> Callable[P, R]:
    """Decorate a stand-in to run on one PyTorch thread: on small arrays, several threads cost more than they save."""

    @wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        torch()  # one_thread limits PyTorch only once it has been imported
        with one_thread(pytorch_only=True):
            return function(*args, **kwargs)

    return run


def tensor(array: Any) -> Any:
    """A tensor with a copy of the array's values and its dtype; integers become float64."""
    copied = np.array(array, copy=True, order="C")
    return torch().from_numpy(copied if copied.dtype.kind == "f" else copied.astype(np.float64))


def labels(array: Any) -> Any:
    """An int64 tensor with a copy of the labels."""
    return torch().from_numpy(np.array(array, dtype=np.int64))


def array(result: Any) -> np.ndarray:
    """The values of a tensor, detached from the graph, as a C-contiguous array."""
    return np.ascontiguousarray(result.detach().numpy())


def gradients(function: Callable[..., Any], inputs: list[Any], dout: Any) -> list[np.ndarray]:
    """The gradient of sum(function(*inputs) · dout) with respect to every input, by automatic differentiation.

    Args:
        function: from tensors to one tensor.
        inputs: arrays of any shape; each gradient has the shape and dtype of its input.
        dout: upstream gradient, in the shape of the function's result.
    """
    leaves = [tensor(value).requires_grad_() for value in inputs]
    return [array(gradient) for gradient in torch().autograd.grad(function(*leaves), leaves, tensor(dout))]
