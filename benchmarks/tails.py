"""What a few runs tell of the rare bad one: the accuracy that a right solution falls below once in ONCE_IN."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from scipy import stats

ONCE_IN = 10_000


def tail(values: np.ndarray) -> float:
    """The value below which one draw in ONCE_IN falls, by the normal distribution these values seem to come from."""
    n, spread = len(values), float(values.std(ddof=1))
    return float(values.mean() + stats.t.ppf(1 / ONCE_IN, n - 1) * spread * np.sqrt(1 + 1 / n))


def least_accuracy(shares: np.ndarray, count: int) -> float:
    """The accuracy below which one run in ONCE_IN falls: the errors are log-normal, more or less."""
    errors = np.exp(-tail(-np.log((1 - shares) * count + 0.5))) - 0.5
    return float(1 - errors / count)


def least_mean_accuracy(shares: np.ndarray, count: int, runs: int) -> float:
    """The same for the mean of some runs, where errors are few: they are negative binomial, more or less.

    Their spread is at least that of chance, and their mean the highest that their number leaves likely (95 %).
    """
    errors = (1 - shares) * count
    mean, variance = errors.mean(), errors.var(ddof=1)
    highest = mean + stats.t.ppf(0.95, len(errors) - 1) * np.sqrt(variance / len(errors))
    spread = max(1.0001, variance / mean)  # 1 is that of a Poisson distribution
    most = stats.nbinom.isf(1 / ONCE_IN, runs * highest / (spread - 1), 1 / spread) + 1
    return float(1 - most / (runs * count))


def summary(runs: Mapping[str, Sequence[float]], least: Callable[[np.ndarray], float]) -> dict[str, Any]:
    """The distributions in numbers, and the threshold: the lowest that they allow, rounded down to a whole percent."""
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
