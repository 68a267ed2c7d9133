"""What runs beside the student's code: asks its functions one question and gathers the response as plain data.

Everything else of an exercise (the reference answers, the judging, the known mistakes) stays with the grader.
"""

from __future__ import annotations

import importlib

from autograder.guest.ask import ask
from autograder.guest.question import Functions, Question
from autograder.guest.raised import raised
from autograder.guest.response import Response


def gather(question: Question, functions: Functions) -> Response:
    """The response to a question, from the module here that its `responder` names, or else from a plain call.

    An error of the module's own is part of the response: a process that ended would look like a fault of the student's.
    """
    try:
        if name := question.responder:
            module = importlib.import_module(f"autograder.guest.responders.{name}")
            response: Response = module.gather(question, functions)
            return response
        return call(question, functions)
    except Exception as error:
        return Response(error=raised(error))


def call(question: Question, functions: Functions) -> Response:
    """The response of the function that the exercise is named after."""
    function = functions[question.exercise]
    return ask(function, question.inputs, question.keywords, question.returns, question.repeat)
