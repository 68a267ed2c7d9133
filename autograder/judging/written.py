"""Values as text on a card: small ones in full, with the digits in which they differ, large ones by their shapes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from autograder.guest.plain_data import PlainData
from autograder.judging.compare import kind_of, number, shape

NUMBERS_AT_MOST = 40  # of an array that is written in full
DIGITS, DIGITS_AT_MOST = 4, 17  # behind the point


def describe(value: PlainData) -> str:
    """A shape for an array, the value of anything small."""
    if isinstance(value, np.ndarray):
        return shape(value)
    if isinstance(value, dict):
        return ", ".join(f"{key} {describe(item)}" for key, item in value.items())
    if isinstance(value, (tuple, list)) and any(isinstance(item, (np.ndarray, tuple, list)) for item in value):
        return f"({', '.join(describe(item) for item in value)})"
    return repr(value)


def written(value: PlainData, names: Sequence[str] = (), digits: int = 0) -> str:
    """A value in full: an array of up to NUMBERS_AT_MOST numbers, a line for each item of a tuple with names.

    Args:
        digits: behind the point; by default as many as it takes to tell different numbers apart.
    """
    if isinstance(value, np.ndarray) and not value.ndim:
        return number(value.item())
    if isinstance(value, np.ndarray):
        if value.size > NUMBERS_AT_MOST:
            return f"array of shape {shape(value)}"
        value = value + 0.0 if value.dtype.kind == "f" else value  # without the sign of 0
        with np.printoptions(precision=digits or _digits_of(value), suppress=True, linewidth=90):
            return "\n".join(line for line in str(value).splitlines() if line.strip())
    if isinstance(value, tuple) and value:
        labels = names if len(names) == len(value) else [f"[{k}]" for k in range(len(value))]
        if any(isinstance(item, np.ndarray) for item in value):
            return "\n".join(_labelled(f"{label}: ", written(item)) for label, item in zip(labels, value, strict=True))
    if isinstance(value, float):
        return number(value)
    if isinstance(value, (tuple, list)) and not any(isinstance(item, np.ndarray) for item in value):
        return repr(value)
    return describe(value) if isinstance(value, (int, str, tuple, list, dict)) else kind_of(value)


def beside(expected: PlainData, got: PlainData, names: Sequence[str] = ()) -> tuple[str, str]:
    """Both values in full, with as many digits as it takes to tell them apart."""
    if isinstance(expected, np.ndarray) and isinstance(got, np.ndarray) and expected.shape == got.shape:
        if not expected.ndim:
            return number(float(expected), float(got)), number(float(got), float(expected))
        digits = _digits_apart(expected, got)
        return written(expected, digits=digits), written(got, digits=digits)
    if isinstance(expected, (float, np.floating)) and isinstance(got, (int, float, np.number)):
        return number(float(expected), float(got)), number(float(got), float(expected))
    return written(expected, names), written(got, names)


def nearly_equal(expected: PlainData, got: PlainData) -> bool:
    """Whether numbers that differ would be written alike with the usual digits."""
    if isinstance(expected, np.ndarray) and isinstance(got, np.ndarray) and expected.shape == got.shape:
        return _digits_apart(expected, got) > DIGITS
    numbers = isinstance(expected, (float, np.floating)) and isinstance(got, (int, float, np.number))
    return numbers and number(float(expected)) == number(float(got))


def indexed(name: str, index: tuple[int, ...]) -> str:
    """`out[0, 1]`; `out` itself if there is no index. In `w in cache`, the index belongs to w."""
    part, within, owner = name.partition(" in ")
    return f"{part}[{', '.join(map(str, index))}]{within}{owner}" if index else name


def _digits_apart(expected: np.ndarray, got: np.ndarray) -> int:
    """Digits behind the point with which different numbers are written differently, and one that is not 0 not as 0."""
    pairs = [(float(a), float(b)) for a, b in zip(expected.ravel(), got.ravel(), strict=True) if a != b]
    scale = max((abs(a - b) for a, b in pairs if np.isfinite(a) and np.isfinite(b)), default=1.0)
    pairs = [(a, b) for a, b in pairs if not abs(a - b) < 1e-6 * scale]  # rounding beside real differences
    pairs += [(a, 0.0) for pair in pairs for a in pair if abs(a) > 1e-12 * scale]
    for digits in range(DIGITS, DIGITS_AT_MOST):
        if all(f"{a:.{digits}f}" != f"{b:.{digits}f}" for a, b in pairs):
            return digits
    return DIGITS_AT_MOST


def _digits_of(array: np.ndarray) -> int:
    """Digits behind the point with which different numbers are written differently; rounding makes none different."""
    if array.dtype.kind != "f":
        return DIGITS
    different = {float(f"{value:.12g}") for value in array[np.isfinite(array)]}
    for digits in range(DIGITS, DIGITS_AT_MOST):
        if len({f"{value + 0.0:.{digits}f}" for value in different}) == len(different):
            return digits
    return DIGITS


def _labelled(label: str, text: str) -> str:
    """A text behind its label, all of its lines in one column."""
    return label + text.replace("\n", "\n" + " " * len(label))
