"""06_batchnorm: the mistakes known of the way back, which rows of features and images have in common."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from autograder.exercises.batchnorm.arrays import (
    EPS,
    count,
    finite,
    in_training,
    used_moments,
)
from autograder.exercises.batchnorm.forward_and_backward import GRADIENTS, SAYS, without_next
from autograder.exercises.batchnorm.forward_mistakes import batchnorm
from autograder.guest.plain_data import Inputs, PlainData
from autograder.judging import oracle
from autograder.judging.mistake import Mistake, OfShape, WrongAnswer

Told = dict[str, PlainData]
DUST = 1e-11  # a gradient that is 0 but for rounding


def gradients(q: Inputs, **changed: Any) -> dict[str, np.ndarray]:
    """The right dx, dgamma, dbeta; `through` leaves out ways through the statistics."""
    asked = without_next(q, "momentum") | {"dout": q["dout"]} | changed
    found = oracle.batchnorm_gradients(**asked)
    return {name: np.where(np.abs(value) < DUST, 0, value) for name, value in zip(GRADIENTS, found, strict=True)}


def ways(q: Inputs, mean: float = 1, var: float = 1) -> Told:
    """dx in training with its parts through the mean and through the variance weighted otherwise; right is 1 and 1."""
    if not in_training(q):
        return {}
    direct, by_mean, by_var = (gradients(q, through=through)["dx"] for through in ((), ("mean",), ("var",)))
    return {"dx": direct + mean * (by_mean - direct) + var * (by_var - direct)}


def deviation(q: Inputs) -> np.ndarray:
    """The standard deviation that is divided by, eps and all, in a shape that meets x."""
    root = np.sqrt(used_moments(q)[1] + q.get("eps", EPS))
    return np.asarray(root.reshape(-1, *[1] * (q["x"].ndim - 2)))


def summed(q: Inputs, values: np.ndarray) -> np.ndarray:
    """Added up over everything but the channels."""
    return np.asarray(values.sum(axis=tuple(axis for axis in range(values.ndim) if axis != 1)))


def after_next_batch(q: Inputs) -> Told:
    """The gradients with running values that have moved on."""
    later = batchnorm(without_next(q) | {"x": q["next_batch"], "training": True})
    return dict(gradients(q, running_mean=later["running_mean"], running_var=later["running_var"]))


Shape = Callable[[Inputs], tuple[int, ...]]
Weights = Callable[[Inputs], tuple[float, float]]  # of the terms through the mean and through the variance


def unsummed(*shapes: Shape) -> Mistake:
    """dgamma or dbeta in one of these shapes, which are not that of gamma and beta."""

    def in_shape(part: str, shape: Shape) -> WrongAnswer:
        return lambda q, right: {part: OfShape(shape(q))}

    return Mistake(
        "not-summed",
        "dgamma and dbeta have the shape of gamma and beta, one number a channel: sum over everything else.",
        *(in_shape(part, shape) for part in ("dgamma", "dbeta") for shape in shapes),
    )


def weighted(*weights: Weights) -> Iterator[WrongAnswer]:
    """dx with the terms through the mean and through the variance weighted in each of these ways."""

    def with_weights(weight: Weights) -> WrongAnswer:
        return lambda q, right: ways(q, *weight(q))

    return (with_weights(weight) for weight in weights)


# shapes of dgamma and dbeta that are summed over nothing, and over everything but with the axes kept
UNSUMMED: tuple[Shape, ...] = (lambda q: q["x"].shape, lambda q: (1, q["x"].shape[1], *[1] * (q["x"].ndim - 2)))
THROUGH_STATISTICS = (
    Mistake(
        "statistics-taken-as-constants",
        "dx leaves out the ways through the mean and through the variance: a number of x also moves both of them, "
        "and with them every other row.",
        lambda q, right: ways(q, mean=0, var=0),
    ),
    Mistake(
        "mean-gradient-missing",
        "dx leaves out the way through the mean: a number of x also moves the mean, and with it every row.",
        lambda q, right: ways(q, mean=0),
    ),
    Mistake(
        "variance-gradient-missing",
        "dx leaves out the way through the variance: a number of x also moves the variance, and with it every row.",
        lambda q, right: ways(q, var=0),
    ),
    Mistake(
        "sums-not-averaged",
        "In dx a sum over the batch lacks its 1/N: mean and variance are averages, so each number has 1/N of them.",
        *weighted(lambda q: (count(q), 1), lambda q: (1, count(q)), lambda q: (count(q), count(q))),
    ),
    Mistake(
        "sign-of-a-way",
        "In dx a way through the statistics has the wrong sign: x − mean falls when the mean rises, and x̂ shrinks when "
        "the variance grows.",
        *weighted(lambda q: (-1, 1), lambda q: (1, -1), lambda q: (-1, -1)),
    ),
    Mistake(
        "factor-two-in-variance",
        "In dx the way through the variance is off by a factor 2: the square brings a 2, the root a ½.",
        *weighted(lambda q: (1, 0.5), lambda q: (1, 2), lambda q: (1, 4)),
    ),
    Mistake(
        "unbiased-variance",
        "The way through the variance has 1/(N − 1); the variance here is the biased one, 1/N.",
        lambda q, right: ways(q, var=count(q) / (count(q) - 1)),
    ),
    Mistake(
        "training-formula-at-test-time",
        "At test time mean and variance are constants, and nothing flows back through them: dx is dout times one "
        "number for each channel, and x̂ is that of the running values.",
        lambda q, right: {} if in_training(q) else {"dx": gradients(q, training=True)["dx"]},
        lambda q, right: {} if in_training(q) else {"dgamma": gradients(q, training=True)["dgamma"]},
        lambda q, right: {} if in_training(q) else {"dx": gradients(q, through=("mean", "var"))["dx"]},
    ),
    Mistake(
        "eps-forgotten",
        "The way back leaves out eps: divide by √(var + eps), as on the way there.",
        lambda q, right: {"dx": finite(gradients(q, eps=0.0)["dx"])},
    ),
    Mistake(
        "eps-hard-coded",
        "The way back uses an eps of its own: the one that was passed must be in the cache.",
        lambda q, right: {"dx": gradients(q, eps=EPS)["dx"]},
    ),
)
PLAIN_WAYS = (
    Mistake(
        "gamma-forgotten",
        "dx lacks the factor gamma: out = gamma · x̂ + beta, so dx̂ = dout · gamma.",
        lambda q, right: {"dx": gradients(q, gamma=np.ones_like(q["gamma"]))["dx"]},
    ),
    Mistake(
        "gamma-twice",
        "dx has the factor gamma twice.",
        lambda q, right: {"dx": gradients(q, gamma=q["gamma"] ** 2)["dx"]},
    ),
    Mistake(
        "divided-by-variance",
        "dx is divided by the variance, or once too often by its root: the local gradient of x̂ is 1/√(var + eps).",
        lambda q, right: {"dx": right["dx"] / deviation(q)},
    ),
    Mistake(
        "not-divided",
        "dx is not divided by the standard deviation: the local gradient of x̂ is 1/√(var + eps).",
        lambda q, right: {"dx": right["dx"] * deviation(q)},
    ),
    Mistake(
        "multiplied-by-deviation",
        "dx is multiplied by the standard deviation; the local gradient of x̂ is 1/√(var + eps).",
        lambda q, right: {"dx": right["dx"] * deviation(q) ** 2},
    ),
    Mistake(
        "dx-averaged",
        "dx is divided by N once too often: the 1/N belongs to the ways through mean and variance alone.",
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
        "dgamma multiplies dout with x; gamma stands before x̂, so the local gradient is x̂.",
        lambda q, right: {"dgamma": summed(q, q["dout"] * q["x"])},
        lambda q, right: {"dgamma": right["dgamma"] * deviation(q).ravel()},
    ),
    Mistake(
        "dgamma-times-gamma",
        "dgamma has a factor gamma; out = gamma · x̂ + beta is linear in gamma, so it has none.",
        lambda q, right: {"dgamma": right["dgamma"] * q["gamma"]},
    ),
    Mistake(
        "dbeta-times-gamma",
        "dbeta has a factor gamma; beta is only added, so its local gradient is 1.",
        lambda q, right: {"dbeta": right["dbeta"] * q["gamma"]},
    ),
    Mistake(
        "averaged",
        "dgamma or dbeta is averaged over the batch; every row adds its share, so it is a sum.",
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
    Mistake("cache-changed", SAYS["cache-changed"]),
    Mistake("forward-wrong", SAYS["forward-wrong"]),
)
