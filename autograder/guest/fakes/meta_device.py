"""A fake GPU that computes nothing, to count copies and reads: its tensors have a shape and a device, but no numbers.

Inside `MetaGPU()` the device "cuda" is PyTorch's "meta", whose tensors need no memory. Copies of images to the device
are counted, and so are numbers read back, for which the processor must wait until a real GPU has finished. Mixing
tensors of both devices raises the error of a real GPU.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from torch.overrides import TorchFunctionMode
from torch.utils._pytree import tree_leaves, tree_map

from autograder.guest.student_call import call_student

CUDA, META = torch.device("cuda", 0), torch.device("meta")
READS = ("item", "tolist", "cpu", "numpy", "__float__", "__int__", "__bool__", "__index__", "__array__", "__format__")
MAY_MIX = ("__getitem__", "__setitem__", "copy_", "to", "cuda", "type_as", "_has_compatible_shallow_copy_type")
# kernels of optimizers and scalers that accept real GPUs only; with no numbers they have nothing to compute
SKIPPED = ("_fused_", "_amp_")
TORCH = str(Path(torch.__file__).parent)


class MetaGPU(TorchFunctionMode):
    """Test double for a GPU, within a `with` block. Its user increments `step` at every training step."""

    def __init__(self) -> None:
        super().__init__()
        self.copied = 0  # images copied to the device after the first step
        self.indices = 0  # copies of indices or labels to it after the first step
        self.reads: list[int] = []  # the step at which each number was read back
        self.step = 0  # training steps so far
        self._last_test = ""  # the last of isfinite, isnan, isinf that was called
        self._swap = False  # PyTorch's setting from before, restored on exit

    def __enter__(self) -> MetaGPU:
        # so that an optimizer made before model.to(device) holds the right parameters, as on a real GPU
        self._swap = torch.__future__.get_swap_module_params_on_conversion()
        torch.__future__.set_swap_module_params_on_conversion(True)
        super().__enter__()
        return self

    def __exit__(self, *error: Any) -> None:
        super().__exit__(*error)
        torch.__future__.set_swap_module_params_on_conversion(self._swap)

    def __torch_function__(
        self, func: Callable[..., Any], types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        kwargs = kwargs or {}
        name = getattr(func, "__name__", "")
        if name == "__get__":
            return self._property(func, args)
        if func is torch.device:  # a name of a device, and no tensor
            return func(*args, **kwargs)
        args, kwargs = tree_map(_cuda_to_meta, (args, kwargs))
        tensors = [leaf for leaf in tree_leaves((args, kwargs)) if isinstance(leaf, torch.Tensor)]
        if (name in READS and tensors and tensors[0].is_meta) or (name == "to" and _to_cpu(tensors, args, kwargs)):
            return self._read(name, tensors[0])
        if name in ("isfinite", "isnan", "isinf"):
            self._last_test = name
        if name == "pin_memory":
            return args[0]
        if name.startswith(SKIPPED):
            return None
        devices = {tensor.is_meta for tensor in tensors if tensor.ndim}
        if len(devices) == 2 and name not in MAY_MIX:
            raise RuntimeError("Expected all tensors to be on the same device, but found at least two, cuda:0 and cpu!")
        if name == "cuda":
            func, args, kwargs = torch.Tensor.to, (args[0], META), {}
        result = call_student(func, *args, **kwargs)
        self._count_copy(name, tensors, result)
        return result

    def _property(self, func: Callable[..., Any], args: tuple[Any, ...]) -> Any:
        """An attribute such as tensor.device or tensor.is_cuda."""
        result = func(*args)
        which = getattr(getattr(func, "__self__", None), "__name__", "")
        if which == "is_cuda":
            return bool(args[0].is_meta)
        return CUDA if isinstance(result, torch.device) and result.type == "meta" else result

    def _read(self, name: str, tensor: torch.Tensor) -> Any:
        """What comes of reading numbers back: zeros."""
        frame = sys._getframe(2)
        if not frame.f_code.co_filename.startswith(TORCH):  # reads by PyTorch's own code do not count
            self.reads.append(self.step)
        values = torch.zeros(tensor.shape, dtype=tensor.dtype, device="cpu")
        if tensor.dtype == torch.bool and self._last_test == "isfinite":  # zeros are finite
            values = ~values
        return values if name in ("cpu", "to") else getattr(values, name)()

    def _count_copy(self, name: str, tensors: list[torch.Tensor], result: Any) -> None:
        from_cpu = [t for t in tensors if not t.is_meta and t.ndim == 4 and not isinstance(t, torch.nn.Parameter)]
        on_device = isinstance(result, torch.Tensor) and result.is_meta
        if self.step and from_cpu and on_device and name in ("to", "cuda", "copy_", "type_as", "__setitem__"):
            self.copied += len(from_cpu[0])
        whole = [t for t in tensors if not t.is_meta and t.ndim == 1 and t.dtype == torch.int64]
        if self.step and whole and on_device and name in ("to", "cuda", "copy_", "type_as", "__getitem__"):
            self.indices += 1


def _cuda_to_meta(value: Any) -> Any:
    is_cuda = (isinstance(value, torch.device) and value.type == "cuda") or (
        isinstance(value, str) and value.partition(":")[0] == "cuda"
    )
    return META if is_cuda else value


def _to_cpu(tensors: list[torch.Tensor], args: tuple[Any, ...], kwargs: dict[str, Any]) -> bool:
    """Whether this `to` copies a tensor from the device to the CPU."""
    targets = [*args[1:], *kwargs.values()]
    to_cpu = any(value == "cpu" or (isinstance(value, torch.device) and value.type == "cpu") for value in targets)
    return bool(tensors) and tensors[0].is_meta and to_cpu
