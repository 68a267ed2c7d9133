"""Count the cost of a recorded design, train it as the course does, and measure its accuracy."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from utils.design.budget import BATCH, MOST_MULTIPLY_ADDS, MOST_PARAMETERS
from utils.design.flow import Flow
from utils.design.recording import built, record
from utils.design.replay import Cost, Refused, Replay


@dataclass(frozen=True)
class Recipe:
    """How every design is trained: AdamW, with a learning rate that rises and then falls to almost 0 (OneCycleLR)."""

    epochs: int = 3
    batch: int = BATCH
    lr: float = 0.01  # the maximum
    weight_decay: float = 0.01
    rising: float = 0.25  # fraction of the steps in which the learning rate rises


RECIPE = Recipe()


class Design:
    """A recorded model. Its cost and its training are computed from the recording; the model itself never runs.

    Args:
        recording: returned by `utils.design.recording.record` for a batch of RECIPE.batch images.

    Attributes:
        cost: of an image in evaluation mode.
        cost_in_training: of an image in training mode.
        flow: what its scores depend on, in evaluation mode.

    Raises:
        Refused: if the recording cannot be run, or is too large to be run.
    """

    def __init__(self, recording: Mapping[str, Any]) -> None:
        kept = recording["kept"]
        self._tensors = [torch.from_numpy(np.array(item["array"])) for item in kept]
        self._trainable = [k for k, item in enumerate(kept) if item["trained"] and self._tensors[k].is_floating_point()]
        self._eval_mode = Replay(recording["judging"], random=False)
        self._train_mode = Replay(recording["training"], random=True)
        self._uncut = Replay(recording["training"], random=True, cut=False)
        self._names = [str(item["name"]) for item in kept]
        shape = (RECIPE.batch, 1, 28, 28)
        self.cost: Cost = self._eval_mode.cost(shape, self._tensors)
        self.cost_in_training: Cost = self._train_mode.cost(shape, self._tensors)
        self.flow = Flow(self._eval_mode, shape, self._tensors)

    def train(
        self,
        images: NDArray[Any],
        labels: NDArray[np.int64],
        seed: int = 0,
        recipe: Recipe = RECIPE,
        watch: Callable[[float], None] = lambda loss: None,
    ) -> None:
        """Train on batches in random order. In each epoch, images that do not fill a last batch are left out.

        Args:
            images: (N, 1, 28, 28) in [0, 1].
            labels: (N,).
            seed: of the order, and of random numbers that the model draws.
            watch: called with the loss after each step; an exception that it raises ends the training.
        """
        torch.manual_seed(seed)
        generator = torch.Generator().manual_seed(seed)
        x, y = torch.from_numpy(np.array(images, np.float32)), torch.from_numpy(np.array(labels))
        parameters = [self._tensors[k].requires_grad_() for k in self._trainable]
        steps = len(x) // recipe.batch
        optimizer = torch.optim.AdamW(parameters, recipe.lr, weight_decay=recipe.weight_decay)
        schedule = torch.optim.lr_scheduler.OneCycleLR(
            optimizer, recipe.lr, recipe.epochs * steps, pct_start=recipe.rising
        )
        for _ in range(recipe.epochs):
            for batch in torch.randperm(len(x), generator=generator)[: steps * recipe.batch].split(recipe.batch):
                loss = nn.functional.cross_entropy(self._train_mode.run(x[batch], self._tensors), y[batch])
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
                schedule.step()
                watch(loss.item())

    def scores(self, images: NDArray[Any]) -> NDArray[np.float32]:
        """images (N, 1, 28, 28) → scores (N, 10). Each batch starts from the same weights and buffers."""
        x = torch.from_numpy(np.array(images, np.float32))
        # a recording runs only for full batches, so the last one is filled with copies of the first image
        missing = -len(x) % RECIPE.batch
        x = torch.cat([x, x[:1].expand(missing, -1, -1, -1)])
        with torch.no_grad():
            scores = [
                self._eval_mode.run(batch, [tensor.detach().clone() for tensor in self._tensors])
                for batch in x.split(RECIPE.batch)
            ]
        return np.asarray(torch.cat(scores)[: len(images)].float().numpy())

    def cut_off(self, images: NDArray[Any]) -> list[str]:
        """The parameters that get no gradient, and would get one if forward did not cut it by detach or no_grad.

        Args:
            images: one batch, (RECIPE.batch, 1, 28, 28).
        """
        lost = self._with_gradient(self._uncut, images) - self._with_gradient(self._train_mode, images)
        return [self._names[k] for k in sorted(lost)]

    def _with_gradient(self, replay: Replay, images: NDArray[Any]) -> set[int]:
        """Indices of the trained tensors to which the loss of a batch has a gradient."""
        torch.manual_seed(0)
        tensors = [tensor.detach().clone() for tensor in self._tensors]
        parameters = [tensors[k].requires_grad_() for k in self._trainable]
        scores = replay.run(torch.from_numpy(np.array(images, np.float32)), tensors)
        if not scores.requires_grad:
            return set()
        gradients = torch.autograd.grad(scores.sum(), parameters, allow_unused=True)
        return {k for k, gradient in zip(self._trainable, gradients, strict=True) if gradient is not None}

    def accuracy(self, images: NDArray[Any], labels: NDArray[np.int64]) -> float:
        """The fraction of images, from 0 to 1, whose highest score is that of their label."""
        return float(np.mean(self.scores(images).argmax(axis=1) == labels))


def design(build_model: Callable[[], nn.Module], seed: int = 0) -> Design:
    """Build a model with this seed, record it, and return it as a Design.

    Raises:
        NotRecorded: if its forward pass cannot be recorded.
        Refused: if its cost cannot be counted.
    """
    x = torch.zeros(RECIPE.batch, 1, 28, 28)
    return Design(record(built(build_model, x, seed), x))


__all__ = ["MOST_MULTIPLY_ADDS", "MOST_PARAMETERS", "RECIPE", "Design", "Recipe", "Refused", "design"]
