"""Run a recording: count its cost, compute its scores, and let gradients flow. No code of the model is executed.

A recording comes from a process that ran a student's code, so nothing in it is trusted. Only the operations listed
in utils.design.operations are executed; the sizes of all results are computed first, without values, and a recording
that is too large is refused. The format is described in utils.design.recording.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from math import ceil
from typing import Any

import torch
from torch.utils.flop_counter import FlopCounterMode

from utils.design.budget import MOST_STEPS
from utils.design.operations import (
    COUNTED_AS_REAL,
    MORE_PRODUCTS,
    NORMS,
    OTHERS,
    PRODUCTS,
    RANDOM,
    base_name,
    instead_of,
)

# numbers that the results of operations other than products and views may have for one image: each beyond FREE counts
# as a multiply-add, and with more than MOST_WRITTEN a recording is refused, because a batch would fill the memory
FREE = 2_000_000
MOST_WRITTEN = 4_000_000
FREE_STATISTICS = 5_000  # of batchnorm's running means and variances, so many numbers do not count as parameters


class Refused(Exception):
    """Raised for a recording that is not run; the message says why."""


@dataclass(frozen=True)
class Cost:
    """What a recording costs; all but the parameters for one image."""

    parameters: int  # numbers in all kept tensors, whatever their type
    multiply_adds: int
    written: int  # numbers in the results of operations other than products and views
    by_operation: Mapping[str, int]  # operation → multiply-adds


class Replay:
    """The forward pass of one mode of a recording, for batches of the size that was recorded.

    Args:
        mode: recording["judging"] or recording["training"].
        random: whether it may draw random numbers, as dropout does in training.
        cut: whether gradients end where forward ends them, by detach or no_grad; otherwise they flow on.

    Raises:
        Refused: if it is not a recording, contains an operation that is not listed here, or has too many steps.
    """

    def __init__(self, mode: Mapping[str, Any], random: bool, cut: bool = True) -> None:
        self.steps, self.scores, self.becomes = mode["steps"], mode["scores"], mode["becomes"]
        allowed = PRODUCTS | NORMS | OTHERS | (RANDOM if random else set())
        if not isinstance(self.steps, list) or len(self.steps) > MOST_STEPS:
            raise Refused("forward takes too many steps.")
        self._operations = [_operation(step[0], allowed, mode.get("written")) for step in self.steps]
        self._without_gradient = set(mode.get("without_gradient", ()) if cut else ())  # indices of steps
        if not cut:
            detach, alias = torch.ops.aten.detach.default, torch.ops.aten.alias.default
            self._operations = [alias if operation is detach else operation for operation in self._operations]

    def run(self, x: torch.Tensor, kept: list[torch.Tensor], watch: Any = None) -> torch.Tensor:
        """Compute the scores of a batch.

        Args:
            x: images, in the shape that was recorded.
            kept: values for the kept tensors; those that the model's forward pass replaces are replaced here too.
            watch: called with (operation, its arguments, its results) after each step.
        """
        results: dict[int, torch.Tensor] = {}
        kept_memory = {tensor.untyped_storage().data_ptr() for tensor in kept}

        for k, (operation, (_, args, kwargs, references)) in enumerate(zip(self._operations, self.steps, strict=True)):
            keywords = {name: _resolved(value, x, kept, results) for name, value in kwargs.items()}
            if any(argument.name == "device" for argument in operation._schema.arguments):
                keywords["device"] = x.device
            arguments = _resolved(args, x, kept, results)
            # an update of a kept tensor in place, such as that of a running mean, is not differentiated
            written = _written(operation, arguments, keywords)
            updates_kept = any(tensor.untyped_storage().data_ptr() in kept_memory for tensor in written)
            constant = updates_kept or "out" in keywords or k in self._without_gradient
            with torch.set_grad_enabled(torch.is_grad_enabled() and not constant):
                out = operation(*arguments, **keywords)
            outputs = [out] if isinstance(out, torch.Tensor) else list(out or ())
            outputs = [output for output in outputs if isinstance(output, torch.Tensor)]
            if "empty" in operation._schema.name:
                outputs[0].zero_()  # uninitialised memory may hold data of this process
            for reference, output in zip(references, outputs, strict=False):
                if reference[0] == "t":
                    results.setdefault(reference[1], output)
            if watch is not None:
                watch(operation, [*arguments, *keywords.values()], outputs)
        scores: torch.Tensor = _resolved(self.scores, x, kept, results)
        for k, reference in self.becomes:
            kept[k] = _resolved(reference, x, kept, results).detach().clone()
        return scores

    def cost(self, shape: tuple[int, ...], kept: list[torch.Tensor]) -> Cost:
        """The cost of an image in a batch of this shape, computed from sizes alone.

        Raises:
            Refused: if more numbers are written than may be.
        """
        written, counted, complex_flops, n = 0, 0, 0, shape[0]

        def count(operation: Any, arguments: list[Any], outputs: list[torch.Tensor]) -> None:
            nonlocal written, counted, complex_flops
            name = operation._schema.name.removeprefix("aten::").removesuffix("_")
            if name not in PRODUCTS and not operation.is_view:
                written += sum(output.numel() for output in outputs)
            before, counted = counted, counter.get_total_flops()
            if name not in COUNTED_AS_REAL and any(output.is_complex() for output in outputs):
                complex_flops += 3 * (counted - before)  # a product of complex numbers consists of four real ones
            if written > MOST_WRITTEN * n or any(output.numel() > MOST_WRITTEN * n for output in outputs):
                raise Refused(f"forward writes more than {MOST_WRITTEN:,} numbers for an image.")

        sizes = [torch.empty_like(tensor, device="meta") for tensor in kept]
        with torch.no_grad(), FlopCounterMode(display=False, custom_mapping=MORE_PRODUCTS) as counter:
            self.run(torch.empty(shape, device="meta"), sizes, count)
        # a multiply-add is two flops
        by_operation = {
            str(key): ceil(flops / 2 / n) for key, flops in counter.get_flop_counts().get("Global", {}).items()
        }
        flops = counter.get_total_flops() + complex_flops
        multiply_adds = ceil(flops / 2 / n) + max(0, ceil(written / n) - FREE)
        free = min(sum(kept[k].numel() for k in self.statistics(len(kept))), FREE_STATISTICS)
        # integers and booleans count too: a lookup table is a table, whatever its type
        parameters = sum(tensor.numel() for tensor in kept if tensor.ndim or tensor.is_floating_point()) - free
        return Cost(parameters, multiply_adds, ceil(written / n), by_operation)

    def statistics(self, count: int) -> set[int]:
        """Indices of the kept tensors, of which there are `count`, that only serve as running mean or variance."""
        running, other = set[int](), set[int]()
        for operation, (_, args, kwargs, _) in zip(self._operations, self.steps, strict=True):
            is_batchnorm = "batch_norm" in operation._schema.name
            for position, value in enumerate(args[1:]):
                indices = {k for k in _kept_in(value) if k < count}
                # arguments of batch_norm: input, weight, bias, running_mean, running_var, …
                if is_batchnorm and position in (3, 4):
                    running |= indices
                else:
                    other |= indices
            other |= {k for value in kwargs.values() for k in _kept_in(value)}
        return running - other


def _operation(name: Any, allowed: set[str], written: Any = None) -> Any:
    """The function of PyTorch with this name, such as "relu.default" or "add_.Tensor".

    written: operation → how its author wrote it, for those that are not allowed.
    """
    base, _, overload = str(name).rpartition(".")
    packet = getattr(torch.ops.aten, base, None) if base.removesuffix("_") in allowed else None
    if packet is None or overload not in packet.overloads():
        if base_name(str(name)) in RANDOM:
            raise Refused("random")
        as_written = str(written.get(name, base))[:80] if isinstance(written, dict) else base
        raise Refused(f"forward uses {as_written}, whose cost is not counted here. {instead_of(base, as_written)}")
    return getattr(packet, overload)


def _resolved(value: Any, x: torch.Tensor, kept: list[torch.Tensor], results: Mapping[int, torch.Tensor]) -> Any:
    """An argument of a step, with tensors in place of references.

    Not a function inside `run`: one that calls itself keeps all results until Python looks for circles, and in a
    training these are gigabytes.
    """
    if not isinstance(value, list):
        return value
    kind, *rest = value
    if kind == "x":
        return x
    if kind == "c":
        return kept[rest[0]]
    if kind == "t":
        return results[rest[0]]
    if kind == "torch":
        return getattr(torch, rest[0])
    if kind == "complex":
        return complex(*rest)
    return [_resolved(item, x, kept, results) for item in rest]


def _written(operation: Any, arguments: list[Any], keywords: Mapping[str, Any]) -> list[torch.Tensor]:
    """The tensors that an operation changes in place."""
    values = [
        arguments[position] if position < len(arguments) else keywords.get(name)
        for position, name in _changed_arguments(operation)
    ]
    return [value for value in values if isinstance(value, torch.Tensor)]


@cache
def _changed_arguments(operation: Any) -> list[tuple[int, str]]:
    """(position, name) of the arguments that an operation changes in place."""
    return [
        (position, argument.name)
        for position, argument in enumerate(operation._schema.arguments)
        if argument.alias_info is not None and argument.alias_info.is_write
    ]


def _kept_in(value: Any) -> list[int]:
    """Indices of the kept tensors that an argument refers to."""
    if not isinstance(value, list) or not value:
        return []
    if value[0] == "c":
        return [value[1]]
    return [k for item in value[1:] for k in _kept_in(item)] if value[0] == "list" else []
