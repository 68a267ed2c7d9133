"""The functions of notebook 09 for the notebook after it: the device to compute on, and how long a call takes there."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

import torch


def pick_device(preferred: str | None = None) -> torch.device:
    """The preferred device, or the first available one of cuda, mps and cpu.

    Raises:
        RuntimeError: if the preferred device is not available.
    """
    there = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available(), "cpu": True}
    available = [name for name, usable in there.items() if usable]
    if preferred is not None and preferred not in available:
        raise RuntimeError(f"device {preferred} is not available on this machine, only {', '.join(available)}")
    return torch.device(preferred or available[0])


def time_it(fn: Callable[[], object], device: torch.device, warmup: int = 3, repeats: int = 10) -> float:
    """Seconds of one call of fn, which computes on the device: the median of several, after a warm-up, synchronized."""
    wait = {"cuda": torch.cuda.synchronize, "mps": torch.mps.synchronize}.get(device.type, lambda: None)
    seconds = []
    for _ in range(warmup + repeats):
        wait()
        start = time.perf_counter()
        fn()
        wait()
        seconds.append(time.perf_counter() - start)
    return statistics.median(seconds[warmup:])
