"""Tell a student that a check is still running, in which case, and how to stop it."""

from __future__ import annotations

import contextlib
import sys
import threading
import time
from collections.abc import Iterator

from autograder.errors import ShownInALine

QUIET = 10.0  # seconds that a check may take before it says that it runs
HOW_TO_STOP = "To stop it, choose Kernel > Interrupt Kernel, or press I twice outside a cell"
IN_A_TERMINAL = "To stop it, press Ctrl+C"


class CheckStopped(ShownInALine):
    """A check was interrupted; shown as one line."""


class Running:
    """What a running check is doing."""

    def __init__(self, name: str) -> None:
        self.name = name  # of the exercise
        self.case = ""  # the name of the case that is being asked
        self.started = time.monotonic()

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.started

    @property
    def where(self) -> str:
        return f" in the case “{self.case}”" if self.case else ""


@contextlib.contextmanager
def announced(name: str, usual: float = 0.0, quiet: float = QUIET) -> Iterator[Running]:
    """Say once, after `quiet` seconds, that the check of `name` runs; an interruption becomes one line.

    Args:
        usual: seconds that this check took the last time; 0 if that is not known.

    Raises:
        CheckStopped: in place of KeyboardInterrupt.
    """
    running, stream = Running(name), sys.stdout  # while a student's function runs, sys.stdout is another
    finished = threading.Event()

    def announce() -> None:
        if not finished.wait(quiet):
            stop = HOW_TO_STOP if "ipykernel" in sys.modules else IN_A_TERMINAL
            last = f" The last time it took {usual:.0f} s." if usual >= quiet / 2 else ""
            with contextlib.suppress(Exception):  # a closed stream costs no check
                stream.write(
                    f"check.{name} has been running for {running.seconds:.0f} s{running.where}.{last} {stop}.\n"
                )
                stream.flush()

    thread = threading.Thread(target=announce, name=f"check {name}", daemon=True)
    with contextlib.suppress(RuntimeError):  # a browser's Python has no threads, and a process may have no more
        thread.start()
    try:
        yield running
    except KeyboardInterrupt:
        raise CheckStopped(f"check.{name} was stopped after {running.seconds:.0f} s{running.where}.") from None
    finally:
        finished.set()
        if thread.ident is not None:
            thread.join()
