"""train_fast: run the student's loop with a small network that notes what it is shown, on the CPU or an unreal GPU."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest import mock

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn
from torch.optim.optimizer import register_optimizer_step_pre_hook

from autograder.guest.fakes.machine import devices
from autograder.guest.fakes.meta_device import MetaGPU
from autograder.guest.fakes.recording_model import numbers_in
from autograder.guest.plain_data import Inputs, PlainData, fresh, plain
from autograder.guest.question import Functions, Question
from autograder.guest.response import Response, capture
from utils.layers.pytorch_modules import LeNet5

BREAKS_AT = 2  # the step at which a network that is to break breaks


def gather(question: Question, functions: Functions) -> Response:
    """What the loop showed a network and did with it; or, with `probe` "learn", what a LeNet-5 came to know in it."""
    response, inputs = Response(), question.inputs
    train_fast = functions["train_fast"]
    probes = {"steps": _steps, "device": _device, "broken": _broken, "learn": _learn}
    with capture(response), _one_thread():
        response.answer = probes[inputs["probe"]](train_fast, inputs)
    return response


@contextmanager
def _one_thread() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


class Broken(Exception):
    """Raised by a network that does not work."""


class SpyNetwork(nn.Module):
    """Two convolutions and a linear layer; notes what each training call saw, and what each step was taken with."""

    def __init__(self, breaks: bool = False) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(1, 3, 4, stride=4)
        self.conv2 = nn.Conv2d(3, 4, 3, stride=2)
        self.fc = nn.Linear(36, 10)
        self.breaks = breaks
        self.calls: list[dict[str, Any]] = []  # one for each call with gradients
        self.steps: list[dict[str, Any]] = []  # one for each step of an optimizer
        self.autocasts: list[str] = []  # kinds of number of the autocasts that are on, where they are played
        self.incoming = torch.zeros(10, 36)  # gradients of fc.weight since the last step
        self.piled_up = torch.zeros(10, 36)  # and since the first
        self.arrivals = 0  # gradients since the last step
        self.unreal: MetaGPU | None = None
        self.fc.weight.register_hook(self._note_gradient)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        noted = torch.is_grad_enabled()
        if noted and self.breaks and len(self.calls) == BREAKS_AT:
            raise Broken("the network is broken")
        h = F.relu(self.conv1(x))
        h = F.relu(self.conv2(h))
        logits: torch.Tensor = self.fc(h.flatten(1))
        if noted:
            call = self._note_call(x)
            if not logits.is_meta:
                call["logits"] = logits.detach().float().clone()
                logits.register_hook(lambda grad: call.update(labels=grad.float().argmin(1).tolist()))
        return logits

    def _note_call(self, x: torch.Tensor) -> dict[str, Any]:
        call = {
            "training": self.training,
            "channels last": self.conv2.weight.is_contiguous(memory_format=torch.channels_last),
            "autocast": self.autocasts[-1] if self.autocasts else "",
            "numbers": [] if x.is_meta else numbers_in(x.detach().float().numpy()),
            "labels": [],
        }
        self.calls.append(call)
        return call

    def _note_gradient(self, grad: torch.Tensor) -> None:
        if not grad.is_meta:
            self.arrivals += 1
            self.incoming += grad.detach().float()
            self.piled_up += grad.detach().float()

    def note_step(self, optimizer: Any, *_: Any) -> None:
        """Before each step: the learning rate, and whether the gradient is that of the last batch."""
        if self.unreal is not None:
            self.unreal.step += 1
        lr = max((float(group["lr"]) for group in optimizer.param_groups), default=0.0)
        self.steps.append({"lr": lr, "calls": len(self.calls), "gradient": self._kind_of_gradient()})
        self.incoming, self.arrivals = torch.zeros(10, 36), 0

    def _kind_of_gradient(self) -> str:
        grad = self.fc.weight.grad
        if not self.calls or not (self.incoming.any() or self.unreal):
            return "not asked for"
        if grad is None or (not grad.is_meta and not grad.any()):
            return "none"
        if self.arrivals > len(self.calls) - (self.steps[-1]["calls"] if self.steps else 0):
            return "twice"
        if grad.is_meta or _alike(grad, self.incoming):
            return "its own"
        return "piled up" if _alike(grad, self.piled_up) else "another"


def _alike(a: torch.Tensor, b: torch.Tensor) -> bool:
    """Whether two gradients point the same way; clipping and scaling change their length."""
    return bool(F.cosine_similarity(a.detach().float().flatten(), b.flatten(), dim=0) > 0.999)


@contextmanager
def _watched(network: SpyNetwork) -> Iterator[dict[str, int]]:
    """Note each step of an optimizer, and each wish to compile, which is not granted: it takes a minute."""
    asked = {"compile": 0}

    def compiled(model: Any = None, *args: Any, **kwargs: Any) -> Any:
        asked["compile"] += 1
        return (lambda function: function) if model is None else model

    def compiled_in_place(self: Any, *args: Any, **kwargs: Any) -> None:
        asked["compile"] += 1

    hook = register_optimizer_step_pre_hook(network.note_step)
    try:
        with (
            mock.patch.object(torch, "compile", compiled),
            mock.patch.object(nn.Module, "compile", compiled_in_place),
            mock.patch.object(torch.cuda, "make_graphed_callables", compiled),
        ):
            yield asked
    finally:
        hook.remove()


def _seeded(seed: int) -> None:
    random.seed(seed)
    np.random.seed(seed)
    torch.manual_seed(seed)


def _given(inputs: Inputs) -> tuple[torch.Tensor, torch.Tensor]:
    given = fresh({key: inputs[key] for key in ("images", "labels")})
    return torch.from_numpy(given["images"]), torch.from_numpy(given["labels"])


def _run(
    train_fast: Any, inputs: Inputs, more: int = 0, compiled: bool = False
) -> tuple[SpyNetwork, dict[str, PlainData]]:
    """Train a noting network on the CPU, with the question's seed plus `more`."""
    _seeded(7)
    network = SpyNetwork()
    network.train(inputs["training"])
    before = {name: value.detach().clone() for name, value in network.named_parameters() if value.ndim > 1}
    images, labels = _given(inputs)
    _seeded(inputs["seed"] + more)
    with _watched(network) as asked:
        history = train_fast(network, images, labels, torch.device("cpu"), **inputs["settings"])
    after = network.fc.weight.detach()
    as_they_were = [name for name, value in network.named_parameters() if name in before and value.equal(before[name])]
    told = {
        "history": _plain(history),
        "as they were": as_they_were,
        "changed": len(as_they_were) < len(before),
        "finite": bool(torch.isfinite(after).all()),
        "dtype": str(after.dtype),
        "training": network.training,
        "compile": asked["compile"],
        "inputs changed": [
            key for key, now in (("images", images), ("labels", labels)) if not np.array_equal(now.numpy(), inputs[key])
        ],
    }
    return network, told


def _plain(value: Any) -> PlainData:
    """Plain data, with a word for tensors."""
    if isinstance(value, torch.Tensor):
        return "tensor"
    if isinstance(value, (list, tuple)) and any(isinstance(item, torch.Tensor) for item in value):
        return "tensors"
    return plain(value)


def _steps(train_fast: Any, inputs: Inputs) -> dict[str, PlainData]:
    """What every step was taken with; with `again`, the order for the same seed again and for another, too."""
    network, told = _run(train_fast, inputs)
    if inputs["again"]:
        told |= {name: _order(_run(train_fast, inputs, more)[0]) for name, more in (("again", 0), ("other", 1))}
    return told | {
        "steps": [[call["numbers"], call["labels"], None] for call in network.calls],
        "modes": [call["training"] for call in network.calls],
        "losses": [_cross_entropy(call, inputs["labels"]) for call in network.calls],
        "taken": network.steps,
    }


def _order(network: SpyNetwork) -> list[list[Any]]:
    return [[call["numbers"], None, None] for call in network.calls]


def _cross_entropy(call: dict[str, Any], labels: np.ndarray) -> float:
    """The loss that a call had, of its images' own labels."""
    own = torch.from_numpy(labels[np.maximum(call["numbers"], 0)])
    return float(F.cross_entropy(call["logits"], own))


def _device(train_fast: Any, inputs: Inputs) -> dict[str, PlainData]:
    """Train on a GPU that computes nothing, and note what stays where."""
    _seeded(7)
    network = SpyNetwork()
    network.fc.weight.requires_grad_()
    images, labels = _given(inputs)
    with ExitStack() as stack:
        asked = stack.enter_context(_watched(network))
        stack.enter_context(devices(("cuda",)))
        stack.enter_context(_played_autocast(network))
        unreal = network.unreal = stack.enter_context(MetaGPU())
        train_fast(network, images, labels, torch.device("cuda"), **inputs["settings"])
    calls = network.calls
    return {
        "steps": len(network.steps),
        "copied": unreal.copied,
        "reads": sum(0 < step < unreal.step for step in unreal.reads),
        "channels last": all(call["channels last"] for call in calls),
        "autocast": sorted({call["autocast"] for call in calls}),
        "dtype": str(network.fc.weight.dtype),
        "compile": asked["compile"],
    }


@contextmanager
def _played_autocast(network: SpyNetwork) -> Iterator[None]:
    """Autocast for "cuda" turns itself off where there is none; this one is only noted."""

    class Autocast:
        def __init__(self, device_type: str = "cuda", dtype: Any = None, enabled: bool = True, **_: Any) -> None:
            kind = str(dtype or torch.get_autocast_dtype(torch.device(device_type).type)).removeprefix("torch.")
            self.kind = kind if enabled and device_type.startswith("cuda") else ""

        def __enter__(self) -> Autocast:
            network.autocasts.append(self.kind)
            return self

        def __exit__(self, *error: Any) -> None:
            network.autocasts.pop()

        def __call__(self, function: Any) -> Any:
            def inside(*args: Any, **kwargs: Any) -> Any:
                with self:
                    return function(*args, **kwargs)

            return inside

    class CudaAutocast(Autocast):
        def __init__(self, enabled: bool = True, dtype: Any = None, **_: Any) -> None:
            super().__init__("cuda", dtype, enabled)

    with (
        mock.patch.object(torch, "autocast", Autocast),
        mock.patch.object(torch.amp, "autocast", Autocast),
        mock.patch.object(torch.cuda.amp, "autocast", CudaAutocast),
    ):
        yield


def _broken(train_fast: Any, inputs: Inputs) -> dict[str, PlainData]:
    """Train a network that breaks in its third step."""
    network = SpyNetwork(breaks=True)
    images, labels = _given(inputs)
    with _watched(network):
        train_fast(network, images, labels, torch.device("cpu"), **inputs["settings"])
    return {"steps": len(network.steps)}


def _learn(train_fast: Any, inputs: Inputs) -> dict[str, PlainData]:
    """Train a LeNet-5 on the CPU and look at images with it."""
    _seeded(inputs["seed"])
    model = LeNet5()
    images, labels = _given(inputs)
    train_fast(model, images, labels, torch.device("cpu"), **inputs["settings"])
    model.eval()
    with torch.no_grad():
        scores = model(torch.from_numpy(fresh(inputs["evaluate_on"])))
    return {"scores": scores.float().contiguous().numpy()}
