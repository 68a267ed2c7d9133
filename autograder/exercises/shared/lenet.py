"""LeNet-5 in PyTorch, right or with one thing wrong, computed from given parameters: the oracle of 07 and 08."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from autograder.judging import oracle

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
    torch = oracle.torch()
    leaves = {key: oracle.tensor(value).requires_grad_() for key, value in params.items()}
    moments: dict[str, Any] = {}
    h = oracle.tensor(x)
    for k in (1, 2):
        h = torch.nn.functional.conv2d(h, leaves[f"conv{k}.weight"], leaves[f"conv{k}.bias"], padding=2)
        for step in variant.order.split():
            if step == "norm":
                h = _normalised(h, k, leaves, variant, running or {}, moments)
            elif step == "relu":
                h = _relu(h, k, variant)
            else:
                h = getattr(torch.nn.functional, f"{variant.pool}_pool2d")(h, 2)
    h = _relu(_flat(h, variant.flatten) @ leaves["fc1.weight"] + leaves["fc1.bias"], 3, variant)
    scores = _relu(h @ leaves["fc2.weight"] + leaves["fc2.bias"], 4, variant)
    scores = scores.softmax(1) if variant.softmax else scores
    loss = torch.nn.functional.cross_entropy(scores, oracle.tensor(y).long())
    if backward:
        loss.backward()
    grads = {key: np.zeros(leaf.shape) if leaf.grad is None else leaf.grad.numpy() for key, leaf in leaves.items()}
    return {"scores": scores.detach().numpy(), "loss": loss.item(), "grads": grads, "moments": moments}


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


def _relu(h: Any, place: int, variant: LeNetVariant) -> Any:
    if place not in variant.relu:
        return h
    return h + (h.relu() - h).detach() if place in variant.leaky else h.relu()


def _flat(h: Any, order: str) -> Any:
    """(N, C, H, W) → (N, C·H·W), the axes taken in this order."""
    axes = {"c": 1, "h": 2, "w": 3}
    return h.permute(0, *(axes[letter] for letter in order)).flatten(1)


def _normalised(
    h: Any, k: int, leaves: dict[str, Any], variant: LeNetVariant, running: Arrays, moments: dict[str, Any]
) -> Any:
    """Spatial batchnorm k, if the variant has it; the moments of the batch are added to `moments`."""
    if k not in variant.norm:
        return h
    mean, var = h.mean((0, 2, 3)), h.var((0, 2, 3), correction=0)
    moments |= {f"bn{k}.running_mean": mean.detach().numpy(), f"bn{k}.running_var": var.detach().numpy()}
    moments[f"bn{k}.count"] = h.numel() // h.shape[1]
    if variant.statistics == "running":
        mean, var = (oracle.tensor(running[f"bn{k}.running_{which}"]) for which in ("mean", "var"))
    if not variant.flow:
        mean, var = mean.detach(), var.detach()
    params = (mean, var, leaves[f"bn{k}.weight"], leaves[f"bn{k}.bias"])
    mean, var, gamma, beta = (value[:, None, None] for value in params)
    return gamma * (h - mean) / (var + EPS).sqrt() + beta
