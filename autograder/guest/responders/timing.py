"""pick_device and time_it: run on a fake machine."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Iterator
from typing import Any

import torch

from autograder.guest.fakes.clock import FakeClock
from autograder.guest.fakes.machine import patched_devices, patched_time
from autograder.guest.plain_data import Inputs, plain
from autograder.guest.question import Functions, Question
from autograder.guest.responders.probes import Observed, observe
from autograder.guest.response import Response
from autograder.guest.student_call import call_student


def gather(question: Question, functions: Functions) -> Response:
    """The device that was picked: its type and text; or seconds, as returned, and the calls of the timed function."""
    inputs, function = question.inputs, functions[question.exercise]
    with patched_devices(tuple(inputs["devices"])), _no_warnings():
        if question.exercise == "pick_device":
            return observe(lambda: _device(call_student(function, *inputs["preferred"])))
        clock = FakeClock(inputs["device"], inputs["durations"])
        with patched_time(clock, getattr(function, "__globals__", {})):
            return observe(lambda: {"seconds": plain(_timed(function, inputs, clock)), "calls": clock.calls})


@contextlib.contextmanager
def _no_warnings() -> Iterator[None]:
    """Silence PyTorch's warnings about devices that it cannot find."""
    logging.disable(logging.WARNING)
    try:
        yield
    finally:
        logging.disable(logging.NOTSET)


def _device(answer: object) -> Observed:
    kind = "device" if isinstance(answer, torch.device) else type(answer).__name__
    return {"type": kind, "text": str(answer)[:50]}


class Broken(Exception):
    """Raised by a timed function that is broken on purpose."""


def _timed(function: Any, inputs: Inputs, clock: FakeClock) -> Any:
    """What the student's timer returns for a function that takes the fake clock's durations."""

    def fn() -> None:
        if inputs["breaks"]:
            raise Broken("the function that is timed is broken")
        clock.work()

    return call_student(function, fn, torch.device(inputs["device"]), **inputs["counts"])
