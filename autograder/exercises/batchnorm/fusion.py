"""06_batchnorm: the batch normalization after a convolution, fused into the convolution."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from autograder.exercises.batchnorm.arrays import EPS, variances
from autograder.guest.plain_data import Inputs, PlainData
from autograder.guest.response import Raised
from autograder.judging import oracle
from autograder.judging.case import CONVENTIONS_NAME, Case, Sizes, one_of
from autograder.judging.clash import clashing
from autograder.judging.exercise import Exercise
from autograder.judging.mistake import Mistake, WrongAnswer


def _has_one_for_each(filters: int, raised: Raised) -> bool:
    """Whether one of the shapes that do not fit is that of a number for each filter."""
    return any(math.prod(shape) == filters for shape in clashing(raised))


def fused(q: Inputs, **changed: Any) -> dict[str, np.ndarray]:
    """The right w and b, or those for inputs of which some are changed.

    The normalization at test time is linear plus a constant: its factor for a channel is what it makes of 1 minus what
    it makes of 0. Each filter is multiplied by that factor; the bias is normalized itself.
    """
    inputs = q | changed
    rest = {key: inputs[key] for key in ("gamma", "beta", "running_mean", "running_var")}
    rest |= {"training": False, "eps": inputs.get("eps", EPS)}

    def normalized(rows: np.ndarray) -> np.ndarray:
        return oracle.batchnorm(rows, **rest)[0]

    b = inputs["b"][None]
    scale = normalized(0 * b + 1) - normalized(0 * b)
    return {"w": inputs["w"] * scale.reshape(-1, 1, 1, 1), "b": normalized(b)[0]}


def scale_of(q: Inputs, **changed: Any) -> np.ndarray:
    """gamma / √(var + eps), (F,)."""
    return fused(q, b=0 * q["b"] + 1, beta=0 * q["b"], running_mean=0 * q["b"], **changed)["b"]


def scaled(q: Inputs, scale: np.ndarray) -> dict[str, PlainData]:
    """w and b with another scale (F,)."""
    with np.errstate(all="ignore"):  # a wrong scale may divide by a variance of 0
        return fused(q, gamma=scale, running_var=0 * scale + 1, eps=0.0)


def other_scale(scale: Callable[[Inputs], np.ndarray]) -> tuple[WrongAnswer, WrongAnswer]:
    """w with another scale, and b with that scale, as two wrong answers: either may occur alone."""
    return lambda q, right: {"w": scaled(q, scale(q))["w"]}, lambda q, right: {"b": scaled(q, scale(q))["b"]}


def along(axis: int) -> WrongAnswer:
    """w with the scale along another of its axes. The answer raises ValueError if it does not fit."""
    shape = [1, 1, 1, 1]
    shape[axis] = -1
    return lambda q, right: {"w": q["w"] * scale_of(q).reshape(shape)}


class FuseConvBatchnorm(Exercise):
    name, points = "fuse_conv_batchnorm", 20
    returns = ("w", "b")
    axes = {"w": "F C KH KW", "b": "F"}
    keywords = ("eps",)
    smallest, clearer = {"f": 1, "c": 1, "kernel": 1}, {"eps": 0.5}
    cases = (
        Case("one filter of 1×1", {"f": 1, "c": 1, "kernel": 1}),
        Case("the weights of four filters", {"f": 4, "c": 2, "kernel": 3}, parts=("w",)),
        Case("the bias, which was 0", {"f": 4, "c": 2, "kernel": 3, "plain": True}, parts=("b",)),
        Case("the bias, which was not 0", {"f": 4, "c": 2, "kernel": 3}, parts=("b",)),
        Case("as many filters as channels and as columns", {"f": 3, "c": 3, "kernel": 3}),
        Case("a kernel that is not square", {"f": 2, "c": 3, "kernel": (2, 4)}),
        Case("a large eps, 0.5", {"f": 3, "c": 2, "kernel": 2, "eps": 0.5}),
        Case(
            "a channel whose variance is 0",
            {"f": 3, "c": 2, "kernel": 2, "constant": True},
            weight=0.5,
        ),
        Case("float32 stays float32", {"f": 4, "c": 3, "kernel": 3}, dtype="float32", conventions=("dtype",)),
        Case(CONVENTIONS_NAME, {"f": 3, "c": 2, "kernel": 2}, strided=True, conventions=("memory",)),
        Case(
            "drawn sizes",
            {"f": range(2, 7), "c": range(2, 5), "kernel": one_of(1, 3, (2, 5)), "eps": one_of(1e-3, 0.2)},
            hidden=True,
            weight=2,
            hint="All sizes differ, and eps is passed.",
        ),
        Case(
            "drawn sizes, float32",
            {"f": range(2, 7), "c": range(2, 5), "kernel": one_of(1, 2, (3, 2))},
            hidden=True,
            dtype="float32",
            strided=True,
        ),
    )
    mistakes = (
        Mistake(
            "conv-bias-not-scaled",
            "The convolution's own bias is added as it is; it is normalized too, so it must be scaled.",
            lambda q, right: {"b": right["b"] + q["b"] - q["b"] * scale_of(q)},
        ),
        Mistake(
            "conv-bias-forgotten",
            "The convolution's own bias is missing: it is part of what is normalized.",
            lambda q, right: {"b": fused(q, b=0 * q["b"])["b"]},
        ),
        Mistake(
            "bias-not-changed",
            "b is returned unchanged: the mean and beta must go into the bias.",
            lambda q, right: {"b": q["b"]},
        ),
        Mistake(
            "bias-only-scaled",
            "The bias is only scaled: running_mean must be subtracted before, and beta added after.",
            lambda q, right: {"b": q["b"] * scale_of(q)},
        ),
        Mistake(
            "mean-not-subtracted",
            "running_mean is left out of the bias.",
            lambda q, right: {"b": fused(q, running_mean=0 * q["b"])["b"]},
        ),
        Mistake(
            "mean-added",
            "running_mean is added to the bias; it must be subtracted.",
            lambda q, right: {"b": fused(q, running_mean=-q["running_mean"])["b"]},
        ),
        Mistake(
            "mean-not-scaled",
            "running_mean is subtracted without being scaled: all of b − mean must be multiplied by the scale.",
            lambda q, right: {"b": fused(q, running_mean=q["running_mean"] / scale_of(q))["b"]},
        ),
        Mistake(
            "beta-forgotten",
            "beta is left out of the bias.",
            lambda q, right: {"b": fused(q, beta=0 * q["beta"])["b"]},
        ),
        Mistake(
            "beta-scaled",
            "beta is scaled with the rest; it must be added last, as it is.",
            lambda q, right: {"b": fused(q, beta=q["beta"] * scale_of(q))["b"]},
        ),
        Mistake(
            "weights-not-scaled",
            "w is returned unchanged: each filter must be multiplied by gamma / √(var + eps) of its channel.",
            lambda q, right: {"w": q["w"]},
        ),
        Mistake(
            "gamma-forgotten",
            "gamma is left out of the scale.",
            *other_scale(lambda q: scale_of(q, gamma=np.ones_like(q["gamma"]))),
        ),
        Mistake(
            "divided-by-variance",
            "The scale divides by the variance; it must divide by its square root.",
            *other_scale(lambda q: q["gamma"] / (q["running_var"] + q.get("eps", EPS))),
        ),
        Mistake(
            "deviation-forgotten",
            "Nothing is divided by the standard deviation √(var + eps).",
            *other_scale(lambda q: q["gamma"]),
        ),
        Mistake(
            "multiplied-by-deviation",
            "The scale multiplies by the standard deviation; it must divide by it.",
            *other_scale(lambda q: q["gamma"] ** 2 / scale_of(q)),
        ),
        Mistake(
            "eps-outside-root",
            "eps is added to the standard deviation; it belongs under the root: √(var + eps).",
            *other_scale(
                lambda q: scale_of(q, running_var=(np.sqrt(q["running_var"]) + q.get("eps", EPS)) ** 2, eps=0.0)
            ),
        ),
        Mistake(
            "eps-forgotten",
            "eps is left out: the scale is gamma / √(var + eps).",
            *other_scale(lambda q: scale_of(q, eps=0.0)),
        ),
        Mistake("eps-hard-coded", "The eps that was passed is not used.", *other_scale(lambda q: scale_of(q, eps=EPS))),
        Mistake(
            "scale-along-another-axis",
            "The scale runs along another axis of w: channel f of the output is filter f, which is axis 0.",
            *(along(axis) for axis in (1, 2, 3)),
            error=lambda q, raised: q["w"].shape in clashing(raised) and _has_one_for_each(len(q["w"]), raised),
        ),
    )

    def inputs(self, sizes: Sizes, rng: Any) -> Inputs:
        f, c, kernel = sizes["f"], sizes["c"], sizes["kernel"]
        high, wide = kernel if isinstance(kernel, tuple) else (kernel, kernel)
        arrays = {
            "w": rng.standard_normal((f, c, high, wide)),
            "b": np.zeros(f) if sizes.get("plain") else rng.standard_normal(f),
            "gamma": rng.standard_normal(f),
            "beta": rng.standard_normal(f),
            "running_mean": rng.standard_normal(f),
            "running_var": variances(f, rng),
        }
        if sizes.get("constant"):
            arrays["running_var"][0] = 0
        return arrays | ({"eps": sizes["eps"]} if "eps" in sizes else {})

    def expected(self, q: Inputs) -> dict[str, PlainData]:
        return dict(fused(q))
