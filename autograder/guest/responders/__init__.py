"""What runs beside the student's code: asks its functions one question and gathers the response as plain data.

Everything else of an exercise (the reference answers, the judging, the known mistakes) stays with the grader.
"""

from __future__ import annotations

import importlib

from autograder.guest.ask import ask
from autograder.guest.question import Functions, Question
from autograder.guest.response import Response


def gather(question: Question, functions: Functions) -> Response:
    """The response to a question, from the module here that its `responder` names, or else from a plain call."""
    if name := question.responder:
        response: Response = importlib.import_module(f"autograder.guest.responders.{name}").gather(question, functions)
        return response
    return call(question, functions)


def call(question: Question, functions: Functions) -> Response:
    """The response of the function that the exercise is named after."""
    function = functions[question.exercise]
    return ask(function, question.inputs, question.keywords, question.returns, question.repeat)
