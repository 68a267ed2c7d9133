"""LeNet5 and LeNet5BN in NumPy: build one, and observe its parameters, its numbers and its side effects."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from autograder.guest.plain_data import Inputs, PlainData, fresh, perturbed, plain
from autograder.guest.question import Functions, Question
from autograder.guest.responders.probes import Observed, WrongInterface, observe
from autograder.guest.response import Response
from autograder.guest.student_call import call_student

Arrays = dict[str, np.ndarray]
Make = Callable[..., Any]  # the student's class
STATE = ("params", "running")  # the network's dicts of arrays; only one with batchnorm has the second


def gather(question: Question, functions: Functions) -> Response:
    """What the probe that `inputs["probe"]` names observed of a network in the dtype of `x`."""
    inputs = question.inputs
    return observe(lambda: PROBES[inputs["probe"]](functions[question.exercise], inputs))


def _built(make: Make, inputs: Inputs, seed: int) -> Any:
    network = call_student(make, np.random.default_rng(seed), inputs["x"].dtype.type)
    for name in STATE:
        arrays = getattr(network, name, None)
        missing = arrays is None and name == "params"
        if missing or (arrays is not None and not _is_dict_of_arrays(arrays)):
            raise WrongInterface(f".{name} must be a dict of arrays by name, such as params['conv1.weight'].")
    return network


def _is_dict_of_arrays(value: object) -> bool:
    return isinstance(value, dict) and all(type(item) is np.ndarray for item in value.values())


def _loss(network: Any, x: np.ndarray, y: np.ndarray) -> tuple[Any, Arrays]:
    answer = call_student(network.loss, x, y)
    if answer is None:
        raise WrongInterface(".loss(x, y) returned nothing (None). Is there a `return` at its end?", "returned-nothing")
    if not isinstance(answer, (tuple, list)) or len(answer) != 2:
        raise WrongInterface(f".loss(x, y) must return (loss, grads); yours returned a {type(answer).__name__}.")
    loss, grads = answer
    if type(grads) is not dict or not all(type(value) is np.ndarray for value in grads.values()):
        raise WrongInterface(
            ".loss(x, y) must return (loss, grads), where grads is a dict with an array under every key of params."
        )
    return loss, grads


def _copies(network: Any) -> dict[str, PlainData]:
    """Copies of the network's arrays."""
    return {name: plain(getattr(network, name)) for name in STATE if hasattr(network, name)}


def _fingerprint(network: Any) -> str:
    """A string that two networks have in common if their parameters are the same, bit for bit."""
    digest = hashlib.sha256()
    for key in sorted(network.params):
        digest.update(np.ascontiguousarray(network.params[key]).tobytes())
    return digest.hexdigest()


def _parameters(make: Make, inputs: Inputs) -> Observed:
    """params and running: key -> `_summary`; default_dtypes: those without a dtype."""
    network = _built(make, inputs, inputs["seed"])
    observed: Observed = {name: _summaries(getattr(network, name, None)) for name in STATE}
    default = call_student(make, np.random.default_rng(inputs["seed"]))
    arrays = [array for name in STATE for array in (getattr(default, name, None) or {}).values()]
    observed["default_dtypes"] = sorted({str(array.dtype) for array in arrays})
    return observed


def _summaries(arrays: Arrays | None) -> dict[str, PlainData] | None:
    if arrays is None:
        return None
    return {str(key): _summary(str(key), array) for key, array in arrays.items()}


def _summary(key: str, array: np.ndarray) -> list[PlainData]:
    """[shape, dtype, least and greatest value, whether two filters or two columns of a matrix are alike]."""
    filters = array if key.startswith("conv") else array.T
    alike = array.ndim > 1 and len({np.ascontiguousarray(one).tobytes() for one in filters}) < len(filters)
    return [list(array.shape), str(array.dtype), float(array.min()), float(array.max()), alike]


def _seeds(make: Make, inputs: Inputs) -> Observed:
    """first, same_seed, other_seed: fingerprints of three networks; shared: arrays that two of them have in common."""
    seed = inputs["seed"]
    first, same_seed, other_seed = (_built(make, inputs, number) for number in (seed, seed, seed + 1))
    shared = [
        f"{name}[{key!r}]"
        for name in STATE
        for key, array in getattr(first, name, {}).items()
        if any(np.shares_memory(array, value) for value in getattr(other_seed, name, {}).values())
    ]
    return {
        "first": _fingerprint(first),
        "same_seed": _fingerprint(same_seed),
        "other_seed": _fingerprint(other_seed),
        "shared": shared,
    }


def _numbers(make: Make, inputs: Inputs) -> Observed:
    """scores, or loss, grads and running statistics `after` it, for the methods in `inputs["calls"]`, in this order.

    params and running are the network's arrays when they were called; with `inputs["overwrite"]` they are first
    changed in place, after a call of scores. With `inputs["second"]`, loss was called with another batch before.
    """
    network = _built(make, inputs, inputs["seed"])
    if inputs.get("second"):
        _loss(network, perturbed(inputs["x"]), perturbed(inputs["y"]))
    if inputs["overwrite"]:
        call_student(network.scores, fresh(inputs["x"]))
        for name in STATE:
            overwrite(getattr(network, name, {}), inputs["seed"])
    observed = _copies(network)
    for method in inputs["calls"]:
        if method == "scores":
            observed["scores"] = plain(call_student(network.scores, fresh(inputs["x"])))
        else:
            loss, grads = _loss(network, fresh(inputs["x"]), fresh(inputs["y"]))
            observed |= {"loss": plain(loss), "grads": plain(grads), "after": plain(getattr(network, "running", None))}
    return observed


def overwrite(arrays: Mapping[str, np.ndarray], seed: int) -> None:
    """Change arrays in place, always alike for one seed: weights are halved, the others moved up a little."""
    rng = np.random.default_rng([seed, 7])
    for key in sorted(arrays):
        if arrays[key].ndim > 1:
            arrays[key][...] *= 0.5
        else:
            arrays[key][...] += rng.uniform(0.1, 0.3, arrays[key].shape)


def before_overwrite(arrays: Mapping[str, np.ndarray], seed: int) -> Arrays:
    """The arrays as they were before `overwrite`."""
    moved = {key: np.full(array.shape, float(array.ndim > 1)) for key, array in arrays.items()}
    overwrite(moved, seed)
    return {key: array / moved[key] if array.ndim > 1 else array - moved[key] for key, array in arrays.items()}


def _side_effects(make: Make, inputs: Inputs) -> Observed:
    """Two calls of loss and two of scores: how they affect each other, the network's arrays and the inputs.

    params_changed, changed_inputs: by loss; gradient_ratios: key -> how many times the first gradient the second is;
    gradients_overwritten: whether the first gradients changed; aliases: [gradient, array that it shares memory with];
    scores_repeat; changed_by_scores.
    """
    network = _built(make, inputs, inputs["seed"])
    x, y = fresh(inputs["x"]), fresh(inputs["y"])
    before = _fingerprint(network)
    _, first = _loss(network, x, y)
    copies = {key: value.copy() for key, value in first.items()}
    _, second = _loss(network, x, y)
    arrays = {f"params[{key!r}]": value for key, value in network.params.items()} | {"x": x}
    observed: Observed = {
        "params_changed": _fingerprint(network) != before,
        "changed_inputs": [name for name, now in (("x", x), ("y", y)) if not np.array_equal(now, inputs[name])],
        "gradient_ratios": {key: _ratio(copies[key], second[key]) for key in copies if key in second},
        "gradients_overwritten": first is second
        or any(key not in first or not np.array_equal(copies[key], first[key]) for key in copies),
        "aliases": [
            [f"grads[{key!r}]", name]
            for key, grad in second.items()
            for name, array in arrays.items()
            if np.shares_memory(grad, array)
        ],
    }
    running = plain(getattr(network, "running", None))
    scores, repeated = (plain(call_student(network.scores, x)) for _ in range(2))
    observed["scores_repeat"] = _same_arrays({"": scores}, {"": repeated})
    observed["changed_by_scores"] = [
        name
        for name, changed in (
            ("params", _fingerprint(network) != before and not observed["params_changed"]),
            ("running", not _same_arrays(running, plain(getattr(network, "running", None)))),
            ("x", not np.array_equal(x, inputs["x"]) and not observed["changed_inputs"]),
        )
        if changed
    ]
    return observed


def _ratio(first: np.ndarray, second: np.ndarray) -> float:
    """How many times the first array the second is: 1 where they are the same, 2 where gradients accumulate."""
    if first.shape != second.shape:
        return 0.0
    size = float(np.vdot(first, first))
    return float(np.vdot(first, second)) / size if size else 1.0


def _same_arrays(a: PlainData, b: PlainData) -> bool:
    """Whether two dicts hold the same numbers, or both are None."""
    if not isinstance(a, dict) or not isinstance(b, dict):
        return a is b
    return a.keys() == b.keys() and all(np.array_equal(a[key], b[key]) for key in a)


PROBES: dict[str, Callable[[Make, Inputs], Observed]] = {
    "parameters": _parameters,
    "seeds": _seeds,
    "numbers": _numbers,
    "side_effects": _side_effects,
}
