"""Grade tasks on workers, in this process or over Dask, and yield each result as it is done."""

from __future__ import annotations

import contextlib
import logging
import os
from collections.abc import Iterator, Sequence
from typing import Any

from autograder.errors import CourseError
from autograder.grading.submission import Graded, Task, could_not_be_graded, grade_submission
from autograder.sandbox.bubblewrap import SandboxUnavailable

LOST_AT_MOST = 3  # workers that may die on one submission before it is given up
AHEAD = 3  # submissions per worker that are sent at a time, so that a large class needs little memory


def each_graded(tasks: Sequence[Task], workers: int = 1, scheduler: str | None = None) -> Iterator[Graded]:
    """Grade tasks on `workers` processes of this machine, or those of a Dask scheduler; yield each as it is done.

    Raises:
        CourseError: if there is no worker, or a worker has no sandbox.
    """
    if not tasks:
        return
    if scheduler is None and min(workers, len(tasks)) == 1:
        yield from map(_safely, tasks)
    else:
        with _client(min(workers, len(tasks)), scheduler) as client:
            yield from _over_dask(client, tasks)


def _safely(task: Task) -> Graded:
    """Grade one submission; a fault of the grader costs this submission alone, and the result says that it was one."""
    try:
        return grade_submission(task)
    except SandboxUnavailable as error:
        raise CourseError(sandbox_unavailable(error)) from None
    except Exception as error:
        logging.getLogger(__name__).exception("grading %s of %s", task.assignment, task.student)
        return could_not_be_graded(task, f"the grader itself failed: {type(error).__name__}: {error}"[:500])


def sandbox_unavailable(error: SandboxUnavailable) -> str:
    """What to do on a machine without a sandbox."""
    return (
        f"{error}. Nothing was graded: students' code would run without a sandbox. `autograder doctor` says what is "
        "missing; grade in a container that allows user namespaces, or, for code that you trust, with --unsafe"
    )


@contextlib.contextmanager
def _client(workers: int, scheduler: str | None) -> Iterator[Any]:
    """A client of the Dask scheduler at this address, or of a cluster of our own on this machine."""
    import dask
    from distributed import Client, LocalCluster

    for name in ("distributed", "distributed.worker", "distributed.nanny", "distributed.scheduler", "distributed.core"):
        logging.getLogger(name).setLevel(logging.CRITICAL)  # what matters is in the results
    settings = {
        "distributed.scheduler.allowed-failures": LOST_AT_MOST,
        "distributed.worker.daemon": False,
        # the profiler reads the frames of all threads, and Python can deadlock if one of them ends meanwhile
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


def _over_dask(client: Any, tasks: Sequence[Task]) -> Iterator[Graded]:
    from distributed import KilledWorker, as_completed

    waiting = list(reversed(tasks))
    in_flight: dict[Any, Task] = {}  # by Dask's future
    running = as_completed()

    def submit() -> None:
        room = AHEAD * max(1, len(client.scheduler_info(n_workers=-1)["workers"]))
        while waiting and len(in_flight) < room:
            task = waiting.pop()
            future = client.submit(
                _grade_on_worker, task, pure=False, key=f"{task.assignment}-{task.student}-{os.urandom(4).hex()}"
            )
            in_flight[future] = task
            running.add(future)

    submit()
    while in_flight:
        future = next(running)
        task = in_flight.pop(future)
        try:
            outcome: Graded | str = future.result()
        except KilledWorker:
            outcome = could_not_be_graded(task, f"{LOST_AT_MOST} workers were lost while it was graded")
        future.release()
        if isinstance(outcome, str):
            raise CourseError(outcome)
        submit()
        yield outcome


def _grade_on_worker(task: Task) -> Graded | str:
    """Runs on a Dask worker. The result, or a sentence if the worker cannot grade at all."""
    try:
        return _safely(task)
    except CourseError as error:
        return str(error)
