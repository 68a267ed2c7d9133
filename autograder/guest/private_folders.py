"""Folders of its own for a snapshot that answers questions: it may write files, and no later cell finds them.

The waiter, which has the rights for it, covers the kernel's writable folders with empty ones while questions are
open. The snapshot copies what the notebook has written so far into them; then its files are where they were.

Covered: files, folders and open files of the scratch folder and /tmp; semaphores and memory in /dev/shm.
Not covered: a snapshot that keeps a folder of the kernel's open. It can write there if a cell has a file open for
writing; otherwise the kernel's folders are read-only meanwhile.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import stat
from collections.abc import Iterator

from autograder.guest import namespaces as ns
from autograder.guest.paths import SCRATCH

COPIED = (SCRATCH, "/tmp")
SHARED_MEMORY_FOLDER = "/dev/shm"
SHARED_MEMORY = 64 << 20  # bytes of /dev/shm
HIGHEST_DESCRIPTOR = 4096


def cover(folders: tuple[str, ...], size: int, uid: int | None) -> None:
    """In the waiter: make the folders read-only where that is possible, and mount an empty one over each."""
    for folder in folders:
        with contextlib.suppress(ns.WallMissing):  # a file in it is open for writing
            ns.make_read_only(folder)
        ns.empty_folder(folder, SHARED_MEMORY if folder == SHARED_MEMORY_FOLDER else size, uid)


def uncover(folders: tuple[str, ...]) -> None:
    """In the waiter: undo `cover`."""
    for folder in folders:
        ns.detach(folder)
        ns.make_writable(folder)


class Belongings:
    """In the snapshot: what the notebook has in its folders, to be taken along into the covering ones."""

    def __init__(self) -> None:
        """Remember the folders, the current one and the open files; close everything else that is open."""
        self.files = list(_open_files())
        first = 3
        for descriptor in sorted(descriptor for descriptor, *_ in self.files):
            os.closerange(first, descriptor)
            first = descriptor + 1
        os.closerange(first, HIGHEST_DESCRIPTOR)
        self.folders = {folder: os.open(folder, os.O_RDONLY | os.O_DIRECTORY) for folder in COPIED if _own(folder)}
        self.cwd = os.getcwd()

    def move(self) -> None:
        """Copy everything into the folders that cover the old ones now; nothing if none does."""
        for folder, descriptor in self.folders.items():
            if not os.path.samestat(os.stat(folder), os.fstat(descriptor)):
                with contextlib.suppress(shutil.Error):  # of pipes and sockets, which cannot be copied
                    shutil.copytree(f"/proc/self/fd/{descriptor}", folder, symlinks=True, dirs_exist_ok=True)
            os.close(descriptor)
        for place in (self.cwd, SCRATCH):
            with contextlib.suppress(OSError):
                os.chdir(place)
                break
        for descriptor, path, flags, position in self.files:
            with contextlib.suppress(OSError):
                copy = os.open(path, flags & ~(os.O_CREAT | os.O_EXCL | os.O_TRUNC))
                os.lseek(copy, position, os.SEEK_SET)
                os.dup2(copy, descriptor)
                os.close(copy)


def _own(folder: str) -> bool:
    """Whether a submission may write into this folder."""
    return os.path.isdir(folder) and os.access(folder, os.W_OK)


def _open_files() -> Iterator[tuple[int, str, int, int]]:
    """(descriptor, path, flags, position) of each file in a copied folder that is open."""
    for entry in os.listdir("/proc/self/fd"):
        with contextlib.suppress(OSError):
            descriptor = int(entry)
            path = os.readlink(f"/proc/self/fd/{entry}")
            in_folder = path.startswith(tuple(f"{folder}/" for folder in COPIED))
            if descriptor > 2 and in_folder and stat.S_ISREG(os.fstat(descriptor).st_mode):
                flags = fcntl.fcntl(descriptor, fcntl.F_GETFL)
                yield descriptor, path, flags, os.lseek(descriptor, 0, os.SEEK_CUR)
