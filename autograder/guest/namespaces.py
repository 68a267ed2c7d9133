"""Linux namespaces, mounts, limits and capabilities, for a fork that is about to run a student's code.

Standard library alone: this runs inside the sandbox. Numbers are those of linux/sched.h, linux/mount.h, linux/prctl.h.
"""

from __future__ import annotations

import ctypes
import os
import resource
from collections.abc import Mapping

from autograder.guest.errors import GuestError

NEWNS, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET = 0x20000, 0x4000000, 0x8000000, 0x10000000, 0x20000000, 0x40000000
READ_ONLY, NO_SUID, NO_DEVICES, NO_EXEC, REMOUNT, BIND, RECURSIVE, PRIVATE = 1, 2, 4, 8, 32, 4096, 16384, 1 << 18
BOUNDING_SET_DROP, NO_NEW_PRIVILEGES, SET_DUMPABLE = 24, 38, 4
CAPABILITY_VERSION = 0x20080522
STUDENT = 1000  # the user that a student's code believes to be

_libc = ctypes.CDLL(None, use_errno=True)


class WallMissing(GuestError, OSError):
    """A namespace, a mount or a limit that could not be put up."""


def _call(what: str, result: int) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise WallMissing(number, f"{what}: {os.strerror(number)}")


def unshare(flags: int) -> None:
    """Leave the namespaces of the parent process; a new pid namespace holds from the next fork on."""
    _call("unshare", _libc.unshare(flags))


def mount(source: str, target: str, kind: str, flags: int, options: str = "") -> None:
    """mount(2)."""
    arguments = (text.encode() for text in (source, target, kind))
    _call(f"mount {kind or source} on {target}", _libc.mount(*arguments, ctypes.c_ulong(flags), options.encode()))


def private_mounts() -> None:
    """No later mount or unmount reaches another namespace."""
    mount("none", "/", "", PRIVATE | RECURSIVE)


def empty_folder(path: str, size: int, owner: int | None = None) -> None:
    """A fresh folder in memory of at most `size` bytes, with the user's own rights only."""
    options = f"size={size},nr_inodes={max(256, size // 16384)},mode=700"
    if owner is not None:
        options += f",uid={owner},gid={owner}"
    mount("tmpfs", path, "tmpfs", NO_SUID | NO_DEVICES, options)


def make_read_only(path: str) -> None:
    """Nothing can be written at a mount point any more."""
    mount("none", path, "", REMOUNT | BIND | READ_ONLY | NO_SUID | NO_DEVICES)


def become_student_in_new_user_namespace(also: int) -> None:
    """A user namespace in which this user is STUDENT, with the other namespaces in `also`; full rights inside it."""
    user, group = os.geteuid(), os.getegid()
    _libc.prctl(SET_DUMPABLE, 1, 0, 0, 0)  # a change of user takes away /proc/self
    unshare(NEWUSER | also)
    for name, text in (("setgroups", "deny"), ("uid_map", f"{STUDENT} {user} 1"), ("gid_map", f"{STUDENT} {group} 1")):
        descriptor = os.open(f"/proc/self/{name}", os.O_WRONLY)
        os.write(descriptor, text.encode())
        os.close(descriptor)


def forbid_user_namespaces() -> None:
    """None can be made inside this one: in it a process would have rights again, say to mount a disk in memory."""
    with open("/proc/sys/user/max_user_namespaces", "w", encoding="ascii") as file:
        file.write("0")


def drop_all_rights() -> None:
    """No capability is left, and none can come back."""
    _call("no_new_privs", _libc.prctl(NO_NEW_PRIVILEGES, 1, 0, 0, 0))
    capability = 0
    while _libc.prctl(BOUNDING_SET_DROP, capability, 0, 0, 0) == 0:
        capability += 1
    header = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION, 0)
    _call("capset", _libc.capset(header, (ctypes.c_uint32 * 6)()))
    _libc.prctl(SET_DUMPABLE, 1, 0, 0, 0)


def set_limits(limits: Mapping[str, float]) -> None:
    """Limits on this process and those it starts; see limits.Limits."""
    for what, value in (
        (resource.RLIMIT_DATA, limits["memory"]),
        (resource.RLIMIT_FSIZE, limits["file"]),
        (resource.RLIMIT_NPROC, limits["processes"]),
        (resource.RLIMIT_NOFILE, limits["descriptors"]),
        (resource.RLIMIT_CPU, limits["cpu"]),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (int(value), int(value)))
