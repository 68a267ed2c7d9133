"""What one question brought back: the answer, what happened to the inputs, and what was raised or printed."""

from __future__ import annotations

import contextlib
import io
import linecache
import traceback
from collections.abc import Iterator
from dataclasses import dataclass, field

from autograder.guest.plain_data import Inputs, PlainData
from autograder.guest.status import Status

PRINTED_AT_MOST = 2000  # characters of a student's own output kept with an answer


@dataclass(frozen=True)
class Raised:
    """An exception out of the student's code."""

    type: str  # name of its class
    bases: tuple[str, ...]  # names of the classes it inherits from, itself first
    message: str
    line_number: int | None = None  # of the last frame that is the student's own code
    line: str = ""  # the source of that line


@dataclass
class Response:
    """What one question brought back."""

    answer: PlainData = None  # the return value
    other: tuple[PlainData, Inputs] | None = None  # of the call with perturbed inputs: answer, inputs after it
    later: PlainData = None  # the first return value, as it was after the other call
    again: PlainData = None  # the answer to the same inputs a second time
    inputs: Inputs = field(default_factory=dict)  # the arguments, as they were after the call
    shared: tuple[tuple[str, str], ...] = ()  # pairs (part of the answer, argument) that share memory
    error: Raised | None = None  # what was raised instead of an answer
    printed: str = ""  # what the code wrote to stdout and stderr
    notes: tuple[str, ...] = ()  # what a callback passed by the exercise observed
    unanswered: Status | None = None  # set by the host: why no response came at all


class _Capped(io.StringIO):
    """Keeps the beginning of what is written and drops the rest, so that a loop of prints fills no memory."""

    def write(self, text: str) -> int:
        room = PRINTED_AT_MOST - self.tell()
        if room > 0:
            super().write(text[:room])
        return len(text)


@contextlib.contextmanager
def capture(response: Response) -> Iterator[None]:
    """Record in the response what the student's code prints and raises."""
    printed = _Capped()
    try:
        with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
            yield
    except (Exception, SystemExit) as error:
        response.error = raised(error)
    finally:
        response.printed = printed.getvalue()


def raised(error: BaseException) -> Raised:
    """Describe an exception with the last line of it that is the student's own code."""
    place = None
    for frame in traceback.extract_tb(error.__traceback__):
        inside = frame.filename.replace("\\", "/")
        if "site-packages" not in inside and "/autograder/" not in inside and not inside.startswith("<__array"):
            place = frame
    bases = tuple(base.__name__ for base in type(error).__mro__)
    message = str(error)[:500]
    if place is None:
        return Raised(type(error).__name__, bases, message)
    line = (place.line or linecache.getline(place.filename, place.lineno or 0)).strip()
    return Raised(type(error).__name__, bases, message, place.lineno, line)
