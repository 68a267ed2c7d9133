"""Run each piece of work in a process of its own, forked, several at once, so that none can harm or delay the rest."""

from __future__ import annotations

import faulthandler
import gc
import io
import json
import os
import resource
import select
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from autograder.guest.limits import KernelLimits

T = TypeVar("T")
Message = dict[str, Any]  # plain data
# sends a message to the process above; whether the time of what follows is limited, which begins anew
Send = Callable[[Message, bool], None]
Work = Callable[[T, Send], None]

PATIENCE = 6.0  # times the limit of processor time that may pass by the clock from one message to the next
LEAST_PATIENCE = 20.0  # seconds by the clock


@dataclass
class Ended(Generic[T]):
    """A piece of work that has ended."""

    task: T
    messages: list[Message]  # that it sent
    how: str  # empty if it came to its end, else why not, in words
    seconds: float  # of processor time that it took


@dataclass
class _Child(Generic[T]):
    """A process that works."""

    task: T
    pid: int
    pipe: int  # from which its messages are read
    patience: float  # seconds by the clock from one message to the next, before it is killed
    until: float  # by time.monotonic, when that is
    late: bool = False  # whether it was
    received: bytearray = field(default_factory=bytearray)


def run(take: Callable[[], T | None], work: Work[T], seconds: Callable[[T], float], workers: int) -> Iterator[Ended[T]]:
    """Do the work of each task in a process of its own; yields each as it ends.

    Args:
        take: gives the next task, or None if there is none for now: the last that ended may bring new ones.
        seconds: of processor time that a task may take from one message to the next, where that is limited.
        workers: how many run at once.
    """
    children: dict[int, _Child[T]] = {}
    with tempfile.TemporaryDirectory(prefix="prove-") as folder:
        try:
            while True:
                while len(children) < workers and (task := take()) is not None:
                    child = _started(task, work, seconds(task), folder)
                    children[child.pipe] = child
                if not children:
                    return
                yield from _ended(children)
        finally:  # also where the caller goes no further
            for child in children.values():
                os.kill(child.pid, signal.SIGKILL)
                os.waitpid(child.pid, 0)
                os.close(child.pipe)


def _ended(children: dict[int, _Child[T]]) -> Iterator[Ended[T]]:
    """Wait for messages; yields the children that have ended, and takes them out."""
    soonest = min(child.until for child in children.values())
    readable, _, _ = select.select(list(children), [], [], max(0.0, min(1.0, soonest - time.monotonic())))
    for pipe in readable:
        if chunk := os.read(pipe, 1 << 16):
            children[pipe].received += chunk
            children[pipe].until = time.monotonic() + children[pipe].patience
            continue
        child = children.pop(pipe)
        os.close(pipe)
        _, status, usage = os.wait4(child.pid, 0)
        messages = [json.loads(line) for line in child.received.splitlines()]
        yield Ended(child.task, messages, _how(status, child.late), usage.ru_utime + usage.ru_stime)
    for child in children.values():
        if time.monotonic() > child.until and not child.late:
            child.late = True
            os.kill(child.pid, signal.SIGKILL)


def _how(status: int, late: bool) -> str:
    """Why a process did not come to its end; empty if it did."""
    if os.WIFSIGNALED(status):
        number = os.WTERMSIG(status)
        return "did not end" if late or number == signal.SIGPROF else f"crashed: {signal.Signals(number).name}"
    return "" if os.WEXITSTATUS(status) == 0 else f"exited with {os.WEXITSTATUS(status)}"


def _started(task: T, work: Work[T], seconds: float, folder: str) -> _Child[T]:
    """Fork a process for a task."""
    receiving, sending = os.pipe()
    gc.freeze()  # so that the collector does not write to memory that both share
    pid = os.fork()
    if pid:
        os.close(sending)
        patience = max(LEAST_PATIENCE, PATIENCE * seconds)
        return _Child(task, pid, receiving, patience, time.monotonic() + patience)
    status = 1
    try:
        os.close(receiving)
        _isolate(folder)

        def send(message: Message, limited: bool) -> None:
            os.write(sending, json.dumps(message).encode() + b"\n")
            signal.setitimer(signal.ITIMER_PROF, seconds if limited else 0.0)

        signal.setitimer(signal.ITIMER_PROF, seconds)
        work(task, send)
        status = 0
    finally:
        os._exit(status)


def _isolate(folder: str) -> None:
    """Limits of this process, and nothing that it writes is seen or stays."""
    resource.setrlimit(resource.RLIMIT_DATA, (KernelLimits.memory,) * 2)
    resource.setrlimit(resource.RLIMIT_FSIZE, (KernelLimits.file,) * 2)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the process above ends this one
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    faulthandler.disable()
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    sys.stdout, sys.stderr = io.StringIO(), io.StringIO()  # locks of the old ones may be held by another thread
    tempfile.tempdir = folder
    os.chdir(folder)
