"""Limit PyTorch to one thread while a student's code runs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch


@contextmanager
def one_thread() -> Iterator[None]:
    """One thread for PyTorch; afterwards the number of threads and the recording of gradients are as they were.

    On arrays as small as those of a check, several threads would wait for one another.
    """
    threads, recording = torch.get_num_threads(), torch.is_grad_enabled()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)
        torch.set_grad_enabled(recording)
