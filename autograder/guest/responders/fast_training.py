"""train_fast: run the student's loop with a network that records its use, on the CPU or on a fake GPU."""

from __future__ import annotations

import random
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F

from autograder.guest.fakes.machine import patched_devices
from autograder.guest.fakes.meta_device import MetaGPU
from autograder.guest.fakes.spy_network import SpyNetwork, recorded_autocast, spying
from autograder.guest.plain_data import Inputs, PlainData, fresh, plain
from autograder.guest.question import Functions, Question
from autograder.guest.responders.probes import Observed, observe
from autograder.guest.responders.pytorch_settings import contained_pytorch
from autograder.guest.response import Response
from autograder.guest.student_call import call_student
from autograder.guest.tensor_data import array_of
from utils.layers.pytorch_modules import LeNet5

CPU = torch.device("cpu")


def gather(question: Question, functions: Functions) -> Response:
    """What the probe that `inputs["probe"]` names observed of the loop."""
    inputs, train_fast = question.inputs, functions["train_fast"]
    with contained_pytorch():
        return observe(lambda: PROBES[inputs["probe"]](train_fast, inputs))


def _seed_all(seed: int) -> None:
    random.seed(seed)
    np.random.seed(seed)
    torch.manual_seed(seed)


def _tensors(inputs: Inputs) -> tuple[torch.Tensor, torch.Tensor]:
    """Images and labels, copies that the loop may change."""
    arrays = fresh({key: inputs[key] for key in ("images", "labels")})
    return torch.from_numpy(arrays["images"]), torch.from_numpy(arrays["labels"])


def _run(train_fast: Any, inputs: Inputs, seed: int, run: int = 0) -> tuple[SpyNetwork, Observed]:
    """Train a SpyNetwork on the CPU; `seed` is PyTorch's, and `run` that of other generators, for the order of images.

    history: what was returned; unchanged: weights that are as they were; changed: whether any changed; dtype: of the
    parameters; training: the mode afterwards; compile: calls of torch.compile; changed_inputs: names.
    """
    _seed_all(7)
    network = SpyNetwork()
    network.train(inputs["training"])
    before = {name: value.detach().clone() for name, value in network.named_parameters() if value.ndim > 1}
    images, labels = _tensors(inputs)
    _seed_all(run)
    torch.manual_seed(seed)
    with spying(network) as counts:
        history = call_student(train_fast, network, images, labels, CPU, **inputs["settings"])
    unchanged = [name for name, value in network.named_parameters() if name in before and value.equal(before[name])]
    observed = {
        "history": _plain_history(history),
        "unchanged": unchanged,
        "changed": len(unchanged) < len(before),
        "dtype": str(network.fc.weight.dtype),
        "training": network.training,
        "compile": counts["compile"],
        "changed_inputs": [
            key for key, now in (("images", images), ("labels", labels)) if not np.array_equal(now.numpy(), inputs[key])
        ],
    }
    return network, observed


def _plain_history(history: Any) -> PlainData:
    """The history as plain data; "tensor" or "tensors" if that is what it consists of."""
    if isinstance(history, torch.Tensor):
        return "tensor"
    if isinstance(history, (list, tuple)) and any(isinstance(item, torch.Tensor) for item in history):
        return "tensors"
    return plain(history)


def _training(train_fast: Any, inputs: Inputs) -> Observed:
    """What `_run` observes, and of each call of the network: steps (images and labels), modes, losses.

    optimizer_steps: see SpyNetwork. If `repeat`, same_seed and other_seed hold the steps of two more runs. If `again`,
    again: steps of the optimizer and history of a second call with the same network.
    """
    seed = inputs["seed"]
    network, observed = _run(train_fast, inputs, seed)
    if inputs["repeat"]:
        observed["same_seed"] = _steps(_run(train_fast, inputs, seed, 1)[0])
        observed["other_seed"] = _steps(_run(train_fast, inputs, seed + 1, 2)[0])
    observed |= {
        "steps": _steps(network),
        "modes": [call["training"] for call in network.calls],
        "losses": [_cross_entropy(call, inputs["labels"]) for call in network.calls],
        "optimizer_steps": [*network.steps],
    }
    if inputs["again"]:
        before = len(network.steps)
        with spying(network):
            history = call_student(train_fast, network, *_tensors(inputs), CPU, **inputs["settings"])
        observed["again"] = {"steps": network.steps[before:], "history": _plain_history(history)}
    return observed


def _steps(network: SpyNetwork) -> list[dict[str, PlainData]]:
    """The images of each call, by number, and their labels."""
    return [{"images": call["images"], "labels": call["labels"]} for call in network.calls]


def _cross_entropy(call: dict[str, Any], labels: np.ndarray) -> float:
    """The loss of a call, with the images' own labels."""
    own = torch.from_numpy(labels[np.maximum(call["images"], 0)])
    return float(F.cross_entropy(call["logits"], own))


def _fake_gpu(train_fast: Any, inputs: Inputs) -> Observed:
    """Train on a GPU that computes nothing.

    steps: how many were taken; copied: images copied to the GPU after the first; indices: copies of indices after it;
    reads: numbers read back between the first step and the last; channels_last; autocast: dtypes of the calls;
    backward_autocast: of the backward pass; dtype: of the parameters; compile.
    """
    _seed_all(7)
    network = SpyNetwork()
    network.fc.weight.requires_grad_()
    images, labels = _tensors(inputs)
    with ExitStack() as stack:
        counts = stack.enter_context(spying(network))
        stack.enter_context(patched_devices(("cuda",)))
        stack.enter_context(recorded_autocast(network))
        gpu = network.gpu = stack.enter_context(MetaGPU())
        call_student(train_fast, network, images, labels, torch.device("cuda"), **inputs["settings"])
    calls = network.calls
    return {
        "steps": len(network.steps),
        "copied": gpu.copied,
        "indices": gpu.indices,
        "reads": sum(0 < step < gpu.step for step in gpu.reads),
        "channels_last": all(call["channels_last"] for call in calls),
        "autocast": sorted({call["autocast"] for call in calls}),
        "backward_autocast": network.backward_autocast,
        "dtype": str(network.fc.weight.dtype),
        "compile": counts["compile"],
    }


def _broken_network(train_fast: Any, inputs: Inputs) -> Observed:
    """Train a network that raises an error at its third call."""
    network = SpyNetwork(broken=True)
    images, labels = _tensors(inputs)
    with spying(network):
        call_student(train_fast, network, images, labels, CPU, **inputs["settings"])
    return {"steps": len(network.steps)}


def _accuracy(train_fast: Any, inputs: Inputs) -> Observed:
    """Train a LeNet-5 on the CPU; scores: of the images in `evaluate_on`."""
    _seed_all(inputs["seed"])
    model = LeNet5()
    images, labels = _tensors(inputs)
    call_student(train_fast, model, images, labels, CPU, **inputs["settings"])
    model.eval()
    with torch.no_grad():
        scores = model(torch.from_numpy(fresh(inputs["evaluate_on"])))
    return {"scores": array_of(scores.float().contiguous())}


PROBES: dict[str, Callable[[Any, Inputs], Observed]] = {
    "training": _training,
    "fake_gpu": _fake_gpu,
    "broken_network": _broken_network,
    "accuracy": _accuracy,
}
