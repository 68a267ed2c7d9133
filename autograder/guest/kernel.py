"""The kernel of one submission: IPython's, with its printing capped and a message by which the grader takes a snapshot.

A snapshot is a fork of the kernel that answers questions about the student's functions. What it does dies with it,
so a check changes nothing for later cells, and nothing that it was asked can be told by them.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from collections.abc import Callable
from typing import Any

from ipykernel.iostream import OutStream
from ipykernel.ipkernel import IPythonKernel
from ipykernel.kernelapp import IPKernelApp
from jupyter_client.session import Session
from traitlets import default

from autograder.guest.snapshot import answer_questions

LONGEST = 5_000_000  # characters of one text in a message; a picture that is longer is not kept
CUT = "\n… (more was printed than is kept)\n"


class CappedStream(OutStream):
    """Keeps the beginning of what a cell prints and drops the rest, so that a loop of prints fills no memory."""

    cap = 200_000
    room = 200_000

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
    """Cuts what a kernel sends, so that a huge value or error costs no more than a line of it."""

    def send(self, stream: Any, msg_or_type: Any, content: Any = None, *more: Any, **named: Any) -> Any:
        if isinstance(msg_or_type, dict):
            msg_or_type = {**msg_or_type, "content": cut(msg_or_type.get("content"))}
        return super().send(stream, msg_or_type, cut(content), *more, **named)


def cut(value: Any) -> Any:
    """Plain data with no text in it longer than what the grader keeps."""
    if isinstance(value, str):
        return value[:LONGEST]
    if isinstance(value, dict):
        return {key: cut(item) for key, item in value.items()}
    return [cut(item) for item in value] if isinstance(value, list) else value


class SandboxKernel(IPythonKernel):
    """IPython's kernel, with `snapshot_request`: {socket: PATH, names: [NAME, …]} → {pid} of the fork."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.shell_handlers["snapshot_request"] = self.snapshot_request
        self.snapshots: set[int] = set()

    async def execute_request(self, stream: Any, ident: Any, parent: Any) -> None:
        CappedStream.room = CappedStream.cap
        await super().execute_request(stream, ident, parent)

    async def snapshot_request(self, stream: Any, ident: Any, parent: Any) -> None:
        """End the snapshot before, if there is one, and fork another."""
        content = parent["content"]
        for pid in self.snapshots:
            with contextlib.suppress(ProcessLookupError, ChildProcessError):  # a student's code may wait for it too
                os.kill(pid, signal.SIGKILL)
                os.waitpid(pid, 0)
        self.snapshots.clear()
        if content.get("socket"):
            sys.stdout.flush()
            sys.stderr.flush()
            pid = os.fork()
            if pid == 0:
                answer_questions(content["socket"], self.shell.user_ns if self.shell else {})
            self.snapshots.add(pid)
        self.session.send(stream, "snapshot_reply", {"status": "ok", "snapshots": len(self.snapshots)}, parent, ident)


class SandboxKernelApp(IPKernelApp):
    """Binds its sockets where it is told, and writes no connection file."""

    kernel_class = SandboxKernel
    outstream_class = "autograder.guest.kernel.CappedStream"

    @default("session")
    def _capped_session(self) -> Session:
        return CappedSession(parent=self)

    def write_connection_file(self, **kwargs: Any) -> None:
        pass


def start_kernel(connection: dict[str, Any], limits: dict[str, Any], bound: Callable[[], None]) -> None:
    """Run a kernel until it is shut down; `bound` is called when its sockets are there and before any code runs."""
    silence = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(silence, standard)
    CappedStream.cap = int(limits["output"])
    app = SandboxKernelApp.instance(
        transport="ipc",
        ip=connection["ip"],
        connection_file=f"{connection['ip']}.json",
        log_level=40,
        capture_fd_output=False,
        exec_lines=[],
        **{name: connection[name] for name in ("shell_port", "iopub_port", "stdin_port", "hb_port", "control_port")},
    )
    app.session.key = connection["key"].encode()
    app.config.HistoryManager.enabled = False
    app.config.InteractiveShell.history_length = 0
    app.initialize([])
    app.shell.enable_matplotlib("inline")  # its backend was imported before there was a shell to tell about it
    bound()
    app.start()
