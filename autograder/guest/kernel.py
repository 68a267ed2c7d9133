"""The kernel of one submission: IPython's, with its output capped and a message that makes it fork a snapshot.

A snapshot answers the host's questions about the student's functions; see guest.snapshot. Because it is a fork, what a
check does to the student's state does not reach later cells.

Covered: output that is long by accident, such as a loop of prints or a huge value.
Not covered: code that removes these caps, which it can, as it runs in the same process. The host caps again what it
receives (sandbox.channels, sandbox.outputs).
"""

from __future__ import annotations

import contextlib
import os
import pdb
import signal
import sys
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from ipykernel.iostream import OutStream
from ipykernel.ipkernel import IPythonKernel
from ipykernel.kernelapp import IPKernelApp
from ipykernel.zmqshell import ZMQInteractiveShell
from IPython.core.error import StdinNotImplementedError
from jupyter_client.session import Session
from traitlets import Type, default

from autograder.guest.orders import Connection
from autograder.guest.snapshot import answer_questions

LONGEST = 5_000_000  # characters of one text in a message; a longer picture is cut, and so is not shown
NOBODY_ANSWERS = "nobody can answer input() while a notebook is graded: write the value into the code"
CUT = "\n… (more was printed than is kept)\n"


class CappedStream(OutStream):
    """Keeps the beginning of what a cell prints and drops the rest, so that a loop of prints cannot fill the memory."""

    cap = 200_000  # characters of one cell
    room = 200_000  # characters that this cell may still print

    def write(self, string: str) -> int:
        if not isinstance(string, str):
            raise TypeError(f"write() argument must be str, not {type(string).__name__}")
        cls = CappedStream
        if cls.room > 0:
            super().write(string[: cls.room])
            cls.room -= len(string)
            if cls.room <= 0:
                super().write(CUT)
        return len(string)


class CappedSession(Session):
    """Cuts the texts in what a kernel sends, so that the host need not read a huge value or error."""

    def send(self, stream: Any, msg_or_type: Any, content: Any = None, *args: Any, **kwargs: Any) -> Any:
        if isinstance(msg_or_type, dict):
            msg_or_type = {**msg_or_type, "content": cut(msg_or_type.get("content"))}
        return super().send(stream, msg_or_type, cut(content), *args, **kwargs)


def cut(value: Any) -> Any:
    """Plain data with every text in it cut to LONGEST characters."""
    if isinstance(value, str):
        return value[:LONGEST]
    if isinstance(value, dict):
        return {key: cut(item) for key, item in value.items()}
    return [cut(item) for item in value] if isinstance(value, list) else value


class SandboxShell(ZMQInteractiveShell):
    """Goes on after `exit` or `quit` in a cell: IPython's would end the kernel a tenth of a second into later cells."""

    def ask_exit(self) -> None:
        pass


class SandboxKernel(IPythonKernel):
    """IPython's kernel with one message more: `snapshot_request` {socket: PATH} → {snapshots: how many run now}."""

    shell_class = Type(SandboxShell)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.shell_handlers["snapshot_request"] = self.snapshot_request
        self.snapshots: set[int] = set()  # pids

    def raw_input(self, prompt: str = "") -> str:
        """What `input` calls. IPython's message is about a frontend, which students do not know of."""
        raise StdinNotImplementedError(NOBODY_ANSWERS)

    async def execute_request(self, stream: Any, ident: Any, parent: Any) -> None:
        CappedStream.room = CappedStream.cap
        await super().execute_request(stream, ident, parent)

    async def snapshot_request(self, stream: Any, ident: Any, parent: Any) -> None:
        """End the previous snapshot and fork another, which connects to the socket; without a socket, only end it."""
        path = parent["content"].get("socket")
        for pid in self.snapshots:
            with contextlib.suppress(ProcessLookupError, ChildProcessError):  # the student's code may have reaped it
                os.kill(pid, signal.SIGKILL)
                os.waitpid(pid, 0)
        self.snapshots.clear()
        if path:
            sys.stdout.flush()
            sys.stderr.flush()
            pid = os.fork()
            if pid == 0:
                answer_questions(path, self.shell.user_ns if self.shell else {})
            self.snapshots.add(pid)
        self.session.send(stream, "snapshot_reply", {"status": "ok", "snapshots": len(self.snapshots)}, parent, ident)


class SandboxKernelApp(IPKernelApp):
    """Writes no connection file, because the host chose the connection itself."""

    kernel_class = SandboxKernel
    outstream_class = "autograder.guest.kernel.CappedStream"

    @default("session")
    def _capped_session(self) -> Session:
        return CappedSession(parent=self)

    def write_connection_file(self, **kwargs: Any) -> None:
        pass


def start_kernel(connection: Connection, output_cap: int, bound: Callable[[], None]) -> None:
    """Run a kernel until it is shut down.

    Args:
        output_cap: characters that one cell may print.
        bound: called when the kernel's sockets are bound, before any student's code runs.
    """
    silence = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(silence, standard)
    CappedStream.cap = output_cap
    ports = {name: value for name, value in asdict(connection).items() if name.endswith("_port")}
    app = SandboxKernelApp.instance(
        transport="ipc",
        ip=connection.ip,
        connection_file=f"{connection.ip}.json",
        log_level=40,
        capture_fd_output=False,
        exec_lines=[],
        ignore_cwd=True,
        **ports,
    )
    app.session.key = connection.key.encode()
    app.config.HistoryManager.enabled = False
    app.config.InteractiveShell.history_length = 0
    app.initialize([])
    # breakpoint() and pdb.set_trace() left in an answer do nothing: nobody is there to debug
    sys.breakpointhook = pdb.set_trace = lambda *args, **kwargs: None
    sys.path.append(os.getcwd())  # last, so that a file beside the notebook hides no module
    app.shell.enable_matplotlib("inline")  # the warm process imported the backend before any shell existed
    bound()
    app.start()
