"""pick_device and time_it: asked on a machine that is not there."""

from __future__ import annotations

import contextlib
import logging
from typing import Any

import torch

from autograder.guest.fakes.clock import FakeClock
from autograder.guest.fakes.machine import clock, devices
from autograder.guest.plain_data import Inputs, PlainData, plain
from autograder.guest.question import Functions, Question
from autograder.guest.response import Response, capture


def gather(question: Question, functions: Functions) -> Response:
    """The device that was picked, or the seconds that were measured and how often the function was called."""
    response, inputs = Response(), question.inputs
    name = question.exercise
    function = functions[name]
    with devices(tuple(inputs["there"])), _quiet():
        if name == "pick_device":
            with capture(response):
                response.answer = _device(function(*inputs["preferred"]))
        else:
            clockwork = FakeClock(inputs["device"], inputs["durations"])
            with clock(clockwork, getattr(function, "__globals__", {})), capture(response):
                response.answer = {"seconds": plain(_timed(function, inputs, clockwork)), "calls": clockwork.calls}
    return response


@contextlib.contextmanager
def _quiet() -> Any:
    """Keep PyTorch from wondering about devices that it cannot find."""
    logging.disable(logging.WARNING)
    try:
        yield
    finally:
        logging.disable(logging.NOTSET)


def _device(answer: object) -> dict[str, PlainData]:
    return {"kind": "device" if isinstance(answer, torch.device) else type(answer).__name__, "says": str(answer)[:50]}


class Broken(Exception):
    """Raised by a function that is to be timed and does not work."""


def _timed(function: Any, inputs: Inputs, clockwork: FakeClock) -> Any:
    def fn() -> None:
        if inputs["breaks"]:
            raise Broken("the function that is timed is broken")
        clockwork.work()

    return function(fn, torch.device(inputs["device"]), **inputs["counts"])
