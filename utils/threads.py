"""Limit NumPy and PyTorch to one thread, so that times can be compared and small arrays are not slowed down."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from threadpoolctl import threadpool_limits

_open: list[contextlib.ExitStack] = []  # what every one_thread that is running undoes at its end, the outermost first


@contextmanager
def one_thread(pytorch_only: bool = False) -> Iterator[None]:
    """Compute on one thread: NumPy, and PyTorch if it has been imported before.

    Args:
        pytorch_only: leave NumPy's threads as they are. Limiting them takes milliseconds, because the libraries that
            the process has loaded are searched for thread pools; limiting PyTorch's takes less than a microsecond.
    """
    with contextlib.ExitStack() as undo:
        _open.append(undo)
        undo.callback(_open.remove, undo)
        limit_pytorch()  # first, because threadpool_limits reaches PyTorch's threads too
        if not pytorch_only:
            undo.enter_context(threadpool_limits(1))
        yield


def limit_pytorch() -> None:
    """Compute on one thread of PyTorch from now until the outermost `one_thread` that is running ends; else do nothing.

    For what imports PyTorch within `one_thread`. Until it is imported this does nothing: most notebooks never need it.
    """
    torch = sys.modules.get("torch")
    if torch and _open:
        threads = torch.get_num_threads()
        if threads != 1:
            torch.set_num_threads(1)
            _open[0].callback(torch.set_num_threads, threads)
