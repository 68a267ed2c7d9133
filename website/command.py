"""How a command of the website ends."""

from __future__ import annotations

import sys
from collections.abc import Callable

from autograder.errors import CourseError


def status_of(command: Callable[[], None]) -> int:
    """Run a command; its exit status. A CourseError is one line on the standard error stream, and status 2."""
    try:
        command()
    except CourseError as error:
        print(error, file=sys.stderr)
        return 2
    return 0
