"""Whether a model with autograd functions of its author's own has other gradients than its recording."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import nn

from utils.design.replay import Replay

MOST_DIFFERENT = 1e-2  # between two gradients, as a part of the largest number in them


def has_other_gradients(model: nn.Module, recording: Mapping[str, Any], x: torch.Tensor) -> bool:
    """Whether the gradients of the model's parameters in training mode are not those that its recording gives.

    Args:
        model: as it was recorded; its running statistics change.
        recording: returned by `utils.design.recording.record`.
        x: the batch that was recorded.
    """
    kept = [torch.from_numpy(item["array"].copy()) for item in recording["kept"]]
    trained = [k for k, item in enumerate(recording["kept"]) if item["trained"]]
    parameters = dict(model.named_parameters())
    ours = [parameters[recording["kept"][k]["name"]] for k in trained]
    replay = Replay(recording["training"], random=True)
    theirs = [kept[k].requires_grad_() for k in trained]
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        real = _gradients(model.train()(x), ours)
        torch.manual_seed(0)
        recorded = _gradients(replay.run(x, kept), theirs)
    return any(
        float((a - b).abs().max()) > MOST_DIFFERENT * float(torch.maximum(a.abs(), b.abs()).max())
        for a, b in zip(real, recorded, strict=True)
    )


def _gradients(scores: torch.Tensor, parameters: list[Any]) -> list[torch.Tensor]:
    if not scores.requires_grad:
        return [torch.zeros_like(parameter) for parameter in parameters]
    gradients = torch.autograd.grad(scores.square().mean(), parameters, allow_unused=True)
    return [
        torch.zeros_like(parameter) if gradient is None else gradient
        for parameter, gradient in zip(parameters, gradients, strict=True)
    ]
