"""How much memory the processes of each pid namespace use, from /proc."""

from __future__ import annotations

import contextlib
import os
from collections import defaultdict

PAGE = os.sysconf("SC_PAGE_SIZE")


def pid_namespace(pid: int) -> str:
    """The name of a process's pid namespace; empty if the process is gone."""
    try:
        return os.readlink(f"/proc/{pid}/ns/pid")
    except OSError:
        return ""


def over(limits: dict[str, int]) -> set[str]:
    """Those of the pid namespaces in `limits` whose processes together use more bytes than is given there."""
    members: dict[str, list[int]] = defaultdict(list)
    for entry in os.listdir("/proc"):
        if entry.isdecimal() and (space := pid_namespace(int(entry))) in limits:
            members[space].append(int(entry))
    # pages that forks share are in each one's resident size; the proportional size is exact, and slower to ask for
    suspects = {space for space, pids in members.items() if sum(map(resident, pids)) > limits[space]}
    return {space for space in suspects if sum(map(proportional, members[space])) > limits[space]}


def resident(pid: int) -> int:
    """Bytes in memory that are no file's; 0 for a process that is gone."""
    with contextlib.suppress(OSError, ValueError), open(f"/proc/{pid}/statm", encoding="ascii") as file:
        _, held, shared = (int(word) for word in file.read().split()[:3])
        return max(0, held - shared) * PAGE
    return 0


def proportional(pid: int) -> int:
    """Bytes in memory, each page shared out among those that have it; 0 for a process that is gone."""
    with contextlib.suppress(OSError, ValueError), open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as file:
        return sum(int(line.split()[1]) * 1024 for line in file if line.startswith("Pss_Anon:"))
    return 0
