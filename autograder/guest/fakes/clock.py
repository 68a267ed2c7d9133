"""A fake clock and a fake device queue, with which a student's timer is checked. Needs no PyTorch."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

LAUNCH = 1e-4  # seconds that the processor needs to put one piece of work into a GPU's queue
POLLING = 0.3  # share of the waiting time that counts as processor time
GPUS = ("cuda", "mps")


class FakeClock:
    """Test double for time and for the work queue of a device.

    On the CPU `work` returns when its work is done. On a GPU it returns at once, and `wait` waits for the queue.
    """

    def __init__(self, device: str, durations: Sequence[float] | np.ndarray) -> None:
        self.device = device  # "cpu", "cuda" or "mps"
        self.durations = durations  # seconds of work of each call, in order; then from the start again
        self.now = 1000.0  # wall-clock time in seconds
        self.idle_at = 0.0  # the time at which the queue is empty
        self.processor = 0.0  # seconds of processor time so far
        self.calls = 0  # of `work`

    def work(self) -> None:
        """One call of the function that is timed."""
        seconds = float(self.durations[self.calls % len(self.durations)])
        self.calls += 1
        busy = LAUNCH if self.device in GPUS else seconds
        self.now, self.processor = self.now + busy, self.processor + busy
        if self.device in GPUS:
            self.idle_at = max(self.idle_at, self.now) + seconds

    def wait(self) -> None:
        """Wait until the queue is empty. The processor polls it, which takes a share of that time."""
        waited = max(0.0, self.idle_at - self.now)
        self.now, self.processor = self.now + waited, self.processor + POLLING * waited


class Event:
    """Test double for torch.cuda.Event: a marker in the queue."""

    def __init__(self, clock: FakeClock, enable_timing: bool = False) -> None:
        self.clock = clock
        self.enable_timing = enable_timing  # without it, there is no elapsed time
        self.at = float("inf")  # the time at which the queue reaches the marker

    def record(self, stream: object = None) -> None:
        self.at = max(self.clock.now, self.clock.idle_at)

    def synchronize(self) -> None:
        if self.at < float("inf"):
            self.clock.now = max(self.clock.now, self.at)

    def query(self) -> bool:
        return self.clock.now >= self.at

    def elapsed_time(self, end: Event) -> float:
        """Milliseconds from this marker to another. Raises RuntimeError, as CUDA does, where there are none yet."""
        if not self.enable_timing or not end.enable_timing:
            raise RuntimeError("Both events must be created with argument 'enable_timing=True'.")
        if not self.query() or not end.query():
            raise RuntimeError("Both events must be recorded and completed before calculating elapsed time.")
        return 1000 * (end.at - self.at)


class Stream:
    """Test double for torch.cuda.current_stream(): the queue itself."""

    def __init__(self, clock: FakeClock) -> None:
        self.synchronize = clock.wait

    def record_event(self, event: Event) -> Event:
        event.record()
        return event
