"""Grade on processes of this machine, each with a warm process of its own, and outlive those that die.

The first worker is forked before anything slow is imported. It starts its warm process and imports the checks
meanwhile, while this process imports what it needs to write the gradebook. The others are forked after that, with all
of it imported: at once they would only keep the first result waiting.

Covered: a worker that is killed, a grader that is killed or interrupted, a machine without a sandbox.
Not covered: a worker that hangs; a submission's own limits end that.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.connection import Connection, wait
from typing import Any

from autograder.errors import CourseError
from autograder.grading.task import Graded, Task
from autograder.guest.collection import no_collection

BEHIND_WORKERS = 10  # the nice value of the thread that imports what only the recording needs
LOST_AT_MOST = 3  # workers that may die on one submission before it is given up


class Worker:
    """A process that grades one task after another."""

    def __init__(self, others: Sequence[Worker]) -> None:
        self.connection, theirs = multiprocessing.Pipe()
        # a fork copies the ends of all pipes; one left open would keep the others waiting after this process has died
        to_close = [self.connection, *(worker.connection for worker in others)]
        methods = multiprocessing.get_all_start_methods()
        context: Any = multiprocessing.get_context("fork" if "fork" in methods else None)
        arguments = (theirs, to_close if "fork" in methods else [])
        self.process = context.Process(target=_work, args=arguments, name="grader", daemon=False)
        self.process.start()
        theirs.close()
        self.task: Task | None = None  # that it is grading

    def send(self, task: Task) -> None:
        """Have it grade a task; a worker that has died is noticed when its result is waited for."""
        self.task = task
        with contextlib.suppress(OSError):
            self.connection.send(task)

    def receive(self) -> Graded | str | None:
        """The result, a sentence if it cannot grade at all, or None if it has died."""
        try:
            outcome: Graded | str = self.connection.recv()
        except (EOFError, OSError):
            return None
        return outcome

    def end(self) -> None:
        """Have it end; what it is grading is given up."""
        self.connection.close()
        if self.task is not None:
            self.process.terminate()

    def wait_for_end(self) -> None:
        """Wait until it has ended, and its warm process with it."""
        self.process.join(10)
        self.process.kill()
        self.process.join()
        self.process.close()


def each_on_processes(tasks: Sequence[Task], workers: int, meanwhile: Callable[[], object]) -> Iterator[Graded]:
    """Grade tasks on `workers` processes, and yield each result as it is done.

    Args:
        meanwhile: called once the first worker has begun.

    Raises:
        CourseError: if this machine has no sandbox.
    """
    waiting = deque(tasks)
    lost: dict[str, int] = {}  # student → workers that died on the submission
    team: list[Worker] = []
    try:
        _start_worker(team, waiting)
        with no_collection(), ThreadPoolExecutor(1, initializer=_let_workers_go_first) as executor:
            executor.submit(_import_what_records).result()
            if workers > 1:
                from autograder.grading import submission  # noqa: F401 (for those that are forked next)
        meanwhile()
        while len(team) < workers:
            _start_worker(team, waiting)
        while busy := [worker for worker in team if worker.task is not None]:
            ready = wait([worker.connection for worker in busy])
            for worker in [worker for worker in busy if worker.connection in ready]:
                task, outcome = worker.task, worker.receive()
                assert task is not None
                if isinstance(outcome, str):
                    raise CourseError(outcome)
                if outcome is None:
                    worker = _replaced(worker, team)
                    lost[task.student] = lost.get(task.student, 0) + 1
                    if lost[task.student] < LOST_AT_MOST:
                        waiting.appendleft(task)
                    else:
                        outcome = given_up(task)
                worker.task = None
                if waiting:
                    worker.send(waiting.popleft())
                if outcome is not None:
                    yield outcome
    finally:
        for worker in team:
            worker.end()
        for worker in team:
            worker.wait_for_end()


def _let_workers_go_first() -> None:
    """Have this thread leave the processors to the first worker and its warm process, where they are few."""
    if sys.platform == "linux":  # where each thread has a priority of its own
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), BEHIND_WORKERS)


def _import_what_records() -> None:
    from autograder.grading import lateness, record, results  # noqa: F401


def _start_worker(team: list[Worker], waiting: deque[Task]) -> None:
    """Add a worker to the team, and have it grade the next task."""
    team.append(Worker(team))
    team[-1].send(waiting.popleft())


def _replaced(dead: Worker, team: list[Worker]) -> Worker:
    """A new worker in the place of one that has died."""
    dead.end()
    dead.wait_for_end()
    team.remove(dead)
    team.append(Worker(team))
    return team[-1]


def given_up(task: Task) -> Graded:
    """The result of a submission on which too many workers died."""
    from autograder.grading.submission import could_not_be_graded

    return could_not_be_graded(task, f"{LOST_AT_MOST} workers were lost while it was graded")


def _work(tasks: Connection, to_close: Sequence[Connection]) -> None:
    """Runs in a worker, until the other end of the pipe is closed."""
    from autograder.grading.warm_processes import close_warm_processes, warm_process

    for connection in to_close:
        connection.close()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the grader is interrupted too, and ends its workers
    signal.signal(signal.SIGTERM, lambda *_: _stop())
    threading.Thread(target=_stop_with_grader, name="end with the grader", daemon=True).start()
    try:
        with contextlib.suppress(EOFError, OSError):
            while True:
                task = tasks.recv()
                with contextlib.suppress(Exception):  # grading the task meets the same error again, and reports it
                    warm_process(task)
                with no_collection():  # the first time
                    from autograder.grading import submission  # noqa: F401
                tasks.send(outcome_of(task))
    finally:
        close_warm_processes()  # a worker ends without running exit handlers


def outcome_of(task: Task) -> Graded | str:
    """Runs on a worker, here or on another machine. The result, or a sentence if the machine cannot grade at all."""
    from autograder.grading.submission import grade_safely

    try:
        return grade_safely(task)
    except CourseError as error:
        return str(error)


def _stop_with_grader() -> None:
    """Wait until the grader has ended, by whatever cause, and end too."""
    grader = multiprocessing.parent_process()
    if grader is not None:
        wait([grader.sentinel])
        _stop()


def _stop() -> None:
    """End at once: the threads that grade would be waited for otherwise."""
    from autograder.grading.warm_processes import close_warm_processes

    close_warm_processes()
    os._exit(0)
