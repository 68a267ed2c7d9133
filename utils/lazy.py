"""Lazy layers, such as nn.LazyConv2d: give them their sizes before a model is counted, copied or loaded."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import nn
from torch.nn.parameter import is_lazy

from utils.student_call import call_student

IMAGES = (1, 1, 28, 28)  # the shape of the course's images


def without_sizes(model: nn.Module) -> list[str]:
    """The names of the parameters and buffers that have no size yet, because no input has gone through their layer."""
    return [name for name, tensor in (*model.named_parameters(), *model.named_buffers()) if is_lazy(tensor)]


def with_sizes(model: Any, shape: tuple[int, ...] = IMAGES) -> Any:
    """The model, whose lazy layers have their sizes and first weights afterwards; any other object as it is.

    A model that has such layers is called once, in evaluation mode and without gradients, with zeros of this shape.
    Its mode and its running statistics stay. The weights are drawn from PyTorch's generator, as they would be in the
    model's own first call.
    """
    if isinstance(model, nn.Module) and without_sizes(model):
        with _evaluation(model), torch.no_grad():
            call_student(model, torch.zeros(shape))
    return model


@contextmanager
def _evaluation(model: nn.Module) -> Iterator[None]:
    """Evaluation mode; afterwards each module is in its own mode again."""
    modes = {module: module.training for module in model.modules()}
    model.eval()
    try:
        yield
    finally:
        for module, training in modes.items():
            module.training = training
