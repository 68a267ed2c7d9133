"""A seccomp filter that refuses system calls which notebooks do not need and attacks do.

The numbers are those of linux/seccomp.h, linux/audit.h, linux/filter.h and of the system call tables of x86-64 and
AArch64.

Covered: tracing and reading other processes, memory that no process is charged for, keyrings, namespaces and mounts,
parts of Linux with a long history of exploits.
Not covered: every other call, because the filter lists what is refused, not what is allowed; other machines, on which
`refuse` raises WallMissing.
"""

from __future__ import annotations

import ctypes
import errno
import os
import struct

from autograder.guest.namespaces import WallMissing

SET_SECCOMP, FILTER = 22, 2
LOAD, EQUAL, AT_LEAST, RETURN = 0x20, 0x15, 0x35, 0x06  # BPF instructions: ld, jeq, jge, ret
NUMBER, ARCHITECTURE = 0, 4  # offsets in struct seccomp_data
ALLOW, REFUSE = 0x7FFF0000, 0x00050000 | errno.EPERM
X32 = 0x40000000  # the bit that marks calls from the x32 table on x86-64

# machine → its AUDIT_ARCH number, and the column of REFUSED with its call numbers
MACHINES = {"x86_64": (0xC000003E, 0), "aarch64": (0xC00000B7, 1)}
# name → call number on x86-64, on AArch64
REFUSED = {
    # access to other processes, the snapshot that answers questions among them
    "ptrace": (101, 117), "process_vm_readv": (310, 270), "process_vm_writev": (311, 271), "pidfd_getfd": (438, 438),
    # memory that belongs to no process, so no limit would count it
    "shmget": (29, 194), "msgget": (68, 186), "semget": (64, 190), "memfd_create": (319, 279),
    "memfd_secret": (447, 447), "io_uring_setup": (425, 425),
    # keyrings, which all submissions of one warm process would share
    "add_key": (248, 217), "request_key": (249, 218), "keyctl": (250, 219),
    # namespaces and mounts
    "unshare": (272, 97), "setns": (308, 268), "mount": (165, 40), "umount2": (166, 39), "pivot_root": (155, 41),
    "open_tree": (428, 428), "move_mount": (429, 429), "fsopen": (430, 430), "mount_setattr": (442, 442),
    # parts of Linux with a long history of exploits
    "bpf": (321, 280), "perf_event_open": (298, 241), "userfaultfd": (323, 282),
}  # fmt: skip


def refuse() -> None:
    """Make the calls in REFUSED fail with EPERM, in this process and all that it starts, for good.

    Raises:
        WallMissing: if the machine is not in MACHINES, or has no seccomp.
    """
    machine = os.uname().machine
    if machine not in MACHINES:
        raise WallMissing(errno.ENOSYS, f"system calls of {machine} are not known here")
    architecture, column = MACHINES[machine]
    calls = [numbers[column] for numbers in REFUSED.values()]
    # (instruction, instructions to skip if the test holds, if it does not, operand)
    program = [(LOAD, 0, 0, ARCHITECTURE), (EQUAL, 1, 0, architecture), (RETURN, 0, 0, REFUSE), (LOAD, 0, 0, NUMBER)]
    program += [(AT_LEAST, len(calls) + 1, 0, X32)]
    program += [(EQUAL, len(calls) - index, 0, number) for index, number in enumerate(calls)]
    program += [(RETURN, 0, 0, ALLOW), (RETURN, 0, 0, REFUSE)]
    code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *step) for step in program))
    program_header = ctypes.create_string_buffer(struct.pack("HxxxxxxQ", len(program), ctypes.addressof(code)))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(SET_SECCOMP, FILTER, ctypes.c_ulong(ctypes.addressof(program_header)), 0, 0) != 0:
        raise WallMissing(ctypes.get_errno(), f"a filter of system calls: {os.strerror(ctypes.get_errno())}")
