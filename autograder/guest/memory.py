"""How much memory the processes of each pid namespace use, from /proc."""

from __future__ import annotations

import contextlib
import os
from collections import defaultdict


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
    """Bytes in memory that are no file's on a disk; 0 for a process that is gone."""
    return _sum(f"/proc/{pid}/status", ("RssAnon:", "RssShmem:"))


def proportional(pid: int) -> int:
    """Bytes in memory, each page shared out among those that have it; 0 for a process that is gone."""
    return _sum(f"/proc/{pid}/smaps_rollup", ("Pss_Anon:", "Pss_Shmem:"))


def _sum(path: str, names: tuple[str, ...]) -> int:
    with contextlib.suppress(OSError, ValueError), open(path, encoding="ascii", errors="replace") as file:
        return sum(int(line.split()[1]) * 1024 for line in file if line.startswith(names))
    return 0
