"""One seed for all generators that a training run draws from: Python's, NumPy's, PyTorch's, and a loader's."""

from __future__ import annotations

import random

import numpy as np
import torch


def seed_everything(seed: int) -> torch.Generator:
    """Seed Python, NumPy and PyTorch on every device, and return a generator of its own for a DataLoader or an order.

        generator = seed_everything(0)
        DataLoader(dataset, shuffle=True, generator=generator, num_workers=2, worker_init_fn=seed_worker)

    What a GPU adds in another order each time (atomic additions in some backward passes) is not made repeatable by a
    seed: `torch.use_deterministic_algorithms(True)` does that, or says which operation cannot be.
    """
    random.seed(seed)
    np.random.seed(seed % 2**32)
    torch.manual_seed(seed)
    return torch.Generator().manual_seed(seed)


def seed_worker(worker: int) -> None:
    """Seed Python and NumPy in a DataLoader's worker process, each worker otherwise; PyTorch has seeded itself."""
    seed = torch.initial_seed() % 2**32
    random.seed(seed)
    np.random.seed(seed)
