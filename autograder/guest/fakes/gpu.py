"""A GPU that is not there: tensors are marked as being on it, and one here does not go with one there."""

from __future__ import annotations

from typing import Any

import torch
from torch.overrides import TorchFunctionMode

GPU = torch.device("cuda")
TWO_DEVICES = "Expected all tensors to be on the same device, but found at least two devices, cuda:0 and cpu!"
MOVES = {"to", "cuda", "cpu", "copy_", "requires_grad_", "set_", "type"}
MARK = "is_on_the_pretended_gpu"


def mark(tensor: torch.Tensor) -> torch.Tensor:
    """Put a tensor there."""
    setattr(tensor, MARK, True)
    return tensor


def is_there(value: object) -> bool:
    return isinstance(value, torch.Tensor) and getattr(value, MARK, False)


class FakeGPU(TorchFunctionMode):
    """Within it `cuda` is a device: whatever tensors are moved or made there is marked, with all that comes of it.

    What is computed is computed on the CPU. A tensor of one number may be mixed with any, as PyTorch allows.
    """

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = dict(kwargs or {})
        name = getattr(func, "__name__", "")
        tensors = [value for value in _flat([args, kwargs]) if isinstance(value, torch.Tensor)]
        if name == "__get__":
            return self._property(func, args)
        if name in ("to", "cuda", "cpu") and tensors:
            return self._moved(func, name, args, kwargs)
        if name in ("numpy", "__array__") and is_there(args[0]):
            raise TypeError(
                "can't convert cuda:0 device type tensor to numpy. Use Tensor.cpu() to copy it to host memory first."
            )
        made_there = _names_gpu(kwargs.get("device"))
        if made_there:
            kwargs["device"] = "cpu"
        here = any(not is_there(tensor) and tensor.dim() > 0 for tensor in tensors)
        there = any(is_there(tensor) for tensor in tensors)
        if here and there and name not in MOVES and name != "__set__":
            raise RuntimeError(TWO_DEVICES)
        result = func(*args, **kwargs)
        if there or made_there:
            for value in _flat([result]):
                if isinstance(value, torch.Tensor):
                    mark(value)
        return result

    def _moved(self, func: Any, name: str, args: Any, kwargs: dict[str, Any]) -> Any:
        tensor, *rest = args
        wanted = [value for value in (*rest, *kwargs.values()) if isinstance(value, (str, torch.device, torch.Tensor))]
        goes = name == "cuda" or any(_names_gpu(value) or is_there(value) for value in wanted)
        comes = name == "cpu" or any(_names_cpu(value) for value in wanted)
        plain = [value for value in rest if isinstance(value, torch.dtype)]
        dtype = kwargs.get("dtype") or next(iter(plain), tensor.dtype)
        moved = torch.Tensor.to(tensor, dtype, copy=goes != is_there(tensor) and (goes or comes))
        return mark(moved) if goes or (is_there(tensor) and not comes) else moved

    def _property(self, func: Any, args: Any) -> Any:
        value = func(*args)
        if is_there(args[0]):
            if isinstance(value, torch.device):
                return torch.device("cuda", 0)
            if isinstance(value, torch.Tensor):
                return mark(value)
        return value


def _names_gpu(device: object) -> bool:
    return (isinstance(device, str) and device.startswith("cuda")) or (
        isinstance(device, torch.device) and device.type == "cuda"
    )


def _names_cpu(device: object) -> bool:
    return device == "cpu" or (isinstance(device, torch.device) and device.type == "cpu")


def _flat(values: Any) -> list[Any]:
    """Every value in lists, tuples and dicts."""
    if isinstance(values, (list, tuple)):
        return [found for value in values for found in _flat(value)]
    if isinstance(values, dict):
        return [found for value in values.values() for found in _flat(value)]
    return [values]
