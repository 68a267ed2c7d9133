"""LeNet5 and LeNet5BN as modules: make the student's, and look at its layers, its numbers and its manners."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from autograder.guest.plain_data import Inputs, PlainData
from autograder.guest.question import Functions, Question
from autograder.guest.responders.loops import one_thread
from autograder.guest.response import Response, capture

LAYERS, NORMS = ("conv1", "conv2", "fc1", "fc2"), ("bn1", "bn2")
STATISTICS = ("running_mean", "running_var")


class WrongInterface(Exception):
    """The module does not have the form that was asked for; the message says in which way."""


def gather(question: Question, functions: Functions) -> Response:
    """What `probe` names; where the module has another form, the sentence that says so stands under "problem"."""
    response, inputs = Response(), question.inputs
    with one_thread(), capture(response):
        try:
            response.answer = QUESTIONS[inputs["probe"]](functions[question.exercise], inputs)
        except WrongInterface as problem:
            response.answer = {"problem": str(problem)}
    return response


def _made(make: Callable[[], Any], inputs: Inputs, more: int = 0) -> Any:
    torch.manual_seed(inputs["seed"] + more)
    model = make()
    if not isinstance(model, torch.nn.Module):
        raise WrongInterface("It must be a class that inherits from nn.Module.")
    return model


def _layer(model: Any, name: str) -> Any:
    layer = getattr(model, name, None)
    if not isinstance(layer, torch.nn.Module):
        there = ", ".join(key for key, _ in model.named_children()) or "none"
        raise WrongInterface(f"The module has no layer .{name}; there are {there}.")
    return layer


def _scores(model: Any, x: torch.Tensor) -> torch.Tensor:
    scores = model(x)
    if not isinstance(scores, torch.Tensor):
        kind = "nothing (None)" if scores is None else type(scores).__name__
        raise WrongInterface(f"forward must return a tensor of scores; yours returned {kind}.")
    return scores


def _parts(make: Callable[[], Any], inputs: Inputs) -> dict[str, PlainData]:
    """The layers with their shapes, the number of parameters, and what several modules have in common."""
    model = _made(make, inputs)
    layers = {}
    for name in inputs["layers"]:
        layer = _layer(model, name)
        weight, bias = getattr(layer, "weight", None), getattr(layer, "bias", None)
        layers[name] = [type(layer).__name__, *(None if t is None else list(t.shape) for t in (weight, bias))]
    parameters = list(model.parameters())
    again, other = _made(make, inputs), _made(make, inputs, 1)
    ours = {parameter.data_ptr() for parameter in parameters}
    return {
        "layers": layers,
        "params": sum(parameter.numel() for parameter in parameters),
        "frozen": sum(parameter.numel() for parameter in parameters if not parameter.requires_grad),
        "dtypes": sorted({str(parameter.dtype) for parameter in parameters}),
        "shared": any(parameter.data_ptr() in ours for parameter in other.parameters()),
        "repeat": _print(model) == _print(again),
        "alike": _print(model) == _print(other),
    }


def _print(model: Any) -> bytes:
    return b"".join(parameter.detach().numpy().tobytes()[:4000] for parameter in model.parameters())


def _numbers(make: Callable[[], Any], inputs: Inputs) -> dict[str, PlainData]:
    """Scores, their loss and its gradients, in the mode asked for; all parameters in the layout of 07."""
    model = _made(make, inputs)
    norms = [name for name in inputs["layers"] if name in NORMS]
    for layer in inputs["layers"]:
        _layer(model, layer)
    x, y = torch.tensor(inputs["x"]), torch.tensor(inputs["y"])
    model.to(x.dtype)
    _move(model, norms, inputs["seed"])
    running = _running(model, norms)
    model.train(inputs["training"])
    if inputs["channels_last"]:
        # with one channel it would be the same layout: lie apart as a part of a larger tensor does
        model.to(memory_format=torch.channels_last)
        x = torch.cat([x, x], dim=3)[..., : x.shape[3]]
    scores = _scores(model, x)
    found: dict[str, PlainData] = {
        "scores": scores.detach().numpy(),
        "running": running,
        "after": _running(model, norms),
    }
    named = {
        f"{layer}.{end}": getattr(_layer(model, layer), end) for layer in inputs["layers"] for end in ("weight", "bias")
    }
    if any(value is None for value in named.values()):
        raise WrongInterface(f"{next(key for key, value in named.items() if value is None)} is missing.")
    found["params"] = {key: _in_numpy(key, value) for key, value in named.items()}
    if inputs["grads"]:
        loss = torch.nn.functional.cross_entropy(scores, y)
        grads = torch.autograd.grad(loss, list(named.values()), allow_unused=True)
        found["grads"] = {
            key: np.zeros_like(found["params"][key]) if grad is None else _in_numpy(key, grad)
            for key, grad in zip(named, grads, strict=True)
        }
    return found


def _in_numpy(key: str, value: torch.Tensor) -> np.ndarray:
    """Linear weights are (inputs, outputs) in 07."""
    array = value.detach().numpy()
    return np.ascontiguousarray(array.T if key.startswith("fc") and array.ndim == 2 else array)


def _move(model: Any, norms: list[str], seed: int) -> None:
    """Give batchnorm other numbers than the ones and zeros that it begins with."""
    rng = np.random.default_rng(seed)
    for name in norms:
        layer = _layer(model, name)
        for end in ("weight", "bias", *STATISTICS):
            value = getattr(layer, end, None)
            if value is None:
                raise WrongInterface(f"{name}.{end} is missing: the layer is nn.BatchNorm2d as it comes.")
            with torch.no_grad():
                value.copy_(torch.tensor(rng.uniform(0.5, 1.5, tuple(value.shape))))


def _running(model: Any, norms: list[str]) -> dict[str, np.ndarray]:
    return {f"{n}.{end}": getattr(_layer(model, n), end).numpy().copy() for n in norms for end in STATISTICS}


def _side_effects(make: Callable[[], Any], inputs: Inputs) -> dict[str, PlainData]:
    """What calls do to the images, to the module and to each other; and whether all goes where the module goes."""
    model, x = _made(make, inputs), torch.tensor(inputs["x"])
    model.train()
    before = _print(model)
    first, second = _scores(model, x).detach().numpy().copy(), _scores(model, x).detach().numpy()
    trained_mode = model.training
    model.eval()
    _scores(model, x)
    found: dict[str, PlainData] = {
        "repeats": bool(np.allclose(first, second, atol=1e-6)),
        "modes kept": trained_mode and not model.training,
        "images changed": not np.array_equal(x.numpy(), inputs["x"]),
        "params changed": _print(model) != before,
    }
    elsewhere = _made(make, inputs).eval().to("meta")
    try:
        # on this device there are shapes and no numbers; a tensor that was left behind on the CPU does not fit it
        found["elsewhere"] = str(_scores(elsewhere, x.to("meta")).device)
    except NotImplementedError as error:  # not the student's, whose answer would count as not written
        raise RuntimeError(str(error)).with_traceback(error.__traceback__) from None
    return found


QUESTIONS: dict[str, Callable[[Callable[[], Any], Inputs], dict[str, PlainData]]] = {
    "parts": _parts,
    "numbers": _numbers,
    "side_effects": _side_effects,
}
