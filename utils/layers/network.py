"""The stand-in for the LeNet-5 of 07: parameters and gradients are NumPy arrays, PyTorch computes."""

from __future__ import annotations

from typing import Any

import numpy as np

from utils.layers.bridge import array, labels, stand_in, tensor, torch

SHAPES = {"conv1": (20, 1, 5, 5), "conv2": (50, 20, 5, 5), "fc1": (2450, 500), "fc2": (500, 10)}


class LeNet5:
    """LeNet-5 for images (N, 1, 28, 28): convolution, ReLU, pooling, twice; then two linear layers.

    Weights are drawn as by He et al. (2015), with variance 2/inputs; those of the last layer are smaller, so that the
    first scores are close to 0 and the first loss is close to ln 10.

    Attributes:
        params: `conv1.weight` (20, 1, 5, 5), `conv1.bias` (20,), … `fc2.bias` (10,); may be written to in place.
    """

    def __init__(self, rng: np.random.Generator, dtype: type = np.float32) -> None:
        self.params: dict[str, np.ndarray] = {}
        for layer, shape in SHAPES.items():
            inputs, outputs = (int(np.prod(shape[1:])), shape[0]) if len(shape) == 4 else shape
            scale = 0.01 if layer == "fc2" else np.sqrt(2 / inputs)
            self.params[f"{layer}.weight"] = (scale * rng.standard_normal(shape)).astype(dtype)
            self.params[f"{layer}.bias"] = np.zeros(outputs, dtype)

    def _leaves(self) -> dict[str, Any]:
        return {key: tensor(value).requires_grad_() for key, value in self.params.items()}

    def _scores(self, x: np.ndarray, p: dict[str, Any]) -> Any:
        ops, h = torch().nn.functional, tensor(x)
        for layer in ("conv1", "conv2"):
            h = ops.max_pool2d(ops.conv2d(h, p[f"{layer}.weight"], p[f"{layer}.bias"], padding=2).relu(), 2)
        h = torch().addmm(p["fc1.bias"], h.flatten(1), p["fc1.weight"]).relu()
        return torch().addmm(p["fc2.bias"], h, p["fc2.weight"])

    @stand_in
    def scores(self, x: np.ndarray) -> np.ndarray:
        """x (N, 1, 28, 28) → scores (N, 10)."""
        return array(self._scores(x, self._leaves()))

    @stand_in
    def loss(self, x: np.ndarray, y: np.ndarray) -> tuple[float, dict[str, np.ndarray]]:
        """x (N, 1, 28, 28), labels y (N,) → the mean cross-entropy and a new dict of the parameters' gradients."""
        leaves = self._leaves()
        loss = torch().nn.functional.cross_entropy(self._scores(x, leaves), labels(y))
        loss.backward()
        return loss.item(), {key: array(leaf.grad) for key, leaf in leaves.items()}
