"""Limit NumPy and PyTorch to one thread, so that times can be compared and small arrays are not slowed down."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from threadpoolctl import threadpool_limits


@contextmanager
def one_thread(pytorch_only: bool = False) -> Iterator[None]:
    """Compute on one thread: NumPy, and PyTorch if it has been imported before.

    Args:
        pytorch_only: leave NumPy's threads as they are. Limiting them takes milliseconds, because the libraries that
            the process has loaded are searched for thread pools; limiting PyTorch's takes less than a microsecond.
    """
    # looked up, not imported: most notebooks never need PyTorch
    torch = sys.modules.get("torch")
    threads = torch.get_num_threads() if torch else 1
    with contextlib.nullcontext() if pytorch_only else threadpool_limits(1):
        try:
            if torch:
                torch.set_num_threads(1)
            yield
        finally:
            if torch:
                torch.set_num_threads(threads)
