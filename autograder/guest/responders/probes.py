"""Run a probe of a student's code: report what it observed, or what is wrong with the code's interface."""

from __future__ import annotations

from collections.abc import Callable

from autograder.guest.plain_data import PlainData
from autograder.guest.response import Response, capture

Observed = dict[str, PlainData]  # what a probe observed, by name


class WrongInterface(Exception):
    """The student's code does not have the interface that the exercise asks for.

    The message is a sentence for the student. `kind` identifies the problem for the exercise, which knows the mistake
    that belongs to it; it is empty where none does.
    """

    def __init__(self, message: str, kind: str = "") -> None:
        super().__init__(message)
        self.kind = kind


def observe(probe: Callable[[], Observed]) -> Response:
    """The response whose answer is what the probe observed; or `problem`, a sentence, and its `kind`."""
    response = Response()
    with capture(response):
        try:
            response.answer = probe()
        except WrongInterface as problem:
            response.answer = {"problem": str(problem), "kind": problem.kind}
    return response
