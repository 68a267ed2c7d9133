"""Call a student's function and gather its answer as plain data."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from autograder.guest.plain_data import Inputs, arrays_in, fresh, perturbed, plain
from autograder.guest.response import Response, capture


def ask(
    function: Callable[..., object],
    inputs: Inputs,
    keywords: tuple[str, ...] = (),
    returns: tuple[str, ...] = (),
    repeat: bool = True,
) -> Response:
    """Call `function` with copies of the inputs, in their order; those named in `keywords` are passed by keyword.

    With `repeat` the same call is made twice, with a call on other inputs of the same sizes in between: does the answer
    repeat, do calls disturb each other, is anything kept from one to the next?
    """

    def call(given: Mapping[str, Any]) -> object:
        positional = [value for name, value in given.items() if name not in keywords]
        return function(*positional, **{name: value for name, value in given.items() if name in keywords})

    response = Response()
    given = fresh(inputs)
    with capture(response):
        value = call(given)
        response.answer = plain(value)
        response.inputs = {name: plain(item) for name, item in given.items()}
        response.shared = tuple(shared_memory(value, given, returns))
        if repeat:
            unlike = perturbed(inputs)
            response.other = plain(call(unlike)), {name: plain(item) for name, item in unlike.items()}
            response.later = plain(value)
            response.again = plain(call(fresh(inputs)))
    return response


def shared_memory(value: object, given: Mapping[str, Any], returns: tuple[str, ...]) -> list[tuple[str, str]]:
    """Pairs (result, argument or cached array) in one memory. A cache is no result: it may hold the arguments."""
    parts = value if isinstance(value, tuple) and len(value) == len(returns) else (value,)
    names = returns if len(returns) == len(parts) else ("the answer",)
    results = [
        found for name, part in zip(names, parts, strict=True) if name != "cache" for found in arrays_in(part, name)
    ]
    cached = [
        found for name, part in zip(names, parts, strict=True) if name == "cache" for found in arrays_in(part, name)
    ]
    held = [found for name, part in given.items() for found in arrays_in(part, name)]
    pairs = []
    for result_name, result in results:
        owner = next((name for name, other in [*held, *cached] if np.shares_memory(result, other)), None)
        if owner is not None:
            pairs.append((result_name, owner))
    return pairs
