"""A limit on the time of a student's code that is the same on a busy machine.

The time that the code was ready to run and waited for a processor does not count. Sleeping and waiting for anything
else do, so this is the time that it would take on a machine of its own.

Covered: other programs and other kernels that take the processors, up to BACKSTOP times the limit.
Not covered: slow processors; disks, memory and caches that others use; machines whose Linux does not count this.
"""

from __future__ import annotations

import time
from collections.abc import Callable

BACKSTOP = 8.0  # times the limit: the most that anything may take by the clock on the wall

NOTICEABLE = 1.0  # seconds; of what takes less, nobody asks how long it waited


class OwnTime:
    """Time of a kernel from now on.

    Args:
        limit: seconds.
        waited: seconds that it waited for a processor from now on; called only when the limit is over by the clock.
    """

    def __init__(self, limit: float, waited: Callable[[], float]) -> None:
        self.limit, self._waited = limit, waited
        self._started = time.monotonic()

    def left(self) -> float:
        """Seconds that are left at least, by the clock; 0 or less if the time is over."""
        used = time.monotonic() - self._started
        if used < self.limit:
            return self.limit - used
        return min(self.limit + self._waited(), self.limit * BACKSTOP) - used
