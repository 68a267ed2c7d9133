"""The tensors that a model keeps: parameters, buffers, and any other that no recorded operation computes."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn

Memory = tuple[Any, ...]  # identifies the values of a tensor: address, dtype, shape and strides

MOST_NUMBERS = 1_000_000  # elements of all kept tensors; ten times the budget


class NotRecorded(Exception):
    """Raised for a forward pass that cannot be recorded; the message tells its author why."""


class KeptTensors:
    """The tensors that a model keeps, with the values that they had when they were first used.

    Attributes:
        arrays: for each tensor {"name": in the model, or ""; "array": its values; "trained": whether it is a parameter
            that an optimizer would update; "hidden": whether it needs a gradient but is not in `parameters()`}.
        storages: of the parameters and buffers.
    """

    def __init__(self, model: nn.Module) -> None:
        self.arrays: list[dict[str, Any]] = []
        self._indices: dict[int, int] = {}  # by id of the tensor
        self._by_memory: dict[Memory, int] = {}
        self._alive: list[torch.Tensor] = []  # ids and addresses are reused once a tensor is freed
        self._numbers = 0
        for name, parameter in model.named_parameters():
            self._add(parameter, name, trained=parameter.requires_grad)
        for name, buffer in model.named_buffers():
            self._add(buffer, name)
        self.storages = {storage_of(tensor) for tensor in self._alive}

    def index(self, tensor: torch.Tensor) -> int:
        """The index of a tensor in `arrays`; it is added if it is new."""
        if id(tensor) in self._indices:
            return self._indices[id(tensor)]
        if memory_of(tensor) not in self._by_memory:
            self._add(tensor, "", hidden=tensor.requires_grad)
        return self._by_memory[memory_of(tensor)]

    def is_kept(self, tensor: torch.Tensor) -> bool:
        """Whether it has an index already."""
        return id(tensor) in self._indices or memory_of(tensor) in self._by_memory

    def _add(self, tensor: torch.Tensor, name: str, trained: bool = False, hidden: bool = False) -> None:
        self._numbers += tensor.numel()
        if self._numbers > MOST_NUMBERS:
            raise NotRecorded(f"The model keeps more than {MOST_NUMBERS:,} numbers; the budget is far below that.")
        self._indices[id(tensor)] = self._by_memory[memory_of(tensor)] = len(self.arrays)
        self._alive.append(tensor)
        if tensor.is_complex():
            raise NotRecorded("The model keeps complex numbers: keep them as pairs, (…, 2), and use view_as_complex.")
        try:
            array = tensor.detach().cpu().clone().numpy()
        except (TypeError, RuntimeError):  # bfloat16, quantized or sparse
            kind = str(tensor.dtype).removeprefix("torch.")
            raise NotRecorded(f"The model keeps numbers of type {kind}: leave them in float32.") from None
        self.arrays.append({"name": name, "array": array, "trained": trained, "hidden": hidden})


def memory_of(tensor: torch.Tensor) -> Memory:
    if not tensor.numel():
        return (id(tensor),)
    return tensor.data_ptr(), tensor.dtype, tuple(tensor.shape), tensor.stride()


def storage_of(tensor: torch.Tensor) -> int:
    """Identifies the memory that a tensor and its views have in common."""
    try:
        return tensor.untyped_storage().data_ptr() or id(tensor)
    except (RuntimeError, NotImplementedError):  # a sparse tensor has none
        return id(tensor)
