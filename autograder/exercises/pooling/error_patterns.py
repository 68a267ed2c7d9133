"""05_pooling: which mistake an error of NumPy points to."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from autograder.guest.response import Raised
from utils.sizes import Pair, pair

PAIR = (
    "A pair (height, width) is used where one number is needed: kernel and stride may each be an int or a pair, so "
    "make two numbers of each first."
)


def swapped(size: Pair) -> Pair:
    """A pair the other way round, (width, height); a number stays as it is."""
    return size[::-1] if isinstance(size, tuple) else size


def fills(x: np.ndarray, kernel: Pair, stride: Pair) -> bool:
    """Whether the windows lie side by side and cover the whole image."""
    whole = all(size % k == 0 for size, k in zip(x.shape[2:], pair(kernel), strict=True))
    return pair(kernel) == pair(stride) and whole


def leaves_image(image: Sequence[int], counts: Sequence[int], steps: Sequence[int]) -> bool:
    """Whether the last of these many windows begins beyond the image, in either axis."""
    return any((n - 1) * step >= size for size, n, step in zip(image, counts, steps, strict=True))


def empty_window(raised: Raised) -> bool:
    """Whether a maximum of no numbers is taken: the window lies outside the image."""
    return raised.type == "ValueError" and any(word in raised.message for word in ("zero-size", "empty sequence"))


def cannot_reshape(raised: Raised) -> bool:
    """Whether an image is reshaped into blocks that do not fit it."""
    return raised.type == "AssertionError" or (
        raised.type == "ValueError" and any(word in raised.message for word in ("reshape", "divide", "divis"))
    )
