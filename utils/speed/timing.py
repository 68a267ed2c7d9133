"""Timings that can be compared: warmed up, interleaved, medians, on a clock that other programs do not disturb."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping

from utils.threads import one_thread as one_thread  # timings are compared on one thread

Task = Callable[[], object]

WALL = time.perf_counter


def _processor_clock() -> Callable[[], float]:
    """CPU time, which other programs do not add to; wall-clock time where the system counts it too coarsely (Windows).

    It is that of all threads of this process. Under a limit of CPU time (`ulimit -t`) Linux counts that in ticks of
    milliseconds, but still counts each thread exactly; so there it is that of the calling thread alone.
    """
    if time.get_clock_info("process_time").resolution >= 1e-5:
        return WALL
    return time.thread_time if _cpu_time_is_limited() else time.process_time


def _cpu_time_is_limited() -> bool:
    try:
        import resource

        return resource.getrlimit(resource.RLIMIT_CPU)[0] != resource.RLIM_INFINITY
    except (ImportError, AttributeError):  # Windows has no such module, and Python in a browser an empty one
        return False


PROCESSOR = _processor_clock()


def median_seconds(
    tasks: Mapping[str, Task], repeats: int = 9, warmup: int = 2, clock: Callable[[], float] = WALL
) -> dict[str, float]:
    """Time several tasks; return name → median of the seconds of one call.

    The tasks take turns, so that a disturbance of the machine affects all of them alike: the ratio of two results is
    more stable than either of them.

    Args:
        tasks: name → function without arguments.
        repeats: how often each task is timed.
        warmup: how often each task is run before that, untimed.
        clock: WALL, or PROCESSOR if the machine runs other programs meanwhile; in seconds.
    """
    timings: dict[str, list[float]] = {name: [] for name in tasks}
    for turn in range(warmup + repeats):
        for name, task in tasks.items():
            seconds = seconds_of(task, clock)
            if turn >= warmup:
                timings[name].append(seconds)
    return {name: statistics.median(seconds) for name, seconds in timings.items()}


def seconds_of(task: Task, clock: Callable[[], float] = WALL) -> float:
    """Seconds that one call of a task takes, by the given clock."""
    start = clock()
    task()
    return clock() - start
