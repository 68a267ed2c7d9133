"""The processes of a kernel, and how long they waited for a processor, from /proc."""

from __future__ import annotations

import contextlib
import os

from autograder.guest.memory import pid_namespace


def members(first: int) -> set[int]:
    """The pids of all processes in the pid namespace of `first`; none if that is this process's own, or has ended."""
    namespace = pid_namespace(first)
    if not namespace or namespace == pid_namespace(os.getpid()):
        return set()
    return {int(entry) for entry in os.listdir("/proc") if entry.isdecimal() and pid_namespace(int(entry)) == namespace}


def seconds_waited(pid: int) -> float:
    """How long a process's first thread was ready to run, and did not, because every processor was taken."""
    with contextlib.suppress(OSError, ValueError, IndexError), open(f"/proc/{pid}/schedstat", encoding="ascii") as file:
        return int(file.read().split()[1]) / 1e9  # see the kernel's Documentation/scheduler/sched-stats.rst
    return 0.0
