"""Processes of a kernel as the host sees them: their pids, and the processor time that they have used.

Covered: helper processes, as long as they run or their parent waits for them.
Not covered: a helper that ended and that nobody waited for; how much other programs slow down the machine.
"""

from __future__ import annotations

import contextlib
import os
import time
from pathlib import Path

from autograder.guest.memory import pid_namespace

CPUCLOCK_SCHED = 2  # linux/posix-timers.h: the clock of a whole process
TICK = 1 / os.sysconf("SC_CLK_TCK")  # seconds
CUTIME_CSTIME = slice(13, 15)  # fields of /proc/PID/stat, counted after the name


def processor_seconds(pid: int) -> float:
    """Seconds of processor time of all processes in the pid namespace of `pid`.

    All of them, because a student's code may pass a question on to another process. If the process has no pid namespace
    of its own, its own time alone.
    """
    namespace = pid_namespace(pid)
    if not namespace or namespace == pid_namespace(os.getpid()):
        return _own(pid)
    pids = (int(entry) for entry in os.listdir("/proc") if entry.isdecimal())
    return sum(_own(other) + _ended_children(other) for other in pids if pid_namespace(other) == namespace)


def _own(pid: int) -> float:
    with contextlib.suppress(OSError):
        return time.clock_gettime((~pid << 3) | CPUCLOCK_SCHED)
    return 0.0


def _ended_children(pid: int) -> float:
    """The time of children that have ended and were waited for."""
    with (
        contextlib.suppress(OSError, ValueError, IndexError),
        open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file,
    ):
        return sum(map(int, file.read().rpartition(")")[2].split()[CUTIME_CSTIME])) * TICK
    return 0.0


def pid_in_sandbox(pid: int) -> int:
    """The pid that a process of the sandbox has for the warm process, from the one that it has here; 0 if it ended."""
    try:
        status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return 0
    pids = next(line.split()[1:] for line in status.splitlines() if line.startswith("NSpid:"))
    return int(pids[1]) if len(pids) > 1 else 0
