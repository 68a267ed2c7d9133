"""Seconds to 99 % on MNIST: LeNet-5 trained as fast as a GPU allows.

Before the clock starts, the images are on the device in 16 bits, and a complete step (batch, learning rate, forward,
backward, update) is captured as one CUDA graph. A run then replays the graph, and draws one permutation of the images
in each epoch. Without CUDA, the same step is an ordinary function.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
import torch.nn.functional as F

from utils.layers.pytorch_modules import LeNet5
from utils.speed.lenet import as_cuda_graph, to_channels_last


@dataclass(frozen=True)
class Settings:
    """How the network is trained: SGD with Nesterov momentum, and a learning rate that rises and then falls."""

    epochs: int = 4
    batch: int = 500
    lr: float = 0.12  # the maximum
    rising: float = 0.25  # fraction of the steps in which the learning rate rises
    momentum: float = 0.9
    weight_decay: float = 5e-4
    smoothing: float = 0.1  # of the labels, in the cross-entropy


class Speedrun:
    """A network, its data and its step, prepared to be trained many times from different weights.

    Args:
        images: (N, 1, 28, 28) in [0, 1], with N at least the batch size; in each epoch, images that do not fill a
            last batch are left out.
        labels: (N,) int64.
        device: where everything is computed; on CUDA the step is captured as a graph.
        settings: by default Settings().
        compiled: whether to compile the network with torch.compile.
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
        self.dtype = torch.bfloat16 if device.type != "cpu" else torch.float32
        self.images = images.to(device, self.dtype).contiguous(memory_format=torch.channels_last)
        self.labels = labels.to(device)
        self.steps = len(images) // s.batch  # in an epoch
        self.rates = one_cycle(s.epochs * self.steps, s.lr, s.rising).to(device)
        self.network = to_channels_last(LeNet5().to(device))
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
        # the state of a run is on the device, because a graph reads the same memory in every replay
        self.order = torch.zeros(self.steps, s.batch, dtype=torch.int64, device=device)  # of the images in this epoch
        self.step_in_epoch = torch.zeros(1, dtype=torch.int64, device=device)
        self.step_in_run = torch.zeros(1, dtype=torch.int64, device=device)
        self.loss = torch.zeros((), device=device)
        self.step: Callable[[], object] = as_cuda_graph(self._step) if device.type == "cuda" else self._step
        if device.type != "cuda":
            self._step()  # the optimizer allocates its momentum buffers in its first step

    def _step(self) -> None:
        """One training step without input from the CPU: the device looks up the batch and the learning rate."""
        batch = self.order.index_select(0, self.step_in_epoch).flatten()
        self.rate.copy_(self.rates.index_select(0, self.step_in_run).squeeze())
        half = self.dtype != torch.float32
        with torch.autocast(self.device.type, self.dtype, enabled=half, cache_enabled=False):
            scores = self.forward(self.images[batch])
        loss = F.cross_entropy(scores.float(), self.labels[batch], label_smoothing=self.settings.smoothing)
        self.optimizer.zero_grad(set_to_none=False)
        loss.backward()
        self.optimizer.step()
        self.loss.copy_(loss.detach())
        self.step_in_epoch.add_(1).remainder_(self.steps)
        self.step_in_run.add_(1).remainder_(len(self.rates))

    def restart(self, seed: int) -> None:
        """Draw new weights, and clear the momentum and the step counters, in the memory that the graph uses."""
        torch.manual_seed(seed)
        initial = LeNet5()
        with torch.no_grad():
            for parameter, value in zip(self.network.parameters(), initial.parameters(), strict=True):
                parameter.copy_(value)
                self.optimizer.state[parameter]["momentum_buffer"].zero_()
        self.step_in_epoch.zero_()
        self.step_in_run.zero_()

    def run(self, seed: int, epochs: int | None = None) -> float:
        """Train from new weights; returns the seconds from the first permutation to the end of the last step.

        Args:
            seed: of the weights and the order of the images.
            epochs: to stop after; by default those of the settings. The learning rates are the same.
        """
        self.restart(seed)
        self._synchronize()
        start = time.perf_counter()
        for _ in range(epochs or self.settings.epochs):
            permutation = torch.randperm(len(self.images), device=self.device)
            self.order.copy_(permutation[: self.order.numel()].view_as(self.order))
            for _ in range(self.steps):
                self.step()
        self._synchronize()
        return time.perf_counter() - start

    def accuracy(self, images: torch.Tensor, labels: torch.Tensor, batch: int = 1000) -> float:
        """The fraction of images that are classified correctly, from 0 to 1, in the precision of the training.

        Args:
            images: (N, 1, 28, 28) in [0, 1], on any device.
            labels: (N,) int64.
            batch: number of images at a time.
        """
        correct = 0
        with torch.no_grad(), torch.autocast(self.device.type, self.dtype, enabled=self.dtype != torch.float32):
            for x, y in zip(images.split(batch), labels.split(batch), strict=True):
                scores = self.network(x.to(self.device, self.dtype))
                correct += int((scores.argmax(1) == y.to(self.device)).sum())
        return correct / len(images)

    def _synchronize(self) -> None:
        if self.device.type != "cpu":
            torch.get_device_module(self.device).synchronize()


def one_cycle(steps: int, highest: float, rising: float) -> torch.Tensor:
    """(steps,) learning rates that rise linearly to the highest and then fall linearly to almost 0.

    Args:
        steps: of the whole run.
        highest: learning rate at the top.
        rising: fraction of the steps before the top.
    """
    top = max(1, int(rising * steps))
    up = torch.arange(1, top + 1) / top
    down = torch.arange(steps - top, 0, -1) / (steps - top + 1)
    return highest * torch.cat([up, down])[:steps]
