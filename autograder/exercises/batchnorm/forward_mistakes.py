"""06_batchnorm: known mistakes of the forward pass that rows of features and images have in common."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from autograder.exercises.batchnorm.arrays import (
    EPS,
    MOMENTUM,
    batch_moments,
    count,
    grouped,
    in_training,
    used_moments,
    with_moments,
)
from autograder.guest.plain_data import Inputs, PlainData
from autograder.guest.responders.batchnorm import RUNNING
from autograder.judging import oracle
from autograder.judging.mistake import Mistake, NotFinite, WrongAnswer, also_where

Parts = dict[str, PlainData]  # wrong values by part


def batchnorm(q: Inputs, **changed: Any) -> dict[str, np.ndarray]:
    """The right out and the new running_mean and running_var, or those for inputs of which some are changed."""
    return dict(zip(("out", *RUNNING), oracle.batchnorm(**(q | changed)), strict=True))


def each(answer: WrongAnswer) -> tuple[WrongAnswer, ...]:
    """A wrong answer split into two: it may be given in running_mean alone, in running_var alone, or in both."""

    def part(key: str) -> WrongAnswer:
        return lambda q, right: {k: v for k, v in answer(q, right).items() if k == key}

    return tuple(part(key) for key in RUNNING)


def is_view(q: Inputs) -> bool:
    """Whether the running arrays are views, of which np.ascontiguousarray makes copies."""
    return not q["running_mean"].flags.c_contiguous


def in_one_mode(answer: WrongAnswer) -> tuple[WrongAnswer, ...]:
    """A wrong answer in both modes, in training alone, and at test time alone."""
    return also_where(answer, in_training, lambda q: not in_training(q))


def running(q: Inputs, momentum: float) -> Parts:
    """The running values after this batch, with another momentum."""
    return {key: value for key, value in batchnorm(q, momentum=momentum).items() if key != "out"}


def only(condition: bool, answer: Mapping[str, Any]) -> Mapping[str, Any]:
    """The wrong answer if the condition holds; else none."""
    return answer if condition else {}


def unbiased(q: Inputs) -> np.ndarray:
    """The variance of the batch with 1/(N − 1), (C,); nan for N = 1."""
    with np.errstate(all="ignore"):
        return np.asarray(batch_moments(q)[1] * np.float64(count(q)) / (count(q) - 1))


def unbiased_running(q: Inputs, right: Any) -> PlainData:
    """The new running_var when the variance of the batch has 1/(N − 1)."""
    if count(q) == 1:
        return NotFinite()
    return right["running_var"] + q.get("momentum", MOMENTUM) * (unbiased(q) - batch_moments(q)[1])


def eps_outside(q: Inputs) -> PlainData:
    """out when eps is added to the standard deviation."""
    deviation = np.sqrt(used_moments(q)[1]) + q.get("eps", EPS)
    return with_moments(q, var=deviation**2, eps=0.0)


def deviation_kept(q: Inputs, right: Any, eps: float) -> Parts:
    """The new running_var when it averages the standard deviation, √(var + eps)."""
    var = batch_moments(q)[1]
    return {"running_var": right["running_var"] + q.get("momentum", MOMENTUM) * (np.sqrt(var + eps) - var)}


def normalized(q: Inputs) -> np.ndarray:
    """x̂: out with gamma 1 and beta 0."""
    return batchnorm(q, gamma=np.ones_like(q["gamma"]), beta=0 * q["beta"])["out"]


STATISTICS = (
    Mistake(
        "batch-statistics-at-test-time",
        "At test time the batch's own mean and variance are used; with training=False use running_mean and "
        "running_var, so that the result for an image does not depend on the other images.",
        lambda q, right: only(not in_training(q), {"out": batchnorm(q, training=True)["out"]}),
        lambda q, right: only(not in_training(q), {"out": with_moments(q, mean=batch_moments(q)[0])}),
        lambda q, right: only(not in_training(q), {"out": with_moments(q, var=batch_moments(q)[1])}),
    ),
    Mistake(
        "running-used-in-training",
        "In training, x is normalized with the running values; use the mean and variance of this batch.",
        lambda q, right: only(in_training(q), {"out": batchnorm(q, training=False)["out"]}),
        lambda q, right: only(
            in_training(q), {"out": with_moments(q, mean=right["running_mean"], var=right["running_var"])}
        ),
    ),
    Mistake(
        "mean-not-subtracted",
        "The mean is not subtracted: x̂ = (x − mean) / √(var + eps).",
        *in_one_mode(lambda q, right: {"out": with_moments(q, mean=0)}),
    ),
    Mistake(
        "divided-by-variance",
        "x − mean is divided by the variance; divide by its square root, the standard deviation.",
        *in_one_mode(
            lambda q, right: {"out": with_moments(q, var=(used_moments(q)[1] + q.get("eps", EPS)) ** 2, eps=0.0)}
        ),
    ),
    Mistake(
        "not-divided",
        "The mean is subtracted, but nothing is divided by the standard deviation.",
        *in_one_mode(lambda q, right: {"out": with_moments(q, var=1, eps=0.0)}),
    ),
    Mistake(
        "unbiased-variance",
        "The variance is divided by N − 1; here it must be the biased one, with 1/N (`ddof=0`), for the running value "
        "too.",
        lambda q, right: only(in_training(q), {"out": with_moments(q, var=unbiased(q))}),
        lambda q, right: only(in_training(q), {"running_var": unbiased_running(q, right)}),
    ),
    Mistake(
        "eps-outside-root",
        "eps is added to the standard deviation; it belongs under the root: √(var + eps).",
        *in_one_mode(lambda q, right: {"out": eps_outside(q)}),
    ),
    Mistake(
        "eps-forgotten",
        "eps is not used: where the variance is 0, yours divides by 0.",
        *in_one_mode(lambda q, right: {"out": with_moments(q, eps=0.0)}),
    ),
    Mistake(
        "eps-as-a-floor",
        "eps is used as a lower limit for the variance; it must always be added: √(var + eps).",
        lambda q, right: {"out": with_moments(q, var=np.maximum(used_moments(q)[1], q.get("eps", EPS)), eps=0.0)},
    ),
    Mistake(
        "eps-hard-coded",
        "The eps that was passed is not used.",
        lambda q, right: {"out": with_moments(q, eps=EPS)},
    ),
    Mistake(
        "gamma-forgotten",
        "gamma is not used: out = gamma · x̂ + beta, both in training and at test time.",
        *in_one_mode(lambda q, right: {"out": batchnorm(q, gamma=np.ones_like(q["gamma"]))["out"]}),
    ),
    Mistake(
        "beta-forgotten",
        "beta is not added: out = gamma · x̂ + beta, both in training and at test time.",
        *in_one_mode(lambda q, right: {"out": batchnorm(q, beta=0 * q["beta"])["out"]}),
    ),
    Mistake(
        "gamma-and-beta-forgotten",
        "This is x̂: neither gamma nor beta is used. out = gamma · x̂ + beta, both in training and at test time.",
        *in_one_mode(lambda q, right: {"out": normalized(q)}),
    ),
    Mistake(
        "gamma-and-beta-swapped",
        "gamma and beta are swapped: gamma multiplies, beta is added.",
        lambda q, right: {"out": batchnorm(q, gamma=q["beta"], beta=q["gamma"])["out"]},
    ),
    Mistake(
        "one-mean-for-all",
        "One mean and one variance are taken over the whole array; each channel must have its own.",
        lambda q, right: only(in_training(q), {"out": grouped(q, 1, 1, -1)}),
    ),
)
KEEPING = (
    Mistake(
        "momentum-swapped",
        "momentum is swapped: the old value must have the weight 1 − momentum, the batch's value the weight momentum.",
        *each(lambda q, right: only(in_training(q), running(q, 1 - q.get("momentum", MOMENTUM)))),
    ),
    Mistake(
        "running-overwritten",
        "The running values are replaced by those of the batch; they must move towards them by the fraction momentum.",
        *each(lambda q, right: only(in_training(q), running(q, 1.0))),
    ),
    Mistake(
        "running-not-updated",
        "running_mean and running_var are not changed in training. `running_mean = …` makes a new array that the "
        "caller never sees: change the one that was passed, in place.",
        *each(lambda q, right: only(in_training(q), {key: q[key] for key in RUNNING})),
        lambda q, right: only(in_training(q) and is_view(q), {key: q[key] for key in RUNNING}),
    ),
    Mistake(
        "running-not-updated-for-one",
        "A batch of one row changes running_mean and running_var too; its variance is 0.",
        *each(lambda q, right: only(in_training(q) and count(q) == 1, {key: q[key] for key in RUNNING})),
        lambda q, right: only(in_training(q) and count(q) == 1, {key: q[key] for key in RUNNING}),
    ),
    Mistake(
        "running-updated-at-test-time",
        "The running values change at test time; they must change only in training.",
        *each(lambda q, right: only(not in_training(q), running(q | {"training": True}, q.get("momentum", MOMENTUM)))),
    ),
    Mistake(
        "running-without-decay",
        "The batch's value is added, but the old value keeps its full weight: it must be multiplied by 1 − momentum.",
        *each(
            lambda q, right: only(
                in_training(q), {key: right[key] + q.get("momentum", MOMENTUM) * q[key] for key in RUNNING}
            )
        ),
    ),
    Mistake(
        "running-values-of-the-normalized",
        "The running values average the mean and variance of the normalized x̂, which are 0 and 1; use those of x.",
        *each(lambda q, right: only(in_training(q), running(q | {"x": normalized(q)}, q.get("momentum", MOMENTUM)))),
    ),
    Mistake(
        "momentum-hard-coded",
        "The momentum that was passed is not used.",
        *each(lambda q, right: only(in_training(q), running(q, MOMENTUM))),
    ),
    Mistake(
        "running-deviation",
        "running_var averages the standard deviation; it must average the variance.",
        lambda q, right: only(in_training(q), deviation_kept(q, right, 0.0)),
        lambda q, right: only(in_training(q), deviation_kept(q, right, q.get("eps", EPS))),
    ),
    Mistake(
        "eps-in-running-var",
        "running_var contains eps: average the variance itself, and add eps only under the root.",
        lambda q, right: only(
            in_training(q),
            {"running_var": right["running_var"] + q.get("momentum", MOMENTUM) * q.get("eps", EPS)},
        ),
    ),
    Mistake(
        "running-swapped",
        "running_mean and running_var are swapped.",
        lambda q, right: {"running_mean": right["running_var"], "running_var": right["running_mean"]},
    ),
)
