"""Put up the walls of one submission, fork its kernel behind them, and stay as the first process of its pid namespace.

The first process collects what has no parent left. When the kernel ends it ends, and with it all that was started.
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
from collections.abc import Callable
from typing import Any, NoReturn

from autograder.guest import namespaces as ns
from autograder.guest import syscalls
from autograder.guest.paths import KERNEL, KERNELS, SCRATCH

SHARED_MEMORY = 16 << 20  # bytes of /dev/shm
WALLS = ns.NEWNS | ns.NEWPID | ns.NEWIPC | ns.NEWNET | ns.NEWUTS
FAILED = 99  # how the first process ends if the kernel could not be started


def fork_supervisor(order: dict[str, Any]) -> tuple[int, int]:
    """Fork a kernel as `order` says (see warm_process); returns (process to wait for, first process behind the walls).

    Raises:
        OSError: if a wall cannot be put up. Nothing is left running then.
    """
    hear, tell = os.pipe()
    waiter = os.fork()
    if waiter == 0:
        os.close(hear)
        _never_return(lambda: _wait_for_first(order, tell), tell)
    os.close(tell)
    with os.fdopen(hear) as told:
        text = told.read().strip()
    if not text.isdecimal():
        os.waitpid(waiter, 0)
        raise OSError(text or "the process that was forked ended at once")
    return waiter, int(text)


def _never_return(work: Callable[[], int], tell: int) -> NoReturn:
    """In a fork: end with the status that `work` gives; what goes wrong is told in words."""
    status = FAILED
    try:
        status = work()
    except BaseException as error:
        with contextlib.suppress(OSError):
            os.write(tell, f"{error}\n".encode())
    finally:
        os._exit(status)


def _wait_for_first(order: dict[str, Any], tell: int) -> int:
    """In the waiter: leave the namespaces, fork the first process behind them, and end as that does."""
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    if not order["walls"]:
        return _run_in_the_open(order, tell)
    if order["uid"] is None:
        ns.become_student_in_new_user_namespace(WALLS)
    else:
        ns.unshare(WALLS)  # root mounts first, and changes user then
    hear, ready = os.pipe()
    first = os.fork()
    if first == 0:
        os.close(hear)
        os.close(tell)
        _never_return(lambda: _be_first(order, ready), ready)
    os.close(ready)
    with os.fdopen(hear) as told:
        problem = told.read()
    os.write(tell, (problem or f"{first}\n").encode())
    os.close(tell)
    return _collect(first)


def _run_in_the_open(order: dict[str, Any], tell: int) -> int:
    """Without walls: the waiter itself becomes the kernel, in a session of its own."""
    from autograder.guest.kernel import start_kernel

    os.setsid()
    ns.set_limits(order["limits"])
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.chdir(order["folder"])

    def bound() -> None:
        os.write(tell, f"{os.getpid()}\n".encode())
        os.closerange(tell, tell + 1)

    start_kernel(order["connection"], order["limits"], bound)
    return 0


def _be_first(order: dict[str, Any], ready: int) -> int:
    """In the first process: mounts, then the kernel, which starts when the last rights are gone."""
    os.setsid()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.closerange(3, ready)  # above all the socket over which the grader gives orders
    os.closerange(ready + 1, 4096)
    _put_up_walls(order)
    here, there = socket.socketpair()
    kernel = os.fork()
    if kernel == 0:
        here.close()
        _never_return(lambda: _run_kernel(order, there), ready)
    there.close()
    if here.recv(1) != b"b":
        return _collect(kernel)
    ns.make_read_only(KERNEL)  # its sockets are there: nothing more need be written
    _drop_rights(order)
    here.send(b"g")
    here.close()
    os.close(ready)
    return _collect(kernel)


def _put_up_walls(order: dict[str, Any]) -> None:
    owner = order["uid"]
    ns.private_mounts()
    folder = f"{KERNELS}/{order['fork']}"
    if owner is not None:
        os.chown(folder, owner, owner)
    ns.mount(folder, KERNEL, "", ns.BIND)
    ns.empty_folder(KERNELS, 4096)
    size = order["limits"]["files"]
    ns.empty_folder(SCRATCH, size, owner)
    ns.empty_folder("/dev/shm", SHARED_MEMORY, owner)
    if not os.listdir("/tmp"):  # else Python itself lies there, and it stays as it is: read-only
        ns.empty_folder("/tmp", size, owner)
    ns.mount("proc", "/proc", "proc", ns.NO_SUID | ns.NO_DEVICES | ns.NO_EXEC)
    socket.sethostname("sandbox")


def _run_kernel(order: dict[str, Any], first: socket.socket) -> int:
    """In the kernel's process: no rights, limits, then a kernel of IPython's. Returns when that is shut down."""
    from autograder.guest.kernel import start_kernel

    _drop_rights(order)
    ns.set_limits(order["limits"])  # in its own user namespace, where no other submission's processes count
    signal.signal(signal.SIGINT, signal.default_int_handler)
    keep = first.fileno()
    os.closerange(3, keep)
    os.closerange(keep + 1, 4096)
    os.chdir(SCRATCH)

    def bound() -> None:
        first.send(b"b")
        if first.recv(1) != b"g":
            os._exit(FAILED)
        first.close()

    start_kernel(order["connection"], order["limits"], bound)
    return 0


def _drop_rights(order: dict[str, Any]) -> None:
    """Become the student: another user where root graded, no capabilities, and no way back."""
    if order["uid"] is not None:
        os.setgroups([])
        os.setresgid(order["uid"], order["uid"], order["uid"])
        os.setresuid(order["uid"], order["uid"], order["uid"])
        ns.become_student_in_new_user_namespace(0)
    ns.forbid_user_namespaces()
    ns.drop_all_rights()
    syscalls.refuse()


def _collect(child: int) -> int:
    """Wait for a child, and for whatever else ends meanwhile; its exit status, or 128 and the signal that ended it."""
    while True:
        with contextlib.suppress(InterruptedError):
            pid, status = os.wait()
            if pid == child:
                code = os.waitstatus_to_exitcode(status)
                return code if code >= 0 else 128 - code
