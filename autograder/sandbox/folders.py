"""The folder that a warm process works in: locked while it is in use; what a killed grader left behind is removed."""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import tempfile
from pathlib import Path
from typing import IO

PLACE, PREFIX, LOCK = Path("/tmp"), "grading-", "lock"


def new_folder() -> tuple[Path, IO[bytes]]:
    """A new folder, and the open file that keeps it from being removed by others until it is closed."""
    remove_abandoned()
    folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=PLACE))
    lock = (folder / "not-locked-yet").open("wb")
    fcntl.flock(lock, fcntl.LOCK_EX)
    os.rename(lock.name, folder / LOCK)
    return folder, lock


def remove_abandoned() -> None:
    """Remove this user's folders that no process holds: a lock goes when its process ends, in whatever way."""
    for folder in PLACE.glob(f"{PREFIX}*"):
        with contextlib.suppress(OSError):
            if folder.is_symlink() or folder.stat().st_uid != os.getuid():
                continue
            with (folder / LOCK).open("rb") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(folder, ignore_errors=True)
