"""Isolate one submission, fork its kernel there, and stay as the first process of its pid namespace.

Three processes: the waiter, a child of the warm process, enters new namespaces, and mounts folders for the kernel's
snapshots; the first process of the new pid namespace mounts what the kernel sees, then reaps orphans; the kernel runs
the student's code. When the kernel ends, the first process ends too, and Linux ends everything else in its namespace.

Covered: user, mount, pid, IPC, network and UTS namespaces of its own; an empty scratch folder, /tmp and /dev/shm of
limited size; no capability, no way to get one back, a filter of system calls, limits on each process.
Not covered: memory of all processes together (the warm process measures it); holes in Linux itself.
"""

from __future__ import annotations

import contextlib
import os
import select
import shutil
import signal
import socket
from collections.abc import Callable
from typing import NoReturn

from autograder.guest import namespaces as ns
from autograder.guest import syscalls
from autograder.guest.orders import ForkOrder
from autograder.guest.paths import FILES, KERNEL, KERNELS, SCRATCH
from autograder.guest.private_folders import SHARED_MEMORY, SHARED_MEMORY_FOLDER, cover, uncover

NAMESPACES = ns.NEWNS | ns.NEWPID | ns.NEWIPC | ns.NEWNET | ns.NEWUTS
NOT_STARTED = 99  # exit status of the first process if the kernel could not be started
BOUND, GO = b"b", b"g"  # the kernel has bound its sockets; it may run code now
COVER, UNCOVER, DONE = b"c", b"u", b"d"  # to the waiter: cover the kernel's folders, undo it; from it: it is done


def fork_supervisor(order: ForkOrder) -> tuple[int, int, socket.socket]:
    """Fork a kernel.

    Returns:
        The pids of the waiter, which the caller must wait for, and of the first process of the kernel's pid namespace;
        a socket to the waiter, for COVER and UNCOVER.

    Raises:
        OSError: if a namespace, mount or limit cannot be set up. No process is left then.
    """
    read_end, write_end = os.pipe()
    server_end, waiter_end = socket.socketpair()
    waiter = os.fork()
    if waiter == 0:
        os.close(read_end)
        server_end.close()
        _exit_with(lambda: _run_waiter(order, write_end, waiter_end), write_end)
    os.close(write_end)
    waiter_end.close()
    with os.fdopen(read_end) as pipe:
        pid_or_error = pipe.read().strip()
    if not pid_or_error.isdecimal():
        server_end.close()
        os.waitpid(waiter, 0)
        raise OSError(pid_or_error or "the process that was forked ended at once")
    return waiter, int(pid_or_error), server_end


def _exit_with(work: Callable[[], int], write_end: int) -> NoReturn:
    """In a fork: exit with the status that `work` returns; write the message of an error to the pipe."""
    status = NOT_STARTED
    try:
        status = work()
    except BaseException as error:
        with contextlib.suppress(OSError):
            os.write(write_end, f"{error}\n".encode())
    finally:
        os._exit(status)


def _run_waiter(order: ForkOrder, write_end: int, server: socket.socket) -> int:
    """In the waiter: enter new namespaces, fork the first process there, serve it, and exit with its status."""
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    if not order.sandboxed:
        return _run_without_sandbox(order, write_end)
    if order.uid is None:
        ns.become_student_in_new_user_namespace(NAMESPACES)
    else:
        ns.unshare(NAMESPACES)  # as root: mount first, change user afterwards
    folders = _writable_folders()  # before anything is mounted there, and long before a student's code can write
    error_read_end, error_write_end = os.pipe()
    first = os.fork()
    if first == 0:
        os.close(error_read_end)
        os.close(write_end)
        _exit_with(lambda: _run_first_process(order, folders, error_write_end), error_write_end)
    os.close(error_write_end)
    with os.fdopen(error_read_end) as pipe:  # closed without a message once the kernel runs
        error = pipe.read()
    os.write(write_end, (error or f"{first}\n").encode())
    os.close(write_end)
    _serve(order, folders, first, server)
    return _collect(first)


def _serve(order: ForkOrder, folders: tuple[str, ...], first: int, server: socket.socket) -> None:
    """In the waiter: cover the kernel's folders and uncover them, until the first process has ended."""
    ended = os.pidfd_open(first)
    while ended not in select.select([ended, server.fileno()], [], [])[0]:
        message = server.recv(1)
        if not message:
            return
        try:
            if message == COVER:
                cover(folders, order.limits.files, order.uid)
            else:
                uncover(folders)
            server.sendall(DONE)
        except OSError as error:
            server.sendall(str(error).encode())


def _writable_folders() -> tuple[str, ...]:
    """Where a submission may write. If Python itself is installed in /tmp, that stays as it is: read-only."""
    private_tmp = () if os.listdir("/tmp") else ("/tmp",)
    return (SCRATCH, SHARED_MEMORY_FOLDER, *private_tmp)


def _run_without_sandbox(order: ForkOrder, write_end: int) -> int:
    """The waiter itself becomes the kernel, in its own session, with per-process limits only."""
    from autograder.guest.kernel import start_kernel

    os.setsid()
    ns.set_limits(order.limits)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.chdir(order.folder)

    def bound() -> None:
        _take_files(order.folder)
        os.write(write_end, f"{os.getpid()}\n".encode())
        os.close(write_end)

    start_kernel(order.connection, order.limits.output, bound)
    return 0


def _run_first_process(order: ForkOrder, folders: tuple[str, ...], write_end: int) -> int:
    """In the first process: mount, fork the kernel, drop all privileges, let the kernel run and reap orphans."""
    os.setsid()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _close_descriptors_but(write_end)  # above all the socket over which the host sends orders
    _mount_what_the_kernel_sees(order, folders)
    first_end, kernel_end = socket.socketpair()
    kernel = os.fork()
    if kernel == 0:
        first_end.close()
        _exit_with(lambda: _run_kernel(order, kernel_end), write_end)
    kernel_end.close()
    if first_end.recv(1) != BOUND:
        return _collect(kernel)
    ns.make_read_only(KERNEL)  # the sockets are bound, so nothing more has to be written there
    _drop_rights(order)
    first_end.send(GO)
    first_end.close()
    os.close(write_end)
    return _collect(kernel)


def _mount_what_the_kernel_sees(order: ForkOrder, folders: tuple[str, ...]) -> None:
    ns.private_mounts()
    folder = f"{KERNELS}/{order.kernel}"
    if order.uid is not None:
        os.chown(folder, order.uid, order.uid)
    ns.mount(folder, KERNEL, "", ns.BIND)
    ns.empty_folder(KERNELS, 4096)
    for path in folders:
        ns.empty_folder(path, SHARED_MEMORY if path == SHARED_MEMORY_FOLDER else order.limits.files, order.uid)
    ns.mount("proc", "/proc", "proc", ns.NO_SUID | ns.NO_DEVICES | ns.NO_EXEC)
    socket.sethostname("sandbox")


def _run_kernel(order: ForkOrder, kernel_end: socket.socket) -> int:
    """In the kernel's process: drop all privileges, set limits, run IPython's kernel until it is shut down."""
    from autograder.guest.kernel import start_kernel

    _drop_rights(order)
    # the limit on processes counts those in this kernel's user namespace only, not those of other submissions
    ns.set_limits(order.limits)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    _close_descriptors_but(kernel_end.fileno())
    os.chdir(SCRATCH)

    def bound() -> None:
        _take_files(KERNEL)  # now that IPython has looked for settings there
        kernel_end.send(BOUND)
        if kernel_end.recv(1) != GO:
            os._exit(NOT_STARTED)
        kernel_end.close()

    start_kernel(order.connection, order.limits.output, bound)
    return 0


def _take_files(folder: str) -> None:
    """Copy the files that were handed in beside the notebook into the current folder, as the student."""
    with contextlib.suppress(FileNotFoundError):
        shutil.copytree(f"{folder}/{FILES}", ".", dirs_exist_ok=True, copy_function=shutil.copyfile)


def _close_descriptors_but(kept: int) -> None:
    os.closerange(3, kept)
    os.closerange(kept + 1, 4096)


def _drop_rights(order: ForkOrder) -> None:
    """Become the student for good: another user where the host is root, no capabilities, a filter of system calls."""
    if order.uid is not None:
        os.setgroups([])
        os.setresgid(order.uid, order.uid, order.uid)
        os.setresuid(order.uid, order.uid, order.uid)
        ns.become_student_in_new_user_namespace(0)
    ns.forbid_user_namespaces()
    ns.drop_all_rights()
    syscalls.refuse()


def _collect(child: int) -> int:
    """Reap `child`, and orphans until it ends; its exit status, or 128 plus the signal that ended it."""
    while True:
        with contextlib.suppress(InterruptedError):
            pid, status = os.wait()
            if pid == child:
                code = os.waitstatus_to_exitcode(status)
                return code if code >= 0 else 128 - code
