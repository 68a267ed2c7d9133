"""Linux namespaces, mounts, limits and capabilities, for a process that is about to run a student's code.

Calls libc through ctypes. The numbers are those of linux/sched.h, linux/mount.h, linux/prctl.h and linux/capability.h.

Covered: namespaces, tmpfs mounts of limited size, resource limits, dropping capabilities for good.
Not covered: cgroups, which take rights that an ordinary user does not have. So no limit here is for several processes
together.
"""

from __future__ import annotations

import ctypes
import os
import resource

from autograder.guest.errors import GuestError
from autograder.guest.limits import KernelLimits

NEWNS, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET = 0x20000, 0x4000000, 0x8000000, 0x10000000, 0x20000000, 0x40000000
READ_ONLY, NO_SUID, NO_DEVICES, NO_EXEC, REMOUNT, BIND, RECURSIVE, PRIVATE = 1, 2, 4, 8, 32, 4096, 16384, 1 << 18
DETACH = 2
BOUNDING_SET_DROP, NO_NEW_PRIVILEGES, SET_DUMPABLE = 24, 38, 4
CAPABILITY_VERSION = 0x20080522
STUDENT = 1000  # the user id that a student's code sees as its own

_libc = ctypes.CDLL(None, use_errno=True)


class WallMissing(GuestError, OSError):
    """A namespace, a mount or a limit cannot be set up on this machine."""


def _require_zero(what: str, result: int) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise WallMissing(number, f"{what}: {os.strerror(number)}")


def unshare(flags: int) -> None:
    """Enter new namespaces; a new pid namespace applies to processes forked from now on. See unshare(2)."""
    _require_zero("unshare", _libc.unshare(flags))


def mount(source: str, target: str, kind: str, flags: int, options: str = "") -> None:
    """mount(2)."""
    arguments = (text.encode() for text in (source, target, kind))
    result = _libc.mount(*arguments, ctypes.c_ulong(flags), options.encode())
    _require_zero(f"mount {kind or source} on {target}", result)


def private_mounts() -> None:
    """Keep later mounts and unmounts from reaching other namespaces."""
    mount("none", "/", "", PRIVATE | RECURSIVE)


def empty_folder(path: str, size: int, owner: int | None = None) -> None:
    """Mount an empty folder in memory of at most `size` bytes, accessible to `owner` alone (default: this user)."""
    options = f"size={size},nr_inodes={max(256, size // 16384)},mode=700"
    if owner is not None:
        options += f",uid={owner},gid={owner}"
    mount("tmpfs", path, "tmpfs", NO_SUID | NO_DEVICES, options)


def make_read_only(path: str) -> None:
    """Make a mount point read-only."""
    mount("none", path, "", REMOUNT | BIND | READ_ONLY | NO_SUID | NO_DEVICES)


def make_writable(path: str) -> None:
    """Undo make_read_only."""
    mount("none", path, "", REMOUNT | BIND | NO_SUID | NO_DEVICES)


def detach(path: str) -> None:
    """Unmount, also if the mount is in use. See umount2(2)."""
    _require_zero(f"unmount {path}", _libc.umount2(path.encode(), DETACH))


def become_student_in_new_user_namespace(other_flags: int) -> None:
    """Enter a user namespace where this user is STUDENT with all capabilities, and the namespaces in `other_flags`."""
    user, group = os.geteuid(), os.getegid()
    _libc.prctl(SET_DUMPABLE, 1, 0, 0, 0)  # after a change of user, /proc/self would not be writable
    unshare(NEWUSER | other_flags)
    for name, text in (("setgroups", "deny"), ("uid_map", f"{STUDENT} {user} 1"), ("gid_map", f"{STUDENT} {group} 1")):
        descriptor = os.open(f"/proc/self/{name}", os.O_WRONLY)
        os.write(descriptor, text.encode())
        os.close(descriptor)


def forbid_user_namespaces() -> None:
    """Forbid user namespaces inside this one: a process in one could, for example, mount a disk in memory."""
    with open("/proc/sys/user/max_user_namespaces", "w", encoding="ascii") as file:
        file.write("0")


def drop_all_rights() -> None:
    """Drop all capabilities, in a way that no later exec can restore."""
    _require_zero("no_new_privs", _libc.prctl(NO_NEW_PRIVILEGES, 1, 0, 0, 0))
    capability = 0
    while _libc.prctl(BOUNDING_SET_DROP, capability, 0, 0, 0) == 0:
        capability += 1
    header = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION, 0)
    _require_zero("capset", _libc.capset(header, (ctypes.c_uint32 * 6)()))
    _libc.prctl(SET_DUMPABLE, 1, 0, 0, 0)


def set_limits(limits: KernelLimits) -> None:
    """Set the limits that Linux enforces on each process, for this one and those that it starts."""
    for what, value in (
        (resource.RLIMIT_DATA, limits.memory),
        (resource.RLIMIT_FSIZE, limits.file),
        (resource.RLIMIT_NPROC, limits.processes),
        (resource.RLIMIT_NOFILE, limits.descriptors),
        (resource.RLIMIT_CPU, limits.cpu),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (value, value))
