"""Seconds to 99 % on MNIST: LeNet-5 trained as fast as a GPU can.

Everything is on the device before the clock starts: the images in 16 bits, and a step with all that it needs (its
batch, its rate, gradients, update), captured as one CUDA graph. A run is then a loop of `replay()`, with one draw of an
order for each epoch. Where there is no CUDA the same step is called as it is.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
import torch.nn.functional as F

from utils.layers.pytorch_modules import LeNet5
from utils.speed.lenet import captured, channels_last


@dataclass(frozen=True)
class Settings:
    """How a run is trained. lr: the highest rate; rising: the share of the steps on which the rate goes up."""

    epochs: int = 4
    batch: int = 500
    lr: float = 0.12
    rising: float = 0.25
    momentum: float = 0.9
    weight_decay: float = 5e-4
    smoothing: float = 0.1


@dataclass(frozen=True)
class Run:
    """What came of one run: seconds of training alone, and the share of the whole test set that is right."""

    seconds: float
    accuracy: float


class Speedrun:
    """A network, its data and its captured step, ready to be run many times, each from other weights.

    Args:
        images: (N, 1, 28, 28) in [0, 1]; labels: (N,) int64; N is at least a batch, what fills none is left out.
        compiled: let torch.compile make the network's kernels.
    """

    def __init__(
        self,
        images: torch.Tensor,
        labels: torch.Tensor,
        device: torch.device,
        settings: Settings | None = None,
        compiled: bool = False,
    ) -> None:
        self.device, self.settings = device, settings or Settings()
        s = self.settings
        self.kind = torch.bfloat16 if device.type != "cpu" else torch.float32
        self.images = images.to(device, self.kind).contiguous(memory_format=torch.channels_last)
        self.labels = labels.to(device)
        self.steps = len(images) // s.batch  # of an epoch
        self.rates = one_cycle(s.epochs * self.steps, s.lr, s.rising).to(device)
        self.network = channels_last(LeNet5().to(device))
        self.forward: Any = torch.compile(self.network) if compiled else self.network
        self.rate = torch.zeros((), device=device)
        self.optimizer = torch.optim.SGD(
            self.network.parameters(),
            lr=self.rate,
            momentum=s.momentum,
            weight_decay=s.weight_decay,
            nesterov=True,
            fused=True,
        )
        # where the run is, on the device: a graph always reads the same memory
        self.epoch = torch.zeros(self.steps, s.batch, dtype=torch.int64, device=device)
        self.in_epoch = torch.zeros(1, dtype=torch.int64, device=device)
        self.in_run = torch.zeros(1, dtype=torch.int64, device=device)
        self.loss = torch.zeros((), device=device)
        self.step: Callable[[], object] = captured(self._step) if device.type == "cuda" else self._step
        if device.type != "cuda":
            self._step()  # the optimizer makes its momentum in its first step

    def _step(self) -> None:
        """One step, with no word from the processor: which batch and which rate, the device looks up itself."""
        batch = self.epoch.index_select(0, self.in_epoch).flatten()
        self.rate.copy_(self.rates.index_select(0, self.in_run).squeeze())
        half = self.kind != torch.float32
        with torch.autocast(self.device.type, self.kind, enabled=half, cache_enabled=False):
            scores = self.forward(self.images[batch])
        loss = F.cross_entropy(scores.float(), self.labels[batch], label_smoothing=self.settings.smoothing)
        self.optimizer.zero_grad(set_to_none=False)
        loss.backward()
        self.optimizer.step()
        self.loss.copy_(loss.detach())
        self.in_epoch.add_(1).remainder_(self.steps)
        self.in_run.add_(1).remainder_(len(self.rates))

    def start_anew(self, seed: int) -> None:
        """Other weights, no momentum, the first step; all in the memory that the graph knows."""
        torch.manual_seed(seed)
        fresh = LeNet5()
        with torch.no_grad():
            for mine, new in zip(self.network.parameters(), fresh.parameters(), strict=True):
                mine.copy_(new)
                self.optimizer.state[mine]["momentum_buffer"].zero_()
        self.in_epoch.zero_()
        self.in_run.zero_()

    def run(self, seed: int, epochs: int | None = None) -> float:
        """Train from new weights; seconds from the first order drawn to the last step done."""
        self.start_anew(seed)
        self._wait()
        started = time.perf_counter()
        for _ in range(epochs or self.settings.epochs):
            order = torch.randperm(len(self.images), device=self.device)
            self.epoch.copy_(order[: self.epoch.numel()].view_as(self.epoch))
            for _ in range(self.steps):
                self.step()
        self._wait()
        return time.perf_counter() - started

    def accuracy(self, images: torch.Tensor, labels: torch.Tensor, batch: int = 1000) -> float:
        """The share of images that are right, in the precision of the training."""
        right = 0
        with torch.no_grad(), torch.autocast(self.device.type, self.kind, enabled=self.kind != torch.float32):
            for x, y in zip(images.split(batch), labels.split(batch), strict=True):
                scores = self.network(x.to(self.device, self.kind))
                right += int((scores.argmax(1) == y.to(self.device)).sum())
        return right / len(images)

    def _wait(self) -> None:
        if self.device.type != "cpu":
            torch.get_device_module(self.device).synchronize()


def one_cycle(steps: int, highest: float, rising: float) -> torch.Tensor:
    """(steps,) learning rates: up in a straight line on a share of the steps, then down in another one, to near 0."""
    top = max(1, int(rising * steps))
    up = torch.arange(1, top + 1) / top
    down = torch.arange(steps - top, 0, -1) / (steps - top + 1)
    return highest * torch.cat([up, down])[:steps]
