"""A recording of a model with any layers computes and learns the same as the model itself."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as F

from autograder.exercises.design_your_own.measurement import scattered
from utils.design import measure

X = torch.rand(50, 1, 28, 28, generator=torch.Generator().manual_seed(0))


class OwnNorm(nn.Module):
    """Batchnorm as in notebook 06, with several ways of updating the running values."""

    def __init__(self, channels: int, keep: str) -> None:
        super().__init__()
        self.gamma, self.beta = nn.Parameter(torch.ones(channels)), nn.Parameter(torch.zeros(channels))
        self.register_buffer("mean", torch.zeros(channels))
        self.register_buffer("var", torch.ones(channels))
        self.keep = keep

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        mean, var = (x.mean((0, 2, 3)), x.var((0, 2, 3))) if self.training else (self.mean, self.var)
        if self.training and self.keep == "no_grad":
            with torch.no_grad():
                self.mean.mul_(0.9).add_(0.1 * mean)
                self.var.mul_(0.9).add_(0.1 * var)
        elif self.training and self.keep == "data":
            self.mean.data.lerp_(mean.data, 0.1)
            self.var.data = 0.9 * self.var.data + 0.1 * var.data
        elif self.training and self.keep == "assigned":
            self.mean = 0.9 * self.mean + 0.1 * mean.detach()
            self.var = 0.9 * self.var + 0.1 * var.detach()
        elif self.training:
            self.mean[:] = 0.9 * self.mean + 0.1 * mean.detach()
            self.var[:] = 0.9 * self.var + 0.1 * var.detach()
        scale = (self.gamma / (var + 1e-5).sqrt())[:, None, None]
        return (x - mean[:, None, None]) * scale + self.beta[:, None, None]


@pytest.mark.parametrize("keep", ["no_grad", "data", "assigned", "slices", "nn.BatchNorm2d"])
def test_training_from_a_recording_gives_the_same_scores_as_training_the_model(keep: str) -> None:
    def build() -> nn.Module:
        norm = nn.BatchNorm2d(8) if keep == "nn.BatchNorm2d" else OwnNorm(8, keep)
        return nn.Sequential(nn.Conv2d(1, 8, 5, 2), norm, nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(288, 10))

    data, recipe = scattered(), measure.Recipe(epochs=1)
    images, labels = data.train_images[:400], data.train_labels[:400]
    recorded = measure.design(build, seed=3)
    recorded.train(images, labels, recipe=recipe)
    torch.manual_seed(3)
    model = build().train()
    optimizer = torch.optim.AdamW(model.parameters(), recipe.lr, weight_decay=recipe.weight_decay)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, recipe.lr, 8, pct_start=recipe.rising)
    order = torch.randperm(400, generator=torch.Generator().manual_seed(0))
    for batch in order.split(50):
        loss = F.cross_entropy(model(torch.from_numpy(images)[batch]), torch.from_numpy(labels)[batch])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
    with torch.no_grad():
        scores = model.eval()(X)
    np.testing.assert_allclose(recorded.scores(X.numpy()), scores, atol=1e-3)


def between(*layers: nn.Module, channels: int = 16) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(1, 16, 3, 2, 1), *layers, nn.AdaptiveMaxPool2d(1), nn.Flatten(), nn.Linear(channels, 10)
    )


class Transformed(nn.Module):
    """A spatial transformer: a linear layer computes an affine transformation of the image."""

    def __init__(self) -> None:
        super().__init__()
        self.where, self.rest = nn.Sequential(nn.Flatten(), nn.Linear(784, 6)), between()

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        grid = F.affine_grid(self.where(x).view(-1, 2, 3), list(x.shape), align_corners=False)
        scores: torch.Tensor = self.rest(F.grid_sample(x, grid, align_corners=False))
        return scores


class RowByRow(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.rows, self.linear = nn.GRU(28, 16, batch_first=True), nn.Linear(16, 10)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        scores: torch.Tensor = self.linear(self.rows(x[:, 0])[0][:, -1])
        return scores


LAYERS: dict[str, Callable[[], nn.Module]] = {
    "group norm, PReLU": lambda: between(nn.GroupNorm(4, 16), nn.PReLU()),
    "instance norm, GELU": lambda: between(nn.InstanceNorm2d(16, affine=True), nn.GELU()),
    "a transposed convolution": lambda: between(nn.ConvTranspose2d(16, 16, 3, 2, 1)),
    "weight norm": lambda: between(nn.utils.parametrizations.weight_norm(nn.Conv2d(16, 16, 3))),
    "pixels shuffled": lambda: between(nn.PixelShuffle(2), nn.Upsample(scale_factor=2), channels=4),
    "other poolings": lambda: between(nn.LPPool2d(2, 2), nn.AvgPool2d(2, ceil_mode=True), nn.Hardswish()),
    "other paddings": lambda: between(nn.ReflectionPad2d(2), nn.CircularPad2d(1), nn.ReplicationPad2d(1)),
    "local response": lambda: between(nn.LocalResponseNorm(5), nn.SELU()),
    "channels last": lambda: between(nn.BatchNorm2d(16)).to(memory_format=torch.channels_last),
    "a spatial transformer": Transformed,
    "a recurrent network": RowByRow,
}


@pytest.mark.parametrize("name", LAYERS)
def test_these_layers_can_be_recorded_counted_and_trained(name: str) -> None:
    recorded = measure.design(LAYERS[name], seed=1)
    torch.manual_seed(1)
    model = LAYERS[name]().eval()
    with torch.no_grad():
        np.testing.assert_allclose(recorded.scores(X.numpy()), model(X), atol=1e-5)
    assert recorded.cost.multiply_adds > 0 and recorded.cost.parameters == sum(p.numel() for p in model.parameters())
    before = recorded.scores(X.numpy())
    recorded.train(X.numpy(), np.arange(50) % 10, recipe=measure.Recipe(epochs=2))
    assert not np.allclose(recorded.scores(X.numpy()), before, atol=1e-3)
