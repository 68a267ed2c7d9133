"""PyTorch for the checks of 08 to 10, imported at its first use: a check of an earlier notebook never waits for it."""

from __future__ import annotations

from functools import cache
from types import ModuleType
from typing import Any

import numpy as np

from utils import threads


@cache
def torch() -> ModuleType:
    """PyTorch, on one thread if it is imported while a check runs."""
    import torch as module

    threads.limit_pytorch()
    return module


def tensor(array: np.ndarray) -> Any:
    """A float64 tensor with the numbers of an array (integers stay integers)."""
    array = np.ascontiguousarray(array)
    return torch().from_numpy(array.copy() if array.dtype.kind in "iu" else array.astype(np.float64))
