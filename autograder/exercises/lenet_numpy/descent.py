"""What a recorder's parameters and losses must be after the steps that it saw, by PyTorch."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograder.guest.fakes.recording_model import START, goals
from autograder.guest.plain_data import Inputs, PlainData
from autograder.judging import oracle


def stepped(q: Inputs, lr: float | None = None, momentum: float = 0.9, **way: Any) -> np.ndarray:
    """The parameters after the steps that were recorded, by PyTorch.

    way: kept, gradients pile up; late, a step uses the gradient of the one before; restart, the velocity starts again
    with each epoch; times, a factor for the gradients ("sum", "mean again", "uphill").
    """
    torch = oracle.torch()
    leaf = oracle.tensor(np.array(START)).requires_grad_()
    optimizer = torch.optim.SGD([leaf], q["lr"] if lr is None else lr, momentum=momentum)
    epoch = -(-len(q["labels"]) // q["batch_size"])
    before = None
    for k, (numbers, labels, _) in enumerate(q["steps"]):
        grad = (leaf.detach() - oracle.tensor(goals(numbers, labels))).mean(0)
        grad = grad * {"sum": len(numbers), "mean again": 1 / len(numbers), "uphill": -1}.get(way.get("times", ""), 1.0)
        if way.get("kept"):
            grad = grad if before is None else grad + before
        leaf.grad = before if way.get("late") and before is not None else grad
        before = grad
        if way.get("restart") and k % epoch == 0:
            optimizer.state.clear()
        optimizer.step()
    return np.asarray(leaf.detach().numpy())


def with_lr(lr: float) -> Callable[[Inputs, Any], dict[str, PlainData]]:
    """What comes of a learning rate of one's own, for a `Mistake`."""
    return lambda q, right: {"params": stepped(q, lr=lr)}


def losses(q: Inputs) -> list[float]:
    """The loss that the recorder told at each step."""
    return [float(0.5 * ((now - goals(numbers, labels)) ** 2).sum(1).mean()) for numbers, labels, now in q["steps"]]


def by_epoch(q: Inputs) -> np.ndarray:
    """(epochs, steps): the losses; ValueError if they do not divide."""
    return np.array(losses(q)).reshape(q["epochs"], -1)
