"""build_model: build the model twice, and record what one of the two does to a batch, as plain data.

Nothing is counted or scored here. The recording crosses to the grader, which counts, trains and judges it alone.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from autograder.guest.plain_data import plain
from autograder.guest.question import Functions, Question
from autograder.guest.responders.probes import Observed, WrongInterface, observe
from autograder.guest.response import Response
from autograder.guest.student_call import call_student


def gather(question: Question, functions: Functions) -> Response:
    """recording: of one model; builds: how two models that were built with the same seed compare."""
    import torch

    from utils.design.recording import DependsOnNumbers, NotRecorded, built, record

    inputs, seed = question.inputs, question.inputs["seed"]
    x = torch.from_numpy(np.array(inputs["images"]))
    build = partial(built, functions["build_model"], x)

    def probe() -> Observed:
        model = build(seed)
        _require_module(model)
        try:
            recording = record(model, x)
            if recording["training"]["functions"] and not _has_other_gradients(model, recording, x):
                recording["training"]["functions"] = []
            builds = _compare(model, build(seed)) | {"seeds_itself": _seeds_itself(functions["build_model"], seed)}
            return {"recording": plain(recording), "builds": builds}
        except DependsOnNumbers as problem:
            raise WrongInterface(str(problem), "depends-on-numbers") from None
        except NotRecorded as problem:
            raise WrongInterface(str(problem)) from None

    return observe(probe)


def _require_module(model: Any) -> None:
    from torch import nn

    if model is None:
        raise WrongInterface("build_model returned nothing (None). Is there a `return` at its end?", "returned-nothing")
    if isinstance(model, type):
        raise WrongInterface(f"build_model returned the class {model.__name__} and not a model of it.", "class")
    if not isinstance(model, nn.Module):
        raise WrongInterface(f"build_model must return an nn.Module; yours returned a {type(model).__name__}.")


def _compare(model: Any, other: Any) -> Observed:
    """Whether two models are one object, have parameters in common, the same shapes, the same weights."""
    import torch

    ours, theirs = dict(model.named_parameters()), dict(other.named_parameters())
    same_shapes = {name: tuple(p.shape) for name, p in ours.items()} == {
        name: tuple(p.shape) for name, p in theirs.items()
    }
    return {
        "same_model": model is other,
        "shared_parameters": [name for name, p in ours.items() if any(p is q for q in theirs.values())],
        "same_shapes": same_shapes,
        "same_weights": same_shapes and all(torch.equal(p, theirs[name]) for name, p in ours.items()),
    }


def _has_other_gradients(model: Any, recording: Any, x: Any) -> bool:
    """Whether the model's own backward passes give other gradients than its recording; True if that is unknown."""
    from utils.design.own_backward import has_other_gradients

    try:
        return has_other_gradients(model, recording, x)
    except Exception:  # what cannot be trained is told in the training
        return True


def _seeds_itself(build_model: Callable[[], Any], seed: int) -> bool:
    """Whether two other seeds give the same weights and leave the generator in the same state: it was seeded again."""
    import torch
    from torch.nn.parameter import is_lazy

    weights, states = [], []
    for other in (seed + 1, seed + 2):
        torch.manual_seed(other)
        weights.append(list(call_student(build_model).parameters()))
        states.append(torch.get_rng_state())
    one, two = weights
    # a lazy layer has no weights yet
    sized = [(p, q) for p, q in zip(one, two, strict=False) if not (is_lazy(p) or is_lazy(q))]
    return torch.equal(*states) and all(p.shape == q.shape and torch.equal(p, q) for p, q in sized)
