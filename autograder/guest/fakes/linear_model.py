"""A linear model that records its calls, and a data set with an unreadable image, for `train_one_epoch`, `evaluate`."""

from __future__ import annotations

import copy
from typing import Any

import torch
from torch.utils.data import Dataset

from autograder.guest.fakes.gpu import is_on_gpu, put_on_gpu


class Calls(list[dict[str, Any]]):
    """Calls of a network and of its copies, which a function may use in its place."""

    def __deepcopy__(self, memo: dict[int, Any]) -> Calls:
        return self


class LinearSpy(torch.nn.Module):
    """Test double for a network: one linear layer, which records each of its calls.

    A call is recorded as a dict: training (the mode), gradients (whether they are recorded), images (how many).
    """

    def __init__(self, w: Any, b: Any, broken: bool = False) -> None:
        super().__init__()
        self.weight = torch.nn.Parameter(torch.tensor(w))
        self.bias = torch.nn.Parameter(torch.tensor(b))
        self.inner = torch.nn.Identity()  # a module inside, whose mode must be set too
        self.calls = Calls()
        self.broken = broken  # raise RuntimeError at the second call

    def __deepcopy__(self, memo: dict[int, Any]) -> LinearSpy:
        """A copy on the same device, which records its calls in the same list."""
        memo[id(self)] = twin = type(self).__new__(type(self))
        twin.__dict__ = copy.deepcopy(self.__dict__, memo)
        for own, copied in zip(self.parameters(), twin.parameters(), strict=True):
            if is_on_gpu(own):
                put_on_gpu(copied)
        return twin

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        training = self.training and self.inner.training
        gradients = torch.is_grad_enabled() and any(each.requires_grad for each in self.parameters())
        self.calls.append({"training": training, "gradients": gradients, "images": len(x)})
        if self.broken and len(self.calls) == 2:
            raise RuntimeError("the second batch is broken")
        return torch.nn.functional.linear(self.inner(x).flatten(1), self.weight, self.bias)


class BrokenDataset(Dataset):
    """Test double for a data set: one of its images cannot be read."""

    def __init__(self, images: torch.Tensor, labels: torch.Tensor, broken: int) -> None:
        self.images = images  # (N, …)
        self.labels = labels  # (N,)
        self.broken = broken  # index of the image that raises OSError

    def __len__(self) -> int:
        return len(self.labels)

    def __getitem__(self, k: int) -> tuple[torch.Tensor, torch.Tensor]:
        if k == self.broken:
            raise OSError(f"image {k} cannot be read")
        return self.images[k], self.labels[k]
