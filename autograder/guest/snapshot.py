"""A fork of a kernel that answers the host's questions about the student's functions.

It computes no verdict. The host judges the answers, and takes whatever comes from here as an answer.

Covered: what a question changes, in the student's state or in files, is gone when the snapshot ends, and so is every
process that it started; threads and open files that the notebook had.
Not covered: code that passes on what it was asked through memory or a pipe that it shared with the kernel before.
"""

from __future__ import annotations

import contextlib
import fcntl
import gc
import io
import os
import socket
import sys
from typing import Any, NoReturn

from autograder.guest import wire
from autograder.guest.private_folders import Belongings
from autograder.guest.question import Question
from autograder.guest.raised import raised
from autograder.guest.reply import MissingFunctions, Reply
from autograder.guest.responders import gather
from autograder.guest.response import Response

READY = "ready"
LOWEST_DESCRIPTOR = 200  # of the connection; a kernel may have 256


def answer_questions(path: str, names: dict[str, Any]) -> NoReturn:
    """Connect to the host's socket, answer each question that arrives, and exit when the socket closes.

    Args:
        path: of the socket, as the kernel sees it.
        names: everything that the notebook has defined.
    """
    status = 1
    try:
        belongings = Belongings()
        sys.stdout, sys.stderr = io.StringIO(), io.StringIO()
        with _connected(path) as channel:
            wire.receive(channel)  # arrives when the folders are covered
            belongings.move()
            _replace_dead_threads()
            wire.send(channel, READY)
            while (data := wire.receive(channel)) is not None:
                channel.sendall(_packed(_reply(Question.from_plain(data), names)))
        status = 0
    finally:
        with contextlib.suppress(BaseException):
            os._exit(status)
        os._exit(1)


def _connected(path: str) -> socket.socket:
    """A connection to the host, with a high number: what the notebook had open may close a low one when it is freed."""
    with socket.socket(socket.AF_UNIX) as low:
        low.connect(path)
        return socket.socket(fileno=fcntl.fcntl(low.fileno(), fcntl.F_DUPFD, LOWEST_DESCRIPTOR))


def _replace_dead_threads() -> None:
    """A fork has one thread. Keep PyTorch from waiting for its others, and give each pool of threads new ones."""
    torch = sys.modules.get("torch")
    if torch is not None:
        torch.set_num_threads(1)
    pools = sys.modules.get("concurrent.futures.thread")
    if pools is not None and getattr(pools, "_threads_queues", None):  # a pool has started threads
        for pool in gc.get_objects():
            if type(pool) is pools.ThreadPoolExecutor:
                pool.__init__(pool._max_workers, pool._thread_name_prefix, pool._initializer, pool._initargs)


def _packed(reply: Reply) -> bytes:
    """The reply as it is sent; where it cannot be, that error of the course's own, and not the end of this process."""
    try:
        return wire.packed(reply.to_plain())
    except Exception as error:
        return wire.packed(Response(error=raised(error)).to_plain())


def _reply(question: Question, names: dict[str, Any]) -> Reply:
    missing = tuple(name for name in question.functions if not callable(names.get(name)))
    if missing:
        return MissingFunctions(missing)
    return gather(question, {name: names[name] for name in question.functions})
