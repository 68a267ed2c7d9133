"""07_lenet_numpy: what a network answers from the student's own parameters, right or with one mistake."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from autograder.exercises.shared.lenet import LeNetVariant, answer
from autograder.exercises.shared.rounding import zeroed_before_norm
from autograder.guest.plain_data import Inputs, PlainData
from autograder.guest.responders.networks import before_overwrite


def with_arrays(inputs: Inputs, **arrays: PlainData) -> Inputs:
    """The inputs with other arrays, and no cached answers."""
    return inputs | arrays | {"answers": {}}


def network_answer(q: Inputs, **changes: Any) -> dict[str, PlainData]:
    """scores, loss, grads and moments of the network with these changes to its variant.

    With batchnorm, loss, gradients and moments are those in training mode, scores those in test mode.
    q: the question's inputs with `params`, `running`, `variant`, `backward` and `answers` (see `reported`).
    """
    answered = dict(_cached(q, replace(q["variant"], **changes), q["backward"]))
    if q["variant"].norm:
        answered["grads"] = zeroed_before_norm(answered["grads"], q["x"].dtype)
        if "scores" in q["calls"]:
            answered["scores"] = answer_in_test_mode(q, **changes)["scores"]
    return answered


def answer_in_test_mode(q: Inputs, backward: bool = False, **changes: Any) -> dict[str, PlainData]:
    """The same in test mode, with the running statistics."""
    return _cached(q, replace(q["variant"], **{**changes, "statistics": "running"}), backward)


def _cached(q: Inputs, variant: LeNetVariant, backward: bool) -> dict[str, PlainData]:
    """A variant's answer, computed once for a question: many mistakes are compared with the same one."""
    key = variant, backward
    if key not in q["answers"]:
        q["answers"][key] = answer(q["params"], q["x"], q["y"], variant, q.get("running"), backward)
    cached: dict[str, PlainData] = q["answers"][key]
    return cached


def before_overwriting(q: Inputs) -> Inputs:
    """The question with the arrays as they were before they were overwritten; ValueError if none were."""
    if not q["overwrite"]:
        raise ValueError("nothing was overwritten")
    arrays = {name: before_overwrite(q[name], q["seed"]) for name in ("params", "running") if q.get(name)}
    return with_arrays(q, **arrays)


def zeroed(q: Inputs, *keys: str) -> Inputs:
    """The question with some parameters set to 0."""
    return with_arrays(q, params=q["params"] | {key: np.zeros_like(q["params"][key]) for key in keys})


def answer_of_variant(
    *parts: str, unused: tuple[str, ...] = (), **changes: Any
) -> Callable[[Inputs, Any], dict[str, PlainData]]:
    """For a `Mistake`: the answer of a network with these changes to its variant, in these parts; by default in all.

    unused: keys of parameters that it ignores.
    """

    def wrong(q: Inputs, right: Any) -> dict[str, PlainData]:
        answered = network_answer(zeroed(q, *unused) if unused else q, **changes)
        return {part: value for part, value in answered.items() if part in (parts or answered)}

    return wrong
