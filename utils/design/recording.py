"""Write down what a PyTorch model does to a batch, operation by operation, as plain data.

Names of operations, sizes and arrays can cross to another process, which counts and computes with them by itself
(utils.design.replay) and need not believe a word that the model says about itself.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import torch
from torch import nn
from torch.utils._python_dispatch import TorchDispatchMode

Memory = tuple[Any, ...]  # where a tensor's numbers lie, and how
Step = list[Any]  # [operation, arguments, keyword arguments, where its results go]

MOST_STEPS = 4000
MOST_NUMBERS = 1_000_000  # of all that a model keeps; the budget is a tenth of it
PLACES = ("device", "layout", "pin_memory", "requires_grad")  # arguments that say where a tensor lies, not what it is


class NotRecorded(Exception):
    """A forward pass that cannot be written down; the message says why, in words for its author."""


class DependsOnNumbers(NotRecorded):
    """A forward pass that looks at the numbers in the images to decide what to do."""


class Recorder(TorchDispatchMode):
    """Notes every operation that runs while it is active, below whatever Python called it.

    A tensor is ["x"], the batch; ["c", k], a number kept by the model; or ["t", k], the result of a step. What no step
    made is kept by the model, whether it lies in `parameters()`, in a list, or in a closure.
    """

    def __init__(self, kept: Kept, x: torch.Tensor) -> None:
        super().__init__()
        self.kept, self.steps = kept, list[Step]()
        self._places: dict[int, list[Any]] = {id(x): ["x"]}
        self._at: dict[Memory, list[Any]] = {_memory(x): ["x"]}
        self._from_x = {id(x)}
        self._alive: list[Any] = [x]  # an id means something only while its tensor lives
        self._count = 0

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = {name: value for name, value in (kwargs or {}).items() if name not in PLACES}
        given = list(_tensors((args, kwargs)))
        depends = any(id(tensor) in self._from_x for tensor in given)
        name = f"{func._schema.name.removeprefix('aten::')}.{func._overloadname}"
        if name == "_local_scalar_dense.default":
            if depends:
                raise DependsOnNumbers(
                    "forward turns a tensor into a Python number (.item(), float(), an `if` on a tensor): what it does "
                    "must not hang on the numbers in the images, or its cost cannot be counted."
                )
            return func(*args, **kwargs)
        step = [name, self._written(args), self._written(kwargs)]
        out = func(*args, **kwargs)
        results = list(_tensors(out))
        if depends:
            self._from_x |= {id(result) for result in results}
        self.steps.append([*step, [self._placed(result) for result in results]])
        if len(self.steps) > MOST_STEPS:
            raise NotRecorded(f"forward takes more than {MOST_STEPS:,} steps.")
        return out

    def place(self, tensor: torch.Tensor) -> list[Any]:
        """Where a tensor comes from."""
        if id(tensor) not in self._places:
            self._alive.append(tensor)
            # `.data` gives another tensor of the same memory, and no operation tells so
            self._places[id(tensor)] = self._at.get(_memory(tensor)) or ["c", self.kept.place(tensor)]
        return self._places[id(tensor)]

    def place_at(self, memory: Memory) -> list[Any]:
        """Where the numbers come from that lie there."""
        if memory not in self._at:
            raise NotRecorded("forward gives an attribute numbers that do not come from an operation of PyTorch.")
        return self._at[memory]

    def _placed(self, tensor: torch.Tensor) -> list[Any]:
        """The place of a result: a new one, unless the operation worked in place."""
        if id(tensor) not in self._places:
            self._alive.append(tensor)
            self._places[id(tensor)] = ["t", self._count]
            if tensor.numel():
                self._at[_memory(tensor)] = ["t", self._count]
            self._count += 1
        return self._places[id(tensor)]

    def _written(self, value: Any) -> Any:
        """An argument as plain data."""
        if value is None or type(value) in (bool, int, float, str):
            return value
        if isinstance(value, torch.Tensor):
            return self.place(value)
        if isinstance(value, (tuple, list)):
            return ["list", *(self._written(item) for item in value)]
        if isinstance(value, dict):
            return {key: self._written(item) for key, item in value.items()}
        if isinstance(value, (torch.dtype, torch.memory_format)):
            return ["torch", str(value).removeprefix("torch.")]
        raise NotRecorded(f"forward uses a {type(value).__name__} that cannot be written down.")


class Kept:
    """The numbers that a model keeps, as they were when first seen: its parameters and buffers, and what else it uses.

    Each has a name, `trained` for a parameter that an optimizer would get, `hidden` for one that needs a gradient and
    that `parameters()` does not know.
    """

    def __init__(self, model: nn.Module) -> None:
        self.arrays: list[dict[str, Any]] = []
        self._places: dict[int, int] = {}
        self._at: dict[Memory, int] = {}
        self._alive: list[torch.Tensor] = []
        self._numbers = 0
        for name, parameter in model.named_parameters():
            self._add(parameter, name, trained=parameter.requires_grad)
        for name, buffer in model.named_buffers():
            self._add(buffer, name)

    def place(self, tensor: torch.Tensor) -> int:
        """The number of a tensor among those kept."""
        if id(tensor) in self._places:
            return self._places[id(tensor)]
        if _memory(tensor) not in self._at:
            self._add(tensor, "", hidden=tensor.requires_grad)
        return self._at[_memory(tensor)]

    def _add(self, tensor: torch.Tensor, name: str, trained: bool = False, hidden: bool = False) -> None:
        self._numbers += tensor.numel()
        if self._numbers > MOST_NUMBERS:
            raise NotRecorded(f"The model keeps more than {MOST_NUMBERS:,} numbers; the budget is far below that.")
        self._places[id(tensor)] = self._at[_memory(tensor)] = len(self.arrays)
        self._alive.append(tensor)
        array = tensor.detach().cpu().clone().numpy()
        self.arrays.append({"name": name, "array": array, "trained": trained, "hidden": hidden})


def built(build_model: Callable[[], Any], x: torch.Tensor, seed: int) -> Any:
    """What build_model returns once PyTorch's generator is seeded; lazy layers have found their sizes, for images x."""
    torch.manual_seed(seed)
    model = build_model()
    if isinstance(model, nn.Module):
        with torch.no_grad():
            model.eval()(x)
    return model


def record(model: nn.Module, x: torch.Tensor) -> dict[str, Any]:
    """Write down a model's forward pass for judging and for training.

    Args:
        model: is run once in each mode; lazy layers must have found their sizes.
        x: (N, 1, 28, 28).

    Returns:
        kept: the arrays of the model, as `Kept` has them; judging, training: what each mode does, {steps; scores, their
            place; shape, theirs; becomes, [k, place] for what the model keeps in the place of array k afterwards}.

    Raises:
        NotRecorded: if forward cannot be written down, or does not return a tensor.
    """
    with torch.no_grad(), _written_out():
        kept = Kept(model)
        modes = {"judging": _pass(model.eval(), x, kept), "training": _pass(model.train(), x, kept)}
    return {"kept": kept.arrays, **modes}


@contextlib.contextmanager
def _written_out() -> Iterator[None]:
    """Attention as the products that it is made of, not as one operation that has them all inside."""
    mha = torch.backends.mha
    before = mha.get_fastpath_enabled()
    mha.set_fastpath_enabled(False)
    try:
        with torch.nn.attention.sdpa_kernel(torch.nn.attention.SDPBackend.MATH):
            yield
    finally:
        mha.set_fastpath_enabled(before)


def _pass(model: nn.Module, x: torch.Tensor, kept: Kept) -> dict[str, Any]:
    given, before = x.clone(), _state(model)
    with Recorder(kept, given) as recorder:
        scores = _scores(model, given)
    after = _state(model)
    changed = [key for key in before.keys() & after.keys() if after[key][1] != before[key][1]]
    return {
        "steps": recorder.steps,
        "scores": recorder.place(scores),
        "shape": list(scores.shape),
        "becomes": [[kept.place(before[key][0]), recorder.place_at(after[key][1])] for key in sorted(changed)],
    }


def _state(model: nn.Module) -> dict[tuple[str, str], tuple[torch.Tensor, Memory]]:
    """The tensors that are attributes of a module and no parameters, with where their numbers lie now."""
    return {
        (place, name): (value, _memory(value))
        for place, module in model.named_modules()
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
    """Every tensor in a tree of arguments or results."""
    if isinstance(value, torch.Tensor):
        yield value
    elif isinstance(value, (tuple, list)):
        for item in value:
            yield from _tensors(item)
    elif isinstance(value, dict):
        yield from _tensors(list(value.values()))
