"""Networks of notebook 08, for those that come after it."""

from __future__ import annotations

from collections import OrderedDict

from torch import nn

LAYERS = OrderedDict(conv1=(1, 20), conv2=(20, 50), fc1=(2450, 500), fc2=(500, 10))


class LeNet5(nn.Sequential):
    """LeNet-5 for images (N, 1, 28, 28) → scores (N, 10); its parameters are conv1.weight, …, fc2.bias."""

    def __init__(self) -> None:
        parts: list[tuple[str, nn.Module]] = []
        for name, (inputs, outputs) in LAYERS.items():
            is_conv = name.startswith("conv")
            if name == "fc1":
                parts.append(("flatten", nn.Flatten()))
            parts.append((name, nn.Conv2d(inputs, outputs, 5, padding=2) if is_conv else nn.Linear(inputs, outputs)))
            if name != "fc2":
                parts.append((f"relu_{name}", nn.ReLU()))
            if is_conv:
                parts.append((f"pool_{name}", nn.MaxPool2d(2)))
        super().__init__(OrderedDict(parts))
