"""Estimate from a few runs the accuracy that a right solution falls below only once in ONCE_IN runs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from scipy import stats

ONCE_IN = 10_000


def tail(values: np.ndarray) -> float:
    """The value that a further draw falls below once in ONCE_IN, for draws (n,) from a normal distribution.

    This is the one-sided prediction limit mean + t(1/ONCE_IN, n − 1) · s · √(1 + 1/n), with Student's t.
    """
    n, deviation = len(values), float(values.std(ddof=1))
    return float(values.mean() + stats.t.ppf(1 / ONCE_IN, n - 1) * deviation * np.sqrt(1 + 1 / n))


def least_accuracy(shares: np.ndarray, count: int) -> float:
    """The accuracy that a run falls below once in ONCE_IN, if log(errors + 1/2) is normally distributed.

    Args:
        shares: (n,) accuracies from 0 to 1, one for each run.
        count: number of images in the test set.
    """
    errors = np.exp(-tail(-np.log((1 - shares) * count + 0.5))) - 0.5
    return float(1 - errors / count)


def least_mean_accuracy(shares: np.ndarray, count: int, runs: int) -> float:
    """The mean accuracy of several runs that is missed once in ONCE_IN, if the errors are negative binomial.

    This suits few errors. To be safe, the mean number of errors is taken as the upper end of its 95 % confidence
    interval, and the variance as at least that of a Poisson distribution.

    Args:
        shares: (n,) accuracies from 0 to 1, one for each run.
        count: number of images in the test set.
        runs: number of runs whose mean is taken.
    """
    errors = (1 - shares) * count
    mean, variance = errors.mean(), errors.var(ddof=1)
    highest = mean + stats.t.ppf(0.95, len(errors) - 1) * np.sqrt(variance / len(errors))
    dispersion = max(1.0001, variance / mean)  # 1 for a Poisson distribution
    most = stats.nbinom.isf(1 / ONCE_IN, runs * highest / (dispersion - 1), 1 / dispersion) + 1
    return float(1 - most / (runs * count))


def summary(runs: Mapping[str, Sequence[float]], least: Callable[[np.ndarray], float]) -> dict[str, Any]:
    """Statistics of each right answer's runs, and the threshold: the lowest limit, rounded down to a whole percent.

    Args:
        runs: label of the answer → accuracies.
        least: from accuracies to the limit that is missed once in ONCE_IN.
    """
    right = {
        label: {
            "seeds": len(shares),
            "mean": round(float(np.mean(shares)), 4),
            "least": min(shares),
            f"once in {ONCE_IN}": round(least(np.array(shares)), 4),
        }
        for label, shares in runs.items()
    }
    threshold = np.floor(100 * min(row[f"once in {ONCE_IN}"] for row in right.values())) / 100
    return {"threshold": float(threshold), "right": right}
