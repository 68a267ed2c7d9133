"""train_one_epoch and evaluate: run with a small model that notes in which mode it is called, or with a LeNet-5."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import torch
from torch.utils.data import DataLoader, Dataset, TensorDataset

from autograder.guest.fakes.gpu import GPU, FakeGPU, mark
from autograder.guest.plain_data import Inputs, PlainData, plain
from autograder.guest.question import Functions, Question
from autograder.guest.response import Response, capture

CPU = torch.device("cpu")


class SpyNetwork(torch.nn.Module):
    """One linear layer. Notes for each call: its mode, whether gradients are recorded, the number of images."""

    def __init__(self, w: Any, b: Any, breaks: bool = False) -> None:
        super().__init__()
        self.weight = torch.nn.Parameter(torch.tensor(w))
        self.bias = torch.nn.Parameter(torch.tensor(b))
        self.inner = torch.nn.Identity()
        self.calls: list[list[Any]] = []
        self.breaks = breaks

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        self.calls.append([self.training and self.inner.training, torch.is_grad_enabled(), len(x)])
        if self.breaks and len(self.calls) == 2:
            raise RuntimeError("the second batch is broken")
        return torch.nn.functional.linear(self.inner(x).flatten(1), self.weight, self.bias)


class BrokenData(Dataset):
    """Images, one of which cannot be read."""

    def __init__(self, images: torch.Tensor, labels: torch.Tensor, broken: int) -> None:
        self.images, self.labels, self.broken = images, labels, broken

    def __len__(self) -> int:
        return len(self.labels)

    def __getitem__(self, k: int) -> tuple[torch.Tensor, torch.Tensor]:
        if k == self.broken:
            raise OSError(f"image {k} cannot be read")
        return self.images[k], self.labels[k]


@contextlib.contextmanager
def one_thread() -> Iterator[None]:
    """On arrays as small as these, threads would wait for one another; and the state of PyTorch is put back."""
    threads, recording = torch.get_num_threads(), torch.is_grad_enabled()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)
        torch.set_grad_enabled(recording)


def gather(question: Question, functions: Functions) -> Response:
    """What the student's function returned, and what it did to the model."""
    response, inputs = Response(), question.inputs
    with one_thread(), capture(response):
        if "epochs" in inputs:
            response.answer = _learn(functions, inputs)
        else:
            response.answer = _run(functions[question.exercise], inputs)
    return response


def _run(function: Any, inputs: Inputs) -> dict[str, PlainData]:
    images, labels = torch.tensor(inputs["x"]), torch.tensor(inputs["y"])
    model = SpyNetwork(inputs["w"], inputs["b"], inputs["breaks"] == "model")
    data: Any = TensorDataset(images, labels)
    if inputs["breaks"] == "loader":
        data = BrokenData(images, labels, inputs["batch"] + 1)
    loader: Any = DataLoader(data, inputs["batch"], drop_last=inputs["drop_last"])
    model.train(inputs["found"])
    arguments = [model, loader]
    if "optimizer" in inputs:
        kind = getattr(torch.optim, inputs["optimizer"])
        arguments.append(kind(model.parameters(), lr=inputs["lr"]))
    if inputs["gpu"]:
        mark(model.weight), mark(model.bias)
        with FakeGPU():
            value = function(*arguments, GPU)
    else:
        value = function(*arguments, CPU)
    tensor = isinstance(value, torch.Tensor)
    return {
        "value": value.detach().double().numpy() if tensor else plain(value),
        "tensor": tensor,
        "params": {"weight": model.weight.detach().numpy(), "bias": model.bias.detach().numpy()},
        "calls": model.calls,
        "mode": model.training,
        "recording": torch.is_grad_enabled(),
        "images changed": not torch.equal(images, torch.tensor(inputs["x"])),
    }


def _learn(functions: Functions, inputs: Inputs) -> dict[str, PlainData]:
    """Train the student's LeNet-5 with the student's loop, and look at other images with it."""
    torch.manual_seed(inputs["seed"])
    model = functions["LeNet5"]()
    order = torch.Generator().manual_seed(inputs["seed"])
    data = TensorDataset(torch.tensor(inputs["x"]), torch.tensor(inputs["y"]))
    loader: Any = DataLoader(data, inputs["batch"], shuffle=True, generator=order)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    losses = []
    for lr in inputs["epochs"]:
        optimizer.param_groups[0]["lr"] = lr
        losses.append(plain(functions["train_one_epoch"](model, loader, optimizer, CPU)))
    model.eval()
    with torch.no_grad():
        scores = model(torch.tensor(inputs["evaluate_on"])).numpy()
    return {"scores": scores, "losses": losses}
