"""The learning rates of the optimizer's steps, by which a schedule is judged."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from autograder.guest.plain_data import Inputs
from autograder.judging.case import Finding

ENDS_BELOW = 0.2  # of the highest rate, at the last step
PEAK = (0.5, 1.01)  # of lr, for the highest rate: with few steps it may be next to the peak


def judge_rates(settings: Inputs, rates: list[float]) -> Iterator[Finding]:
    """Whether the rates rise to lr and end near 0; settings: lr and epochs."""
    lr, highest, last = settings["lr"], max(rates), rates[-1]
    listed = ", ".join(f"{rate:.3g}" for rate in rates)
    text = f"lr was {lr:g}, and the {len(rates)} steps were taken with the learning rates {listed}."
    if highest - min(rates) < 0.01 * highest:
        yield Finding(text, ("no-schedule" if np.isclose(highest, lr) else "schedule-not-stepped",))
    elif last > ENDS_BELOW * highest:
        by_epoch = _changes_by_epoch(settings["epochs"], rates)
        yield Finding(text, ("schedule-by-epoch" if by_epoch else "schedule-ends-high",))
    elif not PEAK[0] * lr <= highest <= PEAK[1] * lr:
        yield Finding(text, ("lr-ignored",))


def _changes_by_epoch(epochs: int, rates: list[float]) -> bool:
    """Whether the rate changes between epochs only."""
    each = len(rates) // epochs
    return all(abs(rates[k] - rates[k - 1]) < 1e-12 for k in range(1, len(rates)) if k % each)
