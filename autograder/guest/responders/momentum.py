"""sgd_momentum_step: what becomes of the arrays that were passed, whatever the dicts hold afterwards."""

from __future__ import annotations

from autograder.guest.plain_data import fresh, plain
from autograder.guest.question import Functions, Question
from autograder.guest.response import Response, capture
from autograder.guest.student_call import call_student


def gather(question: Question, functions: Functions) -> Response:
    """The answer is (params, velocity) after `steps` calls; notes name the dicts that hold other arrays than before.

    What the dicts hold afterwards is among the inputs, as "params in the dict" and "velocity in the dict".
    """
    response, inputs = Response(), question.inputs
    arguments = fresh({key: value for key, value in inputs.items() if key != "steps"})
    arrays = {part: dict(arguments[part]) for part in question.returns}
    settings = {key: arguments[key] for key in question.keywords if key in arguments}
    step = functions[question.exercise]
    with capture(response):
        for _ in range(inputs["steps"]):
            call_student(step, *(arguments[key] for key in ("params", "grads", "velocity", "lr")), **settings)
        response.answer = tuple(plain(value) for value in arrays.values())
        response.again = response.later = response.answer
        response.inputs = {"grads": plain(arguments["grads"])}
        response.inputs |= {f"{part} in the dict": plain(arguments[part]) for part in arrays}
        response.notes = tuple(
            part for part in arrays if any(arguments[part].get(key) is not array for key, array in arrays[part].items())
        )
    return response
