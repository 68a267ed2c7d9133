"""Compare the gradients of a backward pass with numerical ones and print where they differ most."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

Gradients = ArrayLike | Sequence[ArrayLike] | Mapping[str, ArrayLike]

# (f, x, dout, h) → the gradient of sum(f(x) · dout) with respect to x, by central differences of width 2h
NumericalGradient = Callable[[Callable[[Any], Any], Any, Any, float], Any]

# gradients below this are compared absolutely: a numerical gradient as small is mostly rounding error
FLOOR = 1e-4


class Worst(NamedTuple):
    """The element at which two gradients differ most."""

    place: tuple[int, ...]  # its index; () for a scalar or an empty array
    analytic: float  # from the backward pass
    numeric: float  # from central differences
    error: float  # relative, see relative_error


def relative_error(analytic: ArrayLike, numeric: ArrayLike, floor: float = FLOOR) -> NDArray[np.float64]:
    """Elementwise |a − n| / max(|a|, |n|, floor) in float64, in the shape of both; inf where either is not finite.

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
    """Find the element at which two gradients of the same shape differ most; error 0 at place () if they are empty."""
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
    """Print one line for each gradient: its largest relative error, where that is, and both values there.

    Args:
        analytic: from the backward pass: one array, a tuple or list of arrays, or a dict name → array.
        numeric: from central differences, in float64, in the same form and shapes.
        names: one for each array; not needed for a dict.
        tolerance: the largest relative error (see `relative_error`) that counts as agreement.

    Raises:
        ValueError: if the names, or the numbers of gradients, of the two sides differ.
    """
    ours, reference = _by_name(analytic, names), _by_name(numeric, names)
    if ours.keys() != reference.keys():
        raise ValueError(f"the analytic gradients are {', '.join(ours)}, the numerical ones {', '.join(reference)}.")
    _print_table(ours, reference, tolerance, {})


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
    """Compare a backward pass with central differences of its forward pass, and print one line for each input.

    The upstream gradient is random: with ones, a backward pass that permutes the outputs could go unnoticed. Where the
    function has a kink (a maximum with a tie, a ReLU at 0), every value between its one-sided slopes is a subgradient:
    elements that differ there are left out, and their number is printed.

        check_gradients(relu_forward, relu_backward, {"x": x}, numerical_gradient)
        check_gradients(lambda x, w, b: conv_forward(x, w, b, 2, 1), conv_backward, {"x": x, "w": w, "b": b}, …)

    Args:
        forward: called with the inputs, in their order; returns (out, cache). It must not update them in place.
        backward: called with (dout, cache); returns the gradients of the inputs, in their order, or one array if there
            is one input.
        inputs: name → array, converted to float64. The gradient of `x` is called `dx`.
        numerical_gradient: the function of notebook 01, `(f, x, dout, h)`. It is an argument because the student has
            written one; another one here would give away that exercise.
        h: step of the central differences.
        tolerance: the largest relative error (see `relative_error`) that counts as agreement.
        seed: of the upstream gradient.
        title: printed above the table.

    Raises:
        ValueError: if backward returns more or fewer gradients than there are inputs.
    """
    arrays = {name: np.array(value, dtype=np.float64) for name, value in inputs.items()}
    out, cache = forward(*arrays.values())
    dout = np.random.default_rng(seed).standard_normal(np.shape(out))
    analytic = _by_name(backward(dout, cache), [f"d{name}" for name in arrays])
    numeric: dict[str, NDArray[Any]] = {}
    notes: dict[str, str] = {}
    for name, x in arrays.items():

        def f(value: NDArray[Any], name: str = name) -> Any:
            return forward(*(arrays | {name: value}).values())[0]

        ours, reference = analytic[f"d{name}"], np.asarray(numerical_gradient(f, x.copy(), dout, h))
        numeric[f"d{name}"] = reference
        if ours.shape != reference.shape:
            continue
        kinks = _kinks(f, x, dout, ours, relative_error(ours, reference) > tolerance, numerical_gradient, h)
        if kinks.any():
            analytic[f"d{name}"] = np.where(kinks, reference, ours)
            count = int(kinks.sum())
            verb = "lies on a kink and was" if count == 1 else "lie on a kink and were"
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
    """Which doubtful elements of x lie on a kink: the one-sided slopes differ, and the gradient is between them."""

    def one_sided(bound: Callable[[NDArray[Any], float], NDArray[Any]], step: float) -> NDArray[Any]:
        def f_of_offset(offset: NDArray[Any]) -> Any:
            moved = x.copy()
            moved[doubtful] += bound(offset, 0.0)
            return f(moved)

        # `bound` cancels one of the two steps of the central difference, which makes it half the one-sided slope
        return 2 * np.asarray(numerical_gradient(f_of_offset, np.zeros(int(doubtful.sum())), dout, step))

    kinked = np.zeros(x.shape, dtype=bool)
    if doubtful.any():
        near, far = (
            (one_sided(np.maximum, step), one_sided(np.minimum, step))  # slopes on the right and on the left
            for step in (h, 10 * h)
        )
        jump, middle = np.abs(near[0] - near[1]), (near[0] + near[1]) / 2
        clear = jump > 1e-3 * np.maximum(np.maximum(*np.abs(near)), FLOOR)
        between = np.abs(analytic[doubtful] - middle) < 0.501 * jump
        # at a kink the jump does not depend on the step; where the function is smooth, it grows with the step
        kinked[doubtful] = clear & between & (np.abs(far[0] - far[1]) < 5 * jump)
    return kinked


def _print_table(
    analytic: Mapping[str, NDArray[Any]],
    numeric: Mapping[str, NDArray[Any]],
    tolerance: float,
    notes: Mapping[str, str],
) -> None:
    rows: list[tuple[str, ...]] = [("gradient", "shape", "worst error", "at", "analytic", "numerical", "")]
    rows += [_row(name, analytic[name], numeric[name], tolerance, notes.get(name, "")) for name in analytic]
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    for row in rows:
        print("  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip())
    single = [name for name in analytic if np.float32 in (analytic[name].dtype, numeric[name].dtype)]
    if single:
        print(f"{', '.join(single)}: float32 keeps 7 digits, too few for a gradient check; use float64.")


def _row(name: str, analytic: NDArray[Any], numeric: NDArray[Any], tolerance: float, note: str) -> tuple[str, ...]:
    if analytic.shape != numeric.shape:
        return name, str(analytic.shape), *[""] * 4, f"differs: the numerical one has shape {numeric.shape}"
    worst = worst_element(analytic, numeric)
    place = str(list(worst.place)) if worst.place else "–"
    verdict = "agrees" if worst.error <= tolerance else "differs"
    values = f"{worst.analytic:+.8g}", f"{worst.numeric:+.8g}"
    return name, str(analytic.shape), f"{worst.error:.1e}", place, *values, verdict + note


def _by_name(gradients: Gradients, names: Sequence[str] | None) -> dict[str, NDArray[Any]]:
    if isinstance(gradients, Mapping):
        return {name: np.asarray(gradient) for name, gradient in gradients.items()}
    arrays = gradients if isinstance(gradients, (tuple, list)) else [gradients]
    names = names or [f"gradient {i}" for i in range(len(arrays))]
    if len(names) != len(arrays):
        raise ValueError(f"{len(arrays)} gradients and {len(names)} names ({', '.join(names)}): give one each.")
    return {name: np.asarray(gradient) for name, gradient in zip(names, arrays, strict=True)}
