"""LeNet5 and LeNet5BN as nn.Modules: make one, and observe its layers, its numbers and its side effects."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from autograder.guest.plain_data import Inputs
from autograder.guest.question import Functions, Question
from autograder.guest.responders.probes import Observed, WrongInterface, observe
from autograder.guest.responders.pytorch_settings import contained_pytorch
from autograder.guest.response import Response
from autograder.guest.student_call import call_student
from autograder.guest.tensor_data import array_of
from utils.lazy import with_sizes, without_sizes

NORMS = ("bn1", "bn2")
STATISTICS = ("running_mean", "running_var")
FINGERPRINT = 1000  # numbers of each parameter by which two models are told apart

Make = Callable[[], Any]  # the student's class


def gather(question: Question, functions: Functions) -> Response:
    """What the probe that `inputs["probe"]` names observed of the module."""
    inputs = question.inputs
    with contained_pytorch():
        return observe(lambda: PROBES[inputs["probe"]](functions[question.exercise], inputs))


def _made(make: Make, seed: int) -> Any:
    torch.manual_seed(seed)
    model = call_student(make)
    if not isinstance(model, torch.nn.Module):
        raise WrongInterface("It must be a class that inherits from nn.Module.", "no-module")
    if unused := without_sizes(with_sizes(model)):
        layer = unused[0].rpartition(".")[0]
        raise WrongInterface(f"forward does not use the lazy layer .{layer}, so it has neither sizes nor weights.")
    return model


def _layer(model: Any, name: str) -> Any:
    layer = getattr(model, name, None)
    if not isinstance(layer, torch.nn.Module):
        layers = ", ".join(key for key, _ in model.named_children()) or "none"
        raise WrongInterface(f"The module has no layer .{name}; its layers: {layers}.", "no-layer")
    return layer


def _scores(model: Any, x: torch.Tensor) -> torch.Tensor:
    scores = call_student(model, x)
    if scores is None:
        raise WrongInterface(
            "forward must return a tensor of scores; yours returned nothing (None).", "returned-nothing"
        )
    if not isinstance(scores, torch.Tensor):
        raise WrongInterface(f"forward must return a tensor of scores; yours returned {type(scores).__name__}.")
    return scores


def _layers(make: Make, inputs: Inputs) -> Observed:
    """layers: name -> [type, shape of the weight, shape of the bias]; numbers about parameters; three modules compared.

    params, frozen: how many parameters there are, and how many without a gradient; shared: whether two modules have one
    in common; same_seed, other_seed: whether the weights of two modules are equal then.
    """
    model = _made(make, inputs["seed"])
    layers = {}
    for name in inputs["layers"]:
        layer = _layer(model, name)
        weight, bias = getattr(layer, "weight", None), getattr(layer, "bias", None)
        layers[name] = [type(layer).__name__, *(None if t is None else list(t.shape) for t in (weight, bias))]
    parameters = list(model.parameters())
    same_seed, other_seed = _made(make, inputs["seed"]), _made(make, inputs["seed"] + 1)
    addresses = {parameter.data_ptr() for parameter in parameters}
    return {
        "layers": layers,
        "params": sum(parameter.numel() for parameter in parameters),
        "frozen": sum(parameter.numel() for parameter in parameters if not parameter.requires_grad),
        "dtypes": sorted({str(parameter.dtype) for parameter in parameters}),
        "shared": any(parameter.data_ptr() in addresses for parameter in other_seed.parameters()),
        "same_seed": _fingerprint(model) == _fingerprint(same_seed),
        "other_seed": _fingerprint(model) == _fingerprint(other_seed),
    }


def _fingerprint(model: Any) -> bytes:
    heads = (parameter.detach().flatten()[:FINGERPRINT].double() for parameter in model.parameters())
    return b"".join(head.numpy().tobytes() for head in heads)


def _numbers(make: Make, inputs: Inputs) -> Observed:
    """scores, and grads of their loss if `inputs["grads"]`; params; running and after: statistics before and after.

    All arrays are in the layout of 07.
    """
    model = _made(make, inputs["seed"])
    norms = [name for name in inputs["layers"] if name in NORMS]
    for layer in inputs["layers"]:
        _layer(model, layer)
    x, y = torch.tensor(inputs["x"]), torch.tensor(inputs["y"])
    model.to(x.dtype)
    _randomise(model, norms, inputs["seed"])
    running = _running(model, norms)
    model.train(inputs["training"])
    if inputs["channels_last"]:
        # images of one channel are the same in both layouts, so make x a part of a larger tensor: not contiguous
        model.to(memory_format=torch.channels_last)
        x = torch.cat([x, x], dim=3)[..., : x.shape[3]]
    scores = _scores(model, x)
    observed: Observed = {
        "scores": array_of(scores),
        "running": running,
        "after": _running(model, norms),
    }
    named = {
        f"{layer}.{end}": getattr(_layer(model, layer), end) for layer in inputs["layers"] for end in ("weight", "bias")
    }
    if any(value is None for value in named.values()):
        raise WrongInterface(f"{next(key for key, value in named.items() if value is None)} is missing.")
    observed["params"] = {key: _in_numpy(key, value) for key, value in named.items()}
    if inputs["grads"]:
        loss = torch.nn.functional.cross_entropy(scores, y)
        grads = call_student(torch.autograd.grad, loss, list(named.values()), allow_unused=True)
        observed["grads"] = {
            key: np.zeros_like(observed["params"][key]) if grad is None else _in_numpy(key, grad)
            for key, grad in zip(named, grads, strict=True)
        }
    return observed


def _in_numpy(key: str, value: torch.Tensor) -> Any:
    """A parameter or gradient in the layout of 07, where linear weights are (inputs, outputs)."""
    array = array_of(value)
    if isinstance(array, np.ndarray) and array.ndim == 2 and key.startswith("fc"):
        return np.ascontiguousarray(array.T)
    return array


def _randomise(model: Any, norms: list[str], seed: int) -> None:
    """Give batchnorm other numbers than the ones and zeros that it starts with."""
    rng = np.random.default_rng(seed)
    for name in norms:
        layer = _layer(model, name)
        for end in ("weight", "bias", *STATISTICS):
            value = getattr(layer, end, None)
            if value is None:
                raise WrongInterface(f"{name}.{end} is missing: use nn.BatchNorm2d with its defaults.")
            with torch.no_grad():
                value.copy_(torch.tensor(rng.uniform(0.5, 1.5, tuple(value.shape))))


def _running(model: Any, norms: list[str]) -> Observed:
    return {f"{n}.{end}": array_of(getattr(_layer(model, n), end)) for n in norms for end in STATISTICS}


def _side_effects(make: Make, inputs: Inputs) -> Observed:
    """What calls of forward change, and whether the module works on another device.

    scores_repeat: in training mode; mode_kept; images_changed; params_changed; device: that of the scores when module
    and images are on the device "meta".
    """
    model, x = _made(make, inputs["seed"]), torch.tensor(inputs["x"])
    model.train()
    before = _fingerprint(model)
    first, second = (_scores(model, x).detach().clone() for _ in range(2))
    still_training = model.training
    model.eval()
    _scores(model, x)
    observed: Observed = {
        "scores_repeat": first.shape == second.shape and torch.allclose(first, second, atol=1e-6),
        "mode_kept": still_training and not model.training,
        "images_changed": not torch.equal(x, torch.tensor(inputs["x"])),
        "params_changed": _fingerprint(model) != before,
    }
    moved = _made(make, inputs["seed"]).eval().to("meta")
    try:
        # on this device tensors have no numbers; one that stayed on the CPU cannot be mixed with them
        observed["device"] = str(_scores(moved, x.to("meta")).device)
    except NotImplementedError as error:  # PyTorch's, which must not count as "not attempted"
        raise RuntimeError(str(error)).with_traceback(error.__traceback__) from None
    return observed


PROBES: dict[str, Callable[[Make, Inputs], Observed]] = {
    "layers": _layers,
    "numbers": _numbers,
    "side_effects": _side_effects,
}
