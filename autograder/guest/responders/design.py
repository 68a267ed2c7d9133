"""build_model: build it twice, and write down what one of the models does to a batch, as plain data.

No count and no score is made here. The recording crosses to the grader, who counts, trains and judges it alone.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from autograder.guest.plain_data import PlainData, plain
from autograder.guest.question import Functions, Question
from autograder.guest.response import Response, capture


def gather(question: Question, functions: Functions) -> Response:
    """The recording; what is odd about the model stands under "problem", or where it has a name under that name."""
    import torch

    from utils.design.recording import DependsOnNumbers, NotRecorded, built, record

    response, inputs = Response(), question.inputs
    x = torch.from_numpy(np.array(inputs["images"]))
    build = partial(built, functions["build_model"], x, inputs["seed"])
    with capture(response):
        model = build()
        if odd := _odd(model):
            response.answer = odd
            return response
        try:
            recording = record(model, x)
            response.answer = {"recording": plain(recording), "builds": _builds(model, build())}
        except DependsOnNumbers as problem:
            response.answer = {"depends-on-numbers": str(problem)}
        except NotRecorded as problem:
            response.answer = {"problem": str(problem)}
    return response


def _odd(model: Any) -> dict[str, str] | None:
    from torch import nn

    if isinstance(model, nn.Module):
        return None
    if model is None:
        return {"returns-nothing": "build_model returned nothing (None). Is there a `return` at its end?"}
    if isinstance(model, type):
        return {"class-not-model": f"build_model returned the class {model.__name__} and not a model of it."}
    return {"problem": f"build_model must return an nn.Module; yours returned a {type(model).__name__}."}


def _builds(model: Any, again: Any) -> dict[str, PlainData]:
    """How two models of one seed differ and what they share."""
    import torch

    one, two = dict(model.named_parameters()), dict(again.named_parameters())
    alike = {name: tuple(p.shape) for name, p in one.items()} == {name: tuple(p.shape) for name, p in two.items()}
    return {
        "same": model is again,
        "shared": [name for name, p in one.items() if any(p is other for other in two.values())],
        "alike": alike,
        "equal": alike and all(torch.equal(p, two[name]) for name, p in one.items()),
    }
