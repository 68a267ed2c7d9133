"""Record what a PyTorch model computes for a batch, operation by operation, as plain data.

A recording consists of names of operations, sizes and arrays. It can be sent to another process, which counts its cost
and computes with it (utils.design.replay) without trusting anything that the model says about itself.

A *reference* stands for a tensor in a recording: ["x"] is the batch of images, ["t", k] the result number k of the
steps, and ["c", k] the tensor number k that the model keeps. Kept are parameters and buffers, and every other tensor
that no recorded step computed, whether it is in a list, in an attribute or in a closure.
"""

from __future__ import annotations

import contextlib
import traceback
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import torch
from torch import nn
from torch.utils._python_dispatch import TorchDispatchMode

from utils.design.as_written import as_written, own_function
from utils.design.budget import MOST_STEPS
from utils.design.kept import KeptTensors, Memory, NotRecorded, memory_of, storage_of
from utils.design.operations import RANDOM, base_name, instead_of, is_known
from utils.design.rewriting import rewritten
from utils.lazy import without_sizes
from utils.student_call import call_student

__all__ = ["DependsOnNumbers", "KeptTensors", "NotRecorded", "built", "in_small_operations", "record"]

Reference = list[Any]
Step = list[Any]  # [operation, arguments, keyword arguments, references of the results]

PLACEMENT = ("device", "layout", "pin_memory", "requires_grad")  # arguments that do not change the values of a tensor
CHECKS = {"_linalg_check_errors.default", "_assert_async.msg", "_assert_async.default"}  # compute nothing
SHAPED_BY_VALUES = {"nonzero", "masked_select", "_unique2", "unique_dim", "unique_consecutive", "bincount"}


class DependsOnNumbers(NotRecorded):
    """Raised for a forward pass whose operations depend on the values in the images."""


class RecorderFailed(Exception):
    """Raised where the recorder itself fails on a model that works without it: no mistake of the model's author."""


class Recorder(TorchDispatchMode):
    """Records every operation that PyTorch executes while it is active, whatever Python code called it.

    Attributes:
        kept: the tensors that the model keeps; completed while recording.
        steps: the operations so far.
        written: operation → how its author wrote it, for those that are random or whose cost is not counted.
        without_gradient: indices of the steps that forward executes within no_grad.
        functions: names of the author's own autograd functions. Their backward is not recorded.
    """

    def __init__(self, kept: KeptTensors, x: torch.Tensor) -> None:
        super().__init__()
        self.kept, self.steps, self.written = kept, list[Step](), dict[str, str]()
        self.without_gradient, self.functions = list[int](), set[str]()
        self._references: dict[int, Reference] = {id(x): ["x"]}  # by id of the tensor
        self._by_memory: dict[Memory, Reference] = {memory_of(x): ["x"]}
        self._depends_on_x = {storage_of(x)}
        self._varies = {storage_of(x), *kept.storages}  # what depends on images, weights, buffers or random numbers
        self._alive: list[Any] = [x]  # ids and addresses are reused once a tensor is freed
        self._count = 0

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = {name: value for name, value in (kwargs or {}).items() if name not in PLACEMENT}
        tensors = list(_tensors((args, kwargs)))
        depends = any(storage_of(tensor) in self._depends_on_x for tensor in tensors)
        name = f"{func._schema.name.removeprefix('aten::')}.{func._overloadname}"
        if name == "_local_scalar_dense.default" or base_name(name) in SHAPED_BY_VALUES:
            if depends:
                raise _depends_on_numbers(base_name(name))
            return func(*args, **kwargs)
        if name in CHECKS:
            return func(*args, **kwargs)
        try:
            other = rewritten(name, args, lambda tensor: storage_of(tensor) in self._depends_on_x)
        except LookupError:
            raise _depends_on_numbers("index") from None
        if other is not None:
            with self:
                return other(*args, **kwargs)
        is_random = base_name(name) in RANDOM
        varies = is_random or any(storage_of(tensor) in self._varies for tensor in tensors)
        if not is_known(name) and not varies:
            return func(*args, **kwargs)  # a constant, whose values are kept
        if (is_random or not is_known(name)) and name not in self.written:
            self.written[name] = as_written(base_name(name))
        step = [name, self._plain(args), self._plain(kwargs)]
        out = call_student(func, *args, **kwargs)
        results = list(_tensors(out))
        if depends:
            self._depends_on_x |= {storage_of(result) for result in results}
        if varies:
            self._varies |= {storage_of(result) for result in results}
        self.steps.append([*step, [self._result_reference(result) for result in results]])
        if not torch.is_grad_enabled():
            self._ends_gradient()
        if len(self.steps) > MOST_STEPS:
            raise NotRecorded(f"forward takes more than {MOST_STEPS:,} steps.")
        return out

    def _ends_gradient(self) -> None:
        """Note that the last step is executed within no_grad, or in the forward of an autograd function."""
        if function := own_function():
            self.functions.add(function)
        else:
            self.without_gradient.append(len(self.steps) - 1)

    def reference(self, tensor: torch.Tensor) -> Reference:
        """The reference of a tensor; one that no step computed becomes a kept tensor."""
        if id(tensor) not in self._references:
            self._alive.append(tensor)
            # `.data` returns a new tensor with the same memory, and no operation is executed for it
            known = self._by_memory.get(memory_of(tensor))
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
                self._by_memory[memory_of(tensor)] = ["t", self._count]
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
        if isinstance(value, complex):
            return ["complex", value.real, value.imag]
        raise NotRecorded(f"forward uses a {type(value).__name__}, which cannot be recorded.")


def built(build_model: Callable[[], Any], x: torch.Tensor, seed: int) -> Any:
    """What build_model returns after PyTorch is seeded; a module is run once on x, so that lazy layers get their sizes.

    Every module is run, since a forward pass of a student's may also make layers at its first call.

    Args:
        x: (N, 1, 28, 28).
    """
    torch.manual_seed(seed)
    model = call_student(build_model)
    if isinstance(model, nn.Module):
        with torch.no_grad():
            call_student(model.eval(), x)
    return model


def record(model: nn.Module, x: torch.Tensor) -> dict[str, Any]:
    """Record a model's forward pass in evaluation mode ("judging") and in training mode ("training").

    Args:
        model: is run once in each mode; its lazy layers must have their sizes.
        x: (N, 1, 28, 28).

    Returns:
        {"kept": see KeptTensors.arrays, "judging": mode, "training": mode}, where a mode is {"steps": the operations,
        "scores": reference of the result, "shape": its shape, "becomes": [k, reference] for each kept tensor k that
        the pass replaces by another one, such as a running mean; "without_gradient", "functions": see Recorder}.

    Raises:
        NotRecorded: if forward cannot be recorded, or does not return a tensor.
    """
    if unused := without_sizes(model):
        layer = unused[0].rpartition(".")[0]
        raise NotRecorded(f"forward does not use the lazy layer .{layer}, so it has neither sizes nor weights.")
    kept = KeptTensors(model)
    # gradients are enabled, to see where forward disables them, but there is nothing that needs one
    parameters = [parameter for parameter in model.parameters() if parameter.requires_grad]
    try:
        for parameter in parameters:
            parameter.requires_grad_(False)
        with torch.enable_grad(), in_small_operations():
            modes = {"judging": _record_pass(model.eval(), x, kept), "training": _record_pass(model.train(), x, kept)}
    finally:
        for parameter in parameters:
            parameter.requires_grad_(True)
    return {"kept": kept.arrays, **modes}


@contextlib.contextmanager
def in_small_operations() -> Iterator[None]:
    """Make PyTorch compute attention and LSTM by matrix products, whose cost is counted, not by one fused operation."""
    mha = torch.backends.mha
    fastpath, mkldnn = mha.get_fastpath_enabled(), torch._C._get_mkldnn_enabled()
    mha.set_fastpath_enabled(False)
    torch._C._set_mkldnn_enabled(False)  # torch.backends.mkldnn.flags would warn of a GPU's settings
    try:
        with torch.nn.attention.sdpa_kernel(torch.nn.attention.SDPBackend.MATH):
            yield
    finally:
        mha.set_fastpath_enabled(fastpath)
        torch._C._set_mkldnn_enabled(mkldnn)


def _record_pass(model: nn.Module, x: torch.Tensor, kept: KeptTensors) -> dict[str, Any]:
    images, before = x.clone(), _attributes(model)
    with Recorder(kept, images) as recorder:
        scores = _scores(model, images)
    after = _attributes(model)
    changed = [key for key in before.keys() & after.keys() if after[key][1] != before[key][1]]
    # the old value of what no pass reads, such as a weight that is computed in each call, need not be kept
    changed = [key for key in sorted(changed) if kept.is_kept(before[key][0])]
    return {
        "steps": recorder.steps,
        "scores": recorder.reference(scores),
        "shape": list(scores.shape),
        "becomes": [[kept.index(before[key][0]), recorder.reference_to(after[key][1])] for key in changed],
        "written": recorder.written,
        "without_gradient": recorder.without_gradient,
        "functions": sorted(recorder.functions),
    }


def _attributes(model: nn.Module) -> dict[tuple[str, str], tuple[torch.Tensor, Memory]]:
    """(module, attribute) → tensor and its present memory, for buffers and other attributes that are no parameters."""
    return {
        (path, name): (value, memory_of(value))
        for path, module in model.named_modules()
        for name, value in (*vars(module).items(), *module.named_buffers(recurse=False))
        if isinstance(value, torch.Tensor)
    }


def _depends_on_numbers(operation: str) -> DependsOnNumbers:
    """What to say of an operation that looks at the values in the images."""
    written = as_written(operation)
    if written == "F.one_hot":
        does = "looks at the largest value; compare instead, as in (index[:, None] == torch.arange(10)).float()"
    elif operation == "_local_scalar_dense":
        does = "turns a tensor into a Python number, as .item(), float() and an `if` on a tensor do"
    else:
        does = "has as many results as the values in the images say; use torch.where, or multiply by the mask"
    return DependsOnNumbers(
        f"forward uses `{written}`, which {does}. Its operations must not depend on the values in the images, or its "
        f"cost cannot be counted."
    )


def _scores(model: nn.Module, x: torch.Tensor) -> torch.Tensor:
    try:
        scores = call_student(model, x)
    except NotRecorded:
        raise
    except Exception as error:
        with torch.utils._python_dispatch._disable_current_modes():
            call_student(model, x)  # raises too if the model itself is wrong
        if place := _place_in_recorder(error):
            raise RecorderFailed(f"{type(error).__name__} in {place}: {error}") from None
        raise NotRecorded(
            f"forward works, but not while its operations are recorded ({type(error).__name__}: {str(error)[:200]}). "
            f"{instead_of('')}"
        ) from None
    if scores is None:
        raise NotRecorded("forward returned nothing (None). Is there a `return` at its end?")
    if not isinstance(scores, torch.Tensor):
        raise NotRecorded(f"forward must return one tensor of scores; yours returned a {type(scores).__name__}.")
    return scores


def _place_in_recorder(error: Exception) -> str:
    """Where an error was raised, as `recording.py:12`, if that is in the code that records; else empty."""
    *_, (frame, line) = traceback.walk_tb(error.__traceback__)
    path = Path(frame.f_code.co_filename)
    return f"{path.name}:{line}" if path.parent == Path(__file__).parent else ""


def _tensors(value: Any) -> Iterable[torch.Tensor]:
    """Every tensor in nested arguments or results."""
    if isinstance(value, torch.Tensor):
        yield value
    elif isinstance(value, (tuple, list, dict)):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _tensors(item)
