"""What takes long to make is made by one of the test workers, for all of them."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest


def once(
    factory: pytest.TempPathFactory, name: str, make: Callable[[Path], dict[str, object]]
) -> tuple[Path, dict[str, object]]:
    """A folder of this name, and what `make(folder)` returned to the first test worker that asked."""
    own = factory.getbasetemp()
    folder = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / name
    folder.mkdir(exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        stored = folder / "made.json"
        if not stored.exists():
            stored.write_text(json.dumps(make(folder)))
        value: dict[str, object] = json.loads(stored.read_text())
        return folder, value
