"""sgd_momentum_step: what becomes of the arrays that were handed over, whatever the dicts hold afterwards."""

from __future__ import annotations

from autograder.guest.plain_data import fresh, plain
from autograder.guest.question import Functions, Question
from autograder.guest.response import Response, capture


def gather(question: Question, functions: Functions) -> Response:
    """The answer is (params, velocity) after `steps` calls; notes name the dicts that hold other arrays than before."""
    response, inputs, keywords = Response(), question.inputs, question.keywords
    given = fresh({key: value for key, value in inputs.items() if key != "steps"})
    held = {part: dict(given[part]) for part in question.returns}
    settings = {key: given[key] for key in keywords if key in given}
    with capture(response):
        for _ in range(inputs["steps"]):
            functions[question.exercise](given["params"], given["grads"], given["velocity"], given["lr"], **settings)
        response.answer = tuple(plain(arrays) for arrays in held.values())
        response.again = response.later = response.answer
        response.inputs = {"grads": plain(given["grads"])}
        response.notes = tuple(
            part for part in held if any(given[part].get(key) is not array for key, array in held[part].items())
        )
    return response
