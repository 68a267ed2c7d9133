"""What a lesson needs around an exercise: an honest stub, and figures that wait for the student's code."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager


class NotWritten(NotImplementedError):
    """Raised by an exercise that is still empty; names the function in one line instead of a traceback."""

    def __init__(self) -> None:
        # the frame that says `raise NotWritten` is the function that is missing
        self.function = sys._getframe(1).f_code.co_qualname.rpartition("<locals>.")[2]
        super().__init__(f"{self.function} is not written yet: fill in its cell, run it, then run this one again.")

    def _render_traceback_(self) -> list[str]:
        """What IPython shows: the sentence alone."""
        return [str(self)]


@contextmanager
def demonstration() -> Iterator[None]:
    """Run a figure that uses the student's code; where that code is missing or fails, say so in one line."""
    try:
        yield
    except NotImplementedError as missing:
        print(f"This demonstration waits for your code. {missing}")
    except Exception as error:
        print(f"This demonstration failed with your code ({type(error).__name__}: {error}). Run its check first.")
