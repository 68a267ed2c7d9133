"""Times that can be compared: warmed up, taken by turns, medians; in processor time on a busy machine."""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from threadpoolctl import threadpool_limits

Task = Callable[[], object]


@contextmanager
def one_thread() -> Iterator[None]:
    """Keep NumPy to one thread, and PyTorch where it has been imported: then two ways of computing can be compared."""
    torch = sys.modules.get("torch")
    before = torch.get_num_threads() if torch else 1
    with threadpool_limits(1):
        try:
            if torch:
                torch.set_num_threads(1)
            yield
        finally:
            if torch:
                torch.set_num_threads(before)


# processor time of all threads of this process: other programs do not count; where the system counts it too coarsely
# (Windows), wall-clock time
PROCESSOR = time.process_time if time.get_clock_info("process_time").resolution < 1e-5 else time.perf_counter
WALL = time.perf_counter


def median_seconds(
    tasks: Mapping[str, Task], repeats: int = 9, warmup: int = 2, clock: Callable[[], float] = WALL
) -> dict[str, float]:
    """name → median of the seconds that a task takes.

    The tasks take turns, so that what disturbs the machine disturbs all of them alike: ratios of two results are
    steadier than either.

    Args:
        tasks: name → function without arguments.
        repeats: how often each is timed.
        warmup: how often each is run before that.
        clock: WALL, or PROCESSOR for a machine that does other things meanwhile.
    """
    taken: dict[str, list[float]] = {name: [] for name in tasks}
    for turn in range(warmup + repeats):
        for name, task in tasks.items():
            seconds = seconds_of(task, clock)
            if turn >= warmup:
                taken[name].append(seconds)
    return {name: statistics.median(seconds) for name, seconds in taken.items()}


def seconds_of(task: Task, clock: Callable[[], float] = WALL) -> float:
    """Seconds that a task takes, once."""
    start = clock()
    task()
    return clock() - start
