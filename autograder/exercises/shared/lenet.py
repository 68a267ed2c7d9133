"""LeNet-5, right or with one thing wrong, computed from given parameters: the oracle of 07 and 08."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from autograder.judging.oracle import relu
from autograder.judging.oracle.layers import in_float64
from utils.layers.reference import chain_rule
from utils.layers.reference.chain_rule import Operand, Traced, add, elementwise, permute, reshape, value_of
from utils.layers.reference.dense import (
    affine,
    log_probabilities,
    mean_loss,
    moments,
    normalized,
    rectified,
    with_value,
)
from utils.layers.reference.windows import avg_pooled, convolved, max_pooled

Arrays = dict[str, np.ndarray]

# shapes by key: parameters, those of batchnorm, running statistics; linear weights are (inputs, outputs)
SHAPES: dict[str, tuple[int, ...]] = {
    "conv1.weight": (20, 1, 5, 5),
    "conv1.bias": (20,),
    "conv2.weight": (50, 20, 5, 5),
    "conv2.bias": (50,),
    "fc1.weight": (2450, 500),
    "fc1.bias": (500,),
    "fc2.weight": (500, 10),
    "fc2.bias": (10,),
}
NORM_SHAPES: dict[str, tuple[int, ...]] = {
    "bn1.weight": (20,),
    "bn1.bias": (20,),
    "bn2.weight": (50,),
    "bn2.bias": (50,),
}
RUNNING_SHAPES: dict[str, tuple[int, ...]] = {
    "bn1.running_mean": (20,),
    "bn1.running_var": (20,),
    "bn2.running_mean": (50,),
    "bn2.running_var": (50,),
}
POOLS = {"max": max_pooled, "avg": avg_pooled}
EPS = 1e-5  # of batchnorm
MOMENTUM = 0.1  # share of the batch in the running statistics


@dataclass(frozen=True)
class LeNetVariant:
    """How the network is computed; the defaults are those of LeNet-5 without batchnorm."""

    relu: tuple[int, ...] = (1, 2, 3)  # places of a ReLU: 1, 2 after the convolutions, 3 after fc1, 4 after the scores
    leaky: tuple[int, ...] = ()  # places of a ReLU whose backward pass lets the whole gradient through
    pool: str = "max"  # or "avg"
    flatten: str = "chw"  # the order of the axes in which the maps are flattened
    softmax: bool = False  # whether the scores go through a softmax
    norm: tuple[int, ...] = ()  # numbers of the convolutions that batchnorm follows
    statistics: str = "batch"  # of batchnorm: "batch" or "running"
    order: str = "norm relu pool"  # of what follows a convolution
    flow: bool = True  # whether gradients flow through the batch statistics


RIGHT = LeNetVariant()
WITH_NORM = LeNetVariant(norm=(1, 2))


def answer(
    params: Arrays,
    x: np.ndarray,
    y: np.ndarray,
    variant: LeNetVariant = RIGHT,
    running: Arrays | None = None,
    backward: bool = True,
) -> dict[str, Any]:
    """What a variant answers for images x (N, 1, 28, 28) and labels y (N,), in float64.

    Args:
        params: by the keys of SHAPES, with batchnorm those of NORM_SHAPES too.
        running: by the keys of RUNNING_SHAPES; needed where the statistics are the running ones.
        backward: compute the gradients; without, they are 0.

    Returns:
        scores (N, 10); loss, the mean cross-entropy; grads by key; moments, of the batch: its mean and biased variance
        under the keys of RUNNING_SHAPES, and under bn1.count, bn2.count the number of values that they are over.
    """
    leaves = {key: Traced(in_float64(value)) for key, value in params.items()}
    of_batches: dict[str, Any] = {}
    h: Operand = in_float64(x)
    for k in (1, 2):
        maps = convolved(h, leaves[f"conv{k}.weight"], padding=2)
        h = add(maps, reshape(leaves[f"conv{k}.bias"], -1, 1, 1))
        for step in variant.order.split():
            if step == "norm":
                h = _normalised(h, k, leaves, variant, running or {}, of_batches)
            elif step == "relu":
                h = _relu(h, k, variant)
            else:
                h = POOLS[variant.pool](h, 2, 2)
    h = _relu(affine(_flat(h, variant.flatten), leaves["fc1.weight"], leaves["fc1.bias"]), 3, variant)
    scores = _relu(affine(h, leaves["fc2.weight"], leaves["fc2.bias"]), 4, variant)
    scores = elementwise(np.exp, log_probabilities(scores)) if variant.softmax else scores
    loss = mean_loss(scores, y)
    grads = chain_rule.backward(loss, list(leaves.values())) if backward else map(np.zeros_like, params.values())
    return {
        "scores": scores.value,
        "loss": float(loss.value),
        "grads": dict(zip(leaves, grads, strict=True)),
        "moments": of_batches,
    }


def running_after(
    running: Arrays, moments: dict[str, Any], old: float = 1 - MOMENTUM, new: float = MOMENTUM, unbiased: bool = False
) -> Arrays:
    """The running statistics after one batch: old · running + new · moments, with the unbiased variance if asked for.

    moments: as `answer` returns them. The biased variance is that of 07, the unbiased one that of nn.BatchNorm2d.
    """
    after = {}
    for key, value in running.items():
        count = moments[f"{key[:3]}.count"]
        correction = count / (count - 1) if unbiased and key.endswith("var") else 1.0
        after[key] = old * value + new * correction * moments[key]
    return after


def _relu(h: Traced, place: int, variant: LeNetVariant) -> Traced:
    if place not in variant.relu:
        return h
    return with_value(h, relu(h.value)) if place in variant.leaky else rectified(h)


def _flat(h: Operand, order: str) -> Traced:
    """(N, C, H, W) → (N, C·H·W), the axes taken in this order."""
    axes = {"c": 1, "h": 2, "w": 3}
    return reshape(permute(h, 0, *(axes[letter] for letter in order)), len(value_of(h)), -1)


def _normalised(
    h: Traced, k: int, leaves: dict[str, Traced], variant: LeNetVariant, running: Arrays, of_batches: dict[str, Any]
) -> Traced:
    """Spatial batchnorm k, if the variant has it; the moments of the batch are added to `of_batches`."""
    if k not in variant.norm:
        return h
    mean, var = of_batch = moments(h)
    of_batches |= {f"bn{k}.running_mean": mean.value, f"bn{k}.running_var": var.value}
    of_batches[f"bn{k}.count"] = h.value.size // h.value.shape[1]
    used: tuple[Operand, Operand] = of_batch if variant.flow else (mean.value, var.value)
    if variant.statistics == "running":
        used = in_float64(running[f"bn{k}.running_mean"]), in_float64(running[f"bn{k}.running_var"])
    return normalized(h, *used, leaves[f"bn{k}.weight"], leaves[f"bn{k}.bias"], EPS)
