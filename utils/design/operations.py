"""Which of PyTorch's operations a recording may hold, and how many multiply-adds each costs.

Convolutions and matrix products are counted by PyTorch's FlopCounterMode, recurrent layers and attention by the matrix
products that they consist of. An elementwise product of two tensors costs one for each number of the result. The rules
for all other products stand in RULES at the end. What is not a product costs nothing, up to FREE in
utils.design.replay.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import torch

# names of PyTorch's operations in torch.ops.aten, without the _ of those that work in place
PRODUCTS = {
    "convolution", "mm", "addmm", "bmm", "baddbmm", "mv", "addmv", "dot", "vdot", "mul", "addcmul", "addr", "prod",
    "cumprod", "xlogy", "polar", "linalg_cross", "_trilinear", "_euclidean_dist", "_cdist_forward", "_fft_r2c",
    "_fft_c2c", "_fft_c2r", "linalg_matrix_exp", "linalg_householder_product", "_linalg_solve_ex", "linalg_inv_ex",
    "_linalg_det", "linalg_solve_triangular", "affine_grid_generator",
}  # fmt: skip
NORMS = {
    "native_batch_norm", "_native_batch_norm_legit", "_native_batch_norm_legit_no_training", "native_layer_norm",
    "native_group_norm", "_batch_norm_with_update", "_batch_norm_no_update", "_fused_rms_norm", "renorm",
}  # fmt: skip
OTHERS = {
    # pooling and reductions
    "max_pool2d_with_indices", "avg_pool2d", "_adaptive_avg_pool2d", "adaptive_max_pool2d", "mean", "sum", "amax",
    "amin", "max", "min", "var", "std", "var_mean", "std_mean", "logsumexp", "linalg_vector_norm", "norm", "topk",
    "sort", "argmax", "cumsum", "_upsample_nearest_exact2d", "upsample_nearest2d", "upsample_bilinear2d",
    "upsample_bicubic2d", "avg_pool3d", "median", "grid_sampler_2d",
    "_weight_norm_interface", "max_pool3d_with_indices", "_adaptive_avg_pool3d", "adaptive_max_pool3d",
    "fractional_max_pool2d", "fractional_max_pool3d", "max_unpool2d", "max_unpool3d",
    "_upsample_bilinear2d_aa", "_upsample_bicubic2d_aa",
    "upsample_linear1d", "upsample_nearest1d", "upsample_nearest3d", "upsample_trilinear3d",
    "_upsample_nearest_exact1d", "grid_sampler_3d", "argmin", "aminmax", "any", "all", "count_nonzero", "kthvalue",
    "mode", "nanmedian", "nansum", "cummax", "cummin", "logcumsumexp", "trace",
    # activations
    "relu", "leaky_relu", "elu", "celu", "gelu", "silu", "mish", "hardswish", "hardtanh", "hardsigmoid", "sigmoid",
    "tanh", "softplus", "_prelu_kernel", "threshold", "clamp", "clamp_min", "clamp_max", "_softmax", "_log_softmax",
    "_safe_softmax", "log_sigmoid_forward", "glu", "softshrink", "hardshrink",
    # elementwise
    "add", "sub", "rsub", "div", "neg", "abs", "pow", "sqrt", "rsqrt", "exp", "log", "log1p", "reciprocal",
    "maximum", "minimum", "where", "sign", "sin", "cos", "erf", "atan", "floor", "round", "eq", "ne", "lt", "gt",
    "le", "ge", "logical_and", "logical_or", "logical_not", "bitwise_and", "bitwise_or", "bitwise_not",
    "masked_fill", "lerp", "addcdiv", "clone", "copy", "_to_copy", "fill", "zero", "lift_fresh", "lift_fresh_copy",
    "expm1", "exp2", "log2", "log10", "sinh", "cosh", "tan", "asin", "acos", "asinh", "acosh", "atanh", "atan2",
    "hypot", "sinc", "trunc", "frac", "ceil", "sgn", "angle", "erfc", "erfinv", "lgamma", "digamma", "special_entr",
    "special_i0e", "remainder", "fmod", "floor_divide", "fmax", "fmin", "logaddexp", "logaddexp2", "copysign",
    "heaviside", "nan_to_num", "isnan", "isinf", "signbit", "logit", "logical_xor", "bitwise_xor", "bucketize",
    "searchsorted", "square", "real", "imag", "conj", "_conj", "_conj_physical", "conj_physical", "resolve_conj",
    "resolve_neg", "complex", "view_as_real", "view_as_complex", "deg2rad", "rad2deg",
    # rearranging
    "view", "_unsafe_view", "t", "transpose", "permute", "expand", "slice", "select", "split", "split_with_sizes",
    "cat", "stack", "squeeze", "unsqueeze", "flip", "roll", "constant_pad_nd", "reflection_pad2d", "alias",
    "replication_pad2d", "unfold", "im2col", "col2im", "repeat", "index", "index_select", "gather", "pixel_shuffle",
    "pixel_unshuffle", "channel_shuffle", "native_channel_shuffle", "detach", "unbind", "_reshape_alias", "tril",
    "triu", "diagonal", "unsafe_split", "rot90", "embedding", "reflection_pad1d", "replication_pad1d",
    "reflection_pad3d", "replication_pad3d", "scatter", "scatter_add", "scatter_reduce", "index_add", "index_put",
    "_unsafe_index", "masked_scatter", "index_copy", "index_fill", "slice_scatter", "select_scatter",
    "diagonal_scatter", "as_strided", "block_diag", "diag_embed", "unsafe_chunk", "unsafe_split_with_sizes", "take",
    # creating tensors
    "zeros", "ones", "full", "arange", "zeros_like", "ones_like", "full_like", "new_zeros", "new_ones", "new_full",
    "linspace", "logspace", "eye", "scalar_tensor", "empty", "empty_like", "new_empty", "tril_indices",
    "triu_indices",
}  # fmt: skip
RANDOM = {
    "bernoulli", "rand", "rand_like", "randn", "randn_like", "native_dropout", "normal", "uniform",
    "rrelu_with_noise", "rrelu_with_noise_functional", "randint", "randint_like", "randperm", "random", "exponential",
    "geometric", "cauchy", "log_normal", "poisson",
}  # fmt: skip

INSTEAD = "Use convolutions, linear and recurrent layers, matrix products, pooling, norms, activations and arithmetic."
# a word in an operation's name, or in how its author wrote it → what to use in its place
INSTEAD_OF = {
    "CrossMapLRN2d": "Use nn.LocalResponseNorm, which computes the same.",
    "pdist": "Use torch.cdist(x, x).",
    "embedding_renorm": "Use nn.Embedding without max_norm.",
    "linalg": "Use matrix products (`@`, nn.Linear), torch.linalg.inv or torch.linalg.solve.",
    "hist": "Compare and sum, as in `(x > edge).float().sum(-1)`.",
    "bincount": "Compare and sum, as in `(x == value).float().sum(-1)`.",
    "loss": "Return the scores: the course's training computes the loss.",
    "sparse": "Use dense tensors.",
    "quantize": "Use float32.",
    "embedding_bag": "Use nn.Embedding and `.mean(1)`.",
    "stft": "Use torch.fft.rfft on windows of `x.unfold`.",
}


def base_name(name: str) -> str:
    """The name in the sets above of an operation such as "add_.Tensor"."""
    return name.partition(".")[0].removesuffix("_")


def is_known(name: str) -> bool:
    """Whether the cost of an operation is counted here."""
    return base_name(name) in PRODUCTS | NORMS | OTHERS | RANDOM


def instead_of(name: str, written: str = "") -> str:
    """What to use in place of an operation that is not counted here."""
    return next((advice for word, advice in INSTEAD_OF.items() if word in name or word in written), INSTEAD)


# ---- multiply-adds, twice as many flops; each function gets the operation's arguments and its result, `out_val`

Flops = Callable[..., int]


def flops(multiply_adds: Flops) -> Flops:
    """A rule in the form that FlopCounterMode takes."""

    def rule(*args: Any, out_val: Any = None, **_: Any) -> int:
        return 2 * multiply_adds(out_val, *args)

    rule._get_raw = True  # type: ignore[attr-defined]  # to get tensors, not their shapes
    return rule


def _elementwise(out: Any, *args: Any) -> int:
    """An elementwise product of two tensors: one for each number of the result."""
    tensors = [arg for arg in args if isinstance(arg, torch.Tensor) and arg.numel() > 1]
    return int(out.numel()) if len(tensors) > 1 else 0


def _vectors(out: Any, *args: Any) -> int:
    """A product with a vector: one for each number of the larger factor."""
    return max(arg.numel() for arg in args if isinstance(arg, torch.Tensor))


def _trilinear(out: Any, a: Any, b: Any, c: Any, *axes: Any) -> int:
    """nn.Bilinear: a product for each number of x1 by W, then one for each number of that by x2."""
    *expanded, summed = axes[:4]
    factors = [_unsqueezed(factor, places) for factor, places in zip((a, b, c), expanded, strict=True)]
    sizes = torch.broadcast_shapes(*(factor.shape for factor in factors))
    volume = math.prod(sizes)
    return volume + volume // max(1, sizes[summed[0]] if summed else 1)


def _unsqueezed(tensor: Any, places: Any) -> Any:
    for place in sorted(places):
        tensor = tensor.unsqueeze(place)
    return tensor


def _distances(out: Any, a: Any, *_: Any) -> int:
    """torch.cdist: one for each axis of the space and each distance."""
    return int(out.numel() * a.shape[-1])


def _fourier(out: Any, x: Any, axes: Any, *_: Any) -> int:
    """A Fourier transform over P points: 2·P·log2(P), and half of that where input or output are real."""
    whole = out if out.numel() >= x.numel() else x
    points = max(2, math.prod(whole.shape[axis] for axis in axes))
    real = not (x.is_complex() and out.is_complex())
    return math.ceil((1 if real else 2) * whole.numel() * math.log2(points))


def _cubic(factor: int) -> Flops:
    """A function of n×n matrices: `factor` matrix products."""
    return lambda out, a, *_: factor * a.numel() * a.shape[-1]


def _solve(out: Any, a: Any, b: Any, *_: Any) -> int:
    """A linear system: a matrix product for the decomposition, and a product with each right-hand side."""
    return int(a.numel() * a.shape[-1] + b.numel() * a.shape[-1])


def _reflections(out: Any, a: Any, *_: Any) -> int:
    """Orthogonal columns from reflections: each of them takes two products with every column."""
    return int(2 * a.numel() * a.shape[-1])


RULES: dict[str, Flops] = {
    **dict.fromkeys(("mul", "mul_", "addcmul", "addcmul_", "xlogy", "xlogy_"), _elementwise),
    **dict.fromkeys(("polar", "linalg_cross"), lambda out, *args: 2 * out.numel()),
    **dict.fromkeys(("prod", "cumprod", "cumprod_"), lambda out, x, *_: x.numel()),
    **dict.fromkeys(("addr", "addr_"), lambda out, *args: out.numel()),
    **dict.fromkeys(("mv", "addmv", "dot", "vdot"), _vectors),
    "_trilinear": _trilinear,
    "affine_grid_generator": lambda out, matrices, *_: out.numel() * matrices.shape[-1],
    **dict.fromkeys(("_euclidean_dist", "_cdist_forward"), _distances),
    **dict.fromkeys(("_fft_r2c", "_fft_c2c", "_fft_c2r"), _fourier),
    "linalg_matrix_exp": _cubic(12),  # as many as a Taylor polynomial and its squares take
    **dict.fromkeys(("linalg_inv_ex", "_linalg_det"), _cubic(1)),
    "linalg_householder_product": _reflections,
    **dict.fromkeys(("_linalg_solve_ex", "linalg_solve_triangular"), _solve),
}
# products whose result is complex, though the rule counts real products
COUNTED_AS_REAL = {"_fft_r2c", "_fft_c2c", "polar"}
# products that FlopCounterMode does not count by itself
MORE_PRODUCTS = {getattr(torch.ops.aten, name): flops(rule) for name, rule in RULES.items()}
