"""train_one_epoch and evaluate: run with a small model that records its calls, or with the student's LeNet5."""

from __future__ import annotations

from typing import Any

import torch
from torch.utils.data import DataLoader, TensorDataset

from autograder.guest.fakes.gpu import GPU, FakeGPU, put_on_gpu
from autograder.guest.fakes.linear_model import BrokenDataset, LinearSpy
from autograder.guest.plain_data import Inputs, plain
from autograder.guest.question import Functions, Question
from autograder.guest.responders.probes import Observed, observe
from autograder.guest.responders.pytorch_settings import contained_pytorch
from autograder.guest.response import Response
from autograder.guest.student_call import call_student
from autograder.guest.tensor_data import array_of, doubles_of
from utils.lazy import with_sizes

CPU = torch.device("cpu")


def gather(question: Question, functions: Functions) -> Response:
    """What the function returned and did to a LinearSpy; if there are `epochs`, what a LeNet-5 learned in it."""
    inputs = question.inputs
    with contained_pytorch():
        if "epochs" in inputs:
            return observe(lambda: _train(functions, inputs))
        return observe(lambda: _run(functions[question.exercise], inputs))


def _run(function: Any, inputs: Inputs) -> Observed:
    """Call the function with a LinearSpy.

    value: what it returned, and tensor: whether that was a tensor; params: weight and bias afterwards; calls: see
    LinearSpy; training: the mode afterwards; recording: whether PyTorch records gradients afterwards; frozen: whether
    a parameter has none recorded then. If the inputs say `again`, again: what a second call returned, with the same
    arguments but a loader of the first batch alone.
    """
    images, labels = torch.tensor(inputs["x"]), torch.tensor(inputs["y"])
    model = LinearSpy(inputs["w"], inputs["b"], inputs["breaks"] == "model")
    data: Any = TensorDataset(images, labels)
    if inputs["breaks"] == "loader":
        data = BrokenDataset(images, labels, inputs["batch"] + 1)
    loader: Any = DataLoader(data, inputs["batch"], drop_last=inputs["drop_last"])
    model.train(inputs["training"])
    arguments = [model, loader]
    if "optimizer" in inputs:
        kind = getattr(torch.optim, inputs["optimizer"])
        arguments.append(kind(model.parameters(), lr=inputs["lr"]))
    with torch.set_grad_enabled(inputs["recording"]):
        if inputs["gpu"]:
            put_on_gpu(model.weight), put_on_gpu(model.bias)
            with FakeGPU():
                value = call_student(function, *arguments, GPU)
        else:
            value = call_student(function, *arguments, CPU)
        recording = torch.is_grad_enabled()
    tensor = isinstance(value, torch.Tensor)
    observed: Observed = {
        "value": doubles_of(value) if tensor else plain(value),
        "tensor": tensor,
        "params": {"weight": model.weight.detach().numpy().copy(), "bias": model.bias.detach().numpy().copy()},
        "calls": list(model.calls),
        "training": model.training,
        "recording": recording,
        "frozen": not all(parameter.requires_grad for parameter in model.parameters()),
    }
    if inputs["again"]:
        size = inputs["batch"]
        arguments[1] = DataLoader(TensorDataset(images[:size], labels[:size]), size)
        value = call_student(function, *arguments, CPU)
        observed["again"] = doubles_of(value) if isinstance(value, torch.Tensor) else plain(value)
    return observed


def _train(functions: Functions, inputs: Inputs) -> Observed:
    """Train the student's LeNet-5 with the student's loop; scores: of the images in `evaluate_on`."""
    torch.manual_seed(inputs["seed"])
    model = with_sizes(call_student(functions["LeNet5"]))
    order = torch.Generator().manual_seed(inputs["seed"])
    data = TensorDataset(torch.tensor(inputs["x"]), torch.tensor(inputs["y"]))
    loader: Any = DataLoader(data, inputs["batch"], shuffle=True, generator=order)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    losses = []
    for lr in inputs["epochs"]:
        optimizer.param_groups[0]["lr"] = lr
        losses.append(plain(call_student(functions["train_one_epoch"], model, loader, optimizer, CPU)))
    model.eval()
    with torch.no_grad():
        scores = call_student(model, torch.tensor(inputs["evaluate_on"]))
    return {"scores": array_of(scores) if isinstance(scores, torch.Tensor) else plain(scores), "losses": losses}
