"""Stops everything of a kernel but the snapshot that answers questions, so that nothing watches what it is asked.

Runs in the warm process, which sees the processes of all kernels and outlives them.

Covered: processes that a notebook started before the questions; processes that an answer starts, which end with it.
Not covered: memory or a pipe that a process keeps shared with its snapshot.
"""

from __future__ import annotations

import contextlib
import os
import signal

from autograder.guest.processes import members

ROUNDS = 20  # of looking for processes that were forked meanwhile


def freeze(first: int, snapshot: int) -> set[int]:
    """Stop all processes in the pid namespace of `first` but these two; their pids."""
    frozen: set[int] = set()
    for _ in range(ROUNDS):
        running = members(first) - frozen - {first, snapshot}
        if not running:
            break
        _send(running, signal.SIGSTOP)
        frozen |= running
    return frozen


def end_others(first: int, frozen: set[int]) -> None:
    """Kill all processes in the pid namespace of `first` that were not frozen, but not `first` itself."""
    for _ in range(ROUNDS):
        others = {pid for pid in members(first) - frozen - {first} if not _ended(pid)}
        if not others:
            break
        _send(others, signal.SIGKILL)


def thaw(frozen: set[int]) -> None:
    """Let the frozen processes go on."""
    _send(frozen, signal.SIGCONT)


def _ended(pid: int) -> bool:
    """Whether a process has ended, and waits for its parent to notice."""
    with contextlib.suppress(OSError), open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:
        return file.read().rpartition(")")[2].split()[0] in "ZX"
    return True


def _send(pids: set[int], number: int) -> None:
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)
