"""Grade tasks on the workers of a Dask scheduler, on many machines, and yield each result as it is done."""

from __future__ import annotations

import contextlib
import logging
import os
from collections.abc import Iterator, Sequence
from typing import Any

from autograder.errors import CourseError
from autograder.grading.processes import LOST_AT_MOST, given_up, outcome_of
from autograder.grading.task import Graded, Task

AHEAD = 3  # submissions per worker that are sent at a time, so that a large class needs little memory


def each_over_dask(tasks: Sequence[Task], scheduler: str) -> Iterator[Graded]:
    """Grade tasks on the workers of the scheduler at this address; yield each result as it is done.

    Raises:
        CourseError: if there is no scheduler or no worker, or a worker has no sandbox.
    """
    with _client(scheduler) as client:
        yield from _submit_all(client, tasks)


@contextlib.contextmanager
def _client(scheduler: str) -> Iterator[Any]:
    """A client of the scheduler at this address; for a tls:// address Dask's own settings name the certificates."""
    import dask
    from distributed import Client

    for name in ("distributed", "distributed.worker", "distributed.scheduler", "distributed.core"):
        logging.getLogger(name).setLevel(logging.CRITICAL)  # what matters is in the results
    with dask.config.set({"distributed.scheduler.allowed-failures": LOST_AT_MOST}), contextlib.ExitStack() as stack:
        try:
            client = stack.enter_context(Client(scheduler, timeout=10))
        except (OSError, TimeoutError, ValueError, TypeError) as error:
            raise CourseError(f"no Dask scheduler answers at {scheduler}: {error}") from None
        if not client.scheduler_info()["workers"]:
            raise CourseError(f"the scheduler at {scheduler} has no workers: start some with `dask worker {scheduler}`")
        yield client


def _submit_all(client: Any, tasks: Sequence[Task]) -> Iterator[Graded]:
    from distributed import KilledWorker, as_completed

    waiting = list(reversed(tasks))
    in_flight: dict[Any, Task] = {}  # by Dask's future
    running = as_completed()

    def submit() -> None:
        room = AHEAD * max(1, len(client.scheduler_info(n_workers=-1)["workers"]))
        while waiting and len(in_flight) < room:
            task = waiting.pop()
            key = f"{task.assignment}-{task.student}-{os.urandom(4).hex()}"
            future = client.submit(outcome_of, task, pure=False, key=key)
            in_flight[future] = task
            running.add(future)

    submit()
    while in_flight:
        future = next(running)
        task = in_flight.pop(future)
        try:
            outcome: Graded | str = future.result()
        except KilledWorker:
            outcome = given_up(task)
        future.release()
        if isinstance(outcome, str):
            raise CourseError(outcome)
        submit()
        yield outcome
