"""The folder of a warm process, locked while it is in use, so that folders of killed processes can be removed."""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import tempfile
from pathlib import Path
from typing import IO

PARENT, PREFIX, LOCK = Path("/tmp"), "grading-", "lock"


def new_folder() -> tuple[Path, IO[bytes]]:
    """A new folder, and an open file that keeps other graders from removing it until the file is closed."""
    remove_abandoned()
    folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=PARENT))
    lock = (folder / "not-locked-yet").open("wb")
    fcntl.flock(lock, fcntl.LOCK_EX)
    os.rename(lock.name, folder / LOCK)
    return folder, lock


def remove_abandoned() -> None:
    """Remove this user's folders that no process has locked; Linux releases a lock when its process ends."""
    for folder in PARENT.glob(f"{PREFIX}*"):
        with contextlib.suppress(OSError):
            if folder.is_symlink() or folder.stat().st_uid != os.getuid():
                continue
            with (folder / LOCK).open("rb") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(folder, ignore_errors=True)
