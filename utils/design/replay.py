"""Run a recording: count its cost, compute its scores, and let gradients flow. No code of the model is executed.

A recording comes from a process that ran a student's code, so nothing in it is trusted. Only the operations listed
here are executed; the sizes of all results are computed first, without values, and a recording that is too large is
refused. The format is described in utils.design.recording.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil
from typing import Any

import torch
from torch.utils.flop_counter import FlopCounterMode

from utils.design.budget import MOST_STEPS

# names of PyTorch's operations in torch.ops.aten, without the _ of those that work in place
PRODUCTS = {"convolution", "mm", "addmm", "bmm", "baddbmm", "mv", "addmv", "dot", "mul", "addcmul"}
NORMS = {
    "native_batch_norm", "_native_batch_norm_legit", "_native_batch_norm_legit_no_training", "native_layer_norm",
    "native_group_norm", "_batch_norm_with_update", "_batch_norm_no_update", "_fused_rms_norm",
}  # fmt: skip
OTHERS = {
    # pooling and reductions
    "max_pool2d_with_indices", "avg_pool2d", "_adaptive_avg_pool2d", "adaptive_max_pool2d", "mean", "sum", "amax",
    "amin", "max", "min", "var", "std", "var_mean", "std_mean", "logsumexp", "linalg_vector_norm", "norm", "topk",
    "sort", "argmax", "cumsum", "_upsample_nearest_exact2d", "upsample_nearest2d", "upsample_bilinear2d",
    "upsample_bicubic2d", "avg_pool3d", "median", "affine_grid_generator", "grid_sampler_2d", "_weight_norm_interface",
    # activations
    "relu", "leaky_relu", "elu", "celu", "gelu", "silu", "mish", "hardswish", "hardtanh", "hardsigmoid", "sigmoid",
    "tanh", "softplus", "_prelu_kernel", "threshold", "clamp", "clamp_min", "clamp_max", "_softmax", "_log_softmax",
    "_safe_softmax", "log_sigmoid_forward", "glu", "softshrink", "hardshrink",
    # elementwise
    "add", "sub", "rsub", "div", "neg", "abs", "pow", "sqrt", "rsqrt", "exp", "log", "log1p", "reciprocal", "maximum",
    "minimum", "where", "sign", "sin", "cos", "erf", "atan", "floor", "round", "eq", "ne", "lt", "gt", "le", "ge",
    "logical_and", "logical_or", "logical_not", "bitwise_and", "bitwise_or", "bitwise_not", "masked_fill", "lerp",
    "addcdiv", "clone", "copy", "_to_copy", "fill", "zero", "lift_fresh", "lift_fresh_copy",
    # rearranging
    "view", "_unsafe_view", "t", "transpose", "permute", "expand", "slice", "select", "split", "split_with_sizes",
    "cat", "stack", "squeeze", "unsqueeze", "flip", "roll", "constant_pad_nd", "reflection_pad2d", "alias",
    "replication_pad2d", "unfold", "im2col", "col2im", "repeat", "index", "index_select", "gather", "pixel_shuffle",
    "pixel_unshuffle", "channel_shuffle", "native_channel_shuffle", "detach", "unbind", "_reshape_alias", "tril",
    "triu", "diagonal", "unsafe_split",
    # creating tensors
    "zeros", "ones", "full", "arange", "zeros_like", "ones_like", "full_like", "new_zeros", "new_ones", "new_full",
    "linspace", "eye", "scalar_tensor", "empty", "empty_like", "new_empty",
}  # fmt: skip
RANDOM = {
    "bernoulli", "rand", "rand_like", "randn", "randn_like", "native_dropout", "normal", "uniform",
    "rrelu_with_noise", "rrelu_with_noise_functional", "randint", "randperm", "random",
}  # fmt: skip

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

    Raises:
        Refused: if it is not a recording, contains an operation that is not listed here, or has too many steps.
    """

    def __init__(self, mode: Mapping[str, Any], random: bool) -> None:
        self.steps, self.scores, self.becomes = mode["steps"], mode["scores"], mode["becomes"]
        allowed = PRODUCTS | NORMS | OTHERS | (RANDOM if random else set())
        if not isinstance(self.steps, list) or len(self.steps) > MOST_STEPS:
            raise Refused("forward takes too many steps.")
        self._operations = [_operation(step[0], allowed) for step in self.steps]

    def run(self, x: torch.Tensor, kept: list[torch.Tensor], watch: Any = None) -> torch.Tensor:
        """Compute the scores of a batch.

        Args:
            x: images, in the shape that was recorded.
            kept: values for the kept tensors; those that the model's forward pass replaces are replaced here too.
            watch: called with (operation, its results) after each step.
        """
        results: dict[int, torch.Tensor] = {}
        kept_memory = {tensor.untyped_storage().data_ptr() for tensor in kept}

        def resolve(value: Any) -> Any:
            """An argument of a step, with tensors in place of references."""
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
            return [resolve(item) for item in rest]

        for operation, (_, args, kwargs, references) in zip(self._operations, self.steps, strict=True):
            keywords = {name: resolve(value) for name, value in kwargs.items()}
            if any(argument.name == "device" for argument in operation._schema.arguments):
                keywords["device"] = x.device
            arguments = resolve(args)
            # an update of a kept tensor in place, such as that of a running mean, is not differentiated
            updates_kept = operation._schema.is_mutable and arguments[0].untyped_storage().data_ptr() in kept_memory
            with torch.set_grad_enabled(torch.is_grad_enabled() and not updates_kept):
                out = operation(*arguments, **keywords)
            outputs = [out] if isinstance(out, torch.Tensor) else list(out or ())
            outputs = [output for output in outputs if isinstance(output, torch.Tensor)]
            if "empty" in operation._schema.name:
                outputs[0].zero_()  # uninitialised memory may hold data of this process
            for reference, output in zip(references, outputs, strict=False):
                if reference[0] == "t":
                    results.setdefault(reference[1], output)
            if watch is not None:
                watch(operation, outputs)
        scores: torch.Tensor = resolve(self.scores)
        for k, reference in self.becomes:
            kept[k] = resolve(reference).detach().clone()
        return scores

    def cost(self, shape: tuple[int, ...], kept: list[torch.Tensor]) -> Cost:
        """The cost of an image in a batch of this shape, computed from sizes alone.

        Raises:
            Refused: if more numbers are written than may be.
        """
        written, n = 0, shape[0]

        def count_written(operation: Any, outputs: list[torch.Tensor]) -> None:
            nonlocal written
            name = operation._schema.name.removeprefix("aten::").removesuffix("_")
            if name not in PRODUCTS and not operation.is_view:
                written += sum(output.numel() for output in outputs)
            if written > MOST_WRITTEN * n or any(output.numel() > MOST_WRITTEN * n for output in outputs):
                raise Refused(f"forward writes more than {MOST_WRITTEN:,} numbers for an image.")

        sizes = [torch.empty_like(tensor, device="meta") for tensor in kept]
        with torch.no_grad(), FlopCounterMode(display=False, custom_mapping=MORE_PRODUCTS) as counter:
            self.run(torch.empty(shape, device="meta"), sizes, count_written)
        # a multiply-add is two flops
        by_operation = {
            str(key): ceil(flops / 2 / n) for key, flops in counter.get_flop_counts().get("Global", {}).items()
        }
        multiply_adds = ceil(counter.get_total_flops() / 2 / n) + max(0, ceil(written / n) - FREE)
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


def _operation(name: Any, allowed: set[str]) -> Any:
    """The function of PyTorch with this name, such as "relu.default" or "add_.Tensor"."""
    base, _, overload = str(name).rpartition(".")
    packet = getattr(torch.ops.aten, base, None) if base.removesuffix("_") in allowed else None
    if packet is None or overload not in packet.overloads():
        if base.removesuffix("_") in RANDOM:
            raise Refused("random")
        raise Refused(f"forward uses {base}, an operation whose cost is not counted here.")
    return getattr(packet, overload)


def _kept_in(value: Any) -> list[int]:
    """Indices of the kept tensors that an argument refers to."""
    if not isinstance(value, list) or not value:
        return []
    if value[0] == "c":
        return [value[1]]
    return [k for item in value[1:] for k in _kept_in(item)] if value[0] == "list" else []


def _elementwise_flops(*shapes: Any, out_shape: Any = None, **_: Any) -> int:
    """Flops of an elementwise product of two tensors: one multiply-add for each number of the result."""
    tensors = [shape for shape in shapes if isinstance(shape, torch.Size) and shape.numel() > 1]
    return 2 * out_shape.numel() if len(tensors) > 1 else 0


def _vector_flops(*shapes: Any, out_shape: Any = None, **_: Any) -> int:
    """Flops of a product with a vector: one multiply-add for each number of the larger factor."""
    return 2 * max(shape.numel() for shape in shapes if isinstance(shape, torch.Size))


# products that FlopCounterMode does not count by itself
MORE_PRODUCTS = {
    **{getattr(torch.ops.aten, name): _elementwise_flops for name in ("mul", "mul_", "addcmul", "addcmul_")},
    **{getattr(torch.ops.aten, name): _vector_flops for name in ("mv", "addmv", "dot")},
}
