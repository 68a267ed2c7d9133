"""Designs of the course's own, to compare with: from a single linear layer to a small LeNet-5 with batchnorm."""

from __future__ import annotations

from collections.abc import Callable

from torch import nn


def linear() -> nn.Module:
    """One linear layer on all pixels."""
    return nn.Sequential(nn.Flatten(), nn.Linear(784, 10))


def two_layers() -> nn.Module:
    """Two linear layers, as wide as the budget lets them be."""
    return nn.Sequential(nn.Flatten(), nn.Linear(784, 120), nn.ReLU(), nn.Linear(120, 10))


def small_lenet() -> nn.Module:
    """LeNet-5 as in notebook 07, with fewer filters, so that its first linear layer fits."""
    return nn.Sequential(
        *(nn.Conv2d(1, 4, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2)),
        *(nn.Conv2d(4, 8, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2)),
        *(nn.Flatten(), nn.Linear(392, 100), nn.ReLU(), nn.Linear(100, 10)),
    )


def small_lenet_bn() -> nn.Module:
    """The same with batchnorm; the baseline that a design of one's own has to beat."""
    return nn.Sequential(
        *(nn.Conv2d(1, 4, 5, padding=2), nn.BatchNorm2d(4), nn.ReLU(), nn.MaxPool2d(2)),
        *(nn.Conv2d(4, 8, 5, padding=2), nn.BatchNorm2d(8), nn.ReLU(), nn.MaxPool2d(2)),
        *(nn.Flatten(), nn.Linear(392, 100), nn.ReLU(), nn.Linear(100, 10)),
    )


DESIGNS: dict[str, Callable[[], nn.Module]] = {
    "linear": linear,
    "two linear layers": two_layers,
    "small LeNet-5": small_lenet,
    "small LeNet-5, batchnorm": small_lenet_bn,
}
BASELINE = "small LeNet-5, batchnorm"
