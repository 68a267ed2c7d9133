"""What runs beside the student's code: asks its functions one question and gathers the answer as plain data.

Everything else of an exercise (what is right, how it is judged, which mistakes are known) stays with the grader, and
cannot be found where this runs.
"""

from __future__ import annotations

import importlib
from typing import Any

from autograder.guest.answer import Functions, Response, ask


def gather(question: dict[str, Any], functions: Functions) -> Response:
    """The response to a question: {exercise, functions, responder, inputs, keywords, returns, probe}.

    `responder` names the module here whose `gather` asks it in a way of its own, and may need more.
    """
    if own := question["responder"]:
        response: Response = importlib.import_module(f"autograder.guest.responders.{own}").gather(question, functions)
        return response
    return call(question, functions)


def call(question: dict[str, Any], functions: Functions) -> Response:
    """The response of the function that the exercise is named after."""
    function = functions[question["exercise"]]
    return ask(function, question["inputs"], question["keywords"], question["returns"], question["probe"])
