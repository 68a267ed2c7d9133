"""Seed every random number generator: Python's, NumPy's, PyTorch's on all devices, a DataLoader's workers'."""

from __future__ import annotations

import random
from typing import Any

import numpy as np


def seed_everything(seed: int) -> Any:
    """Seed the global generators of Python, NumPy and PyTorch, the last on all devices.

    With the same machine and number of threads, a program then computes the same numbers again on the CPU. On a GPU
    some operations still add in a different order each time, unless `torch.use_deterministic_algorithms(True)` forbids
    them.

    Returns:
        A separate torch.Generator with the same seed, for a permutation or a DataLoader:
        `torch.randperm(n, generator=seed_everything(0))`.
    """
    import torch

    random.seed(seed)
    np.random.seed(seed % 2**32)
    torch.manual_seed(seed)
    return torch.Generator().manual_seed(seed)


def loader_seeds(seed: int) -> dict[str, Any]:
    """Arguments that make a DataLoader reproducible: `DataLoader(data, shuffle=True, **loader_seeds(0))`.

    The order comes from a separate generator, so other code that draws random numbers does not change it.
    """
    import torch

    return {"generator": torch.Generator().manual_seed(seed), "worker_init_fn": seed_worker}


def seed_worker(worker: int) -> None:
    """Seed Python and NumPy in a worker process of a DataLoader, from the seed that PyTorch has set there.

    Args:
        worker: the worker's index; part of PyTorch's `worker_init_fn` interface, not used.
    """
    import torch

    seed = torch.initial_seed() % 2**32
    random.seed(seed)
    np.random.seed(seed)
