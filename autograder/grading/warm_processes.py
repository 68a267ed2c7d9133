"""The warm process of this grader: one at a time, kept for the submissions that need the same one.

Importing this loads none of the checks, so a worker starts its warm process first and loads them meanwhile.
"""

from __future__ import annotations

import atexit
import os

from autograder.grading.task import Task
from autograder.guest.limits import PYTORCH_FROM
from autograder.sandbox.warm import WarmProcess

_warm: dict[tuple[object, ...], WarmProcess] = {}  # what it was started with → the warm process; at most one


def warm_process(task: Task) -> WarmProcess:
    """This process's warm process for a task; a new one if there is none, or it has ended."""
    with_torch = task.assignment >= PYTORCH_FROM
    kind = (with_torch, task.earlier, tuple(task.modules.items()), task.sandboxed)
    if kind not in _warm or not _warm[kind].alive:
        close_warm_processes()  # a class is graded one assignment at a time; a second one would only take memory
        _warm[kind] = WarmProcess(with_torch, task.earlier, task.modules, task.sandboxed)
    return _warm[kind]


os.register_at_fork(after_in_child=_warm.clear)  # a fork's warm process is still its parent's


@atexit.register
def close_warm_processes() -> None:
    """End the warm processes of this process."""
    for kind in list(_warm):
        _warm.pop(kind).close()
