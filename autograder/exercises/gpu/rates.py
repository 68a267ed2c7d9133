"""What a learning-rate schedule looks like from outside: the rates that the optimizer's steps were taken with."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from autograder.guest.plain_data import Inputs
from autograder.judging.exercise import Finding

ENDS_BELOW = 0.2  # of the highest rate, at the last step
PEAK = (0.5, 1.01)  # of lr: with few steps the highest one may lie beside the peak


def judge_rates(sizes: Inputs, rates: list[float]) -> Iterator[Finding]:
    """It goes up to lr, and ends near 0."""
    lr, highest, last = sizes["lr"], max(rates), rates[-1]
    said = ", ".join(f"{rate:.3g}" for rate in rates)
    text = f"lr was {lr:g}, and the {len(rates)} steps were taken with the learning rates {said}."
    if highest - min(rates) < 0.01 * highest:
        yield Finding(text, ("no-schedule" if np.isclose(highest, lr) else "schedule-not-stepped",))
    elif last > ENDS_BELOW * highest:
        # twelve steps can look as if they were in one epoch out of many
        yield Finding(text, ("schedule-by-epoch" if _by_epoch(sizes, rates) else "schedule-ends-high",))
    elif not PEAK[0] * lr <= highest <= PEAK[1] * lr:
        yield Finding(text, ("lr-ignored",))


def _by_epoch(sizes: Inputs, rates: list[float]) -> bool:
    """Whether the rate changes between epochs only."""
    each = len(rates) // sizes["epochs"]
    return all(abs(rates[k] - rates[k - 1]) < 1e-12 for k in range(1, len(rates)) if k % each)
