"""Put questions to a student's functions in a snapshot of their kernel, and read what comes back.

Covered: a snapshot that hangs, dies, or sends anything at all, at any speed. Each question has a time limit and each
response a size limit, and after two questions without a response the rest of the check is not asked.
Not covered: a snapshot that lies about what it observed, such as whether an input was modified.
"""

from __future__ import annotations

import contextlib
import socket
import struct
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.guest import wire
from autograder.guest.errors import Garbled
from autograder.guest.plain_data import Inputs
from autograder.guest.reply import MissingFunctions, read_reply
from autograder.guest.response import Raised, Response
from autograder.guest.snapshot import READY
from autograder.guest.status import Status, Termination
from autograder.judging.exercise import Exercise
from autograder.sandbox.limits import Limits
from autograder.sandbox.no_result import KernelGone, NoResult
from autograder.sandbox.own_time import NOTICEABLE, OwnTime
from autograder.sandbox.processes import processor_seconds

CONNECT_SECONDS = 10.0  # for a snapshot to connect
PEER_CREDENTIALS = struct.Struct("3i")  # pid, user and group of the process at the other end
UNANSWERED_AT_MOST = 2  # questions of one check; the rest is not asked
GO = "go"  # to a snapshot: its folders are mounted
SOCKET = "answers"  # the socket's name in the folder that host and kernel share
WHY_GONE = {
    Termination.TIMED_OUT: "the kernel did not respond in time, so the question could not be asked",
    Termination.CRASHED: "the kernel died, so the question could not be asked",
    Termination.OUT_OF_MEMORY: "the kernel used more memory than it may, and was ended",
}


@dataclass(frozen=True)
class Host:
    """What the host does with a kernel for its questions."""

    take_snapshot: Callable[[str], None]  # has it fork one that connects to this socket; KernelGone if it cannot
    freeze: Callable[[int], None]  # stops everything of it but the snapshot with this pid, and gives that own folders
    thaw: Callable[[], None]  # ends the snapshot, and lets the kernel go on
    seconds_waited: Callable[[bool], float]  # for a processor, since the last call with True


class Questions:
    """Questions to the functions of one check.

    Args:
        host: what the host does with the kernel.
        host_folder: the folder that host and kernel share, as the host sees it.
        guest_folder: the same folder as the kernel sees it.
        why_undefined: why the kernel does not define this function.
        deadline: by time.monotonic(), when the time of the whole notebook is over.
    """

    def __init__(
        self,
        host: Host,
        host_folder: Path,
        guest_folder: str,
        limits: Limits,
        why_undefined: Callable[[str], NoResult],
        deadline: float,
    ) -> None:
        self.seconds = 0.0  # of wall time from questions to their responses
        self.waited = 0.0  # seconds of those in which the snapshot waited for a processor
        self.begun = False  # whether a question was sent
        self._host, self._why_undefined = host, why_undefined
        self._host_folder, self._guest_folder = host_folder, guest_folder
        self._limits, self._deadline = limits, deadline
        self._channel: socket.socket | None = None  # to the snapshot, if there is one
        self._snapshot_pid = 0  # as the host sees it
        self._unanswered: list[Response] = []

    def ask(self, exercise: Exercise, inputs: Inputs) -> Response:
        """The response to one case. If the student's code hangs, dies or sends garbage, the response says so."""
        return exercise.ask_remotely(lambda question: self._ask_once(exercise, question), inputs)

    def close(self) -> None:
        """Close the channel, and end the snapshot."""
        if self._channel is not None:
            self._channel.close()
            self._channel = None
            self._host.thaw()

    def _ask_once(self, exercise: Exercise, inputs: Inputs) -> tuple[Response, float]:
        """The response to one question, and the seconds of processor time that it took (0 if they are not needed)."""
        if len(self._unanswered) >= UNANSWERED_AT_MOST:
            return self._unanswered[-1], 0.0
        notebook_left = self._deadline - time.monotonic()
        if notebook_left <= 0:
            return self._lost(NoResult(Status.TIMED_OUT, "the time of the notebook was over")), 0.0
        patience = min(self._time_limit(exercise), notebook_left)
        try:
            data, processor_time = self._exchange(exercise, inputs, patience)
            if data is None:
                return self._lost(NoResult(Status.CRASHED, "your code ended the process it ran in")), processor_time
            return self._response(exercise, data), processor_time
        except TimeoutError:
            return self._lost(NoResult(Status.TIMED_OUT, f"no answer after {patience:g} s")), 0.0
        except Garbled as error:
            return self._lost(NoResult(Status.FAILED, str(error))), 0.0
        except KernelGone as gone:
            return self._give_up(NoResult(Status(gone.termination), WHY_GONE[gone.termination])), 0.0

    def _exchange(self, exercise: Exercise, inputs: Inputs, patience: float) -> tuple[Any, float]:
        """Send one question; the data that comes back (None if the snapshot ended), and processor time in seconds."""
        try:
            channel = self._connected(self._time_limit(exercise))
            self._host.seconds_waited(True)
            own_time = OwnTime(patience, lambda: self._host.seconds_waited(False))
            channel.settimeout(patience)
            self.begun = True
            processor_before = processor_seconds(self._snapshot_pid) if exercise.timed else 0.0
            started = time.perf_counter()
            wire.send(channel, exercise.question(inputs).to_plain())
            data = wire.receive(channel, self._limits.answer, own_time.left)
            seconds = time.perf_counter() - started
            self.seconds += seconds
            if seconds > NOTICEABLE:
                self.waited += self._host.seconds_waited(False)
            used = processor_seconds(self._snapshot_pid) - processor_before if exercise.timed else 0.0
            return data, used
        except TimeoutError:
            raise
        except OSError:
            return None, 0.0

    def _time_limit(self, exercise: Exercise) -> float:
        """Seconds for one question: the limit for all, or the exercise's own time where that is more."""
        return max(self._limits.question, exercise.seconds or 0.0)

    def _connected(self, time_limit: float) -> socket.socket:
        """The channel to a snapshot, which is taken if there is none yet."""
        if self._channel is None:
            path = self._host_folder / SOCKET
            path.unlink(missing_ok=True)
            with socket.socket(socket.AF_UNIX) as listener:
                listener.bind(str(path))
                path.chmod(0o777)
                listener.listen(1)
                listener.settimeout(min(CONNECT_SECONDS, time_limit))
                self._host.take_snapshot(f"{self._guest_folder}/{SOCKET}")
                with contextlib.suppress(TimeoutError):
                    self._channel, _ = listener.accept()
            if self._channel is None:
                raise KernelGone(Termination.CRASHED)
            credentials = self._channel.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, PEER_CREDENTIALS.size)
            self._snapshot_pid = PEER_CREDENTIALS.unpack(credentials)[0]
            self._host.freeze(self._snapshot_pid)
            self._channel.settimeout(CONNECT_SECONDS)
            wire.send(self._channel, GO)
            if wire.receive(self._channel, self._limits.answer, wire.within(min(CONNECT_SECONDS, time_limit))) != READY:
                raise KernelGone(Termination.CRASHED)
        return self._channel

    def _response(self, exercise: Exercise, data: Any) -> Response:
        reply = read_reply(data)
        if isinstance(reply, MissingFunctions):
            return self._give_up(self._why_undefined((reply.names or (exercise.name,))[0]))
        return reply

    def _lost(self, no_result: NoResult) -> Response:
        """Close the channel, so that the next question goes to another snapshot."""
        self.close()
        self._unanswered.append(_without_answer(no_result))
        return self._unanswered[-1]

    def _give_up(self, no_result: NoResult) -> Response:
        """Ask nothing more: all further questions would have no response for the same reason."""
        self._unanswered = [_without_answer(no_result)] * UNANSWERED_AT_MOST
        return self._unanswered[-1]


def _without_answer(no_result: NoResult) -> Response:
    return Response(error=Raised(no_result.status, (), no_result.reason), unanswered=no_result.status)
