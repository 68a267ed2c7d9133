"""From NumPy to PyTorch and back, for the stand-ins: copies in, copies out, one thread."""

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
    """PyTorch, imported at the first call of a stand-in: a notebook should not wait for it.

    Raises:
        ImportError: where there is no PyTorch, with the way on.
    """
    try:
        import torch as module
    except ImportError as missing:
        raise ImportError(
            f"a stand-in of utils.layers needs PyTorch, which cannot be imported here ({missing}). "
            "Finish the notebook that the function is from, or hand one in with utils.layers.hand_in."
        ) from None
    return module


@contextmanager
def one_thread() -> Iterator[None]:
    """Keep PyTorch to one thread, so that times are even; also a decorator: `@one_thread()`."""
    before = torch().get_num_threads()
    torch().set_num_threads(1)
    try:
        yield
    finally:
        torch().set_num_threads(before)


def tensor(array: Any) -> Any:
    """A tensor with a copy of the numbers, of the same dtype; integers become float64."""
    copied = np.array(array, copy=True, order="C")
    return torch().from_numpy(copied if copied.dtype.kind == "f" else copied.astype(np.float64))


def labels(array: Any) -> Any:
    """An int64 tensor with a copy of the labels."""
    return torch().from_numpy(np.array(array, dtype=np.int64))


def array(result: Any) -> np.ndarray:
    """The numbers of a tensor, in an array of their own."""
    return np.ascontiguousarray(result.detach().numpy())


def gradients(function: Callable[..., Any], inputs: list[Any], dout: Any) -> list[np.ndarray]:
    """The gradient of sum(function(*inputs) · dout) with respect to every input, by automatic differentiation."""
    leaves = [tensor(value).requires_grad_() for value in inputs]
    return [array(found) for found in torch().autograd.grad(function(*leaves), leaves, tensor(dout))]


def pair(value: Pair) -> tuple[int, int]:
    """(height, width) of a size that may be one int for both."""
    high, wide = np.broadcast_to(value, 2).tolist()
    return high, wide
