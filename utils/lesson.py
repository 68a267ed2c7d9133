"""What a notebook needs around an exercise: a stub that raises, and figures that wait for the student's code."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager


class NotWritten(NotImplementedError):
    """Raised by an exercise that is still empty; Jupyter shows one line that names the function, no traceback."""

    def __init__(self) -> None:
        # the calling frame, which executes `raise NotWritten`, is that of the missing function
        self.function = sys._getframe(1).f_code.co_qualname.rpartition("<locals>.")[2]
        super().__init__(f"{self.function} is not written yet: fill in its cell, run it, then run this one again.")

    def _render_traceback_(self) -> list[str]:
        """What IPython shows instead of a traceback: the message alone."""
        return [str(self)]


@contextmanager
def demonstration() -> Iterator[None]:
    """Run a figure that uses the student's code; if that code is missing or raises, print one line that says so."""
    try:
        yield
    except NotImplementedError as missing:
        print(f"This demonstration waits for your code. {missing}")
    except Exception as error:
        print(f"This demonstration failed with your code ({type(error).__name__}: {error}). Run its check first.")
