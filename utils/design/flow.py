"""What a recording's scores depend on, found from sizes alone: values are followed through every view and write."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import torch

from utils.design.operations import base_name
from utils.design.replay import Replay

AT_EACH_PLACE = {"convolution", "bmm", "baddbmm", "im2col", "_fft_r2c", "_fft_c2c", "_trilinear", "_cdist_forward"}


class Flow:
    """A forward pass without values.

    Args:
        replay: the forward pass.
        shape: of the images, (N, 1, 28, 28).
        kept: the kept tensors; only their sizes are used.

    Attributes:
        from_images: whether the scores depend on the numbers in the images, and not only on their shape.
        shares_weights: whether a weight is used for more than one number for each image: in a convolution, in a product
            over positions, or in more than one step.
    """

    def __init__(self, replay: Replay, shape: tuple[int, ...], kept: list[torch.Tensor]) -> None:
        self.shares_weights = False
        images = torch.empty(shape, device="meta")
        self._batch = shape[0]
        self._alive: list[Any] = [images]  # the identity of a storage is reused once it is freed
        self._dependent = {_storage(images)}
        sizes = [torch.empty_like(tensor, device="meta") for tensor in kept]
        self._weights = {_storage(tensor) for tensor in sizes}
        self._used: set[int] = set()
        with torch.no_grad():
            scores = replay.run(images, sizes, self._follow)
        self.from_images = _storage(scores) in self._dependent

    def _follow(self, operation: Any, arguments: list[Any], outputs: list[torch.Tensor]) -> None:
        self._alive.append(outputs)
        name = base_name(operation._schema.name.removeprefix("aten::"))
        tensors = [_storage(tensor) for tensor in _tensors(arguments)]
        if not ("_like" in name or name.startswith("new_")) and not self._dependent.isdisjoint(tensors):
            # what is written in place is a result too, with the storage of all its views
            self._dependent |= {_storage(output) for output in outputs}
        rows = outputs[0].shape[0] if name in ("mm", "addmm") else 0
        if name in AT_EACH_PLACE or rows > self._batch:
            self.shares_weights = True
        if name in ("mm", "addmm"):
            weights = self._weights.intersection(tensors)
            self.shares_weights |= not weights.isdisjoint(self._used)
            self._used |= weights


def _storage(tensor: torch.Tensor) -> int:
    """Identifies the memory that a tensor has in common with its views, though it holds no values."""
    return int(tensor.untyped_storage()._cdata)


def _tensors(value: Any) -> Iterator[torch.Tensor]:
    if isinstance(value, torch.Tensor):
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from _tensors(item)
