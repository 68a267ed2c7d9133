"""How much memory the processes of each pid namespace use, from /proc."""

from __future__ import annotations

import contextlib
import os
from collections import defaultdict
from collections.abc import Mapping


def pid_namespace(pid: int) -> str:
    """The name of a process's pid namespace; empty if the process has ended."""
    try:
        return os.readlink(f"/proc/{pid}/ns/pid")
    except OSError:
        return ""


def over_limit(limits: Mapping[str, int]) -> set[str]:
    """The pid namespaces whose processes together use more than their limit in bytes."""
    pids_by_namespace: dict[str, list[int]] = defaultdict(list)
    for entry in os.listdir("/proc"):
        if entry.isdecimal() and (namespace := pid_namespace(int(entry))) in limits:
            pids_by_namespace[namespace].append(int(entry))
    # the resident size counts a page that forks share once for each; the proportional size is exact but slow to read
    suspects = {name for name, pids in pids_by_namespace.items() if sum(map(resident, pids)) > limits[name]}
    return {name for name in suspects if sum(map(proportional, pids_by_namespace[name])) > limits[name]}


def resident(pid: int) -> int:
    """Bytes of resident memory that no file on disk backs; 0 for a process that has ended."""
    return _sum(f"/proc/{pid}/status", ("RssAnon:", "RssShmem:"))


def proportional(pid: int) -> int:
    """The same, with each shared page divided by the number of processes that share it."""
    return _sum(f"/proc/{pid}/smaps_rollup", ("Pss_Anon:", "Pss_Shmem:"))


def _sum(path: str, names: tuple[str, ...]) -> int:
    with contextlib.suppress(OSError, ValueError), open(path, encoding="ascii", errors="replace") as file:
        return sum(int(line.split()[1]) * 1024 for line in file if line.startswith(names))
    return 0
