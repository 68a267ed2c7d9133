"""When numbers agree: tolerances by dtype, and the comparison of two arrays."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Tolerance:
    """How far an answer may be off: |got − expected| ≤ relative · |expected| + absolute · max|expected|."""

    relative: float  # to each expected number
    absolute: float  # to the largest of them

    def times(self, factor: float) -> Tolerance:
        """The tolerance with both of its numbers multiplied by `factor`."""
        return Tolerance(factor * self.relative, factor * self.absolute)


# by the dtype of the inputs; adding up in another order changes results by far less
TOLERANCE = {"float64": Tolerance(1e-8, 1e-10), "float32": Tolerance(2e-4, 2e-5)}
EXACT = TOLERANCE["float64"]
NEARLY = Tolerance(1e-5, 1e-6)  # enough for numbers that were rounded to float32 on the way
SAMPLED = 1000  # numbers of a large array that are compared before all of them


def close(
    expected: np.ndarray, got: np.ndarray, tolerance: Tolerance = EXACT, scale: float | None = None
) -> np.ndarray:
    """Mask of the elements of `got` that agree with `expected`; integers must be equal.

    Where inf or nan is expected, either will do: which of them comes depends on how the same formula is written. A
    right answer holds none, unless it is worked out from what a student's network did.

    scale: that of the numbers, for the absolute tolerance; by default `scale_of(expected)`.
    """
    if expected.dtype.kind in "biu":
        return np.asarray(got == expected)
    scale = scale_of(expected) if scale is None else scale
    exact, given = expected.astype(np.float64, copy=False), got.astype(np.float64, copy=False)
    with np.errstate(all="ignore"):
        near = np.abs(given - exact) <= tolerance.relative * np.abs(exact) + tolerance.absolute * scale
    finite = np.isfinite(exact)
    return np.asarray(near if finite.all() else np.where(finite, near, ~np.isfinite(given)))


def scale_of(expected: np.ndarray) -> float:
    """The size of the largest finite number; 1 if all are 0."""
    sizes = np.abs(expected)
    largest = sizes.max(initial=0)
    return float(largest if np.isfinite(largest) else sizes[np.isfinite(sizes)].max(initial=0)) or 1.0


def all_close(expected: np.ndarray, got: np.ndarray, tolerance: Tolerance = EXACT) -> bool:
    """Whether arrays of one shape agree everywhere. Large ones that differ nearly always differ in a sample too."""
    step = expected.size // SAMPLED
    if step < 10:
        return bool(close(expected, got, tolerance).all())
    scale = scale_of(expected)
    sample = close(expected.flat[::step], got.flat[::step], tolerance, scale)
    return bool(sample.all() and close(expected, got, tolerance, scale).all())
