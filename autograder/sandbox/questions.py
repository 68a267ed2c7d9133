"""Ask a student's functions in a snapshot of their kernel, across the wall; what does not answer is an answer too."""

from __future__ import annotations

import contextlib
import socket
import struct
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from autograder.errors import AutograderError
from autograder.guest import wire
from autograder.guest.errors import Garbled
from autograder.guest.plain_data import Inputs
from autograder.guest.response import Raised, Response
from autograder.guest.status import Status
from autograder.judging.exercise import Exercise
from autograder.sandbox.limits import Limits
from autograder.sandbox.processor_time import used_beside

CONNECT = 10.0  # seconds for a snapshot to call back
PEER = struct.Struct("3i")  # pid, user and group of the process at the other end
GIVE_UP_AFTER = 2  # questions without an answer: the rest of the check is not asked
TIMED_OUT, CRASHED, OUT_OF_MEMORY = "timed out", "crashed", "out of memory"


class KernelGone(AutograderError):
    """The kernel does not answer any more; the message is one of the words above."""


class Questions:
    """Questions to one check's functions.

    Args:
        snapshot: takes one that connects to the socket at a path, as the kernel sees it; KernelGone if it cannot.
        outside, inside: the folder that grader and kernel share, as each of them sees it.
        why_undefined: what to say of a function that the kernel does not have.
        deadline: by time.monotonic(), when the time of the whole notebook is over.
    """

    def __init__(
        self,
        snapshot: Callable[[str], None],
        outside: Path,
        inside: str,
        limits: Limits,
        why_undefined: Callable[[str], tuple[str, str]],
        deadline: float,
    ) -> None:
        self._snapshot, self._outside, self._inside, self._limits = snapshot, outside, inside, limits
        self._why_undefined, self._deadline = why_undefined, deadline
        self._channel: socket.socket | None = None
        self.seconds = 0.0  # that questions were open
        self.begun = False  # whether one was ever put
        self._pid = 0  # of the snapshot, as this process sees it
        self._unanswered: list[Response] = []

    def ask(self, exercise: Exercise, inputs: Inputs) -> Response:
        """The response to one case. Code that hangs, dies or sends garbage gives a Response that says so."""
        return exercise.ask_remotely(lambda question: self._ask_once(exercise, question), inputs)

    def _ask_once(self, exercise: Exercise, inputs: Inputs) -> tuple[Response, float]:
        """The response to one question and, if time counts, the seconds of processor time that it took over there."""
        if len(self._unanswered) >= GIVE_UP_AFTER:
            return self._unanswered[-1], 0.0
        taken, patience = 0.0, min(exercise.seconds, self._limits.question, self._deadline - time.monotonic())
        if patience <= 0:
            return self._lost(TIMED_OUT, "the time of the notebook was over"), taken
        try:
            channel = self._connected()
            channel.settimeout(patience)
            self.begun = True
            before = used_beside(self._pid) if exercise.timed else 0.0
            opened = time.perf_counter()
            wire.send(channel, exercise.question(inputs).to_plain())
            reply = wire.receive(channel, self._limits.answer, patience)
            self.seconds += time.perf_counter() - opened
            taken = used_beside(self._pid) - before if exercise.timed else 0.0
        except TimeoutError:
            return self._lost(TIMED_OUT, f"no answer after {patience:g} s"), taken
        except Garbled as error:
            return self._lost("failed", f"{error}"), taken
        except KernelGone as error:
            self._unanswered = [_without_answer(str(error), GONE[str(error)])] * GIVE_UP_AFTER
            return self._unanswered[-1], taken
        except OSError:
            reply = None
        if reply is None:
            return self._lost(CRASHED, "your code ended the process it ran in"), taken
        return self._response(exercise, reply), taken

    def close(self) -> None:
        """Let the snapshot go."""
        if self._channel is not None:
            self._channel.close()
            self._channel = None

    def _connected(self) -> socket.socket:
        if self._channel is None:
            name = "answers"
            path = self._outside / name
            path.unlink(missing_ok=True)
            with socket.socket(socket.AF_UNIX) as listening:
                listening.bind(str(path))
                path.chmod(0o777)
                listening.listen(1)
                listening.settimeout(min(CONNECT, self._limits.question))
                self._snapshot(f"{self._inside}/{name}")
                with contextlib.suppress(TimeoutError):
                    self._channel, _ = listening.accept()
            if self._channel is None:
                raise KernelGone(CRASHED)
            peer = self._channel.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, PEER.size)
            self._pid = PEER.unpack(peer)[0]
        return self._channel

    def _lost(self, fate: str, why: str) -> Response:
        self.close()
        self._unanswered.append(_without_answer(fate, why))
        return self._unanswered[-1]

    def _response(self, exercise: Exercise, reply: Any) -> Response:
        """Read a reply that may be anything: it comes from a process that ran a student's code."""
        if isinstance(reply, dict) and isinstance(reply.get("missing"), list):
            fate, why = self._why_undefined(str((reply["missing"] or [exercise.name])[0]))
            self._unanswered = [_without_answer(fate, why)] * GIVE_UP_AFTER
            return self._unanswered[-1]
        try:
            error = reply["error"]
            shared = tuple((str(one), str(other)) for one, other in reply["shared"])
            notes = tuple(str(note)[:100] for note in reply["notes"][:100])
            return Response(
                answer=reply["answer"],
                again=reply["again"],
                later=reply["later"],
                other=_pair(reply["other"]),
                inputs=dict(reply["inputs"]),
                shared=shared,
                error=_raised(error) if error is not None else None,
                printed=str(reply["printed"])[:2000],
                notes=notes,
            )
        except (LookupError, TypeError, ValueError, AttributeError):  # a reply that was made by other code than ours
            return self._lost("failed", "what came back is no answer to the question")


GONE = {
    TIMED_OUT: "the kernel did not answer in time, and could not be asked",
    CRASHED: "the kernel died, and could not be asked",
    OUT_OF_MEMORY: "the kernel used more memory than it may, and was ended",
}


def _pair(value: Any) -> tuple[Any, Inputs] | None:
    if value is None:
        return None
    answer, inputs = value
    return answer, dict(inputs)


def _raised(error: Any) -> Raised:
    number = error["line_number"]
    return Raised(
        str(error["type"])[:200],
        tuple(str(base)[:200] for base in error["bases"][:50]),
        str(error["message"])[:500],
        number if type(number) is int else None,
        str(error["line"])[:500],
    )


def _without_answer(fate: str, why: str) -> Response:
    return Response(error=Raised(fate, (), why), unanswered=Status(fate))
