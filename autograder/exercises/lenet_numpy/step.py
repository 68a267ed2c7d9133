"""07_lenet_numpy: one step of gradient descent with momentum, compared with `torch.optim.SGD`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from autograder.guest.plain_data import Inputs, PlainData
from autograder.guest.response import Response
from autograder.judging import oracle
from autograder.judging.case import Case, Finding, Sizes
from autograder.judging.exercise import Exercise
from autograder.judging.mistake import Mistake

Arrays = dict[str, np.ndarray]

SHAPES = {"conv1.weight": (2, 1, 2, 2), "conv1.bias": (2,), "fc1.weight": (3, 2), "fc1.bias": (2,)}


def stepped(q: Inputs, **settings: Any) -> dict[str, Arrays]:
    """params and velocity after `q["steps"]` steps; settings of `torch.optim.SGD` replace the question's."""
    matrix = oracle.descent_matrix(**({"lr": q["lr"], "momentum": q.get("momentum", 0.9)} | settings))
    after = {
        key: oracle.descended(matrix, q["steps"], value, q["velocity"][key], q["grads"][key])
        for key, value in q["params"].items()
    }
    return {
        "params": {key: params for key, (params, _) in after.items()},
        "velocity": {key: velocity for key, (_, velocity) in after.items()},
    }


def _each(function: Callable[..., np.ndarray], *dicts: Arrays) -> Arrays:
    """A new dict, computed key by key."""
    return {key: function(*(arrays[key] for arrays in dicts)) for key in dicts[0]}


def _once(q: Inputs) -> Inputs:
    """The question, if it is about a single step; ValueError if not."""
    if q["steps"] != 1:
        raise ValueError("known for one step only")
    return q


def _ascended(q: Inputs, right: Any) -> dict[str, PlainData]:
    return {"params": _each(lambda before, after: 2 * before - after, q["params"], right["params"])}


def _weights_only(q: Inputs, right: Any) -> dict[str, PlainData]:
    return {
        part: {k: value if "weight" in k else q[part][k] for k, value in right[part].items()}
        for part in ("params", "velocity")
    }


def _last_of(before: Arrays, after: Arrays) -> Arrays:
    """The arrays as they were, but the last of them as it must be."""
    last = [*before][-1]
    return {**before, last: after[last]}


class SgdMomentumStep(Exercise):
    name, points = "sgd_momentum_step", 10
    responder = "momentum"
    returns = ("params", "velocity")
    keywords = ("momentum",)
    cases = (
        Case("the first step: velocity is zero", {"rest": True}),
        Case("a later step: the velocity counts", {}),
        Case("three steps in a row", {"steps": 3}),
        Case("another momentum, 0.75", {"momentum": 0.75}),
        Case("float32 stays float32", {"steps": 2}, dtype="float32", conventions=("dtype",)),
        Case("grads left alone, the arrays themselves updated", {}, strided=True, conventions=("memory",)),
        Case("large gradients", {"large": True}, weight=0.5),
        Case("other numbers, another momentum", {"momentum": 0.6, "steps": 2}, hidden=True),
        Case("momentum 0", {"momentum": 0.0}, hidden=True),
    )
    mistakes = (
        Mistake(
            "nothing-updated",
            "The arrays are unchanged. Update them in place, `params[name] -= …`: a new array that is put into the "
            "dict or a variable leaves the old one unchanged for all code that uses it.",
            lambda q, right: {"params": q["params"], "velocity": q["velocity"]},
        ),
        Mistake(
            "velocity-not-kept",
            "The step is right, but the velocity is unchanged: update it in place too, the next step needs it.",
            lambda q, right: {"params": right["params"], "velocity": _once(q)["velocity"]},
        ),
        Mistake(
            "params-not-updated",
            "The velocity is right, but the parameters are unchanged: update them in place (`-=`).",
            lambda q, right: {"params": q["params"], "velocity": right["velocity"]},
        ),
        Mistake(
            "no-momentum",
            "The parameters moved by lr·g only: the velocity of the steps before does not count.",
            lambda q, right: {"params": stepped(q, momentum=0)["params"]},
        ),
        Mistake(
            "uphill",
            "The step goes uphill: the sign of the update is wrong.",
            _ascended,
        ),
        Mistake(
            "nesterov",
            "This is Nesterov's step, p − lr·(g + momentum·v); plain momentum is p − lr·v.",
            lambda q, right: {"params": stepped(q, nesterov=True)["params"]},
        ),
        Mistake(
            "gradient-damped",
            "The gradient is multiplied by 1 − momentum; here, as in PyTorch, v = momentum·v + g.",
            lambda q, right: stepped(q, dampening=q.get("momentum", 0.9)),
        ),
        Mistake(
            "lr-inside-velocity",
            "The learning rate is inside the velocity; here, as in PyTorch, v = momentum·v + g and p = p − lr·v.",
            lambda q, right: {
                "velocity": _each(
                    lambda v, g: q.get("momentum", 0.9) * v + q["lr"] * g, _once(q)["velocity"], q["grads"]
                )
            },
            lambda q, right: {
                "velocity": _each(
                    lambda v, g: q.get("momentum", 0.9) * v - q["lr"] * g, _once(q)["velocity"], q["grads"]
                )
            },
        ),
        Mistake(
            "old-velocity-used",
            "The parameters move by the old velocity: update it first, then take the step.",
            lambda q, right: {"params": _each(lambda p, v: p - q["lr"] * v, _once(q)["params"], q["velocity"])},
        ),
        Mistake(
            "momentum-hard-coded",
            "The momentum that was passed is not used.",
            lambda q, right: stepped(q, momentum=0.9),
        ),
        Mistake(
            "learning-rate-forgotten",
            "The step is not multiplied by the learning rate.",
            lambda q, right: {"params": stepped(q, lr=1.0)["params"]},
        ),
        Mistake(
            "last-array-only",
            "Only the last array is updated: the line that does it stands after the loop, not inside of it.",
            lambda q, right: {"params": _last_of(q["params"], right["params"]), "velocity": right["velocity"]},
            lambda q, right: {key: _last_of(q[key], right[key]) for key in ("params", "velocity")},
        ),
        Mistake("biases-skipped", "Only the weights are updated: biases are parameters too.", _weights_only),
        Mistake(
            "replaced",
            "The dict holds new arrays, and the old ones are unchanged. Other code that uses an array of params or "
            "velocity must see the update: change the array itself (`params[name] -= …`, or `params[name][...] = …`).",
            convention="memory",
        ),
    )

    def inputs(self, sizes: Sizes, rng: Any) -> Inputs:
        params, grads, velocity = (
            {key: rng.standard_normal(shape) for key, shape in SHAPES.items()} for _ in ("params", "grads", "velocity")
        )
        if sizes.get("large"):
            grads = {key: 1000 * value for key, value in grads.items()}
        if sizes.get("rest"):
            velocity = {key: np.zeros(shape) for key, shape in SHAPES.items()}
        momentum = {"momentum": sizes["momentum"]} if "momentum" in sizes else {}
        return {
            "params": params,
            "grads": grads,
            "velocity": velocity,
            "lr": 0.125,
            "steps": sizes.get("steps", 1),
            **momentum,
        }

    def expected(self, q: Inputs) -> dict[str, PlainData]:
        return dict(stepped(q))

    def repeats_call(self, inputs: Inputs) -> bool:
        """No: each call changes its arguments, and a question may already be several calls."""
        return False

    def judge(self, case: Case, inputs: Inputs, response: Response) -> list[Finding]:
        """As usual; new arrays in the dicts break a convention, and their numbers count."""
        replaced = [part for part in response.notes if part in self.returns]
        if not replaced or response.error is not None:
            return super().judge(case, inputs, response)
        held = tuple(response.inputs.get(f"{part} in the dict") for part in self.returns)
        findings = super().judge(case, inputs, replace(response, answer=held, again=held, later=held))
        text = f"{self.name} put new arrays into {' and '.join(replaced)}; it must change the arrays that are passed."
        if any(not finding.convention for finding in findings):
            return [replace(findings[0], text=text, mistakes=("replaced",))]
        if "memory" in case.conventions:
            return [Finding(text, ("replaced",), convention="memory"), *findings]
        return findings
