"""Compare gradients from a backward pass with numerical ones, and show where they differ most."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

Gradients = ArrayLike | Sequence[ArrayLike] | Mapping[str, ArrayLike]

# of a function of arrays: (f, x, dout, h) → the gradient of sum(f(x) · dout), by central differences
NumericalGradient = Callable[[Callable[[Any], Any], Any, Any, float], Any]

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
    _print_table(left, right, tolerance, {})


def check_gradients(
    forward: Callable[..., Any],
    backward: Callable[[Any, Any], Any],
    inputs: Mapping[str, ArrayLike],
    numerical_gradient: NumericalGradient,
    h: float = 1e-5,
    tolerance: float = 1e-5,
    seed: int = 0,
    title: str = "",
) -> None:
    """Hold a backward pass against central differences of its forward pass, and print a line per input.

    The upstream gradient is random: with ones, a backward pass that mixes its outputs up could go unseen. Where an
    element differs and the slopes to its two sides differ too (a maximum with a tie, a ReLU at 0), any value between
    the two is a gradient of sorts: such elements are counted, said and left out.

        check_gradients(relu_forward, relu_backward, {"x": x}, numerical_gradient)
        check_gradients(lambda x, w, b: conv_forward(x, w, b, 2, 1), conv_backward, {"x": x, "w": w, "b": b}, …)

    Args:
        forward: called with the inputs, in their order; returns (out, cache). It must not update them in place.
        backward: called with (dout, cache); returns the gradient of every input, in order; of one input it may be
            the array itself.
        inputs: name → array; taken in float64. Their gradients are called `d` + name.
        numerical_gradient: the function of notebook 01, `(f, x, dout, h)`. It is an argument because the reader has
            written one that is trusted by now; a second one here would give the exercise away.
        h: how far each element is moved.
        tolerance: the largest relative error (see `relative_error`) that counts as agreement.
        seed: of the upstream gradient.
        title: a line to print above.

    Raises:
        ValueError: if backward returns more or fewer gradients than there are inputs.
    """
    given = {name: np.array(value, dtype=np.float64) for name, value in inputs.items()}
    out, cache = forward(*given.values())
    dout = np.random.default_rng(seed).standard_normal(np.shape(out))
    found = backward(dout, cache)
    analytic = _by_name(found, [f"d{name}" for name in given])
    numeric: dict[str, NDArray[Any]] = {}
    notes: dict[str, str] = {}
    for name, x in given.items():

        def f(value: NDArray[Any], name: str = name) -> Any:
            return forward(*(given | {name: value}).values())[0]

        mine, measured = analytic[f"d{name}"], np.asarray(numerical_gradient(f, x.copy(), dout, h))
        numeric[f"d{name}"] = measured
        if mine.shape != measured.shape:
            continue
        kinks = _kinks(f, x, dout, mine, relative_error(mine, measured) > tolerance, numerical_gradient, h)
        if kinks.any():
            analytic[f"d{name}"] = np.where(kinks, measured, mine)
            count = int(kinks.sum())
            verb = "sits on a kink and was" if count == 1 else "sit on a kink and were"
            notes[f"d{name}"] = f"; {count} of {kinks.size} elements {verb} left out"
    if title:
        print(title)
    _print_table(analytic, numeric, tolerance, notes)


def _kinks(
    f: Callable[[NDArray[Any]], Any],
    x: NDArray[Any],
    dout: NDArray[Any],
    analytic: NDArray[Any],
    doubtful: NDArray[np.bool_],
    numerical_gradient: NumericalGradient,
    h: float,
) -> NDArray[np.bool_]:
    """Which doubtful elements of x have different slopes to their two sides, and a gradient that lies between them."""

    def one_side(bound: Callable[[NDArray[Any], float], NDArray[Any]], step: float) -> NDArray[Any]:
        def moved(way: NDArray[Any]) -> Any:
            place = x.copy()
            place[doubtful] += bound(way, 0.0)
            return f(place)

        # one of the two steps of the central difference is held back, so it comes out half as large
        return 2 * np.asarray(numerical_gradient(moved, np.zeros(int(doubtful.sum())), dout, step))

    kinked = np.zeros(x.shape, dtype=bool)
    if doubtful.any():
        near, far = (
            (one_side(np.maximum, step), one_side(np.minimum, step))  # slopes to the right and to the left
            for step in (h, 10 * h)
        )
        jump, middle = np.abs(near[0] - near[1]), (near[0] + near[1]) / 2
        clear = jump > 1e-3 * np.maximum(np.maximum(*np.abs(near)), FLOOR)
        between = np.abs(analytic[doubtful] - middle) < 0.501 * jump
        # where a curve merely bends, the difference grows with the step
        kinked[doubtful] = clear & between & (np.abs(far[0] - far[1]) < 5 * jump)
    return kinked


def _print_table(
    left: Mapping[str, NDArray[Any]], right: Mapping[str, NDArray[Any]], tolerance: float, notes: Mapping[str, str]
) -> None:
    rows: list[tuple[str, ...]] = [("gradient", "shape", "worst error", "at", "analytic", "numerical", "")]
    rows += [_row(name, left[name], right[name], tolerance, notes.get(name, "")) for name in left]
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    for row in rows:
        print("  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip())
    coarse = [name for name in left if np.float32 in (left[name].dtype, right[name].dtype)]
    if coarse:
        print(f"{', '.join(coarse)}: float32 keeps 7 digits, too few for a gradient check; use float64.")


def _row(name: str, analytic: NDArray[Any], numeric: NDArray[Any], tolerance: float, note: str) -> tuple[str, ...]:
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
    return name, str(analytic.shape), f"{worst.error:.1e}", place, *values, verdict + note


def _by_name(gradients: Gradients, names: Sequence[str] | None) -> dict[str, NDArray[Any]]:
    if isinstance(gradients, Mapping):
        return {name: np.asarray(gradient) for name, gradient in gradients.items()}
    several = gradients if isinstance(gradients, (tuple, list)) else [gradients]
    names = names or [f"gradient {i}" for i in range(len(several))]
    if len(names) != len(several):
        raise ValueError(f"{len(several)} gradients and {len(names)} names ({', '.join(names)}): give one each.")
    return {name: np.asarray(gradient) for name, gradient in zip(names, several, strict=True)}
