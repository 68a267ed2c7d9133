"""The oracle, which is NumPy alone, computes what PyTorch computes, for random sizes and numbers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import pytorch_lenet
import pytorch_oracle

from autograder.exercises.shared.lenet import NORM_SHAPES, RUNNING_SHAPES, SHAPES, LeNetVariant, answer
from autograder.judging import oracle
from utils.layers.reference import chain_rule

DTYPES = ("float32", "float64")
SEEDS = range(12)


class Draw:
    """Random sizes and arrays, from a seed."""

    def __init__(self, seed: int, dtype: str) -> None:
        self.rng, self.dtype = np.random.default_rng(seed), dtype

    def sizes(self, count: int, most: int = 4) -> tuple[int, ...]:
        """Lengths from 1 on: an axis of length one is as likely as any other."""
        return tuple(int(size) for size in self.rng.integers(1, most + 1, count))

    def array(self, *shape: int, whole: bool = False) -> np.ndarray:
        """Normal numbers, or small whole ones with many ties and zeros; one in four is a view with other strides."""
        numbers = self.rng.integers(-2, 3, shape) if whole else self.rng.standard_normal(shape)
        array = np.asarray(numbers, dtype=self.dtype)
        return array.T.copy().T if self.rng.random() < 0.25 else array

    def labels(self, n: int, m: int) -> np.ndarray:
        return self.rng.integers(0, m, n)

    def windows(self, axes: int = 2, most_padding: int = 2) -> tuple[tuple[int, ...], ...]:
        """(lengths, kernel, stride, padding), one number each an axis; at least one window fits."""
        kernel, stride = self.sizes(axes), self.sizes(axes, 3)
        padding = tuple(int(p) for p in self.rng.integers(0, most_padding + 1, axes))
        more = self.rng.integers(0, 6, axes)
        sides = tuple(max(1, k - 2 * p) + int(m) for k, p, m in zip(kernel, padding, more, strict=True))
        return sides, kernel, stride, padding


def linear_calls(draw: Draw) -> Iterator[tuple[str, tuple[Any, ...]]]:
    n, m, *d = draw.sizes(4)
    x, w, b = draw.array(n, *d), draw.array(int(np.prod(d)), m), draw.array(m)
    yield "linear", (x, w, b)
    yield "linear_gradients", (draw.array(n, m), x, w, b)
    yield "relu", (draw.array(n, *d, whole=True),)
    yield "relu_gradient", (draw.array(n, *d), draw.array(n, *d, whole=True))
    scores, y = draw.array(n, m) * 10.0 ** draw.rng.integers(-3, 4), draw.labels(n, m)
    yield "log_softmax", (scores,)
    yield "cross_entropy", (scores, y)
    h, classes = draw.sizes(2)
    params = {"W1": draw.array(len(w), h), "b1": draw.array(h), "W2": draw.array(h, classes), "b2": draw.array(classes)}
    for relus in ((True, False), (False, False), (True, True)):
        yield "two_layer", (params, x, draw.labels(n, classes), *relus)


def convolution_calls(draw: Draw) -> Iterator[tuple[str, tuple[Any, ...]]]:
    n, c, f, k1, k2 = draw.sizes(5)
    sides, kernel, stride, padding = draw.windows()
    x, w, b = draw.array(n, c, *sides), draw.array(f, c, *kernel), draw.array(f)
    out = pytorch_oracle.conv2d(x, w, b, stride, padding)
    yield "conv2d", (x, w, b, stride, padding)
    yield "conv2d", (x, w, None, stride, padding)
    yield "conv2d_gradients", (draw.array(*out.shape), x, w, stride, padding)
    yield "unfold", (x, kernel, stride, padding)
    columns = draw.array(n, int(c * np.prod(kernel)), int(np.prod(out.shape[2:])))
    yield "fold", (columns, x.shape, kernel, stride, padding)
    yield "merge", (draw.array(c, n, k1, k1), draw.array(f, c, k2, k2))
    for axes in (1, 3):
        sides, kernel, stride, padding = draw.windows(axes)
        yield "conv", (draw.array(n, c, *sides), draw.array(f, c, *kernel), b, stride, padding)


def pooling_calls(draw: Draw) -> Iterator[tuple[str, tuple[Any, ...]]]:
    sides, kernel, stride, _ = draw.windows(most_padding=0)
    for whole in (True, False):
        x = draw.array(*draw.sizes(2), *sides, whole=whole)
        dout = draw.array(*pytorch_oracle.max_pool2d(x, kernel, stride).shape)
        for kind in ("max", "avg"):
            yield f"{kind}_pool2d", (x, kernel, stride)
            yield f"{kind}_pool2d_gradient", (dout, x, kernel, stride)


def batchnorm_calls(draw: Draw) -> Iterator[tuple[str, tuple[Any, ...]]]:
    for axes in (0, 2):
        n, c, *sides = draw.sizes(2 + axes)
        x, gamma, beta, mean = draw.array(n + 1, c, *sides), draw.array(c), draw.array(c), draw.array(c)
        arrays, dout = (x, gamma, beta, mean, np.abs(draw.array(c)) + 0.1), draw.array(*x.shape)
        yield "moments", (x,)
        for training in (True, False):
            yield "batchnorm", (*arrays, training, 0.3, 0.2)
            for through in (None, (), ("mean",), ("var",), ("mean", "var")):
                yield "batchnorm_gradients", (dout, *arrays, training, 0.2, through)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("calls", [linear_calls, convolution_calls, pooling_calls, batchnorm_calls])
def test_the_oracle_agrees_with_pytorch(calls: Any, dtype: str) -> None:
    for seed in SEEDS:
        for name, arguments in calls(Draw(seed, dtype)):
            expected = getattr(pytorch_oracle, name)(*arguments)
            agree(getattr(oracle, name)(*arguments), expected, f"{name}, seed {seed}", arguments)


@pytest.mark.parametrize("whole", [True, False])
@pytest.mark.parametrize("seed", SEEDS)
def test_tied_numbers_share_the_gradient_or_get_all_of_it_as_in_pytorch(seed: int, whole: bool) -> None:
    draw = Draw(seed, "float64")
    sides, kernel, stride, _ = draw.windows(most_padding=0)
    x = draw.array(2, 2, *sides, whole=True)
    arguments = (draw.array(*oracle.max_pool2d(x, kernel, stride).shape), x, kernel, stride)
    expected = pytorch_oracle.tied_max_gradient(*arguments, whole=whole)
    agree(oracle.tied_max_gradient(*arguments, whole=whole), expected, "tied_max_gradient", arguments)


@pytest.mark.parametrize("settings", [{}, {"dampening": 0.3}, {"nesterov": True}])
@pytest.mark.parametrize("steps", [1, 2, 5])
def test_descent_agrees_with_pytorchs_optimizer(settings: dict[str, Any], steps: int) -> None:
    draw = Draw(steps, "float64")
    state = [draw.array(3, 1, 2) for _ in range(3)]
    settings = {"lr": 0.2, "momentum": 0.7} | settings
    got = oracle.descended(oracle.descent_matrix(**settings), steps, *state)
    agree(got, pytorch_oracle.descended(settings, steps, *state), "descended", state)


LENETS = [
    {},
    {"relu": (1, 2, 3, 4), "pool": "avg"},
    {"leaky": (1, 2, 3), "flatten": "hwc"},
    {"softmax": True, "relu": (1,)},
    {"norm": (1, 2)},
    {"norm": (1, 2), "statistics": "running"},
    {"norm": (1,), "flow": False},
    {"norm": (1, 2), "order": "relu pool norm"},
]


@pytest.mark.parametrize("changes", LENETS, ids=str)
def test_every_lenet_agrees_with_pytorchs(changes: dict[str, Any]) -> None:
    rng = np.random.default_rng(len(str(changes)))
    params = {key: 0.1 * rng.standard_normal(shape) for key, shape in (SHAPES | NORM_SHAPES).items()}
    running = {key: 0.1 + np.abs(rng.standard_normal(shape)) for key, shape in RUNNING_SHAPES.items()}
    x, y, variant = rng.standard_normal((3, 1, 28, 28)), rng.integers(0, 10, 3), LeNetVariant(**changes)
    agree(answer(params, x, y, variant, running), pytorch_lenet.answer(params, x, y, variant, running), "LeNet-5", ())


@pytest.mark.parametrize(
    ("function", "arguments"),
    [
        (oracle.conv2d, (np.ones((1, 1, 3, 3)), np.ones((1, 1, 6, 1)), None, 1, 1)),
        (oracle.conv2d, (np.ones((1, 1, 3, 3)), np.ones((1, 1, 2, 2)), None, 0)),
        (oracle.conv2d, (np.ones((1, 1, 3, 3)), np.ones((1, 1, 2, 2)), None, 1, -1)),
        (oracle.conv2d, (np.ones((1, 2, 3, 3)), np.ones((1, 3, 2, 2)), None)),
        (oracle.max_pool2d, (np.ones((1, 1, 3, 3)), (4, 1), 1)),
        (oracle.conv2d_gradients, (np.ones((1, 1, 3, 3)), np.ones((1, 1, 3, 3)), np.ones((1, 1, 2, 2)))),
    ],
)
def test_sizes_that_do_not_fit_raise_a_value_error(function: Any, arguments: Any) -> None:
    with pytest.raises(ValueError):
        function(*arguments)


def test_a_number_outside_the_windows_counts_for_none_of_them_even_if_it_is_infinite() -> None:
    x = np.array([[[[1.0, 5.0, -np.inf, np.inf]]]])
    np.testing.assert_array_equal(oracle.max_pool2d(x, (1, 2), (1, 5)), [[[[5.0]]]])
    np.testing.assert_array_equal(oracle.max_pool2d(x[..., :3], (1, 1), 2), [[[[1.0, -np.inf]]]])


def test_a_factor_that_is_summed_over_alone_gets_the_same_gradient_everywhere() -> None:
    x, y = np.arange(6.0).reshape(2, 3), np.array([2.0, 5.0, 7.0, 1.0])
    dx, dy = chain_rule.gradients(lambda x, y: chain_rule.contract("ab,c->a", x, y), [x, y], np.array([1.0, 10.0]))
    np.testing.assert_allclose(dx, [[15.0] * 3, [150.0] * 3])
    np.testing.assert_allclose(dy, [123.0] * 4)


def agree(got: Any, expected: Any, place: str, arguments: Any) -> None:
    """Equal to 11 digits of the largest number, in float64, and in memory of its own."""
    if isinstance(expected, dict):
        assert got.keys() == expected.keys(), place
        got, expected = list(got.values()), list(expected.values())
    if isinstance(expected, (tuple, list)):
        assert len(got) == len(expected), place
        for number, (one, other) in enumerate(zip(got, expected, strict=True)):
            agree(one, other, f"{place}, part {number}", arguments)
        return
    assert np.shape(got) == np.shape(expected), place
    assert np.asarray(got).dtype == np.asarray(expected).dtype, place
    scale = max(1.0, float(np.abs(expected).max(initial=0.0)))
    np.testing.assert_allclose(got, expected, rtol=0, atol=1e-11 * scale, err_msg=place)
    arrays = [array for array in arguments if isinstance(array, np.ndarray)]
    assert not any(np.shares_memory(got, array) for array in arrays), place
