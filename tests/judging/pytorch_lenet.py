"""LeNet-5 by PyTorch and automatic differentiation, right or with one thing wrong: the oracle's is compared with it."""

from __future__ import annotations

from typing import Any

import numpy as np
from pytorch_oracle import tensor
from torch.nn import functional

from autograder.exercises.shared.lenet import EPS, RIGHT, Arrays, LeNetVariant


def answer(
    params: Arrays,
    x: np.ndarray,
    y: np.ndarray,
    variant: LeNetVariant = RIGHT,
    running: Arrays | None = None,
) -> dict[str, Any]:
    """As the function of the same name that it is compared with."""
    leaves = {key: tensor(value).requires_grad_() for key, value in params.items()}
    moments: dict[str, Any] = {}
    h = tensor(x)
    for k in (1, 2):
        h = functional.conv2d(h, leaves[f"conv{k}.weight"], leaves[f"conv{k}.bias"], padding=2)
        for step in variant.order.split():
            if step == "norm":
                h = _normalised(h, k, leaves, variant, running or {}, moments)
            elif step == "relu":
                h = _relu(h, k, variant)
            else:
                h = getattr(functional, f"{variant.pool}_pool2d")(h, 2)
    h = _relu(_flat(h, variant.flatten) @ leaves["fc1.weight"] + leaves["fc1.bias"], 3, variant)
    scores = _relu(h @ leaves["fc2.weight"] + leaves["fc2.bias"], 4, variant)
    scores = scores.softmax(1) if variant.softmax else scores
    loss = functional.cross_entropy(scores, tensor(y).long())
    loss.backward()
    grads = {key: np.zeros(leaf.shape) if leaf.grad is None else leaf.grad.numpy() for key, leaf in leaves.items()}
    return {"scores": scores.detach().numpy(), "loss": loss.item(), "grads": grads, "moments": moments}


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
        mean, var = (tensor(running[f"bn{k}.running_{which}"]) for which in ("mean", "var"))
    if not variant.flow:
        mean, var = mean.detach(), var.detach()
    params = (mean, var, leaves[f"bn{k}.weight"], leaves[f"bn{k}.bias"])
    mean, var, gamma, beta = (value[:, None, None] for value in params)
    return gamma * (h - mean) / (var + EPS).sqrt() + beta
