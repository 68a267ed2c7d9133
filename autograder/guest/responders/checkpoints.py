"""save_checkpoint and load_checkpoint: what a file holds, and whether a training run resumes from it exactly."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn
from torch.optim import SGD, Optimizer
from torch.optim.lr_scheduler import CosineAnnealingWarmRestarts, LRScheduler

from autograder.guest.fakes.gpu import GPU, FakeGPU, is_on_gpu, put_on_gpu
from autograder.guest.plain_data import Inputs, plain
from autograder.guest.question import Functions, Question
from autograder.guest.responders.probes import Observed, WrongInterface, observe
from autograder.guest.response import Response
from autograder.guest.student_call import call_student
from autograder.guest.tensor_data import doubles_of

BEFORE, AFTER = 11, 5  # steps before the file is written, and after; no size of a parameter is 11
CPU = torch.device("cpu")
unpickled: list[str] = []  # what was run by reading a malicious file


class TrainingRun:
    """A small network in training, with all that a checkpoint has to keep."""

    def __init__(self, seed: int, width: int = 6) -> None:
        torch.manual_seed(seed)
        self.model = nn.Sequential(nn.Linear(5, width), nn.BatchNorm1d(width), nn.ReLU(), nn.Linear(width, 3))
        self.optimizer: Optimizer = SGD(self.model.parameters(), lr=0.1, momentum=0.9)
        # after 11 steps it is 7 steps into a fall of 8: numbers that do not follow from the count of steps alone
        self.scheduler: LRScheduler = CosineAnnealingWarmRestarts(self.optimizer, T_0=4, T_mult=2)
        self.generator = torch.Generator().manual_seed(seed)  # draws the batches
        self.batches: list[list[int]] = []  # the images of each step
        self.rates: list[float] = []  # the learning rate of each step

    def parts(self) -> tuple[Any, ...]:
        """The arguments of save_checkpoint and load_checkpoint."""
        return self.model, self.optimizer, self.scheduler, self.generator

    def train(self, steps: int) -> None:
        """Take steps, each with a batch that the generator draws."""
        images = torch.linspace(-1, 1, 60).reshape(12, 5).sin()
        for _ in range(steps):
            batch = torch.randperm(12, generator=self.generator)[:6]
            self.batches.append(batch.tolist())
            self.rates.append(float(self.optimizer.param_groups[0]["lr"]))
            self.optimizer.zero_grad()
            F.cross_entropy(self.model(images[batch]), batch % 3).backward()
            self.optimizer.step()
            self.scheduler.step()

    def state(self) -> dict[str, np.ndarray]:
        """Copies of the parameters and running statistics, by name."""
        return {key: value.detach().numpy().copy() for key, value in self.model.state_dict().items()}

    def momenta(self) -> list[np.ndarray]:
        """Copies of the optimizer's momentum buffers."""
        buffers = (self.optimizer.state[p].get("momentum_buffer") for p in self.model.parameters())
        return [value.numpy().copy() for value in buffers if value is not None]


def gather(question: Question, functions: Functions) -> Response:
    """What the probe that `inputs["probe"]` names observed of a file."""
    inputs = question.inputs
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "of-epoch-3.checkpoint"  # the caller names it, with whatever ending
        return observe(lambda: PROBES[inputs["probe"]](functions, inputs, path))


def _save(functions: Functions, inputs: Inputs, path: Path, run: TrainingRun) -> None:
    call_student(functions["save_checkpoint"], path, *run.parts(), inputs["step"])
    if not path.is_file():
        raise WrongInterface("save_checkpoint wrote no file at the path that was passed.", "no-file")


def _saved(functions: Functions, inputs: Inputs, path: Path, width: int = 6) -> TrainingRun:
    """A run after some steps, saved to the file."""
    run = TrainingRun(inputs["seed"], width)
    run.train(BEFORE)
    _save(functions, inputs, path, run)
    return run


def _contents(functions: Functions, inputs: Inputs, path: Path) -> Observed:
    """Which parts of a run are in its file, wherever they are in it; and what saving changed.

    unreadable: why the file cannot be read with weights_only=True, objects: whether that is because it holds objects of
    other classes, and nothing else. missing: parameters and running statistics; momentum, scheduler, generator, step:
    whether they are in the file; changed: what saving changed.
    """
    run = TrainingRun(inputs["seed"])
    run.train(BEFORE)
    before = run.state(), torch.get_rng_state(), run.generator.get_state()
    run.model.train()
    _save(functions, inputs, path, run)
    changed = [key for key, value in run.state().items() if not np.array_equal(value, before[0][key])]
    changed += [] if run.model.training else ["the mode"]
    changed += [] if torch.equal(torch.get_rng_state(), before[1]) else ["PyTorch's generator"]
    changed += [] if torch.equal(run.generator.get_state(), before[2]) else ["generator"]
    try:
        leaves = _leaves(torch.load(path, weights_only=True))
    except Exception as error:
        lines = (line.strip() for line in str(error).splitlines())
        objects = [
            line.partition(" Please")[0] for line in lines if re.search("unsupported (global|class)", line, re.I)
        ]
        reason = (
            f"{type(error).__name__}. The file has {path.stat().st_size:,} bytes, and is not as torch.save writes one."
        )
        return {"unreadable": objects[0][:200] if objects else reason, "objects": bool(objects)}
    tensors = [leaf for leaf in leaves if isinstance(leaf, torch.Tensor)]
    arrays = [array for tensor in tensors if (array := doubles_of(tensor)) is not None]
    numbers = [leaf for leaf in leaves if type(leaf) in (int, float)]
    steps = [*numbers, *(array.item() for array in arrays if array.size == 1)]

    def is_saved(array: np.ndarray) -> bool:
        return any(np.array_equal(each, array) for each in arrays)

    return {
        "missing": [key for key, array in run.state().items() if array.ndim and not is_saved(array)],
        "momentum": all(is_saved(array) for array in run.momenta()),
        "scheduler": {run.scheduler.state_dict()[name] for name in ("last_epoch", "T_cur", "T_i")} <= {*numbers},
        "generator": is_saved(run.generator.get_state().numpy()),
        "step": inputs["step"] in steps,
        "changed": changed,
    }


def _leaves(value: Any) -> list[Any]:
    """Every value in nested dicts, lists and tuples."""
    if isinstance(value, dict):
        return [leaf for item in value.values() for leaf in _leaves(item)]
    if isinstance(value, (list, tuple)):
        return [leaf for item in value for leaf in _leaves(item)]
    return [value]


def _resume(functions: Functions, inputs: Inputs, path: Path) -> Observed:
    """A run that went on, compared with another one that was made anew and resumed from the file.

    step: what load_checkpoint returned; changed_state: parameters and running statistics that differ after loading;
    same_momentum, same_end: whether those agree; same_parameters: whether the optimizer holds the network's; rates,
    batches: [of the first run, of the other] in the steps after the file; training: the mode after loading.
    """
    run = _saved(functions, inputs, path)
    state, momenta = run.state(), run.momenta()
    run.train(AFTER)
    resumed = TrainingRun(inputs["seed"] + 1)
    resumed.train(1)
    resumed.model.train(inputs["training"])
    resumed.batches, resumed.rates = [], []
    step = call_student(functions["load_checkpoint"], path, *resumed.parts(), CPU)
    loaded_state, loaded_momenta = resumed.state(), resumed.momenta()
    training = resumed.model.training
    held = {id(p) for group in resumed.optimizer.param_groups for p in group["params"]}
    resumed.model.train()
    resumed.train(AFTER)
    return {
        "step": plain(step),
        "changed_state": sorted(key for key, value in state.items() if not np.array_equal(value, loaded_state[key])),
        "same_momentum": len(loaded_momenta) == len(momenta)
        and all(np.array_equal(a, b) for a, b in zip(momenta, loaded_momenta, strict=True)),
        "same_parameters": held == {id(p) for p in resumed.model.parameters()},
        "rates": [run.rates[BEFORE:], resumed.rates],
        "batches": [run.batches[BEFORE:], resumed.batches],
        "same_end": _same_network(run, resumed),
        "training": training,
    }


def _same_network(run: TrainingRun, other: TrainingRun) -> bool:
    others = other.state()
    return all(np.array_equal(value, others[key]) for key, value in run.state().items())


def _file_from_gpu(functions: Functions, inputs: Inputs, path: Path) -> Observed:
    """Load a file that says its tensors come from a GPU, on a machine without one; same_network: whether it did."""
    with mock.patch.object(torch.serialization, "location_tag", lambda storage: "cuda:0"):
        run = _saved(functions, inputs, path)
    loaded = TrainingRun(inputs["seed"] + 1)
    with ExitStack() as stack:
        for name, answer in (("is_available", False), ("device_count", 0)):
            stack.enter_context(mock.patch.object(torch.cuda, name, lambda answer=answer: answer))
        call_student(functions["load_checkpoint"], path, *loaded.parts(), CPU)
    return {"same_network": _same_network(run, loaded)}


def _file_of_other_network(functions: Functions, inputs: Inputs, path: Path) -> Observed:
    """Load the file of a wider network, which does not fit: this must raise."""
    _saved(functions, inputs, path, width=8)
    call_student(functions["load_checkpoint"], path, *TrainingRun(inputs["seed"]).parts(), CPU)
    return {}


def _file_without_statistics(functions: Functions, inputs: Inputs, path: Path) -> Observed:
    """Load the file of a network whose batchnorm keeps no running statistics, which lacks some: this must raise."""
    run = TrainingRun(inputs["seed"])
    run.train(1)
    norm = run.model[1]
    for name in ("running_mean", "running_var", "num_batches_tracked"):
        norm.register_buffer(name, None)
    _save(functions, inputs, path, run)
    call_student(functions["load_checkpoint"], path, *TrainingRun(inputs["seed"]).parts(), CPU)
    return {}


class WatchedGenerator(torch.Generator):
    """Test double for a generator, which takes its state from the CPU alone, where some tensors are on a fake GPU."""

    refused = False  # whether it was handed a state from elsewhere

    def set_state(self, new_state: torch.Tensor) -> Any:
        if is_on_gpu(new_state):
            self.refused = True
            raise TypeError("RNG state must be a torch.ByteTensor")
        return super().set_state(new_state)


def _run_on_gpu(functions: Functions, inputs: Inputs, path: Path) -> Observed:
    """Load a file into a run on a fake GPU; refused: whether the generator was handed a state that is on the GPU.

    Whatever else fails there tells nothing: the fake knows less of a GPU than a checkpoint may need.
    """
    _saved(functions, inputs, path)
    run = TrainingRun(inputs["seed"] + 1)
    for tensor in (*run.model.parameters(), *run.model.buffers()):
        put_on_gpu(tensor)
    run.generator = WatchedGenerator()
    load = torch.load

    def mapped(file: Any, map_location: Any = None, **settings: Any) -> Any:
        to_gpu = isinstance(map_location, (str, torch.device)) and torch.device(map_location).type == GPU.type
        kept = load(file, map_location="cpu" if to_gpu else map_location, **settings)
        for leaf in _leaves(kept) if to_gpu else ():
            if isinstance(leaf, torch.Tensor):
                put_on_gpu(leaf)
        return kept

    with mock.patch.object(torch, "load", mapped), FakeGPU(), suppress(Exception):
        call_student(functions["load_checkpoint"], path, *run.parts(), GPU)
    return {"refused": run.generator.refused}


class MaliciousObject:
    """What an attacker may put into a file: unpickling it calls a function."""

    def __reduce__(self) -> tuple[Callable[[str], None], tuple[str]]:
        return run_by_unpickling, ("a stranger's function",)


def run_by_unpickling(what: str) -> None:
    """The function that unpickling a MaliciousObject calls."""
    unpickled.append(what)


def _malicious_file(functions: Functions, inputs: Inputs, path: Path) -> Observed:
    """Load a file of the student's, with a malicious object added. ran: what that ran; refused: the error's type."""
    _saved(functions, inputs, path)
    contents = call_student(torch.load, path, weights_only=True)
    malicious = MaliciousObject()
    torch.save({**contents, "note": malicious} if isinstance(contents, dict) else [contents, malicious], path)
    unpickled.clear()
    refused = ""
    try:
        call_student(functions["load_checkpoint"], path, *TrainingRun(inputs["seed"]).parts(), CPU)
    except Exception as error:
        refused = type(error).__name__
    return {"ran": list(unpickled), "refused": refused}


PROBES: dict[str, Callable[[Functions, Inputs, Path], Observed]] = {
    "contents": _contents,
    "resume": _resume,
    "file_from_gpu": _file_from_gpu,
    "run_on_gpu": _run_on_gpu,
    "file_of_other_network": _file_of_other_network,
    "file_without_statistics": _file_without_statistics,
    "malicious_file": _malicious_file,
}
