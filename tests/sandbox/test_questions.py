"""A question gets the time that its exercise states, and whatever comes back becomes a response with a status."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from autograder.guest import wire
from autograder.guest.plain_data import PlainData
from autograder.guest.reply import MissingFunctions
from autograder.guest.response import Response
from autograder.guest.snapshot import READY
from autograder.guest.status import Status, Termination
from autograder.judging.exercise import Exercise
from autograder.sandbox.limits import Limits
from autograder.sandbox.no_result import KernelGone, NoResult
from autograder.sandbox.questions import Host, Questions

TOO_SLOW = 2.0  # seconds that an answer takes which misses SHORT
SHORT, LONG = Limits(question=1.0), Limits(question=20.0)


class Halve(Exercise):
    """An exercise that states no time of its own."""

    name, points, returns = "halve", 1, ("half",)


class SlowHalve(Halve):
    """One that does."""

    seconds = 20.0


def answering(reply: PlainData, delay: float = 0.0) -> Callable[[str], None]:
    """Take a snapshot that answers every question with `reply` after `delay` seconds."""

    def serve(path: str) -> None:
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as channel:
            channel.connect(path)
            wire.receive(channel)
            wire.send(channel, READY)
            while wire.receive(channel) is not None:
                time.sleep(delay)
                wire.send(channel, reply)

    return lambda path: threading.Thread(target=serve, args=[path], daemon=True).start()


def ask(
    folder: Path,
    exercise: Exercise,
    take_snapshot: Callable[[str], None],
    limits: Limits = LONG,
    times: int = 1,
    seconds_left: float = 60.0,
    waited: float = 0.0,
) -> list[Response]:
    """The responses to a question that is put several times."""
    questions = Questions(
        Host(take_snapshot, lambda pid: None, lambda: None, lambda anew: waited),
        folder,
        str(folder),
        limits,
        lambda name: NoResult(Status.RAISED, f"{name} is not defined"),
        time.monotonic() + seconds_left,
    )
    try:
        return [questions.ask(exercise, {"x": 3.0}) for _ in range(times)]
    finally:
        questions.close()


RIGHT = Response(answer=1.5).to_plain()


def test_an_exercise_may_give_more_time_than_the_limit_for_questions(tmp_path: Path) -> None:
    (response,) = ask(tmp_path, SlowHalve(), answering(RIGHT, TOO_SLOW), SHORT)
    assert response.unanswered is None and response.answer == 1.5


def test_without_a_time_of_its_own_an_exercise_is_timed_out_at_the_limit(tmp_path: Path) -> None:
    (response,) = ask(tmp_path, Halve(), answering(RIGHT, TOO_SLOW), SHORT)
    assert response.unanswered is Status.TIMED_OUT
    assert response.error is not None and response.error.message == "no answer after 1 s"


def test_no_exercise_gets_more_time_than_the_notebook_has_left(tmp_path: Path) -> None:
    (response,) = ask(tmp_path, SlowHalve(), answering(RIGHT, TOO_SLOW), seconds_left=1.0)
    assert response.unanswered is Status.TIMED_OUT
    (response,) = ask(tmp_path, SlowHalve(), answering(RIGHT), seconds_left=-1.0)
    assert response.unanswered is Status.TIMED_OUT


def test_after_two_questions_without_an_answer_the_rest_is_not_asked(tmp_path: Path) -> None:
    snapshots: list[str] = []

    def take_snapshot(path: str) -> None:
        snapshots.append(path)
        answering("no answer")(path)

    responses = ask(tmp_path, Halve(), take_snapshot, times=4)
    assert [response.unanswered for response in responses] == [Status.FAILED] * 4
    assert len(snapshots) == 2


def test_a_missing_function_says_why_and_nothing_more_is_asked(tmp_path: Path) -> None:
    responses = ask(tmp_path, Halve(), answering(MissingFunctions(("halve",)).to_plain()), times=2)
    assert [response.unanswered for response in responses] == [Status.RAISED] * 2
    assert responses[0].error is not None and responses[0].error.message == "halve is not defined"


@pytest.mark.parametrize("termination", Termination)
def test_a_kernel_that_is_gone_gives_its_own_status(tmp_path: Path, termination: Termination) -> None:
    def take_snapshot(path: str) -> None:
        raise KernelGone(termination)

    responses = ask(tmp_path, Halve(), take_snapshot, times=2)
    assert [response.unanswered for response in responses] == [Status(termination)] * 2


def test_a_snapshot_that_ends_without_an_answer_has_crashed(tmp_path: Path) -> None:
    def end_at_once(path: str) -> None:
        with socket.socket(socket.AF_UNIX) as channel:
            channel.connect(path)

    (response,) = ask(tmp_path, Halve(), end_at_once)
    assert response.unanswered is Status.CRASHED
