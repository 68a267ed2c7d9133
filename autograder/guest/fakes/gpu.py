"""A fake GPU that computes on the CPU: tensors are marked as being on it, and mixing devices fails as on a real one."""

from __future__ import annotations

from typing import Any

import torch
from torch.overrides import TorchFunctionMode

from autograder.guest.student_call import call_student

GPU = torch.device("cuda")
TWO_DEVICES = "Expected all tensors to be on the same device, but found at least two devices, cuda:0 and cpu!"
MAY_MIX = {"to", "cuda", "cpu", "copy_", "requires_grad_", "set_", "type", "__set__"}  # take tensors of both devices
MARK = "is_on_the_fake_gpu"  # attribute of a tensor


def put_on_gpu(tensor: torch.Tensor) -> torch.Tensor:
    """Mark a tensor as being on the fake GPU, and return it."""
    setattr(tensor, MARK, True)
    return tensor


def is_on_gpu(value: object) -> bool:
    """Whether a value is a tensor on the fake GPU."""
    return isinstance(value, torch.Tensor) and getattr(value, MARK, False)


class FakeGPU(TorchFunctionMode):
    """Test double for a GPU, within a `with` block: "cuda" is a device, though the CPU computes.

    Tensors that are moved to or made on it are marked, and so is every result computed from them. A tensor of a single
    number may be mixed with tensors of any device, as PyTorch allows.
    """

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = dict(kwargs or {})
        name = getattr(func, "__name__", "")
        tensors = [value for value in _flat([args, kwargs]) if isinstance(value, torch.Tensor)]
        if name == "__get__":
            return self._property(func, args)
        if name in ("to", "cuda", "cpu") and tensors:
            return self._moved(name, args, kwargs)
        if name in ("numpy", "__array__") and is_on_gpu(args[0]):
            raise TypeError(
                "can't convert cuda:0 device type tensor to numpy. Use Tensor.cpu() to copy it to host memory first."
            )
        made_on_gpu = _names_gpu(kwargs.get("device"))
        if made_on_gpu:
            kwargs["device"] = "cpu"
        any_on_cpu = any(not is_on_gpu(tensor) and tensor.dim() > 0 for tensor in tensors)
        any_on_gpu = any(is_on_gpu(tensor) for tensor in tensors)
        if any_on_cpu and any_on_gpu and name not in MAY_MIX:
            raise RuntimeError(TWO_DEVICES)
        result = call_student(func, *args, **kwargs)
        if any_on_gpu or made_on_gpu:
            for value in _flat([result]):
                if isinstance(value, torch.Tensor):
                    put_on_gpu(value)
        return result

    def _moved(self, name: str, args: Any, kwargs: dict[str, Any]) -> Any:
        """The result of tensor.to, .cuda or .cpu."""
        tensor, *rest = args
        targets = [value for value in (*rest, *kwargs.values()) if isinstance(value, (str, torch.device, torch.Tensor))]
        to_gpu = name == "cuda" or any(_names_gpu(value) or is_on_gpu(value) for value in targets)
        to_cpu = name == "cpu" or any(_names_cpu(value) for value in targets)
        dtypes = [value for value in rest if isinstance(value, torch.dtype)]
        dtype = kwargs.get("dtype") or next(iter(dtypes), tensor.dtype)
        moved = torch.Tensor.to(tensor, dtype, copy=to_gpu != is_on_gpu(tensor) and (to_gpu or to_cpu))
        return put_on_gpu(moved) if to_gpu or (is_on_gpu(tensor) and not to_cpu) else moved

    def _property(self, func: Any, args: Any) -> Any:
        """An attribute such as tensor.device or tensor.T."""
        value = func(*args)
        if is_on_gpu(args[0]):
            if isinstance(value, torch.device):
                return torch.device("cuda", 0)
            if isinstance(value, torch.Tensor):
                return put_on_gpu(value)
        return value


def _names_gpu(device: object) -> bool:
    return (isinstance(device, str) and device.startswith("cuda")) or (
        isinstance(device, torch.device) and device.type == "cuda"
    )


def _names_cpu(device: object) -> bool:
    return device == "cpu" or (isinstance(device, torch.device) and device.type == "cpu")


def _flat(values: Any) -> list[Any]:
    """Every value in nested lists, tuples and dicts."""
    if isinstance(values, (list, tuple)):
        return [leaf for value in values for leaf in _flat(value)]
    if isinstance(values, dict):
        return [leaf for value in values.values() for leaf in _flat(value)]
    return [values]
