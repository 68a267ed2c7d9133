"""Designs to compare with, from a single linear layer to a small LeNet-5 with batchnorm.

Each takes images (N, 1, 28, 28) and returns scores (N, 10).
"""

from __future__ import annotations

from collections.abc import Callable

from torch import nn


def linear() -> nn.Module:
    """One linear layer on all 784 pixels."""
    return nn.Sequential(nn.Flatten(), nn.Linear(784, 10))


def two_layers() -> nn.Module:
    """Two linear layers, as wide as the budget allows."""
    return nn.Sequential(nn.Flatten(), nn.Linear(784, 120), nn.ReLU(), nn.Linear(120, 10))


def small_lenet() -> nn.Module:
    """LeNet-5 as in notebook 07, with fewer filters, so that its first linear layer fits the budget."""
    return nn.Sequential(
        *(nn.Conv2d(1, 4, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2)),
        *(nn.Conv2d(4, 8, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2)),
        *(nn.Flatten(), nn.Linear(392, 100), nn.ReLU(), nn.Linear(100, 10)),
    )


def small_lenet_bn() -> nn.Module:
    """The small LeNet-5 with batchnorm: the baseline that a student's design has to beat."""
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
