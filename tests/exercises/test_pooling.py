"""Pooling: the reference agrees with the definition, also where numbers tie, and the cases have such numbers."""

from typing import Any

import numpy as np
import pytest

from autograder.exercises import EXERCISES
from autograder.exercises.pooling.inputs import numbers, pair
from autograder.judging import oracle
from autograder.judging.seeds import generator

SHAPES = [(2, 2), (3, 2), (2, 3), ((2, 3), (1, 2)), ((4, 1), (3, 1)), (1, 2), ((5, 6), (5, 6))]


def by_definition(dout: np.ndarray, x: np.ndarray, kernel: Any, stride: Any) -> tuple[np.ndarray, np.ndarray]:
    """out and dx, computed one number at a time; the first of several equal maxima counts."""
    (high, wide), (down, along) = pair(kernel), pair(stride)
    out, dx = np.zeros(dout.shape), np.zeros(x.shape)
    for n, c, i, j in np.ndindex(dout.shape):
        cells = [(i * down + u, j * along + v) for u in range(high) for v in range(wide)]
        best = max(cells, key=lambda cell: x[n, c, *cell])  # max keeps the first of several
        out[n, c, i, j] = x[n, c, *best]
        dx[n, c, *best] += dout[n, c, i, j]
    return out, dx


@pytest.mark.parametrize(("kernel", "stride"), SHAPES)
@pytest.mark.parametrize("kind", ["any", "whole", "relu", "flat", "negative", "far below zero", "close"])
def test_the_reference_gives_a_tie_to_the_first_in_reading_order(kind: str, kernel: Any, stride: Any) -> None:
    rng = np.random.default_rng(0)
    x = numbers(kind, (2, 3, 5, 7), rng)
    out = oracle.max_pool2d(x, kernel, stride)
    dout = rng.standard_normal(out.shape)
    expected_out, expected_dx = by_definition(dout, x, kernel, stride)
    np.testing.assert_array_equal(out, expected_out)
    np.testing.assert_allclose(oracle.max_pool2d_gradient(dout, x, kernel, stride), expected_dx, atol=1e-12)


@pytest.mark.parametrize(("kernel", "stride"), SHAPES)
def test_dx_has_the_sum_of_dout(kernel: Any, stride: Any) -> None:
    rng = np.random.default_rng(0)
    x = rng.integers(-1, 2, (2, 3, 5, 7)).astype(float)
    dout = rng.standard_normal(oracle.avg_pool2d(x, kernel, stride).shape)
    for gradient in (oracle.max_pool2d_gradient, oracle.avg_pool2d_gradient):
        assert gradient(dout, x, kernel, stride).sum() == pytest.approx(dout.sum())
    assert oracle.tied_max_gradient(dout, x, kernel, stride, whole=False).sum() == pytest.approx(dout.sum())


@pytest.mark.parametrize("name", ["max_pool_forward", "max_pool_backward"])
def test_the_cases_have_ties_zeros_and_negative_numbers(name: str) -> None:
    """A window with several equal maxima, one with only zeros, and one with only negative numbers."""
    kinds = set()
    for case in EXERCISES[name].cases:
        q = EXERCISES[name].challenge(case, generator("05_pooling", name, case.name, case.hidden))
        x, kernel, stride = q["cache"] if "cache" in q else (q["x"], q["kernel"], q.get("stride"))
        windows = np.lib.stride_tricks.sliding_window_view(x, pair(kernel), axis=(2, 3))
        down, along = pair(kernel if stride is None else stride)
        windows = windows[:, :, ::down, ::along].reshape(-1, int(np.prod(pair(kernel))))
        tops = windows.max(axis=1, keepdims=True)
        kinds |= {"tie"} if ((windows == tops).sum(axis=1) > 1).any() else set()
        kinds |= {"zeros"} if (windows == 0).all(axis=1).any() else set()
        kinds |= {"negative"} if (tops < 0).any() else set()
    assert kinds >= ({"negative"} if name == "max_pool_forward" else {"tie", "zeros", "negative"})


@pytest.mark.parametrize("name", ["max_pool_forward", "max_pool_backward", "avg_pool_forward", "avg_pool_backward"])
def test_each_mistake_has_one_sentence(name: str) -> None:
    sentences: dict[str, set[str]] = {}
    for mistake in EXERCISES[name].mistakes:
        sentences.setdefault(mistake.name, set()).add(mistake.says)
    assert all(len(of_one) == 1 for of_one in sentences.values())
