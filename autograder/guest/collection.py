"""Imports, without Python's search for garbage."""

from __future__ import annotations

import contextlib
import gc
from collections.abc import Iterator


@contextlib.contextmanager
def no_collection() -> Iterator[None]:
    """Imports make many objects and hardly any garbage; to look for it would take a tenth of their time."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
