"""An accuracy as text."""

from __future__ import annotations

import math


def percent(accuracy: float, digits: int = 2) -> str:
    """A share from 0 to 1 in percent, rounded down: what is below a threshold never looks as if it reached it."""
    scale: int = 10**digits
    # 0.97 * 100 is a little less than 97
    return f"{math.floor(100 * scale * accuracy + 1e-6) / scale:.{digits}f}%"
