"""The LeNet-5 of notebook 08 as an nn.Module, and its evaluation, for the notebooks after it."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable

import torch
from torch import nn

# name → channels or features, in and out
LAYERS = OrderedDict(conv1=(1, 20), conv2=(20, 50), fc1=(2450, 500), fc2=(500, 10))


class LeNet5(nn.Sequential):
    """LeNet-5: images (N, 1, 28, 28) → scores (N, 10); its parameters are conv1.weight, …, fc2.bias."""

    def __init__(self) -> None:
        modules: list[tuple[str, nn.Module]] = []
        for name, (inputs, outputs) in LAYERS.items():
            is_conv = name.startswith("conv")
            if name == "fc1":
                modules.append(("flatten", nn.Flatten()))
            modules.append((name, nn.Conv2d(inputs, outputs, 5, padding=2) if is_conv else nn.Linear(inputs, outputs)))
            if name != "fc2":
                modules.append((f"relu_{name}", nn.ReLU()))
            if is_conv:
                modules.append((f"pool_{name}", nn.MaxPool2d(2)))
        super().__init__(OrderedDict(modules))


def evaluate(model: nn.Module, loader: Iterable[tuple[torch.Tensor, torch.Tensor]], device: torch.device) -> float:
    """The fraction, from 0 to 1, of the loader's samples that a model on the device classifies correctly."""
    was_training = model.training
    model.eval()
    with torch.no_grad():
        right = [(model(x.to(device)).argmax(dim=1) == y.to(device)).cpu() for x, y in loader]
    model.train(was_training)
    return torch.cat(right).double().mean().item()
