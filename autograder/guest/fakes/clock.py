"""Time and a queue of work on a device that is played: what a stopwatch is tried on. Needs no PyTorch."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

LAUNCH = 1e-4  # seconds that the processor takes to hand over a piece of work
BUSY = 0.3  # share of the time that the processor computes while it waits
GPUS = ("cuda", "mps")


class FakeClock:
    """Time, and a queue of work on a device: calls take `durations`, one after the other.

    On the CPU a call returns when its work is done. On a GPU it returns at once, and `wait` waits for the queue.
    """

    def __init__(self, device: str, durations: Sequence[float] | np.ndarray) -> None:
        self.device, self.durations = device, durations
        self.now = 1000.0
        self.done = 0.0  # when the queue will be empty
        self.processor = 0.0  # seconds that the processor has computed
        self.calls = 0

    def work(self) -> None:
        """One call of the function to be timed."""
        seconds = float(self.durations[self.calls % len(self.durations)])
        self.calls += 1
        busy = LAUNCH if self.device in GPUS else seconds
        self.now, self.processor = self.now + busy, self.processor + busy
        if self.device in GPUS:
            self.done = max(self.done, self.now) + seconds

    def wait(self) -> None:
        """Let the queue empty. The processor looks at it now and then, and computes for a part of that time."""
        waited = max(0.0, self.done - self.now)
        self.now, self.processor = self.now + waited, self.processor + BUSY * waited


class Event:
    """A mark in the queue, as torch.cuda.Event is."""

    def __init__(self, clockwork: FakeClock) -> None:
        self.clockwork, self.at = clockwork, 0.0

    def record(self, stream: object = None) -> None:
        self.at = max(self.clockwork.now, self.clockwork.done)

    def synchronize(self) -> None:
        self.clockwork.now = max(self.clockwork.now, self.at)

    def query(self) -> bool:
        return self.clockwork.now >= self.at

    def elapsed_time(self, end: Event) -> float:
        """Milliseconds from this mark to another."""
        return 1000 * (end.at - self.at)


class Stream:
    """The queue itself, as torch.cuda.current_stream() is."""

    def __init__(self, clockwork: FakeClock) -> None:
        self.synchronize = clockwork.wait

    def record_event(self, event: Event) -> Event:
        event.record()
        return event
