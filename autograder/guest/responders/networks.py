"""LeNet5 and LeNet5BN: build the student's network, and look at what it keeps, computes and changes."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from autograder.guest.plain_data import Inputs, PlainData, fresh, plain
from autograder.guest.question import Functions, Question
from autograder.guest.response import Response, capture

Arrays = dict[str, np.ndarray]
STATES = ("params", "running")  # the dicts of arrays that a network keeps; only one with batchnorm has the second


class WrongInterface(Exception):
    """The network does not have the form that was asked for; the message says in which way."""


def gather(question: Question, functions: Functions) -> Response:
    """Build a network and look at what `probe` names; `seed` and the dtype of `x` are the question's.

    Where the network has another form, the sentence that says so stands under "problem".
    """
    response, inputs = Response(), question.inputs
    with capture(response):
        try:
            response.answer = QUESTIONS[inputs["probe"]](functions[question.exercise], inputs)
        except WrongInterface as problem:
            response.answer = {"problem": str(problem)}
    return response


def _built(make: Callable[..., Any], inputs: Inputs, more: int = 0) -> Any:
    network = make(np.random.default_rng(inputs["seed"] + more), inputs["x"].dtype.type)
    for name in STATES:
        arrays = getattr(network, name, None)
        odd = arrays is not None and not (
            isinstance(arrays, dict) and all(type(v) is np.ndarray for v in arrays.values())
        )
        if odd or (arrays is None and name == "params"):
            raise WrongInterface(f".{name} must be a dict of arrays by name, such as params['conv1.weight'].")
    return network


def _loss(network: Any, x: np.ndarray, y: np.ndarray) -> tuple[Any, Arrays]:
    answer = network.loss(x, y)
    if answer is None:
        raise WrongInterface(".loss(x, y) returned nothing (None). Is there a `return` at its end?")
    if not isinstance(answer, (tuple, list)) or len(answer) != 2:
        raise WrongInterface(f".loss(x, y) must return (loss, grads); yours returned a {type(answer).__name__}.")
    loss, grads = answer
    if type(grads) is not dict or not all(type(value) is np.ndarray for value in grads.values()):
        raise WrongInterface(
            ".loss(x, y) must return (loss, grads), where grads is a dict with an array under every key of params."
        )
    return loss, grads


def states(network: Any) -> dict[str, PlainData]:
    """A copy of what the network keeps."""
    return {name: plain(getattr(network, name)) for name in STATES if hasattr(network, name)}


def fingerprint(network: Any) -> str:
    """Tells whether two networks have the same parameters, bit for bit."""
    digest = hashlib.sha256()
    for key in sorted(network.params):
        digest.update(np.ascontiguousarray(network.params[key]).tobytes())
    return digest.hexdigest()


def _kept(make: Callable[..., Any], inputs: Inputs) -> dict[str, PlainData]:
    """Shape, dtype, least and greatest value of every array, and the dtypes if none is asked for."""
    network = _built(make, inputs)
    found: dict[str, PlainData] = {name: _summaries(getattr(network, name, None)) for name in STATES}
    usual = make(np.random.default_rng(inputs["seed"]))
    found["usual dtypes"] = sorted({str(array.dtype) for array in usual.params.values()})
    return found


def _summaries(arrays: Arrays | None) -> dict[str, PlainData] | None:
    if arrays is None:
        return None
    return {str(k): [list(a.shape), str(a.dtype), float(a.min()), float(a.max())] for k, a in arrays.items()}


def _seeds(make: Callable[..., Any], inputs: Inputs) -> dict[str, PlainData]:
    """Fingerprints of networks from one seed, the same seed again, and another; arrays that two of them share."""
    first, again, other = _built(make, inputs), _built(make, inputs), _built(make, inputs, 1)
    shared = [
        f"{name}[{key!r}]"
        for name in STATES
        for key, array in getattr(first, name, {}).items()
        if any(np.shares_memory(array, value) for value in getattr(other, name, {}).values())
    ]
    prints = {"first": fingerprint(first), "again": fingerprint(again), "other": fingerprint(other)}
    return prints | {"shared": shared}


def _numbers(make: Callable[..., Any], inputs: Inputs) -> dict[str, PlainData]:
    """What `steps` ask for, scores or loss (with its gradients), in this order, and the arrays that they belong to.

    With `written`, the arrays are first changed in place.
    """
    network = _built(make, inputs)
    if inputs["written"]:
        for name in STATES:
            write(getattr(network, name, {}), inputs["seed"])
    found = states(network)
    for step in inputs["steps"]:
        if step == "scores":
            found["scores"] = plain(network.scores(fresh(inputs["x"])))
        else:
            loss, grads = _loss(network, fresh(inputs["x"]), fresh(inputs["y"]))
            found |= {"loss": plain(loss), "grads": plain(grads), "after": plain(getattr(network, "running", None))}
    return found


def write(arrays: Mapping[str, np.ndarray], seed: int) -> None:
    """Change the arrays in place, alike each time for the same seed: weights halved, the others moved up a little."""
    rng = np.random.default_rng([seed, 7])
    for key in sorted(arrays):
        if arrays[key].ndim > 1:
            arrays[key][...] *= 0.5
        else:
            arrays[key][...] += rng.uniform(0.1, 0.3, arrays[key].shape)


def unwritten(arrays: Mapping[str, np.ndarray], seed: int) -> Arrays:
    """What was there before `write`."""
    moved = {key: np.full(array.shape, float(array.ndim > 1)) for key, array in arrays.items()}
    write(moved, seed)
    return {key: array / moved[key] if array.ndim > 1 else array - moved[key] for key, array in arrays.items()}


def _side_effects(make: Callable[..., Any], inputs: Inputs) -> dict[str, PlainData]:
    """Two calls of loss and two of scores: what they do to each other, to the arrays kept and to the inputs."""
    network = _built(make, inputs)
    x, y = fresh(inputs["x"]), fresh(inputs["y"])
    before = fingerprint(network)
    _, first = _loss(network, x, y)
    kept = {key: value.copy() for key, value in first.items()}
    _, second = _loss(network, x, y)
    held = {f"params[{key!r}]": value for key, value in network.params.items()} | {"x": x}
    found: dict[str, PlainData] = {
        "params changed": fingerprint(network) != before,
        "inputs changed": [name for name, now in (("x", x), ("y", y)) if not np.array_equal(now, inputs[name])],
        "times": {key: _times(kept[key], second[key]) for key in kept if key in second},
        "overwritten": first is second
        or any(key not in first or not np.array_equal(kept[key], first[key]) for key in kept),
        "aliases": [
            [f"grads[{key!r}]", name]
            for key, grad in second.items()
            for name, other in held.items()
            if np.shares_memory(grad, other)
        ],
    }
    running = plain(getattr(network, "running", None))
    one, two = (plain(network.scores(x)) for _ in range(2))
    found["scores repeat"] = same_arrays({"": one}, {"": two})
    found["scores change"] = [
        name
        for name, changed in (
            ("params", fingerprint(network) != before and not found["params changed"]),
            ("running", not same_arrays(running, plain(getattr(network, "running", None)))),
            ("x", not np.array_equal(x, inputs["x"]) and not found["inputs changed"]),
        )
        if changed
    ]
    return found


def _times(first: np.ndarray, second: np.ndarray) -> float:
    """How many times the first the second is: 1 where it is the same, 2 where gradients were added up."""
    if first.shape != second.shape:
        return 0.0
    size = float(np.vdot(first, first))
    return float(np.vdot(first, second)) / size if size else 1.0


def same_arrays(a: PlainData, b: PlainData) -> bool:
    """Whether two dicts hold the same numbers; two times None is the same."""
    if not isinstance(a, dict) or not isinstance(b, dict):
        return a is b
    return a.keys() == b.keys() and all(np.array_equal(a[key], b[key]) for key in a)


QUESTIONS: dict[str, Callable[[Callable[..., Any], Inputs], dict[str, PlainData]]] = {
    "kept": _kept,
    "seeds": _seeds,
    "numbers": _numbers,
    "side_effects": _side_effects,
}
