"""LeNet-5 in PyTorch from given parameters, right or with one thing wrong: what the students' networks are held to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from autograder.judging import oracle

Arrays = dict[str, np.ndarray]

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
EPS = 1e-5
MOMENTUM = 0.1


@dataclass(frozen=True)
class LeNetVariant:
    """How the network is computed; the defaults are right.

    relu: the places that have one (1, 2 after the convolutions, 3 after fc1; 4 would be after the scores);
    leaky: those whose backward pass lets everything through; norm: the convolutions with batchnorm; statistics:
    "batch" or "running"; order: of convolution, norm, ReLU and pooling; flow: gradients go through the statistics.
    """

    relu: tuple[int, ...] = (1, 2, 3)
    leaky: tuple[int, ...] = ()
    pool: str = "max"
    flatten: str = "chw"
    softmax: bool = False
    norm: tuple[int, ...] = ()
    statistics: str = "batch"
    order: str = "norm relu pool"
    flow: bool = True


RIGHT = LeNetVariant()


def answer(
    params: Arrays,
    x: np.ndarray,
    y: np.ndarray,
    way: LeNetVariant = RIGHT,
    running: Arrays | None = None,
    backward: bool = True,
) -> dict[str, Any]:
    """scores (N, 10), the mean cross-entropy `loss` and its `grads` by key; with batchnorm also `moments` by key."""
    torch = oracle.torch()
    leaves = {key: oracle.tensor(value).requires_grad_() for key, value in params.items()}
    moments: dict[str, Any] = {}
    hidden = oracle.tensor(x)
    for k in (1, 2):
        hidden = torch.nn.functional.conv2d(hidden, leaves[f"conv{k}.weight"], leaves[f"conv{k}.bias"], padding=2)
        for step in way.order.split():
            if step == "norm":
                hidden = _normalised(hidden, k, leaves, way, running or {}, moments)
            elif step == "relu":
                hidden = _relu(hidden, k, way)
            else:
                hidden = getattr(torch.nn.functional, f"{way.pool}_pool2d")(hidden, 2)
    hidden = _relu(_flat(hidden, way.flatten) @ leaves["fc1.weight"] + leaves["fc1.bias"], 3, way)
    scores = _relu(hidden @ leaves["fc2.weight"] + leaves["fc2.bias"], 4, way)
    scores = scores.softmax(1) if way.softmax else scores
    loss = torch.nn.functional.cross_entropy(scores, oracle.tensor(y).long())
    if backward:
        loss.backward()
    grads = {key: np.zeros(leaf.shape) if leaf.grad is None else leaf.grad.numpy() for key, leaf in leaves.items()}
    return {"scores": scores.detach().numpy(), "loss": loss.item(), "grads": grads, "moments": moments}


def _relu(h: Any, place: int, way: LeNetVariant) -> Any:
    if place not in way.relu:
        return h
    return h + (h.relu() - h).detach() if place in way.leaky else h.relu()


def _flat(h: Any, order: str) -> Any:
    """(N, C, H, W) → (N, C·H·W), the axes taken in this order."""
    axes = {"c": 1, "h": 2, "w": 3}
    return h.permute(0, *(axes[letter] for letter in order)).flatten(1)


def _normalised(
    h: Any, k: int, leaves: dict[str, Any], way: LeNetVariant, running: Arrays, moments: dict[str, Any]
) -> Any:
    """Spatial batchnorm k, and a note of the batch's moments, with the number of values that they are over."""
    if k not in way.norm:
        return h
    mean, var = h.mean((0, 2, 3)), h.var((0, 2, 3), correction=0)
    count = h.numel() // h.shape[1]
    moments |= {f"bn{k}.running_mean": mean.detach().numpy(), f"bn{k}.running_var": var.detach().numpy()}
    moments[f"bn{k}.count"] = count
    if way.statistics == "running":
        mean, var = (oracle.tensor(running[f"bn{k}.running_{which}"]) for which in ("mean", "var"))
    if not way.flow:
        mean, var = mean.detach(), var.detach()
    wide = [value[:, None, None] for value in (mean, var, leaves[f"bn{k}.weight"], leaves[f"bn{k}.bias"])]
    return wide[2] * (h - wide[0]) / (wide[1] + EPS).sqrt() + wide[3]
