"""Batchnorm backward: asked with the cache of the student's own forward function, whatever that holds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from autograder.guest.ask import shared_memory
from autograder.guest.plain_data import fresh, identical, perturbed, plain
from autograder.guest.question import Functions, Question
from autograder.guest.response import Response, capture

RUNNING = ("running_mean", "running_var")
ARRAYS = ("x", "gamma", "beta", *RUNNING)
FORWARD, NO_PAIR = "in the forward", "forward without a pair"  # notes in a response
GRADIENTS = ("dx", "dgamma", "dbeta")


def gather(question: Question, functions: Functions) -> Response:
    """Forward, perhaps another batch, then backward; with a second backward and another question after it.

    The response's `inputs` hold the arguments as they were afterwards, without the running arrays and what the forward
    function has changed; and under `out` what it returned.
    """
    response = Response()
    with capture(response):
        _ask(question, functions, response)
    return response


def _ask(question: Question, functions: Functions, response: Response) -> None:
    inputs, backward = question.inputs, functions[question.exercise]
    forward = functions[question.uses["forward"]]
    given = fresh(inputs)
    pair = _forward(forward, given, response)
    if pair is None:
        return
    out, cache = pair
    response.inputs = {"out": plain(out)}
    # a cache may hold the arguments themselves; what the forward function did to them is not the backward's fault
    untouched = [name for name in given if name not in RUNNING and identical(inputs[name], plain(given[name]))]
    if "next_batch" in given:
        _forward(forward, given | {"x": given["next_batch"], "training": True}, response)
    value = backward(given["dout"], cache)
    response.answer = plain(value)
    response.inputs |= {name: plain(given[name]) for name in untouched}
    if isinstance(value, tuple) and len(value) == len(GRADIENTS):
        response.shared = tuple(shared_memory((*value, cache), given, (*GRADIENTS, "cache")))
    other = perturbed(inputs)
    another = _forward(forward, other, response)
    if another is None:
        return
    response.other = plain(backward(other["dout"], another[1])), {}
    response.later = plain(value)
    response.again = plain(backward(fresh(inputs)["dout"], cache))


def _forward(function: Callable[..., Any], given: Mapping[str, Any], response: Response) -> Any:
    """(out, cache) of the student's forward function; None, and a note, if that is not what it returns."""
    options = {name: given[name] for name in ("training", "momentum", "eps") if name in given}
    response.notes = (FORWARD,)
    pair = function(*(given[name] for name in ARRAYS), **options)
    response.notes = ()
    if not isinstance(pair, (tuple, list)) or len(pair) != 2:
        response.notes, response.answer = (NO_PAIR,), plain(pair)
        return None
    return pair
