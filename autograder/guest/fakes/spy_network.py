"""A small network that records what `train_fast` does with it, and patches that record autocast and compilation."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

import torch
import torch.nn.functional as F
from torch import nn
from torch.optim.optimizer import register_optimizer_step_pre_hook

from autograder.guest.fakes.meta_device import MetaGPU
from autograder.guest.fakes.recording_model import numbers_in

BROKEN_CALL = 2  # index of the call at which a broken network raises


class Broken(Exception):
    """Raised by a network that is broken on purpose."""


class SpyNetwork(nn.Module):
    """Test double for a network in `train_fast`: two convolutions and a linear layer, and records of their use.

    A call is recorded as a dict: training (the mode), channels_last (whether the weights are in that format), autocast
    (its dtype, "" for none), images (their numbers), labels (as seen in the gradient of the loss), and logits.
    A step of an optimizer: lr, calls (how many came before it), state (has it momentum, say), and gradient, one of

        own: of the calls since the last step      accumulated: the sum since the first step
        doubled: the loss went backward twice      missing: zero or None
        repeated: that of the same optimizer's step before
        other: none of these                       no_loss: not computed from this network
    """

    def __init__(self, broken: bool = False) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(1, 3, 4, stride=4)
        self.conv2 = nn.Conv2d(3, 4, 3, stride=2)
        self.fc = nn.Linear(36, 10)
        self.broken = broken  # raise Broken at the call BROKEN_CALL
        self.calls: list[dict[str, Any]] = []  # one for each call with gradients
        self.steps: list[dict[str, Any]] = []  # one for each step of an optimizer
        self.autocasts: list[str] = []  # dtypes of the autocasts that are entered, where they are recorded
        self.since_step = torch.zeros(10, 36)  # the sum of the gradients of fc.weight since the last step
        self.since_start = torch.zeros(10, 36)  # and since the first
        self.arrivals = 0  # gradients of fc.weight since the last step
        self.backward_autocast = ""  # the dtype of the autocast in which a gradient was computed; "" for none
        self.stepped: set[int] = set()  # ids of the optimizers that took a step since the last backward pass
        self.gpu: MetaGPU | None = None  # the fake GPU that it is trained on, if there is one
        self.fc.weight.register_hook(self._record_gradient)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        recorded = torch.is_grad_enabled()
        if recorded and self.broken and len(self.calls) == BROKEN_CALL:
            raise Broken("the network is broken")
        h = F.relu(self.conv1(x))
        h = F.relu(self.conv2(h))
        logits: torch.Tensor = self.fc(h.flatten(1))
        if recorded:
            call = self._record_call(x)
            logits.register_hook(self._record_backward)
            if not logits.is_meta:
                call["logits"] = logits.detach().float().clone()
                logits.register_hook(lambda grad: call.update(labels=grad.float().argmin(1).tolist()))
        return logits

    def _record_call(self, x: torch.Tensor) -> dict[str, Any]:
        call = {
            "training": self.training,
            "channels_last": self.conv2.weight.is_contiguous(memory_format=torch.channels_last),
            "autocast": self.autocasts[-1] if self.autocasts else "",
            "images": [] if x.is_meta else numbers_in(x.detach().float().numpy()),
            "labels": [],
        }
        self.calls.append(call)
        return call

    def _record_backward(self, grad: torch.Tensor) -> None:
        self.stepped.clear()
        self.backward_autocast = (self.autocasts[-1] if self.autocasts else "") or self.backward_autocast

    def _record_gradient(self, grad: torch.Tensor) -> None:
        if not grad.is_meta:
            self.arrivals += 1
            self.since_step += grad.detach().float()
            self.since_start += grad.detach().float()

    def record_step(self, optimizer: Any, *_: Any) -> None:
        """Record a step of an optimizer, before it is taken."""
        if self.gpu is not None:
            self.gpu.step += 1
        lr = max((float(group["lr"]) for group in optimizer.param_groups), default=0.0)
        gradient = "repeated" if id(optimizer) in self.stepped else self._kind_of_gradient()
        self.stepped.add(id(optimizer))
        state = any(tensor is not None for each in optimizer.state.values() for tensor in each.values())
        self.steps.append({"lr": lr, "calls": len(self.calls), "state": state, "gradient": gradient})
        self.since_step, self.arrivals = torch.zeros(10, 36), 0

    def _kind_of_gradient(self) -> str:
        grad = self.fc.weight.grad
        if not self.calls or not (self.since_step.any() or self.gpu):
            return "no_loss"
        if grad is None or (not grad.is_meta and not grad.any()):
            return "missing"
        if self.arrivals > len(self.calls) - (self.steps[-1]["calls"] if self.steps else 0):
            return "doubled"
        if grad.is_meta or _same_direction(grad, self.since_step):
            return "own"
        return "accumulated" if _same_direction(grad, self.since_start) else "other"


def _same_direction(a: torch.Tensor, b: torch.Tensor) -> bool:
    """Whether two gradients have the same direction; clipping and scaling change their length."""
    return bool(F.cosine_similarity(a.detach().float().flatten(), b.flatten(), dim=0) > 0.999)


@contextmanager
def spying(network: SpyNetwork) -> Iterator[dict[str, int]]:
    """Record the steps of optimizers with the network, and count the calls of torch.compile, under "compile".

    Nothing is compiled: that takes a minute.
    """
    counts = {"compile": 0}

    def compiled(model: Any = None, *args: Any, **kwargs: Any) -> Any:
        counts["compile"] += 1
        return (lambda function: function) if model is None else model

    def compiled_in_place(self: Any, *args: Any, **kwargs: Any) -> None:
        counts["compile"] += 1

    hook = register_optimizer_step_pre_hook(network.record_step)
    try:
        with (
            mock.patch.object(torch, "compile", compiled),
            mock.patch.object(nn.Module, "compile", compiled_in_place),
            mock.patch.object(torch.cuda, "make_graphed_callables", compiled),
        ):
            yield counts
    finally:
        hook.remove()


@contextmanager
def recorded_autocast(network: SpyNetwork) -> Iterator[None]:
    """Record autocast for "cuda" with the network; the real one turns itself off where there is no GPU."""

    class Autocast:
        """Test double for torch.autocast."""

        def __init__(self, device_type: str = "cuda", dtype: Any = None, enabled: bool = True, **_: Any) -> None:
            kind = str(dtype or torch.get_autocast_dtype(torch.device(device_type).type)).removeprefix("torch.")
            self.kind = kind if enabled and device_type.startswith("cuda") else ""  # the dtype, "" if it is off

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
        """Test double for torch.cuda.amp.autocast."""

        def __init__(self, enabled: bool = True, dtype: Any = None, **_: Any) -> None:
            super().__init__("cuda", dtype, enabled)

    with (
        mock.patch.object(torch, "autocast", Autocast),
        mock.patch.object(torch.amp, "autocast", Autocast),
        mock.patch.object(torch.cuda.amp, "autocast", CudaAutocast),
    ):
        yield
