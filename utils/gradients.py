"""Compare gradients from a backward pass with numerical ones, and show where they differ most."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

Gradients = ArrayLike | Sequence[ArrayLike] | Mapping[str, ArrayLike]

# below this size a numerical gradient is mostly rounding error, which is no reason to worry
FLOOR = 1e-4


class Worst(NamedTuple):
    """The element at which two gradients differ most."""

    place: tuple[int, ...]
    analytic: float
    numeric: float
    error: float


def relative_error(analytic: ArrayLike, numeric: ArrayLike, floor: float = FLOOR) -> NDArray[np.float64]:
    """Element by element |a − n| / max(|a|, |n|, floor), in float64; infinite where either is not finite.

    Raises:
        ValueError: if the shapes differ.
    """
    a, n = np.asarray(analytic, dtype=np.float64), np.asarray(numeric, dtype=np.float64)
    if a.shape != n.shape:
        raise ValueError(f"the analytic gradient has shape {a.shape}, the numerical one {n.shape}.")
    with np.errstate(invalid="ignore"):
        error = np.abs(a - n) / np.maximum(np.maximum(np.abs(a), np.abs(n)), floor)
    return np.where(np.isfinite(a) & np.isfinite(n), error, np.inf)


def worst_element(analytic: ArrayLike, numeric: ArrayLike) -> Worst:
    """Find where two gradients of the same shape differ most; error 0 at place () if they are empty."""
    error = relative_error(analytic, numeric)
    if error.size == 0:
        return Worst((), 0.0, 0.0, 0.0)
    index = tuple(int(i) for i in np.unravel_index(np.argmax(error), error.shape))
    return Worst(
        index,
        float(np.asarray(analytic, dtype=np.float64)[index]),
        float(np.asarray(numeric, dtype=np.float64)[index]),
        float(error[index]),
    )


def compare_gradients(
    analytic: Gradients, numeric: Gradients, names: Sequence[str] | None = None, tolerance: float = 1e-5
) -> None:
    """Print a line per gradient: its worst relative error, where that is, and both values there.

    Args:
        analytic: from the backward pass: one array, several in a tuple or list, or a dict by name.
        numeric: the same from central differences, in float64; each of the shape of its partner.
        names: of one or several arrays; a dict brings its own.
        tolerance: the largest relative error (see `relative_error`) that counts as agreement.

    Raises:
        ValueError: if the two sides do not hold gradients of the same names, or the same number of them.
    """
    left, right = _by_name(analytic, names), _by_name(numeric, names)
    if left.keys() != right.keys():
        raise ValueError(f"the analytic gradients are {', '.join(left)}, the numerical ones {', '.join(right)}.")
    rows: list[tuple[str, ...]] = [("gradient", "shape", "worst error", "at", "analytic", "numerical", "")]
    rows += [_row(name, left[name], right[name], tolerance) for name in left]
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    for row in rows:
        print("  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip())
    coarse = [name for name in left if np.float32 in (left[name].dtype, right[name].dtype)]
    if coarse:
        print(f"{', '.join(coarse)}: float32 keeps 7 digits, too few for a gradient check; use float64.")


def _row(name: str, analytic: NDArray[np.generic], numeric: NDArray[np.generic], tolerance: float) -> tuple[str, ...]:
    if analytic.shape != numeric.shape:
        return (
            name,
            str(analytic.shape),
            "",
            "",
            "",
            "",
            f"differs: the numerical one has shape {numeric.shape}",
        )
    worst = worst_element(analytic, numeric)
    place = str(list(worst.place)) if worst.place else "–"
    verdict = "agrees" if worst.error <= tolerance else "differs"
    values = f"{worst.analytic:+.8g}", f"{worst.numeric:+.8g}"
    return name, str(analytic.shape), f"{worst.error:.1e}", place, *values, verdict


def _by_name(gradients: Gradients, names: Sequence[str] | None) -> dict[str, NDArray[np.generic]]:
    if isinstance(gradients, Mapping):
        return {name: np.asarray(gradient) for name, gradient in gradients.items()}
    several = gradients if isinstance(gradients, (tuple, list)) else [gradients]
    names = names or [f"gradient {i}" for i in range(len(several))]
    if len(names) != len(several):
        raise ValueError(f"{len(several)} gradients and {len(names)} names ({', '.join(names)}): give one each.")
    return {name: np.asarray(gradient) for name, gradient in zip(names, several, strict=True)}
