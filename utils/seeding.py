"""Seeds for everything that draws: Python, NumPy, PyTorch on every device, and the workers of a DataLoader."""

from __future__ import annotations

import random
from typing import Any

import numpy as np


def seed_everything(seed: int) -> Any:
    """Seed Python's, NumPy's and PyTorch's global generators; PyTorch's on all its devices.

    Returns a generator of its own for a loader or an order: `torch.randperm(n, generator=seed_everything(0))`.

    On one machine with one number of threads the same program then gives the same numbers on the CPU. On a GPU some
    operations still add in another order each time, unless `torch.use_deterministic_algorithms(True)` forbids them.
    """
    import torch

    random.seed(seed)
    np.random.seed(seed % 2**32)
    torch.manual_seed(seed)
    return torch.Generator().manual_seed(seed)


def loader_seeds(seed: int) -> dict[str, Any]:
    """What makes a DataLoader repeat itself: `DataLoader(data, batch_size=32, shuffle=True, **loader_seeds(0))`.

    The order comes out of a generator of its own, so what else draws numbers does not change it.
    """
    import torch

    return {"generator": torch.Generator().manual_seed(seed), "worker_init_fn": seed_worker}


def seed_worker(worker: int) -> None:
    """In a worker process of a loader: pass its seed, which PyTorch has set, on to Python and NumPy."""
    import torch

    seed = torch.initial_seed() % 2**32
    random.seed(seed)
    np.random.seed(seed)
