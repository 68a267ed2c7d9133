"""A design of one's own, from its recording: what it costs, how the course trains it, what it gets right."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from utils.design.budget import BATCH, MOST_MULTIPLY_ADDS, MOST_PARAMETERS
from utils.design.recording import built, record
from utils.design.replay import Cost, Refused, Replay


@dataclass(frozen=True)
class Recipe:
    """How every design is trained: AdamW, with a learning rate that rises, then falls to nothing, step by step."""

    epochs: int = 3
    batch: int = BATCH
    lr: float = 0.01
    weight_decay: float = 0.01
    rising: float = 0.25  # share of the steps


RECIPE = Recipe()


class Design:
    """A model that was recorded: it is counted and trained from what the recording says, and the model never runs.

    Args:
        recording: what `utils.design.recording.record` wrote, for batches of RECIPE.batch images.

    Raises:
        Refused: if it cannot be run, or is so large that nobody should.
    """

    def __init__(self, recording: Mapping[str, Any]) -> None:
        kept = recording["kept"]
        self._kept = [torch.from_numpy(np.array(one["array"])) for one in kept]
        self._trained = [k for k, one in enumerate(kept) if one["trained"] and self._kept[k].is_floating_point()]
        self._judging = Replay(recording["judging"], random=False)
        self._training = Replay(recording["training"], random=True)
        shape = (RECIPE.batch, 1, 28, 28)
        self.cost: Cost = self._judging.cost(shape, self._kept)
        self.cost_in_training: Cost = self._training.cost(shape, self._kept)

    def train(
        self,
        images: NDArray[Any],
        labels: NDArray[np.int64],
        seed: int = 0,
        recipe: Recipe = RECIPE,
        watch: Callable[[float], None] = lambda loss: None,
    ) -> None:
        """Train on (N, 1, 28, 28) in [0, 1] and labels (N,). The last images of an epoch that fill no batch wait.

        watch: told the loss of every step; what it raises ends the training.
        """
        torch.manual_seed(seed)
        order = torch.Generator().manual_seed(seed)
        x, y = torch.from_numpy(np.array(images, np.float32)), torch.from_numpy(np.array(labels))
        leaves = [self._kept[k].requires_grad_() for k in self._trained]
        steps = len(x) // recipe.batch
        optimizer = torch.optim.AdamW(leaves, recipe.lr, weight_decay=recipe.weight_decay)
        schedule = torch.optim.lr_scheduler.OneCycleLR(
            optimizer, recipe.lr, recipe.epochs * steps, pct_start=recipe.rising
        )
        for _ in range(recipe.epochs):
            for batch in torch.randperm(len(x), generator=order)[: steps * recipe.batch].split(recipe.batch):
                loss = nn.functional.cross_entropy(self._training.run(x[batch], self._kept), y[batch])
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
                schedule.step()
                watch(loss.item())

    def scores(self, images: NDArray[Any]) -> NDArray[np.float32]:
        """(N, 10): the scores of images (N, 1, 28, 28), a batch at a time, each from the same weights."""
        x = torch.from_numpy(np.array(images, np.float32))
        missing = -len(x) % RECIPE.batch
        x = torch.cat([x, x[:1].expand(missing, -1, -1, -1)])
        found = []
        with torch.no_grad():
            for batch in x.split(RECIPE.batch):
                found.append(self._judging.run(batch, [one.detach().clone() for one in self._kept]))
        return np.asarray(torch.cat(found)[: len(images)].float().numpy())

    def accuracy(self, images: NDArray[Any], labels: NDArray[np.int64]) -> float:
        """The share of images whose highest score is that of their label."""
        return float(np.mean(self.scores(images).argmax(axis=1) == labels))


def design(build_model: Callable[[], nn.Module], seed: int = 0) -> Design:
    """The design of a model that runs here; its weights are drawn from this seed.

    Raises:
        NotRecorded or Refused: if its cost cannot be counted.
    """
    x = torch.zeros(RECIPE.batch, 1, 28, 28)
    return Design(record(built(build_model, x, seed), x))


__all__ = ["MOST_MULTIPLY_ADDS", "MOST_PARAMETERS", "RECIPE", "Design", "Recipe", "Refused", "design"]
