"""A warm process inside bubblewrap: it has imported what notebooks need, and forks a kernel for each submission.

It only imports: one thread, no computation. It never runs a student's code itself. The grader talks to it over the
socket whose descriptor is its first argument, one JSON object a line, the first of which says what to import:

    {"import": [NAME, …], "forbid": [NAME, …], "earlier": SOURCE} → {"ready": PID, …}

    {"fork": ID, "uid": N, "limits": {…}, "connection": {…}}         → {"forked": ID} or {"failed": ID, "why": TEXT}
    {"signal": ID, "number": N}                                      → nothing
    and, when a kernel has ended,                                      {"ended": ID, "status": N, "why": TEXT}

It ends when that socket closes, and takes every kernel with it.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import select
import signal
import socket
import sys
import threading
from dataclasses import dataclass
from typing import Any

from autograder.guest import memory
from autograder.guest.namespaces import WallMissing
from autograder.guest.supervisor import fork_supervisor

LOOK = 0.1  # seconds between two looks at the memory in use


@dataclass
class Kernel:
    """One forked kernel: the process that waits for it, its first process, what it may use, why it was ended."""

    waiter: int
    first: int
    limits: dict[str, Any]
    walls: bool
    why: str = ""


class ForkServer:
    """Forks, watches and ends kernels for the grader at the other end of `channel`."""

    def __init__(self, channel: socket.socket) -> None:
        self.channel = channel
        self.kernels: dict[str, Kernel] = {}
        self.unread = b""

    def serve(self) -> None:
        """Answer until the grader is gone."""
        woken, wake = socket.socketpair()
        for end in (woken, wake):
            end.setblocking(False)
        signal.set_wakeup_fd(wake.fileno(), warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda number, frame: None)
        self._send({"ready": os.getpid(), "modules": len(sys.modules)})
        while True:
            ready, _, _ = select.select([self.channel, woken], [], [], LOOK if self.kernels else None)
            if woken in ready:
                with contextlib.suppress(BlockingIOError):
                    woken.recv(4096)
            self._reap()
            if self.channel in ready:
                data = self.channel.recv(65536)
                if not data:
                    return
                *lines, self.unread = (self.unread + data).split(b"\n")
                for line in lines:
                    self._handle(json.loads(line))
            self._watch_memory()

    def _send(self, message: dict[str, Any]) -> None:
        self.channel.sendall(json.dumps(message).encode() + b"\n")

    def _handle(self, order: dict[str, Any]) -> None:
        if "fork" in order:
            name = order["fork"]
            try:
                waiter, first = fork_supervisor(order)
            except (OSError, WallMissing, ValueError) as error:
                self._send({"failed": name, "why": str(error)})
                return
            self.kernels[name] = Kernel(waiter, first, order["limits"], order["walls"])
            self._send({"forked": name})
        elif order.get("signal") in self.kernels:
            kernel, number = self.kernels[order["signal"]], order["number"]
            with contextlib.suppress(ProcessLookupError):
                # the first process ends the whole pid namespace; an interrupt is for its group
                if number == signal.SIGKILL and kernel.walls:
                    os.kill(kernel.first, number)
                else:
                    os.killpg(kernel.first, number)

    def _reap(self) -> None:
        """Take note of kernels that have ended."""
        for name, kernel in list(self.kernels.items()):
            with contextlib.suppress(ChildProcessError):
                pid, status = os.waitpid(kernel.waiter, os.WNOHANG)
                if pid:
                    del self.kernels[name]
                    self._send({"ended": name, "status": os.waitstatus_to_exitcode(status), "why": kernel.why})

    def _watch_memory(self) -> None:
        """End a kernel whose processes together use more than they may: a limit on each would let many add up."""
        walled = [kernel for kernel in self.kernels.values() if kernel.walls and not kernel.why]
        spaces = {memory.pid_namespace(kernel.first): kernel for kernel in walled}
        for space in memory.over({space: kernel.limits["memory"] for space, kernel in spaces.items() if space}):
            spaces[space].why = "out of memory"
            with contextlib.suppress(ProcessLookupError):
                os.kill(spaces[space].first, signal.SIGKILL)


def main() -> None:
    channel = socket.socket(fileno=int(sys.argv[1]))
    os.set_inheritable(channel.fileno(), False)
    orders = json.loads(_line(channel))
    for module in orders["import"]:
        with contextlib.suppress(ImportError):  # what is not there, a notebook will miss in its own words
            importlib.import_module(module)
    for module in orders["forbid"]:
        sys.modules[module] = None  # type: ignore[assignment]  # importing it raises
    if earlier := orders.pop("earlier"):
        _hand_in(earlier)
    del orders, earlier  # a student's code can read the locals of every frame below it
    gc.collect()
    gc.freeze()  # what is here now stays shared between the forks
    if threading.active_count() != 1:
        names = ", ".join(thread.name for thread in threading.enumerate())
        raise SystemExit(f"an import started a thread, so this process cannot fork safely: {names}")
    ForkServer(channel).serve()


def _line(channel: socket.socket) -> bytes:
    data = b""
    while not data.endswith(b"\n"):
        data += channel.recv(65536) or b"\n"
    return data


def _hand_in(source: str) -> None:
    """Let notebooks import the functions that `source` defines from utils.layers; the text itself is not kept."""
    from utils import layers

    namespace: dict[str, Any] = {"__name__": "earlier_notebooks"}
    exec(compile(source, "<earlier notebooks>", "exec"), namespace)
    layers.hand_in({name: namespace[name] for name in layers.ORIGIN if name in namespace})


if __name__ == "__main__":
    main()
