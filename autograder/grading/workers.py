"""Hand submissions to workers and take back what comes of each: in this process, or over Dask."""

from __future__ import annotations

import contextlib
import logging
import os
from collections.abc import Iterator, Sequence
from typing import Any

from autograder.errors import CourseError
from autograder.grading.submission import Graded, Task, could_not_be_graded, grade_submission
from autograder.sandbox.bubblewrap import SandboxUnavailable

LOST_AT_MOST = 3  # workers that may die over one submission before it is given up
AHEAD = 3  # submissions that are handed out for each worker at a time, so that a large class needs little memory


def each_graded(tasks: Sequence[Task], workers: int = 1, scheduler: str | None = None) -> Iterator[Graded]:
    """Grade tasks on `workers` processes of this machine, or those of a Dask scheduler; yield each as it is done.

    Raises:
        CourseError: if no worker can be had, or a worker cannot put up the walls.
    """
    if not tasks:
        return
    if scheduler is None and min(workers, len(tasks)) == 1:
        yield from _here(tasks)
    else:
        with _client(min(workers, len(tasks)), scheduler) as client:
            yield from _there(client, tasks)


def _here(tasks: Sequence[Task]) -> Iterator[Graded]:
    for task in tasks:
        yield _safely(task)


def _safely(task: Task) -> Graded:
    """Grade one; a fault of the grader's own costs this submission alone, and is said to be one."""
    try:
        return grade_submission(task)
    except SandboxUnavailable as error:
        raise CourseError(sandbox_unavailable(error)) from None
    except Exception as error:
        logging.getLogger(__name__).exception("grading %s of %s", task.assignment, task.student)
        return could_not_be_graded(task, f"the grader itself stumbled: {type(error).__name__}: {error}"[:500])


def sandbox_unavailable(error: SandboxUnavailable) -> str:
    """What to do where students' code cannot be walled off."""
    return (
        f"{error}. Nothing was graded: students' code would run without walls. `autograder doctor` tells what is "
        "missing; grade in a container that allows user namespaces, or, for code that you trust, with --unsafe"
    )


@contextlib.contextmanager
def _client(workers: int, scheduler: str | None) -> Iterator[Any]:
    """A client of a Dask cluster: the one at `scheduler`, or one of our own."""
    import dask
    from distributed import Client, LocalCluster

    for name in ("distributed", "distributed.worker", "distributed.nanny", "distributed.scheduler", "distributed.core"):
        logging.getLogger(name).setLevel(logging.CRITICAL)  # what matters is said in our words
    settings = {
        "distributed.scheduler.allowed-failures": LOST_AT_MOST,
        "distributed.worker.daemon": False,
        # it looks at the frames of all threads, in which Python can lock itself up when one of them ends just then
        "distributed.worker.profile.enabled": False,
    }
    with dask.config.set(settings), contextlib.ExitStack() as stack:
        if scheduler is None:
            cluster = stack.enter_context(
                LocalCluster(n_workers=workers, threads_per_worker=1, processes=True, dashboard_address=None)
            )
            yield stack.enter_context(Client(cluster))
            return
        try:
            client = stack.enter_context(Client(scheduler, timeout=10))
        except (OSError, TimeoutError, ValueError) as error:
            raise CourseError(f"no Dask scheduler answers at {scheduler}: {error}") from None
        if not client.scheduler_info()["workers"]:
            raise CourseError(f"the scheduler at {scheduler} has no workers: start some with `dask worker {scheduler}`")
        yield client


def _there(client: Any, tasks: Sequence[Task]) -> Iterator[Graded]:
    from distributed import KilledWorker, as_completed

    waiting = list(reversed(tasks))
    asked: dict[Any, Task] = {}
    running = as_completed()

    def hand_out() -> None:
        room = AHEAD * max(1, len(client.scheduler_info(n_workers=-1)["workers"]))
        while waiting and len(asked) < room:
            task = waiting.pop()
            future = client.submit(
                _quiet, task, pure=False, key=f"{task.assignment}-{task.student}-{os.urandom(4).hex()}"
            )
            asked[future] = task
            running.add(future)

    hand_out()
    while asked:
        future = next(running)
        task = asked.pop(future)
        try:
            outcome: Graded | str = future.result()
        except KilledWorker:
            outcome = could_not_be_graded(task, f"{LOST_AT_MOST} workers were lost while it was graded")
        future.release()
        if isinstance(outcome, str):
            raise CourseError(outcome)
        hand_out()
        yield outcome


def _quiet(task: Task) -> Graded | str:
    """On a worker: grade; what cannot go on is returned as a sentence."""
    try:
        return _safely(task)
    except CourseError as error:
        return str(error)
