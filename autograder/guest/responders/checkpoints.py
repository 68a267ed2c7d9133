"""save_checkpoint and load_checkpoint: what a file holds, and whether training goes on from it as if never stopped."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn
from torch.optim import SGD, Optimizer
from torch.optim.lr_scheduler import LambdaLR, LRScheduler

from autograder.guest.plain_data import Inputs, PlainData, plain
from autograder.guest.question import Functions, Question
from autograder.guest.response import Response, capture

BEFORE, AFTER = 11, 5  # steps before the file is written, and after; the first is no number of a parameter
ran: list[str] = []  # what a file has run that was read without care


class WrongInterface(Exception):
    """A file that does not tell what it should; the message says in which way."""


def falling(k: int) -> float:
    """The schedule of a run."""
    return 1 / (1 + k)


class Run:
    """A small network in training: all that a checkpoint has to keep."""

    def __init__(self, seed: int, width: int = 6) -> None:
        torch.manual_seed(seed)
        self.model = nn.Sequential(nn.Linear(5, width), nn.BatchNorm1d(width), nn.ReLU(), nn.Linear(width, 3))
        self.optimizer: Optimizer = SGD(self.model.parameters(), lr=0.1, momentum=0.9)
        self.scheduler: LRScheduler = LambdaLR(self.optimizer, falling)
        self.generator = torch.Generator().manual_seed(seed)
        self.orders: list[list[int]] = []
        self.rates: list[float] = []

    def parts(self) -> tuple[Any, ...]:
        return self.model, self.optimizer, self.scheduler, self.generator

    def go_on(self, steps: int) -> None:
        """Take steps, each with a batch that the generator draws."""
        images = torch.linspace(-1, 1, 60).reshape(12, 5).sin()
        for _ in range(steps):
            order = torch.randperm(12, generator=self.generator)[:6]
            self.orders.append(order.tolist())
            self.rates.append(float(self.optimizer.param_groups[0]["lr"]))
            self.optimizer.zero_grad()
            F.cross_entropy(self.model(images[order]), order % 3).backward()
            self.optimizer.step()
            self.scheduler.step()

    def state(self) -> dict[str, np.ndarray]:
        """Copies of parameters and running statistics, by name."""
        return {key: value.detach().numpy().copy() for key, value in self.model.state_dict().items()}

    def momenta(self) -> list[np.ndarray]:
        kept = (self.optimizer.state[p].get("momentum_buffer") for p in self.model.parameters())
        return [value.numpy().copy() for value in kept if value is not None]


def gather(question: Question, functions: Functions) -> Response:
    """What `probe` asks: what a file holds, or what comes of reading it."""
    response, inputs = Response(), question.inputs
    with tempfile.TemporaryDirectory() as folder, capture(response):
        try:
            response.answer = PROBES[inputs["probe"]](functions, inputs, Path(folder) / "checkpoint.pt")
        except WrongInterface as problem:
            response.answer = {"problem": str(problem)}
    return response


def _saved(functions: Functions, inputs: Inputs, path: Path, width: int = 6) -> Run:
    """A run after some steps, and its file."""
    run = Run(inputs["seed"], width)
    run.go_on(BEFORE)
    functions["save_checkpoint"](path, *run.parts(), inputs["step"])
    if not path.is_file():
        raise WrongInterface("save_checkpoint wrote no file at the path that it was given.")
    return run


def _holds(functions: Functions, inputs: Inputs, path: Path) -> dict[str, PlainData]:
    """Which parts of a run are found in its file, wherever they stand there; what saving changed."""
    run = Run(inputs["seed"])
    run.go_on(BEFORE)
    before = run.state(), torch.get_rng_state(), run.generator.get_state()
    run.model.train()
    functions["save_checkpoint"](path, *run.parts(), inputs["step"])
    if not path.is_file():
        raise WrongInterface("save_checkpoint wrote no file at the path that it was given.")
    changed = [key for key, value in run.state().items() if not np.array_equal(value, before[0][key])]
    changed += [] if run.model.training else ["the mode"]
    changed += [] if torch.equal(torch.get_rng_state(), before[1]) else ["PyTorch's generator"]
    changed += [] if torch.equal(run.generator.get_state(), before[2]) else ["generator"]
    try:
        kept = _leaves(torch.load(path, weights_only=True))
    except Exception as error:
        return {"unreadable": str(error).strip().splitlines()[0][:200]}
    tensors = [leaf for leaf in kept if isinstance(leaf, torch.Tensor)]
    numbers = [leaf for leaf in kept if type(leaf) in (int, float)]

    def there(array: np.ndarray) -> bool:
        return any(tensor.shape == array.shape and np.array_equal(tensor.numpy(), array) for tensor in tensors)

    return {
        "missing": [key for key, array in run.state().items() if array.ndim and not there(array)],
        "momentum": all(there(array) for array in run.momenta()),
        "scheduler": BEFORE in numbers,
        "generator": there(run.generator.get_state().numpy()),
        "step": inputs["step"] in numbers,
        "changed": changed,
    }


def _leaves(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return [leaf for item in value.values() for leaf in _leaves(item)]
    if isinstance(value, (list, tuple)):
        return [leaf for item in value for leaf in _leaves(item)]
    return [value]


def _resumed(functions: Functions, inputs: Inputs, path: Path) -> dict[str, PlainData]:
    """A run that went on, and another one that was made anew and went on from the file."""
    run = _saved(functions, inputs, path)
    at = {"state": run.state(), "momenta": run.momenta(), "rate": run.optimizer.param_groups[0]["lr"]}
    run.go_on(AFTER)
    fresh = Run(inputs["seed"] + 1)
    fresh.go_on(1)
    fresh.model.train(inputs["training"])
    fresh.orders, fresh.rates = [], []
    step = functions["load_checkpoint"](path, *fresh.parts(), torch.device("cpu"))
    state, momenta = fresh.state(), fresh.momenta()
    training, rate = fresh.model.training, fresh.optimizer.param_groups[0]["lr"]
    fresh.model.train()
    fresh.go_on(AFTER)
    return {
        "step": plain(step),
        "state": sorted(key for key, value in at["state"].items() if not np.array_equal(value, state[key])),
        "momentum": len(momenta) == len(at["momenta"])
        and all(np.array_equal(a, b) for a, b in zip(at["momenta"], momenta, strict=True)),
        "rate": [at["rate"], rate],
        "rates": [run.rates[BEFORE:], fresh.rates],
        "orders": [run.orders[BEFORE:], fresh.orders],
        "ends": all(np.array_equal(value, fresh.state()[key]) for key, value in run.state().items()),
        "training": training,
    }


def _from_gpu(functions: Functions, inputs: Inputs, path: Path) -> dict[str, PlainData]:
    """Read a file that says its tensors come from a GPU, on a machine that has none."""
    with mock.patch.object(torch.serialization, "location_tag", lambda storage: "cuda:0"):
        run = _saved(functions, inputs, path)
    fresh = Run(inputs["seed"] + 1)
    with ExitStack() as stack:
        for name, answer in (("is_available", False), ("device_count", 0)):
            stack.enter_context(mock.patch.object(torch.cuda, name, lambda answer=answer: answer))
        functions["load_checkpoint"](path, *fresh.parts(), torch.device("cpu"))
    same = all(np.array_equal(value, fresh.state()[key]) for key, value in run.state().items())
    return {"same": same}


def _other_network(functions: Functions, inputs: Inputs, path: Path) -> dict[str, PlainData]:
    """Read the file of a wider network, which does not fit."""
    _saved(functions, inputs, path, width=8)
    functions["load_checkpoint"](path, *Run(inputs["seed"]).parts(), torch.device("cpu"))
    return {}


class Trap:
    """What a stranger may put into a file: reading it calls a function."""

    def __reduce__(self) -> tuple[Callable[[str], None], tuple[str]]:
        return spring, ("a stranger's function",)


def spring(what: str) -> None:
    """What the trap calls."""
    ran.append(what)


def _trapped(functions: Functions, inputs: Inputs, path: Path) -> dict[str, PlainData]:
    """Read a file of the student's own making, with a trap added to it."""
    _saved(functions, inputs, path)
    kept = torch.load(path, weights_only=True)
    torch.save({**kept, "note": Trap()} if isinstance(kept, dict) else [kept, Trap()], path)
    ran.clear()
    refused = ""
    try:
        functions["load_checkpoint"](path, *Run(inputs["seed"]).parts(), torch.device("cpu"))
    except Exception as error:
        refused = type(error).__name__
    return {"ran": list(ran), "refused": refused}


PROBES: dict[str, Callable[[Functions, Inputs, Path], dict[str, PlainData]]] = {
    "holds": _holds,
    "resumed": _resumed,
    "from gpu": _from_gpu,
    "other network": _other_network,
    "trapped": _trapped,
}
