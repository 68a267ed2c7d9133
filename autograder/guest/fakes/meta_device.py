"""A GPU for code that must keep its tensors there: shapes without numbers, on which nothing is computed.

Inside `MetaGPU()` the device "cuda" is PyTorch's "meta", so tensors have a shape, a dtype and a place, and no memory.
What is asked of it is noted: images copied from the processor, and numbers read back, for which a real GPU must finish.
Mixing tensors of both places fails with the words of a real GPU.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from torch.overrides import TorchFunctionMode
from torch.utils._pytree import tree_leaves, tree_map

CUDA, META = torch.device("cuda", 0), torch.device("meta")
READS = ("item", "tolist", "cpu", "numpy", "__float__", "__int__", "__bool__", "__index__", "__array__", "__format__")
MAY_MIX = ("__getitem__", "__setitem__", "copy_", "to", "cuda", "type_as", "_has_compatible_shallow_copy_type")
# kernels of optimizers and scalers that know real GPUs only; there is nothing to compute here
WITHOUT_NUMBERS = ("_fused_", "_amp_")
TORCH = str(Path(torch.__file__).parent)


class MetaGPU(TorchFunctionMode):
    """While it lasts, "cuda" is there. `step` is to be counted up with every step of the training."""

    def __init__(self) -> None:
        super().__init__()
        self.copied = 0  # images copied to the device since training started
        self.reads: list[int] = []  # the step at which each number was read back
        self.step = 0
        self._asked = ""  # what was last asked about numbers

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
        if func is torch.device:  # only a name
            return func(*args, **kwargs)
        args, kwargs = tree_map(_renamed, (args, kwargs))
        tensors = [leaf for leaf in tree_leaves((args, kwargs)) if isinstance(leaf, torch.Tensor)]
        if (name in READS and tensors and tensors[0].is_meta) or (name == "to" and _to_cpu(tensors, args, kwargs)):
            return self._read(name, tensors[0])
        if name in ("isfinite", "isnan", "isinf"):
            self._asked = name
        if name == "pin_memory":
            return args[0]
        if name.startswith(WITHOUT_NUMBERS):
            return None
        places = {tensor.is_meta for tensor in tensors if tensor.ndim}
        if len(places) == 2 and name not in MAY_MIX:
            raise RuntimeError("Expected all tensors to be on the same device, but found at least two, cuda:0 and cpu!")
        if name == "cuda":
            func, args, kwargs = torch.Tensor.to, (args[0], META), {}
        result = func(*args, **kwargs)
        self._note_copy(name, tensors, result)
        return result

    def _property(self, func: Callable[..., Any], args: tuple[Any, ...]) -> Any:
        result = func(*args)
        which = getattr(getattr(func, "__self__", None), "__name__", "")
        if which == "is_cuda":
            return bool(args[0].is_meta)
        return CUDA if isinstance(result, torch.device) and result.type == "meta" else result

    def _read(self, name: str, tensor: torch.Tensor) -> Any:
        frame = sys._getframe(2)
        if not frame.f_code.co_filename.startswith(TORCH):  # what PyTorch's own code asks is its own affair
            self.reads.append(self.step)
        values = torch.zeros(tensor.shape, dtype=tensor.dtype, device="cpu")
        if tensor.dtype == torch.bool and self._asked == "isfinite":  # 0, as all is here, is a finite number
            values = ~values
        return values if name in ("cpu", "to") else getattr(values, name)()

    def _note_copy(self, name: str, tensors: list[torch.Tensor], result: Any) -> None:
        from_host = [t for t in tensors if not t.is_meta and t.ndim == 4 and not isinstance(t, torch.nn.Parameter)]
        arrives = isinstance(result, torch.Tensor) and result.is_meta
        if self.step and from_host and arrives and name in ("to", "cuda", "copy_", "type_as", "__setitem__"):
            self.copied += len(from_host[0])


def _renamed(value: Any) -> Any:
    is_cuda = (isinstance(value, torch.device) and value.type == "cuda") or (
        isinstance(value, str) and value.partition(":")[0] == "cuda"
    )
    return META if is_cuda else value


def _to_cpu(tensors: list[torch.Tensor], args: tuple[Any, ...], kwargs: dict[str, Any]) -> bool:
    """Whether this `to` brings a tensor back from the device."""
    asked = [*args[1:], *kwargs.values()]
    goes = any(value == "cpu" or (isinstance(value, torch.device) and value.type == "cpu") for value in asked)
    return bool(tensors) and tensors[0].is_meta and goes
