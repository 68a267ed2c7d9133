"""What one question brought back: the answer, what happened to the inputs, and what was raised or printed."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, fields

from autograder.guest.errors import Garbled
from autograder.guest.plain_data import Inputs, PlainData
from autograder.guest.raised import NAME_AT_MOST as NAME_AT_MOST
from autograder.guest.raised import Raised as Raised
from autograder.guest.raised import raised
from autograder.guest.status import Status

# what the host keeps of a response, which a student's process may have made up
PRINTED_AT_MOST = 2000  # characters
NOTE_AT_MOST = 100  # characters of a note
ITEMS_AT_MOST = 100  # notes or pairs that share memory
WRONG_STRUCTURE = (LookupError, TypeError, ValueError, AttributeError)  # what reading made-up data raises


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

    def to_plain(self) -> dict[str, PlainData]:
        """The response as plain data, without `unanswered`, which only the host sets."""
        parts = {part.name: getattr(self, part.name) for part in fields(self) if part.name != "unanswered"}
        return parts | {"error": asdict(self.error) if self.error else None}

    @classmethod
    def from_plain(cls, data: PlainData) -> Response:
        """The response that `to_plain` was called on, out of data that a student's code may have made up.

        The answers are left as they are, for the exercise to judge; everything else is checked and cut.

        Raises:
            Garbled: if the data is no response.
        """
        try:
            return cls(
                answer=data["answer"],
                other=_answer_and_inputs(data["other"]),
                later=data["later"],
                again=data["again"],
                inputs=dict(data["inputs"]),
                shared=tuple(
                    (str(part)[:NAME_AT_MOST], str(owner)[:NAME_AT_MOST])
                    for part, owner in data["shared"][:ITEMS_AT_MOST]
                ),
                error=Raised.from_plain(data["error"]) if data["error"] is not None else None,
                printed=str(data["printed"])[:PRINTED_AT_MOST],
                notes=tuple(str(note)[:NOTE_AT_MOST] for note in data["notes"][:ITEMS_AT_MOST]),
            )
        except WRONG_STRUCTURE:
            raise Garbled("what came back is no answer to the question") from None


def _answer_and_inputs(data: PlainData) -> tuple[PlainData, Inputs] | None:
    if data is None:
        return None
    answer, inputs = data
    return answer, dict(inputs)


class _Capped(io.StringIO):
    """Keeps the beginning of what is written and drops the rest, so that a loop of prints cannot fill the memory."""

    def write(self, text: str) -> int:
        room = PRINTED_AT_MOST - self.tell()
        if room > 0:
            super().write(text[:room])
        return len(text)


@contextlib.contextmanager
def capture(response: Response) -> Iterator[None]:
    """Record in the response what is printed and raised inside."""
    printed = _Capped()
    try:
        with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
            yield
    except KeyboardInterrupt:  # a person stops the check
        raise
    except BaseException as error:
        response.error = raised(error)
    finally:
        response.printed = printed.getvalue()
