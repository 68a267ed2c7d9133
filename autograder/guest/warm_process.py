"""A process that imports what notebooks need, once, and then forks a kernel for each submission.

It has one thread, computes nothing, and never runs a student's code itself. The host sends it orders over the socket
whose descriptor is its first argument; see guest.orders. When that socket closes it ends, and every kernel with it.

Covered: starting and ending kernels; the memory that all processes of one kernel use together.
Not covered: how much processor time or disk bandwidth one kernel takes from another. Memory is measured every 0.1 s, so
a kernel may exceed its limit for that long. Without namespaces it is not measured at all.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import os
import select
import signal
import socket
import sys
import threading
from dataclasses import dataclass, field
from typing import Any

from autograder.guest import freezer, memory
from autograder.guest.collection import no_collection
from autograder.guest.limits import KernelLimits
from autograder.guest.orders import (
    Ended,
    Forked,
    ForkOrder,
    FreezeOrder,
    Frozen,
    ImportOrder,
    NotForked,
    Order,
    Ready,
    Report,
    SignalOrder,
    Thawed,
    ThawOrder,
    Waited,
    WaitedOrder,
    decode_order,
    encode,
)
from autograder.guest.processes import members, seconds_waited
from autograder.guest.supervisor import COVER, DONE, UNCOVER, fork_supervisor

MEMORY_INTERVAL = 0.1  # seconds between two measurements of the memory in use
MOUNT_SECONDS = 5.0  # for a waiter to mount folders


@dataclass
class Kernel:
    """A kernel that was forked."""

    waiter: int  # pid of this process's child, whose exit status is that of the kernel
    first: int  # pid of the first process in the kernel's pid namespace
    limits: KernelLimits
    server: socket.socket  # to the waiter, which mounts folders
    sandboxed: bool  # whether it has namespaces of its own
    out_of_memory: bool = False  # whether it was ended for using too much
    frozen: set[int] = field(default_factory=set)  # pids of its processes that are stopped while questions are open
    waited: dict[int, float] = field(default_factory=dict)  # pid → its seconds_waited at the last order to count anew

    def mount(self, message: bytes) -> str:
        """Have the waiter cover or uncover the kernel's folders; why it could not, or empty."""
        try:
            self.server.settimeout(MOUNT_SECONDS)
            self.server.sendall(message)
            reply = self.server.recv(4096)
        except OSError as error:
            return f"the waiter does not answer: {error}"
        return "" if reply == DONE else reply.decode(errors="replace") or "the waiter has ended"


class ForkServer:
    """Forks, watches and ends kernels for the host at the other end of `channel`."""

    def __init__(self, channel: socket.socket) -> None:
        self.channel = channel
        self.kernels: dict[str, Kernel] = {}  # by name, those that have not ended
        self.unread = b""  # the beginning of an order that has not arrived whole

    def serve(self) -> None:
        """Carry out orders until the host closes the channel."""
        wakeup_read, wakeup_write = socket.socketpair()
        for end in (wakeup_read, wakeup_write):
            end.setblocking(False)
        signal.set_wakeup_fd(wakeup_write.fileno(), warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda number, frame: None)
        self._report(Ready())
        while True:
            timeout = MEMORY_INTERVAL if self.kernels else None
            readable, _, _ = select.select([self.channel, wakeup_read], [], [], timeout)
            if wakeup_read in readable:
                with contextlib.suppress(BlockingIOError):
                    wakeup_read.recv(4096)
            self._reap()
            if self.channel in readable:
                data = self.channel.recv(65536)
                if not data:
                    return
                *lines, self.unread = (self.unread + data).split(b"\n")
                for line in lines:
                    self._carry_out(decode_order(line))
            self._watch_memory()

    def _report(self, report: Report) -> None:
        self.channel.sendall(encode(report))

    def _carry_out(self, order: Order) -> None:
        if isinstance(order, ForkOrder):
            self._fork(order)
        elif isinstance(order, SignalOrder):
            self._signal(order)
        elif isinstance(order, FreezeOrder):
            self._freeze(order)
        elif isinstance(order, ThawOrder):
            self._thaw(order)
        elif isinstance(order, WaitedOrder):
            self._count_waiting(order)

    def _fork(self, order: ForkOrder) -> None:
        try:
            waiter, first, server = fork_supervisor(order)
        except (OSError, ValueError) as error:
            self._report(NotForked(order.kernel, str(error)))
            return
        self.kernels[order.kernel] = Kernel(waiter, first, order.limits, server, order.sandboxed)
        self._report(Forked(order.kernel))

    def _signal(self, order: SignalOrder) -> None:
        kernel = self.kernels.get(order.kernel)
        if kernel is None:
            return
        with contextlib.suppress(ProcessLookupError):
            # killing the first process ends the whole pid namespace; an interrupt is for its process group
            if order.number == signal.SIGKILL and kernel.sandboxed:
                os.kill(kernel.first, order.number)
            else:
                os.killpg(kernel.first, order.number)

    def _freeze(self, order: FreezeOrder) -> None:
        kernel = self.kernels.get(order.kernel)
        if kernel is not None:
            kernel.frozen = freezer.freeze(kernel.first, order.snapshot)
            self._report(Frozen(order.kernel, kernel.mount(COVER)))

    def _thaw(self, order: ThawOrder) -> None:
        kernel = self.kernels.get(order.kernel)
        if kernel is not None:
            freezer.end_others(kernel.first, kernel.frozen)
            error = kernel.mount(UNCOVER)
            freezer.thaw(kernel.frozen)
            kernel.frozen = set()
            self._report(Thawed(order.kernel, error))

    def _count_waiting(self, order: WaitedOrder) -> None:
        kernel = self.kernels.get(order.kernel)
        if kernel is not None:
            waited = {pid: seconds_waited(pid) for pid in members(kernel.first)}
            if order.anew:
                kernel.waited = waited
            longest = max((seconds - kernel.waited.get(pid, 0.0) for pid, seconds in waited.items()), default=0.0)
            self._report(Waited(order.kernel, longest))

    def _reap(self) -> None:
        """Report kernels that have ended."""
        for name, kernel in list(self.kernels.items()):
            with contextlib.suppress(ChildProcessError):
                pid, status = os.waitpid(kernel.waiter, os.WNOHANG)
                if pid:
                    kernel.server.close()
                    del self.kernels[name]
                    self._report(Ended(name, os.waitstatus_to_exitcode(status), kernel.out_of_memory))

    def _watch_memory(self) -> None:
        """End each kernel whose processes together use too much: limits on single processes would add up."""
        watched = [kernel for kernel in self.kernels.values() if kernel.sandboxed and not kernel.out_of_memory]
        by_namespace = {memory.pid_namespace(kernel.first): kernel for kernel in watched}
        limits = {namespace: kernel.limits.memory for namespace, kernel in by_namespace.items() if namespace}
        for namespace in memory.over_limit(limits):
            by_namespace[namespace].out_of_memory = True
            with contextlib.suppress(ProcessLookupError):
                os.kill(by_namespace[namespace].first, signal.SIGKILL)


def main() -> None:
    """Import what the first order says, then serve the rest."""
    channel = socket.socket(fileno=int(sys.argv[1]))
    os.set_inheritable(channel.fileno(), False)
    with no_collection():
        _import(channel)
    gc.collect()
    gc.freeze()  # keeps the memory of what is imported shared between the forks
    if threading.active_count() != 1:
        names = ", ".join(thread.name for thread in threading.enumerate())
        raise SystemExit(f"an import started a thread, so this process cannot fork safely: {names}")
    ForkServer(channel).serve()
    os._exit(0)  # an ordinary exit would first free all that was imported, while the host waits


def _import(channel: socket.socket) -> None:
    """Carry out the first order. It is a function of its own so that its locals are gone when a student's code runs."""
    order = decode_order(_first_line(channel))
    if not isinstance(order, ImportOrder):
        raise SystemExit("the first order must be what to import")
    for module in order.modules:
        with contextlib.suppress(ImportError):  # a notebook that needs it reports the missing module itself
            importlib.import_module(module)
    for module in order.forbidden:
        sys.modules[module] = None  # type: ignore[assignment]  # importing it raises
    if order.stand_ins:
        _provide(order.stand_ins)


def _first_line(channel: socket.socket) -> bytes:
    data = b""
    while not data.endswith(b"\n"):
        data += channel.recv(65536) or b"\n"
    return data


def _provide(stand_ins: str) -> None:
    """Let notebooks import the functions that this source defines from utils.layers; the text itself is not kept."""
    from utils import layers

    namespace: dict[str, Any] = {"__name__": "earlier_notebooks"}
    exec(compile(stand_ins, "<earlier notebooks>", "exec"), namespace)
    layers.hand_in({name: namespace[name] for name in layers.ORIGIN if name in namespace})


if __name__ == "__main__":
    main()
