"""The stand-in for the LeNet-5 of 07."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from utils.layers.reference.chain_rule import Operand, Traced, add, backward, reshape
from utils.layers.reference.dense import affine, mean_loss, rectified
from utils.layers.reference.windows import convolved, max_pooled

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

    def scores(self, x: np.ndarray) -> np.ndarray:
        """x (N, 1, 28, 28) → scores (N, 10)."""
        return _scores(x, self.params).value

    def loss(self, x: np.ndarray, y: np.ndarray) -> tuple[float, dict[str, np.ndarray]]:
        """x (N, 1, 28, 28), labels y (N,) → the mean cross-entropy and a new dict of the parameters' gradients."""
        leaves = {key: Traced(value) for key, value in self.params.items()}
        loss = mean_loss(_scores(x, leaves), y)
        return float(loss.value), dict(zip(leaves, backward(loss, list(leaves.values())), strict=True))


def _scores(x: np.ndarray, p: Mapping[str, Operand]) -> Traced:
    h: Operand = x
    for layer in ("conv1", "conv2"):
        maps = convolved(h, p[f"{layer}.weight"], padding=2)
        h = max_pooled(rectified(add(maps, reshape(p[f"{layer}.bias"], -1, 1, 1))), 2, 2)
    h = rectified(affine(h, p["fc1.weight"], p["fc1.bias"]))
    return affine(h, p["fc2.weight"], p["fc2.bias"])
