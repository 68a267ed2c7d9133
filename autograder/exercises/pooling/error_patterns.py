"""05_pooling: by what a mistake is known that shows itself in an error of NumPy's."""

from __future__ import annotations

import numpy as np

from autograder.guest.response import Raised
from autograder.judging.oracle import Pair, pair

PAIR = "kernel and stride may be an int or a pair (height, width); yours takes only an int."


def swapped(size: Pair) -> Pair:
    """(width, height)."""
    return size[::-1] if isinstance(size, tuple) else size


def overlapping(kernel: Pair, stride: Pair) -> bool:
    """Whether neighbouring windows share numbers."""
    return any(s < k for k, s in zip(pair(kernel), pair(stride), strict=True))


def fills(x: np.ndarray, kernel: Pair, stride: Pair) -> bool:
    """Whether the windows lie side by side and leave nothing over."""
    whole = all(size % k == 0 for size, k in zip(x.shape[2:], pair(kernel), strict=True))
    return pair(kernel) == pair(stride) and whole


def outside(raised: Raised) -> bool:
    """A window or a place that lies outside of its array."""
    return empty_window(raised) or (raised.type == "IndexError" and "out of bounds" in raised.message)


def empty_window(raised: Raised) -> bool:
    """The largest of no numbers: the window lies outside of the image."""
    return raised.type == "ValueError" and any(word in raised.message for word in ("zero-size", "empty sequence"))


def cannot_reshape(raised: Raised) -> bool:
    """An image that is no whole number of blocks."""
    return raised.type == "AssertionError" or (
        raised.type == "ValueError" and any(word in raised.message for word in ("reshape", "divide", "divis"))
    )


def no_pair(raised: Raised, *sizes: object) -> bool:
    """A pair used as one number."""
    return any(isinstance(s, tuple) for s in sizes) and raised.type == "TypeError" and "NoneType" not in raised.message
