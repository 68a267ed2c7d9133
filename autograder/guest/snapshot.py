"""A fork of a kernel that answers the host's questions about the student's functions.

It computes no verdict. The host judges the answers, and takes whatever comes from here as an answer.

Covered: what is asked cannot be written into a file for a later cell, except where writing files is the exercise; what
a question changes in the student's state is gone when the snapshot ends.
Not covered: code that passes on what it was asked by other means, such as memory that it shared with the kernel before.
"""

from __future__ import annotations

import contextlib
import io
import os
import resource
import socket
import sys
from typing import Any, NoReturn

from autograder.guest import wire
from autograder.guest.question import Question
from autograder.guest.reply import MissingFunctions, Reply
from autograder.guest.responders import gather


def answer_questions(path: str, names: dict[str, Any]) -> NoReturn:
    """Connect to the host's socket, answer each question that arrives, and exit when the socket closes.

    Args:
        path: of the socket, as the kernel sees it.
        names: everything that the notebook has defined.
    """
    status = 1
    try:
        os.closerange(3, 4096)  # the kernel's own sockets
        sys.stdout, sys.stderr = io.StringIO(), io.StringIO()
        with socket.socket(socket.AF_UNIX) as channel:
            channel.connect(path)
            while (data := wire.receive(channel)) is not None:
                question = Question.from_plain(data)
                if not question.writes_files:  # a file could tell a later cell what was asked
                    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
                wire.send(channel, _reply(question, names).to_plain())
        status = 0
    finally:
        with contextlib.suppress(BaseException):
            os._exit(status)
        os._exit(1)


def _reply(question: Question, names: dict[str, Any]) -> Reply:
    missing = tuple(name for name in question.functions if not callable(names.get(name)))
    if missing:
        return MissingFunctions(missing)
    return gather(question, {name: names[name] for name in question.functions})
