"""Call a student's function and record what happens, as plain data."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from autograder.guest.plain_data import Inputs, arrays_in, fresh, perturbed, plain
from autograder.guest.response import Response, capture
from autograder.guest.student_call import call_student


def ask(
    function: Callable[..., object],
    inputs: Inputs,
    keywords: tuple[str, ...] = (),
    returns: tuple[str, ...] = (),
    repeat: bool = True,
) -> Response:
    """Call `function` with copies of the inputs, in their order.

    Args:
        keywords: names of inputs that are passed by keyword.
        returns: names of the parts of the return value.
        repeat: make the same call a second time, with a call on perturbed inputs in between. This shows whether the
            answer is repeatable, whether calls share memory, and whether anything is kept from one call to the next.
    """

    def call(arguments: Mapping[str, Any]) -> object:
        positional = [value for name, value in arguments.items() if name not in keywords]
        options = {name: value for name, value in arguments.items() if name in keywords}
        return call_student(function, *positional, **options)

    response = Response()
    arguments = fresh(inputs)
    with capture(response):
        value = call(arguments)
        response.answer = plain(value)
        response.inputs = {name: plain(item) for name, item in arguments.items()}
        response.shared = tuple(shared_memory(value, arguments, returns))
        if repeat:
            others = perturbed(inputs)
            response.other = plain(call(others)), {name: plain(item) for name, item in others.items()}
            response.later = plain(value)
            response.again = plain(call(fresh(inputs)))
    return response


def shared_memory(value: object, arguments: Mapping[str, Any], returns: tuple[str, ...]) -> list[tuple[str, str]]:
    """Pairs (result, argument or cached array) that share memory. A cache is not a result: it may hold arguments."""
    parts = value if isinstance(value, tuple) and len(value) == len(returns) else (value,)
    names = returns if len(returns) == len(parts) else ("the answer",)
    returned = list(zip(names, parts, strict=True))
    results = [array for name, part in returned if name != "cache" for array in arrays_in(part, name)]
    cached = [array for name, part in returned if name == "cache" for array in arrays_in(part, name)]
    passed = [array for name, part in arguments.items() for array in arrays_in(part, name)]
    pairs = []
    for result_name, result in results:
        owner = next((name for name, other in [*passed, *cached] if np.shares_memory(result, other)), None)
        if owner is not None:
            pairs.append((result_name, owner))
    return pairs
