"""Do what a recording says: count what it costs, compute its scores, train its weights. Nothing of the model runs.

A recording comes from a process that ran somebody else's code, so it may say anything. Only operations listed here
are done, their sizes are worked out first without computing a number, and a recording that is too large is refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil
from typing import Any

import torch
from torch.utils.flop_counter import FlopCounterMode

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
    # number by number
    "add", "sub", "rsub", "div", "neg", "abs", "pow", "sqrt", "rsqrt", "exp", "log", "log1p", "reciprocal", "maximum",
    "minimum", "where", "sign", "sin", "cos", "erf", "atan", "floor", "round", "eq", "ne", "lt", "gt", "le", "ge",
    "logical_and", "logical_or", "logical_not", "bitwise_and", "bitwise_or", "bitwise_not", "masked_fill", "lerp",
    "addcdiv", "clone", "copy", "_to_copy", "fill", "zero", "lift_fresh", "lift_fresh_copy",
    # moving numbers about
    "view", "_unsafe_view", "t", "transpose", "permute", "expand", "slice", "select", "split", "split_with_sizes",
    "cat", "stack", "squeeze", "unsqueeze", "flip", "roll", "constant_pad_nd", "reflection_pad2d", "alias",
    "replication_pad2d", "unfold", "im2col", "col2im", "repeat", "index", "index_select", "gather", "pixel_shuffle",
    "pixel_unshuffle", "channel_shuffle", "native_channel_shuffle", "detach", "unbind", "_reshape_alias", "tril",
    "triu", "diagonal", "unsafe_split",
    # made from nothing
    "zeros", "ones", "full", "arange", "zeros_like", "ones_like", "full_like", "new_zeros", "new_ones", "new_full",
    "linspace", "eye", "scalar_tensor", "empty", "empty_like", "new_empty",
}  # fmt: skip
RANDOM = {
    "bernoulli", "rand", "rand_like", "randn", "randn_like", "native_dropout", "normal", "uniform",
    "rrelu_with_noise", "rrelu_with_noise_functional", "randint", "randperm", "random",
}  # fmt: skip

MOST_STEPS = 4000
FREE = 2_000_000  # numbers that all other operations may write for an image; what they write beyond it counts
MOST_WRITTEN = 4_000_000  # for an image; a recording with more is not run, for a batch of it fills the memory
FREE_STATISTICS = 5_000  # numbers of batchnorm's running mean and variance that do not count as parameters


class Refused(Exception):
    """A recording that is not run; the message says why."""


@dataclass(frozen=True)
class Cost:
    """What a recording costs: parameters in all, and for one image multiply-adds and numbers written elsewhere.

    by_operation: operation → multiply-adds for one image.
    """

    parameters: int
    multiply_adds: int
    written: int
    by_operation: Mapping[str, int]


class Replay:
    """One pass of a recording, for batches of the size it was recorded with.

    Args:
        mode: what `record` wrote under "judging" or "training".
        random: whether random numbers may be drawn, as dropout does in training.

    Raises:
        Refused: if it is no recording, has an operation that is not listed, or is too large.
    """

    def __init__(self, mode: Mapping[str, Any], random: bool) -> None:
        self.steps, self.scores, self.becomes = mode["steps"], mode["scores"], mode["becomes"]
        allowed = PRODUCTS | NORMS | OTHERS | (RANDOM if random else set())
        if not isinstance(self.steps, list) or len(self.steps) > MOST_STEPS:
            raise Refused("forward takes too many steps.")
        self._functions = [_function(step[0], allowed) for step in self.steps]

    def run(self, x: torch.Tensor, kept: list[torch.Tensor], watch: Any = None) -> torch.Tensor:
        """The scores of a batch; what the model keeps is changed in `kept` as forward changes it.

        watch: told (function, results) after every step.
        """
        results: dict[int, torch.Tensor] = {}
        memory = {one.untyped_storage().data_ptr() for one in kept}

        def read(value: Any) -> Any:
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
            return [read(item) for item in rest]

        for function, (_, args, kwargs, places) in zip(self._functions, self.steps, strict=True):
            named = {name: read(value) for name, value in kwargs.items()}
            if any(argument.name == "device" for argument in function._schema.arguments):
                named["device"] = x.device
            given = read(args)
            # what a model notes for later, such as a running mean, is no way for a gradient
            noted = function._schema.is_mutable and given[0].untyped_storage().data_ptr() in memory
            with torch.set_grad_enabled(torch.is_grad_enabled() and not noted):
                out = function(*given, **named)
            made = [out] if isinstance(out, torch.Tensor) else list(out or ())
            made = [one for one in made if isinstance(one, torch.Tensor)]
            if "empty" in function._schema.name:
                made[0].zero_()  # whatever lay in memory before is not the model's
            for place, one in zip(places, made, strict=False):
                if place[0] == "t":
                    results.setdefault(place[1], one)
            if watch is not None:
                watch(function, made)
        scores: torch.Tensor = read(self.scores)
        for k, place in self.becomes:
            kept[k] = read(place).detach().clone()
        return scores

    def cost(self, shape: tuple[int, ...], kept: list[torch.Tensor]) -> Cost:
        """What a batch of this shape costs, worked out from sizes alone.

        Raises:
            Refused: if a size does not fit, or more is written than can be run.
        """
        written, n = 0, shape[0]

        def watch(function: Any, made: list[torch.Tensor]) -> None:
            nonlocal written
            if function._schema.name.removeprefix("aten::").removesuffix("_") not in PRODUCTS and not function.is_view:
                written += sum(one.numel() for one in made)
            if written > MOST_WRITTEN * n or any(one.numel() > MOST_WRITTEN * n for one in made):
                raise Refused(f"forward writes more than {MOST_WRITTEN:,} numbers for an image.")

        sizes = [torch.empty_like(one, device="meta") for one in kept]
        with torch.no_grad(), FlopCounterMode(display=False, custom_mapping=ALSO_PRODUCTS) as counter:
            self.run(torch.empty(shape, device="meta"), sizes, watch)
        by_operation = {
            str(key): ceil(count / 2 / n) for key, count in counter.get_flop_counts().get("Global", {}).items()
        }
        multiply_adds = ceil(counter.get_total_flops() / 2 / n) + max(0, ceil(written / n) - FREE)
        free = min(sum(kept[k].numel() for k in self.statistics(len(kept))), FREE_STATISTICS)
        # integers and flags count too: a table of numbers is a table, whatever its type
        parameters = sum(one.numel() for one in kept if one.ndim or one.is_floating_point()) - free
        return Cost(parameters, multiply_adds, ceil(written / n), by_operation)

    def statistics(self, count: int) -> set[int]:
        """Which of the kept arrays are nothing but running means and variances of a batchnorm."""
        running, elsewhere = set[int](), set[int]()
        for function, (_, args, kwargs, _) in zip(self._functions, self.steps, strict=True):
            norm = "batch_norm" in function._schema.name
            for place, value in enumerate(args[1:]):
                found = {k for k in _kept_in(value) if k < count}
                if norm and place in (3, 4):
                    running |= found
                else:
                    elsewhere |= found
            elsewhere |= {k for value in kwargs.values() for k in _kept_in(value)}
        return running - elsewhere


def _function(name: Any, allowed: set[str]) -> Any:
    base, _, overload = str(name).rpartition(".")
    packet = getattr(torch.ops.aten, base, None) if base.removesuffix("_") in allowed else None
    if packet is None or overload not in packet.overloads():
        if base.removesuffix("_") in RANDOM:
            raise Refused("random")
        raise Refused(f"forward uses {base}, an operation whose cost is not counted here.")
    return getattr(packet, overload)


def _kept_in(value: Any) -> list[int]:
    if not isinstance(value, list) or not value:
        return []
    if value[0] == "c":
        return [value[1]]
    return [k for item in value[1:] for k in _kept_in(item)] if value[0] == "list" else []


def _by_result(*shapes: Any, out_shape: Any = None, **_: Any) -> int:
    """An elementwise product of two tensors: one multiply-add for each number it gives."""
    tensors = [shape for shape in shapes if isinstance(shape, torch.Size) and shape.numel() > 1]
    return 2 * out_shape.numel() if len(tensors) > 1 else 0


def _by_matrix(*shapes: Any, out_shape: Any = None, **_: Any) -> int:
    """A product of a matrix, or a vector, with a vector: one for each number of the larger."""
    return 2 * max(shape.numel() for shape in shapes if isinstance(shape, torch.Size))


ALSO_PRODUCTS = {
    **{getattr(torch.ops.aten, name): _by_result for name in ("mul", "mul_", "addcmul", "addcmul_")},
    **{getattr(torch.ops.aten, name): _by_matrix for name in ("mv", "addmv", "dot")},
}
