"""Record what a PyTorch model computes for a batch, operation by operation, as plain data.

A recording consists of names of operations, sizes and arrays. It can be sent to another process, which counts its cost
and computes with it (utils.design.replay) without trusting anything that the model says about itself.

A *reference* stands for a tensor in a recording: ["x"] is the batch of images, ["t", k] the result number k of the
steps, and ["c", k] the tensor number k that the model keeps. Kept are parameters and buffers, and every other tensor
that no recorded step computed, whether it is in a list, in an attribute or in a closure.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import torch
from torch import nn
from torch.utils._python_dispatch import TorchDispatchMode

from utils.design.budget import MOST_STEPS

Memory = tuple[Any, ...]  # identifies the values of a tensor: address, dtype, shape and strides
Reference = list[Any]
Step = list[Any]  # [operation, arguments, keyword arguments, references of the results]

MOST_NUMBERS = 1_000_000  # elements of all kept tensors; ten times the budget
PLACEMENT = ("device", "layout", "pin_memory", "requires_grad")  # arguments that do not change the values of a tensor


class NotRecorded(Exception):
    """Raised for a forward pass that cannot be recorded; the message tells its author why."""


class DependsOnNumbers(NotRecorded):
    """Raised for a forward pass whose operations depend on the values in the images."""


class Recorder(TorchDispatchMode):
    """Records every operation that PyTorch executes while it is active, whatever Python code called it.

    Attributes:
        kept: the tensors that the model keeps; completed while recording.
        steps: the operations so far.
    """

    def __init__(self, kept: KeptTensors, x: torch.Tensor) -> None:
        super().__init__()
        self.kept, self.steps = kept, list[Step]()
        self._references: dict[int, Reference] = {id(x): ["x"]}  # by id of the tensor
        self._by_memory: dict[Memory, Reference] = {_memory(x): ["x"]}
        self._depends_on_x = {id(x)}
        self._alive: list[Any] = [x]  # ids and addresses are reused once a tensor is freed
        self._count = 0

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = {name: value for name, value in (kwargs or {}).items() if name not in PLACEMENT}
        depends = any(id(tensor) in self._depends_on_x for tensor in _tensors((args, kwargs)))
        name = f"{func._schema.name.removeprefix('aten::')}.{func._overloadname}"
        if name == "_local_scalar_dense.default":
            if depends:
                raise DependsOnNumbers(
                    "forward turns a tensor into a Python number (.item(), float(), an `if` on a tensor). Its "
                    "operations must not depend on the values in the images, or its cost cannot be counted."
                )
            return func(*args, **kwargs)
        step = [name, self._plain(args), self._plain(kwargs)]
        out = func(*args, **kwargs)
        results = list(_tensors(out))
        if depends:
            self._depends_on_x |= {id(result) for result in results}
        self.steps.append([*step, [self._result_reference(result) for result in results]])
        if len(self.steps) > MOST_STEPS:
            raise NotRecorded(f"forward takes more than {MOST_STEPS:,} steps.")
        return out

    def reference(self, tensor: torch.Tensor) -> Reference:
        """The reference of a tensor; one that no step computed becomes a kept tensor."""
        if id(tensor) not in self._references:
            self._alive.append(tensor)
            # `.data` returns a new tensor with the same memory, and no operation is executed for it
            known = self._by_memory.get(_memory(tensor))
            self._references[id(tensor)] = known or ["c", self.kept.index(tensor)]
        return self._references[id(tensor)]

    def reference_to(self, memory: Memory) -> Reference:
        """The reference of the tensor with these values."""
        if memory not in self._by_memory:
            raise NotRecorded("forward assigns values to an attribute that were not computed by PyTorch.")
        return self._by_memory[memory]

    def _result_reference(self, tensor: torch.Tensor) -> Reference:
        """A new reference, unless the operation worked in place and returned one of its arguments."""
        if id(tensor) not in self._references:
            self._alive.append(tensor)
            self._references[id(tensor)] = ["t", self._count]
            if tensor.numel():
                self._by_memory[_memory(tensor)] = ["t", self._count]
            self._count += 1
        return self._references[id(tensor)]

    def _plain(self, value: Any) -> Any:
        """An argument as plain data."""
        if value is None or type(value) in (bool, int, float, str):
            return value
        if isinstance(value, torch.Tensor):
            return self.reference(value)
        if isinstance(value, (tuple, list)):
            return ["list", *(self._plain(item) for item in value)]
        if isinstance(value, dict):
            return {key: self._plain(item) for key, item in value.items()}
        if isinstance(value, (torch.dtype, torch.memory_format)):
            return ["torch", str(value).removeprefix("torch.")]
        raise NotRecorded(f"forward uses a {type(value).__name__}, which cannot be recorded.")


class KeptTensors:
    """The tensors that a model keeps, with the values that they had when they were first used.

    Attributes:
        arrays: for each tensor {"name": in the model, or ""; "array": its values; "trained": whether it is a parameter
            that an optimizer would update; "hidden": whether it needs a gradient but is not in `parameters()`}.
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

    def index(self, tensor: torch.Tensor) -> int:
        """The index of a tensor in `arrays`; it is added if it is new."""
        if id(tensor) in self._indices:
            return self._indices[id(tensor)]
        if _memory(tensor) not in self._by_memory:
            self._add(tensor, "", hidden=tensor.requires_grad)
        return self._by_memory[_memory(tensor)]

    def _add(self, tensor: torch.Tensor, name: str, trained: bool = False, hidden: bool = False) -> None:
        self._numbers += tensor.numel()
        if self._numbers > MOST_NUMBERS:
            raise NotRecorded(f"The model keeps more than {MOST_NUMBERS:,} numbers; the budget is far below that.")
        self._indices[id(tensor)] = self._by_memory[_memory(tensor)] = len(self.arrays)
        self._alive.append(tensor)
        array = tensor.detach().cpu().clone().numpy()
        self.arrays.append({"name": name, "array": array, "trained": trained, "hidden": hidden})


def built(build_model: Callable[[], Any], x: torch.Tensor, seed: int) -> Any:
    """What build_model returns after PyTorch is seeded; a module is run once on x, so that lazy layers get their sizes.

    Every module is run, since a forward pass of a student's may also make layers at its first call.

    Args:
        x: (N, 1, 28, 28).
    """
    torch.manual_seed(seed)
    model = build_model()
    if isinstance(model, nn.Module):
        with torch.no_grad():
            model.eval()(x)
    return model


def record(model: nn.Module, x: torch.Tensor) -> dict[str, Any]:
    """Record a model's forward pass in evaluation mode ("judging") and in training mode ("training").

    Args:
        model: is run once in each mode; its lazy layers must have their sizes.
        x: (N, 1, 28, 28).

    Returns:
        {"kept": see KeptTensors.arrays, "judging": mode, "training": mode}, where a mode is {"steps": the operations,
        "scores": reference of the result, "shape": its shape, "becomes": [k, reference] for each kept tensor k that
        the pass replaces by another one, such as a running mean}.

    Raises:
        NotRecorded: if forward cannot be recorded, or does not return a tensor.
    """
    with torch.no_grad(), _attention_as_products():
        kept = KeptTensors(model)
        modes = {"judging": _record_pass(model.eval(), x, kept), "training": _record_pass(model.train(), x, kept)}
    return {"kept": kept.arrays, **modes}


@contextlib.contextmanager
def _attention_as_products() -> Iterator[None]:
    """Make PyTorch compute attention by matrix products, whose cost is counted, not by one fused operation."""
    mha = torch.backends.mha
    enabled = mha.get_fastpath_enabled()
    mha.set_fastpath_enabled(False)
    try:
        with torch.nn.attention.sdpa_kernel(torch.nn.attention.SDPBackend.MATH):
            yield
    finally:
        mha.set_fastpath_enabled(enabled)


def _record_pass(model: nn.Module, x: torch.Tensor, kept: KeptTensors) -> dict[str, Any]:
    images, before = x.clone(), _attributes(model)
    with Recorder(kept, images) as recorder:
        scores = _scores(model, images)
    after = _attributes(model)
    changed = [key for key in before.keys() & after.keys() if after[key][1] != before[key][1]]
    return {
        "steps": recorder.steps,
        "scores": recorder.reference(scores),
        "shape": list(scores.shape),
        "becomes": [[kept.index(before[key][0]), recorder.reference_to(after[key][1])] for key in sorted(changed)],
    }


def _attributes(model: nn.Module) -> dict[tuple[str, str], tuple[torch.Tensor, Memory]]:
    """(module, attribute) → tensor and its present memory, for buffers and other attributes that are no parameters."""
    return {
        (path, name): (value, _memory(value))
        for path, module in model.named_modules()
        for name, value in (*vars(module).items(), *module.named_buffers(recurse=False))
        if isinstance(value, torch.Tensor)
    }


def _scores(model: nn.Module, x: torch.Tensor) -> torch.Tensor:
    scores = model(x)
    if scores is None:
        raise NotRecorded("forward returned nothing (None). Is there a `return` at its end?")
    if not isinstance(scores, torch.Tensor):
        raise NotRecorded(f"forward must return one tensor of scores; yours returned a {type(scores).__name__}.")
    return scores


def _memory(tensor: torch.Tensor) -> Memory:
    if not tensor.numel():
        return (id(tensor),)
    return tensor.data_ptr(), tensor.dtype, tuple(tensor.shape), tensor.stride()


def _tensors(value: Any) -> Iterable[torch.Tensor]:
    """Every tensor in nested arguments or results."""
    if isinstance(value, torch.Tensor):
        yield value
    elif isinstance(value, (tuple, list)):
        for item in value:
            yield from _tensors(item)
    elif isinstance(value, dict):
        yield from _tensors(list(value.values()))
