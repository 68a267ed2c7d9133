"""06_batchnorm: known mistakes of the backward pass that rows of features and images have in common."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

from autograder.exercises.batchnorm.arrays import (
    EPS,
    count,
    in_training,
    used_moments,
)
from autograder.exercises.batchnorm.forward_and_backward import GRADIENTS, SAYS, forward_arguments
from autograder.exercises.batchnorm.forward_mistakes import batchnorm, in_one_mode, only
from autograder.guest.plain_data import Inputs, PlainData
from autograder.judging import oracle
from autograder.judging.mistake import Mistake, OfShape, WrongAnswer

Parts = dict[str, PlainData]  # wrong values by part
ROUNDING = 1e-11  # a gradient below this is 0 except for rounding errors


def gradients(q: Inputs, **changed: Any) -> dict[str, np.ndarray]:
    """The right dx, dgamma, dbeta, or those for changed inputs or another `through` (see the oracle)."""
    arguments = forward_arguments(q, "momentum") | {"dout": q["dout"]} | changed
    values = oracle.batchnorm_gradients(**arguments)
    return {name: np.where(np.abs(value) < ROUNDING, 0, value) for name, value in zip(GRADIENTS, values, strict=True)}


def reweighted(q: Inputs, mean: float = 1, var: float | np.ndarray = 1) -> Parts:
    """dx in training when its terms through the mean and through the variance get these weights; right is 1 and 1."""
    if not in_training(q):
        return {}
    direct, by_mean, by_var = (gradients(q, through=through)["dx"] for through in ((), ("mean",), ("var",)))
    return {"dx": direct + mean * (by_mean - direct) + var * (by_var - direct)}


def _without_eps_in_the_variance_path(q: Inputs) -> Parts:
    """dx in training with the path through the variance (var + eps)/var times as large; nothing where var is 0."""
    variance = used_moments(q)[1]
    if not in_training(q) or not variance.all():
        return {}
    factor = (variance + q.get("eps", EPS)) / variance
    return reweighted(q, var=factor.reshape(-1, *[1] * (q["x"].ndim - 2)))


def deviation(q: Inputs) -> np.ndarray:
    """√(var + eps), in a shape that broadcasts with x."""
    root = np.sqrt(used_moments(q)[1] + q.get("eps", EPS))
    return np.asarray(root.reshape(-1, *[1] * (q["x"].ndim - 2)))


def summed(q: Inputs, values: np.ndarray) -> np.ndarray:
    """The sum over all axes but that of the channels."""
    return np.asarray(values.sum(axis=tuple(axis for axis in range(values.ndim) if axis != 1)))


def after_next_batch(q: Inputs) -> Parts:
    """The gradients with the running values as they are after the next batch."""
    later = batchnorm(forward_arguments(q) | {"x": q["next_batch"], "training": True})
    return dict(gradients(q, running_mean=later["running_mean"], running_var=later["running_var"]))


def means_over(q: Inputs, axes: tuple[int, ...]) -> Mapping[str, Any]:
    """dx in training where the two means of the formula run over these axes."""
    scale = np.ones_like(q["gamma"])
    x_hat = batchnorm(forward_arguments(q) | {"gamma": scale, "beta": 0 * scale})["out"]
    d = q["dout"] * q["gamma"].reshape(1, -1, 1, 1)
    by_mean, by_var = (values.mean(axis=axes, keepdims=True) for values in (d, d * x_hat))
    return only(in_training(q), {"dx": (d - by_mean - x_hat * by_var) / deviation(q)})


Shape = Callable[[Inputs], tuple[int, ...]]
Weights = Callable[[Inputs], tuple[float, float]]  # of the terms through the mean and through the variance


def unsummed(*shapes: Shape) -> Mistake:
    """dgamma or dbeta in one of these shapes, which are not that of gamma and beta."""

    def in_shape(part: str, shape: Shape) -> WrongAnswer:
        return lambda q, right: {part: OfShape(shape(q))}

    return Mistake(
        "not-summed",
        "dgamma and dbeta must have the shape of gamma and beta, one number per channel: sum over everything else.",
        *(in_shape(part, shape) for part in ("dgamma", "dbeta") for shape in shapes),
    )


def weighted(*weights: Weights) -> Iterator[WrongAnswer]:
    """dx with the terms through the mean and through the variance weighted in each of these ways."""

    def with_weights(weight: Weights) -> WrongAnswer:
        return lambda q, right: reweighted(q, *weight(q))

    return (with_weights(weight) for weight in weights)


# shapes of dgamma and dbeta that are summed over nothing, and over everything but with the axes kept
UNSUMMED: tuple[Shape, ...] = (lambda q: q["x"].shape, lambda q: (1, q["x"].shape[1], *[1] * (q["x"].ndim - 2)))
THROUGH_STATISTICS = (
    Mistake(
        "statistics-taken-as-constants",
        "dx ignores the paths through the mean and through the variance: each number of x also changes both of them, "
        "and through them every other row.",
        lambda q, right: reweighted(q, mean=0, var=0),
    ),
    Mistake(
        "mean-gradient-missing",
        "dx ignores the path through the mean: each number of x also changes the mean, and through it every row.",
        lambda q, right: reweighted(q, mean=0),
    ),
    Mistake(
        "variance-gradient-missing",
        "dx ignores the path through the variance: each number of x also changes the variance, and through it every "
        "row.",
        lambda q, right: reweighted(q, var=0),
    ),
    Mistake(
        "sums-not-averaged",
        "In dx a sum over the batch lacks its factor 1/N, which comes from the mean or from the variance.",
        *weighted(lambda q: (count(q), 1), lambda q: (1, count(q)), lambda q: (count(q), count(q))),
    ),
    Mistake(
        "sign-of-a-way",
        "In dx a path through the statistics has the wrong sign: x − mean decreases when the mean increases, and x̂ "
        "gets smaller when the variance increases.",
        *weighted(lambda q: (-1, 1), lambda q: (1, -1), lambda q: (-1, -1)),
    ),
    Mistake(
        "factor-two-in-variance",
        "In dx the path through the variance is off by a factor of 2: the square gives a 2, the root a ½.",
        *weighted(lambda q: (1, 0.5), lambda q: (1, 2), lambda q: (1, 4)),
    ),
    Mistake(
        "unbiased-variance",
        "The path through the variance has a factor 1/(N − 1); the variance here is the biased one, with 1/N.",
        lambda q, right: reweighted(q, var=count(q) / (count(q) - 1)),
    ),
    Mistake(
        "eps-missing-in-the-variance-path",
        "In dx the path through the variance is too large by the factor (var + eps)/var, as if the mean of x̂² were 1. "
        "It is var/(var + eps): do not divide by it, and use the x̂ of the forward pass, which has eps.",
        lambda q, right: _without_eps_in_the_variance_path(q),
    ),
    Mistake(
        "training-formula-at-test-time",
        "At test time mean and variance are constants, and no gradient flows through them: dx is dout times one number "
        "for each channel, and x̂ is computed from the running values.",
        lambda q, right: {} if in_training(q) else {"dx": gradients(q, training=True)["dx"]},
        lambda q, right: {} if in_training(q) else {"dgamma": gradients(q, training=True)["dgamma"]},
        lambda q, right: {} if in_training(q) else {"dx": gradients(q, through=("mean", "var"))["dx"]},
    ),
    Mistake(
        "eps-forgotten",
        "The backward pass ignores eps: divide by √(var + eps), as in the forward pass.",
        lambda q, right: {"dx": gradients(q, eps=0.0)["dx"]},
    ),
    Mistake(
        "eps-hard-coded",
        "The backward pass uses a fixed eps: the one that was passed must be in the cache.",
        lambda q, right: {"dx": gradients(q, eps=EPS)["dx"]},
    ),
)
FACTORS_AND_SUMS = (
    Mistake(
        "gamma-forgotten",
        "dx lacks the factor gamma: out = gamma · x̂ + beta, so dx̂ = dout · gamma.",
        *in_one_mode(lambda q, right: {"dx": gradients(q, gamma=np.ones_like(q["gamma"]))["dx"]}),
    ),
    Mistake(
        "gamma-twice",
        "dx has the factor gamma twice.",
        *in_one_mode(lambda q, right: {"dx": gradients(q, gamma=q["gamma"] ** 2)["dx"]}),
    ),
    Mistake(
        "divided-by-variance",
        "dx is divided by the variance, or by its root once too often: the local gradient of x̂ is 1/√(var + eps).",
        *in_one_mode(lambda q, right: {"dx": right["dx"] / deviation(q)}),
    ),
    Mistake(
        "not-divided",
        "dx is not divided by the standard deviation: the local gradient of x̂ is 1/√(var + eps).",
        *in_one_mode(lambda q, right: {"dx": right["dx"] * deviation(q)}),
    ),
    Mistake(
        "multiplied-by-deviation",
        "dx is multiplied by the standard deviation; the local gradient of x̂ is 1/√(var + eps).",
        *in_one_mode(lambda q, right: {"dx": right["dx"] * deviation(q) ** 2}),
    ),
    Mistake(
        "dx-averaged",
        "dx is divided by N once too often: only the paths through mean and variance have a factor 1/N.",
        lambda q, right: {"dx": right["dx"] / count(q)},
    ),
    Mistake(
        "dx-times-n",
        "dx is N times too large: the two-line formula has a factor 1/N in front.",
        lambda q, right: {"dx": right["dx"] * count(q)},
    ),
    Mistake(
        "upstream-ignored",
        "The upstream gradient dout is not used: downstream = local gradient × dout.",
        lambda q, right: {"dgamma": gradients(q, dout=np.ones_like(q["dout"]))["dgamma"]},
        lambda q, right: {"dbeta": gradients(q, dout=np.ones_like(q["dout"]))["dbeta"]},
    ),
    Mistake(
        "dgamma-not-normalized",
        "dgamma multiplies dout by x; gamma is the factor of x̂, so the local gradient is x̂.",
        lambda q, right: {"dgamma": summed(q, q["dout"] * q["x"])},
        lambda q, right: {"dgamma": right["dgamma"] * deviation(q).ravel()},
    ),
    Mistake(
        "dgamma-times-gamma",
        "dgamma has a factor gamma; out = gamma · x̂ + beta is linear in gamma, so dgamma has none.",
        lambda q, right: {"dgamma": right["dgamma"] * q["gamma"]},
    ),
    Mistake(
        "dbeta-times-gamma",
        "dbeta has a factor gamma; beta is only added, so its local gradient is 1.",
        lambda q, right: {"dbeta": right["dbeta"] * q["gamma"]},
    ),
    Mistake(
        "averaged",
        "dgamma or dbeta is averaged over the batch; every row contributes to it, so it is a sum.",
        lambda q, right: {"dgamma": right["dgamma"] / count(q)},
        lambda q, right: {"dbeta": right["dbeta"] / count(q)},
    ),
    Mistake(
        "returned-in-another-order",
        "dgamma and dbeta are swapped: the order is (dx, dgamma, dbeta).",
        lambda q, right: {"dgamma": right["dbeta"], "dbeta": right["dgamma"]},
    ),
)
CACHE = (
    Mistake(
        "cache-holds-running",
        SAYS["cache-holds-running"],
        lambda q, right: {"dx": after_next_batch(q)["dx"]} if "next_batch" in q else {},
        lambda q, right: {"dgamma": after_next_batch(q)["dgamma"]} if "next_batch" in q else {},
    ),
    Mistake(
        "cache-of-another-call",
        SAYS["cache-of-another-call"],
        lambda q, right: gradients(q, x=q["next_batch"], training=True) if "next_batch" in q else {},
    ),
    Mistake("cache-changed", SAYS["cache-changed"], convention="memory"),
    Mistake("forward-wrong", SAYS["forward-wrong"]),
)
