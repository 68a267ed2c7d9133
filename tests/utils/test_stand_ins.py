"""The stand-ins compute the same as PyTorch, return the caches of the course, and share no memory with inputs."""

from __future__ import annotations

import copy
import subprocess
import sys
from typing import Any

import numpy as np
import pytest

from autograder import check
from autograder.exercises import key_of
from utils import layers
from utils.layers import in_pytorch, stand_ins


def drawn(*shape: int, dtype: str = "float64") -> np.ndarray:
    return np.random.default_rng(sum(shape)).standard_normal(shape).astype(dtype)


def by_autograd(function: Any, *arrays: np.ndarray, dout: np.ndarray) -> list[np.ndarray]:
    import torch

    leaves = [torch.tensor(a, requires_grad=True) for a in arrays]
    function(*leaves).backward(torch.tensor(dout))
    return [leaf.grad.numpy() for leaf in leaves]


def calls_of(dtype: str) -> list[tuple[str, tuple[Any, ...], dict[str, Any], Any]]:
    """(name, arguments, keyword arguments, expected result) of calls; what is expected comes from plain PyTorch."""
    import torch
    from torch.nn import functional

    x, w, b = drawn(2, 3, 7, 8, dtype=dtype), drawn(4, 3, 3, 2, dtype=dtype), drawn(4, dtype=dtype)
    tx, tw, tb = map(torch.tensor, (x, w, b))
    sizes: dict[str, Any] = {"stride": (2, 3), "padding": (1, 0)}
    out = functional.conv2d(tx, tw, tb, **sizes).numpy()
    dout = drawn(*out.shape, dtype=dtype)
    conv = by_autograd(lambda x, w, b: functional.conv2d(x, w, b, **sizes), x, w, b, dout=dout)
    cache = (x, w, b, (2, 3), (1, 0))
    cols = functional.unfold(tx, (3, 2), **sizes).numpy()
    folded = functional.fold(torch.tensor(cols), (7, 8), (3, 2), **sizes).numpy()
    dense = drawn(168, 5, dtype=dtype), drawn(5, dtype=dtype)
    scores = (tx.flatten(1) @ torch.tensor(dense[0])).numpy() + dense[1]
    dscores = drawn(2, 5, dtype=dtype)
    linear = by_autograd(lambda x, w, b: x.flatten(1) @ w + b, x, *dense, dout=dscores)
    pixelwise = np.einsum("nchw,fc->nfhw", x, w[:, :, 0, 0]) + b[:, None, None]
    line, block = x[:, :, 0], x[:, :, None]
    calls: list[tuple[str, tuple[Any, ...], dict[str, Any], Any]] = [
        ("linear_forward", (x, *dense), {}, (scores, (x, *dense))),
        ("linear_backward", (dscores, (x, *dense)), {}, tuple(linear)),
        ("relu_forward", (x,), {}, (np.maximum(x, 0), x)),
        ("relu_backward", (x[::-1], x), {}, x[::-1] * (x > 0)),
        ("conv_forward", (x, w, b), sizes, (out, cache)),
        ("conv_forward_fast", (x, w, b), sizes, (out, cache)),
        ("conv_backward_bias", (dout,), {}, conv[2]),
        ("conv_backward_weight", (dout, x, (3, 2)), sizes, conv[1]),
        ("conv_backward_input", (dout, w, x.shape), sizes, conv[0]),
        ("conv_backward", (dout, cache), {}, tuple(conv)),
        ("conv_backward_fast", (dout, cache), {}, tuple(conv)),
        ("conv1x1_forward", (x, w[:, :, 0, 0], b), {}, pixelwise),
        ("im2col", (x, (3, 2)), sizes, cols),
        ("col2im", (cols, x.shape, (3, 2)), sizes, folded),
        (
            "conv1d_forward",
            (line, w[:, :, :, 0], b, 2, 1),
            {},
            functional.conv1d(tx[:, :, 0], tw[:, :, :, 0], tb, 2, 1).numpy(),
        ),
        (
            "conv3d_forward",
            (block, w[:, :, None], b, 2, 1),
            {},
            functional.conv3d(tx[:, :, None], tw[:, :, None], tb, 2, 1).numpy(),
        ),
    ]
    for kind, pool in (("max", functional.max_pool2d), ("avg", functional.avg_pool2d)):
        pooled = pool(tx, (3, 2), (2, 1)).numpy()
        pool_dout = drawn(*pooled.shape, dtype=dtype)
        dx = by_autograd(lambda x, pool=pool: pool(x, (3, 2), (2, 1)), x, dout=pool_dout)[0]
        calls += [
            (f"{kind}_pool_forward", (x, (3, 2), (2, 1)), {}, (pooled, (x, (3, 2), (2, 1)))),
            (f"{kind}_pool_forward", (x, 2), {}, (pool(tx, 2).numpy(), (x, 2, 2))),
            (f"{kind}_pool_backward", (pool_dout, (x, (3, 2), (2, 1))), {}, dx),
        ]
    return calls


def agree(got: Any, expected: Any, tolerance: float, dtype: str) -> None:
    if isinstance(expected, tuple):
        assert isinstance(got, tuple) and len(got) == len(expected)
        for one, other in zip(got, expected, strict=True):
            agree(one, other, tolerance, dtype)
    elif isinstance(expected, np.ndarray):
        assert type(got) is np.ndarray and got.dtype == dtype
        np.testing.assert_allclose(got, expected, rtol=tolerance, atol=tolerance)
    else:
        assert got == expected


def arrays_in(value: Any) -> list[np.ndarray]:
    if isinstance(value, tuple):
        return [array for item in value for array in arrays_in(item)]
    return [value] if isinstance(value, np.ndarray) else []


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("number", range(22))
def test_stand_ins_compute_the_same_as_pytorch_with_new_memory(number: int, dtype: str) -> None:
    calls = calls_of(dtype)
    assert len(calls) == 22
    name, arguments, keywords, expected = calls[number]
    before = copy.deepcopy(arguments)
    got = getattr(stand_ins, name)(*arguments, **keywords)
    agree(got, expected, 1e-4 if dtype == "float32" else 1e-10, dtype)
    result = got[0] if "forward" in name and isinstance(got, tuple) else got  # without its cache
    for argument, copied in zip(arrays_in(arguments), arrays_in(before), strict=True):
        np.testing.assert_array_equal(argument, copied)
        assert not any(np.shares_memory(array, argument) for array in arrays_in(result))


@pytest.mark.parametrize("shape", [(6, 4), (3, 4, 5, 2)])
@pytest.mark.parametrize("training", [True, False])
def test_batchnorm_stand_ins_agree_with_the_formula_forward_and_backward(
    shape: tuple[int, ...], training: bool
) -> None:
    kind = "spatial_batchnorm" if len(shape) == 4 else "batchnorm"
    x, gamma, beta = drawn(*shape) + 3, drawn(4), drawn(4) + 1
    mean, var = drawn(4), drawn(4) ** 2
    kept = mean.copy(), var.copy()
    over = tuple(axis for axis in range(x.ndim) if axis != 1)
    wide = (1, 4) + (1,) * (x.ndim - 2)

    out, cache = getattr(stand_ins, f"{kind}_forward")(x, gamma, beta, mean, var, training, momentum=0.2)
    centre, spread = (x.mean(over), x.var(over)) if training else kept
    expected = (x - centre.reshape(wide)) / np.sqrt(spread.reshape(wide) + 1e-5) * gamma.reshape(wide)
    np.testing.assert_allclose(out, expected + beta.reshape(wide))
    np.testing.assert_allclose(mean, 0.8 * kept[0] + 0.2 * x.mean(over) if training else kept[0])
    np.testing.assert_allclose(var, 0.8 * kept[1] + 0.2 * x.var(over) if training else kept[1])

    dout = drawn(*shape)[::-1]
    mean[:] = np.nan  # later changes of the running arrays do not affect the backward pass
    dx, dgamma, dbeta = getattr(stand_ins, f"{kind}_backward")(dout, cache)
    np.testing.assert_allclose(dbeta, dout.sum(over))
    np.testing.assert_allclose(dgamma, (dout * (expected / gamma.reshape(wide))).sum(over))
    if training:
        np.testing.assert_allclose(dx.sum(over), 0, atol=1e-10)
    else:
        np.testing.assert_allclose(dx, dout * (gamma / np.sqrt(kept[1] + 1e-5)).reshape(wide))


def test_batchnorm_stand_in_takes_a_batch_of_one() -> None:
    out, _ = stand_ins.batchnorm_forward(drawn(1, 3), np.ones(3), np.arange(3.0), np.zeros(3), np.ones(3))
    np.testing.assert_allclose(out, [[0, 1, 2]], atol=1e-10)


def test_the_fused_convolution_computes_convolution_and_batchnorm() -> None:
    x, w, b = drawn(2, 3, 6, 6), drawn(4, 3, 3, 3), drawn(4)
    gamma, beta, mean, var = drawn(4), drawn(4) + 1, drawn(4) + 2, drawn(4) ** 2
    between, _ = stand_ins.conv_forward(x, w, b)
    apart, _ = stand_ins.spatial_batchnorm_forward(between, gamma, beta, mean, var, training=False, eps=0.01)
    fused = stand_ins.fuse_conv_batchnorm(w, b, gamma, beta, mean, var, eps=0.01)
    np.testing.assert_allclose(stand_ins.conv_forward(x, *fused)[0], apart)


def test_sizes_costs_and_receptive_fields_are_those_of_the_lecture() -> None:
    assert stand_ins.conv_output_size(7, 3, 2) == 3 and type(stand_ins.conv_output_size(7, 3)) is int
    for bad in ((3, 6, 1, 1), (5, 0), (5, 3, 0), (5, 3, 1, -1)):
        with pytest.raises(ValueError, match=str(bad[1])):
            stand_ins.conv_output_size(*bad)
    assert stand_ins.conv_cost((3, 32, 32), 10, 5, 1, 2) == ((10, 32, 32), 760, 768_000)
    assert [stand_ins.receptive_field(case) for case in ([], [(3, 1)] * 3, [(3, 2), (3, 2), (3, 1)])] == [1, 7, 15]


def test_filters_losses_and_numerical_gradients_have_known_values() -> None:
    identity, edges, blur = stand_ins.hand_filters()[:, None]
    np.testing.assert_allclose(blur, 1 / 9)
    np.testing.assert_allclose(np.abs(edges[0, 0]), [[1, 2, 1], [0, 0, 0], [1, 2, 1]])
    np.testing.assert_allclose(stand_ins.merge_convs(edges, identity), np.pad(edges, ((0, 0), (0, 0), (1, 1), (1, 1))))
    loss, dscores = stand_ins.softmax_loss(np.zeros((2, 4)), np.array([1, 3]))
    assert loss == pytest.approx(np.log(4)) and type(loss) is float
    np.testing.assert_allclose(dscores, [[0.125, -0.375, 0.125, 0.125], [0.125, 0.125, 0.125, -0.375]])
    x, dout = drawn(2, 3), drawn(2, 2)
    mixed = stand_ins.numerical_gradient(lambda x: x @ np.ones((3, 2)), x, dout)
    np.testing.assert_allclose(mixed, np.repeat(dout.sum(1, keepdims=True), 3, 1))
    np.testing.assert_allclose(stand_ins.numerical_gradient(np.sin, x, x), np.cos(x) * x, rtol=1e-8)
    np.testing.assert_allclose(stand_ins.numerical_gradient(lambda x: float(x.sum()), x, 2.0), 2 * np.ones((2, 3)))
    params = {"W1": drawn(6, 3), "b1": drawn(3), "W2": drawn(3, 4), "b2": drawn(4)}
    loss, grads = stand_ins.two_layer_loss(params, drawn(2, 3, 2), np.array([0, 3]))
    assert loss > 0 and {name: grad.shape for name, grad in grads.items()} == {n: p.shape for n, p in params.items()}


def test_the_stand_in_for_lenet_passes_its_check() -> None:
    verdict = check.verdict("LeNet5", {"LeNet5": stand_ins.LeNet5}, hidden=True)
    assert verdict.passed, verdict.first_failure


def test_the_stand_ins_of_08_and_09_pass_their_checks() -> None:
    from utils.layers import pytorch_devices, pytorch_modules

    modules = {"08_pytorch": pytorch_modules, "09_gpu": pytorch_devices}
    for name, notebook in in_pytorch.ORIGIN.items():
        verdict = check.verdict(key_of(name, notebook), {name: getattr(modules[notebook], name)}, hidden=True)
        assert verdict.passed, verdict.first_failure


def test_arrays_of_two_dtypes_are_refused_by_name() -> None:
    x, w, b = drawn(2, 3, 7, 8, dtype="float32"), drawn(4, 3, 3, 2), drawn(4)
    with pytest.raises(TypeError, match=r"float32 \(float\), float64 \(double\)"):
        stand_ins.conv_forward(x, w, b)
    with pytest.raises(TypeError, match="alike"):
        stand_ins.linear_forward(x, drawn(168, 5, dtype="float32"), drawn(5))


def test_every_function_has_a_stand_in() -> None:
    assert all(callable(getattr(stand_ins, name)) for name in layers.ORIGIN)
    with pytest.raises(AttributeError):
        stand_ins.no_function_of_a_notebook  # noqa: B018


def test_no_stand_in_needs_pytorch() -> None:
    code = """
import sys
sys.modules["torch"] = None
import numpy as np
from utils.layers import ORIGIN, stand_ins
for name in ORIGIN:
    getattr(stand_ins, name)
x, y = np.ones((2, 1, 28, 28)), np.array([0, 1])
loss, grads = stand_ins.LeNet5(np.random.default_rng(0), np.float64).loss(x, y)
assert stand_ins.conv_cost((1, 28, 28), 20, 5, 1, 2)[1] == 520 and len(grads) == 8
out, cache = stand_ins.max_pool_forward(x, 2)
assert stand_ins.max_pool_backward(out, cache).sum() == out.sum()
"""
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_kernel_without_the_reference_says_so_when_a_stand_in_is_called(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "utils.layers.reference", None)
    with pytest.raises(ImportError, match="relu_forward: this notebook is graded without the stand-ins"):
        layers.relu_forward(drawn(3))
