"""Batchnorm backward: called with the cache that the student's own forward function returned."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from autograder.guest.ask import shared_memory
from autograder.guest.plain_data import fresh, identical, perturbed, plain
from autograder.guest.question import Functions, Question
from autograder.guest.response import Response, capture
from autograder.guest.student_call import call_student

RUNNING = ("running_mean", "running_var")
ARRAYS = ("x", "gamma", "beta", *RUNNING)
FORWARD, NO_PAIR = "in the forward", "forward without a pair"  # notes in a response
GRADIENTS = ("dx", "dgamma", "dbeta")


def gather(question: Question, functions: Functions) -> Response:
    """Forward, perhaps another batch, then backward; then a second backward, and other inputs in between.

    The response's `inputs` hold the arguments as they were afterwards, without the running arrays and without those
    that the forward function has changed; under `out` they hold what the forward function returned.
    """
    response = Response()
    with capture(response):
        _ask(question, functions, response)
    return response


def _ask(question: Question, functions: Functions, response: Response) -> None:
    inputs, backward = question.inputs, functions[question.exercise]
    forward = functions[question.uses["forward"]]
    arguments = fresh(inputs)
    pair = _forward(forward, arguments, response)
    if pair is None:
        return
    out, cache = pair
    response.inputs = {"out": plain(out)}
    # a cache may hold the arguments themselves; what the forward function did to them is not the backward's fault
    untouched = [name for name in arguments if name not in RUNNING and identical(inputs[name], plain(arguments[name]))]
    if "next_batch" in arguments:
        _forward(forward, arguments | {"x": arguments["next_batch"], "training": True}, response)
    value = call_student(backward, arguments["dout"], cache)
    response.answer = plain(value)
    response.inputs |= {name: plain(arguments[name]) for name in untouched}
    if isinstance(value, tuple) and len(value) == len(GRADIENTS):
        response.shared = tuple(shared_memory((*value, cache), arguments, (*GRADIENTS, "cache")))
    other_inputs = perturbed(inputs)
    other_pair = _forward(forward, other_inputs, response)
    if other_pair is None:
        return
    response.other = plain(call_student(backward, other_inputs["dout"], other_pair[1])), {}
    response.later = plain(value)
    response.again = plain(call_student(backward, fresh(inputs)["dout"], cache))


def _forward(function: Callable[..., Any], arguments: Mapping[str, Any], response: Response) -> Any:
    """(out, cache) of the student's forward function; None, and a note, if that is not what it returns."""
    options = {name: arguments[name] for name in ("training", "momentum", "eps") if name in arguments}
    response.notes = (FORWARD,)
    pair = call_student(function, *(arguments[name] for name in ARRAYS), **options)
    response.notes = ()
    if not isinstance(pair, (tuple, list)) or len(pair) != 2:
        response.notes, response.answer = (NO_PAIR,), plain(pair)
        return None
    return pair
