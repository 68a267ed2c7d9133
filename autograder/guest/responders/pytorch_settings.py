"""PyTorch's settings while a student's code runs: one thread, and nothing of them changed afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch

from utils.threads import one_thread


@contextmanager
def contained_pytorch() -> Iterator[None]:
    """One thread for PyTorch; afterwards the number of threads and the recording of gradients are as they were.

    On arrays as small as those of a check, several threads would wait for one another.
    """
    recording = torch.is_grad_enabled()
    with one_thread(pytorch_only=True):
        try:
            yield
        finally:
            torch.set_grad_enabled(recording)
