"""Compare an answer with the reference: the first difference, where the differences lie, and what they look like."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from autograder.guest.plain_data import PlainData, UnsupportedType
from autograder.judging.close import EXACT, NEARLY, Tolerance, all_close, close

FEW = 16  # numbers of an array of which it says little where the wrong ones lie


@dataclass(frozen=True)
class Mismatch:
    """One difference between an answer and the reference."""

    part: str  # of the answer, as "dx" or "w in cache"
    kind: str  # missing, type, no array, no number, shape, dtype, nan or value
    text: str  # the sentence for the student
    where: str = ""  # where the wrong numbers lie, in a sentence
    pattern: str = ""  # how the wrong numbers are related to the right ones, in a sentence
    wrong: np.ndarray | None = None  # mask of the wrong elements, for the picture
    axes: str = ""  # names of the axes of `wrong`, as "N C H W"

    @property
    def first(self) -> tuple[int, ...] | None:
        """The index of the first wrong element; None where numbers were not compared one by one."""
        return None if self.wrong is None else tuple(int(k) for k in np.argwhere(self.wrong)[0])


def same(expected: PlainData, got: PlainData, tolerance: Tolerance = EXACT) -> bool:
    """Whether two pieces of plain data agree in structure, shapes and values; dtypes do not count."""
    if isinstance(expected, np.ndarray):
        return isinstance(got, np.ndarray) and got.shape == expected.shape and all_close(expected, got, tolerance)
    if isinstance(expected, (tuple, list)):
        pairs = isinstance(got, (tuple, list)) and len(got) == len(expected)
        return pairs and all(same(a, b, tolerance) for a, b in zip(expected, got, strict=True))
    if isinstance(expected, dict):
        return (
            isinstance(got, dict)
            and got.keys() == expected.keys()
            and all(same(expected[k], got[k], tolerance) for k in got)
        )
    if isinstance(expected, float):
        # an int is not the float that a true division gives
        return type(got) is not int and not list(_number_differences("", expected, got, tolerance))
    return type(got) is type(expected) and got == expected


def shape(array: np.ndarray) -> str:
    """A shape as students write it: `(3, 1, 5, 5)`."""
    return str(tuple(int(n) for n in array.shape))


def kind_of(value: PlainData) -> str:
    """What a value is, in a few words."""
    if value is None:
        return "nothing (None)"
    if isinstance(value, UnsupportedType):
        return f"a {value.type}"
    if isinstance(value, np.ndarray):
        return f"an array of shape {shape(value)}"
    if isinstance(value, (tuple, list)):
        return f"a {type(value).__name__} of {len(value)}"
    if isinstance(value, dict):
        return f"a dict with keys {', '.join(value) or '(none)'}"
    article = "an" if isinstance(value, int) and not isinstance(value, bool) else "a"
    return f"{article} {type(value).__name__} ({value!r})"


def differences(
    part: str,
    expected: PlainData,
    got: PlainData,
    axes: Mapping[str, str] | None = None,
    fields: Mapping[str, Sequence[str]] | None = None,
    tolerance: Tolerance = EXACT,
) -> Iterator[Mismatch]:
    """Every mismatch between two pieces of plain data, outermost first.

    axes: part → its axes, as "N C H W"; fields: part that is a tuple → names of its items.
    """
    axes, fields = axes or {}, fields or {}

    def walk(part: str, expected: PlainData, got: PlainData) -> Iterator[Mismatch]:
        if isinstance(expected, (tuple, list)):
            if not isinstance(got, (tuple, list)) or len(got) != len(expected):
                meant = f"({', '.join(fields[part])})" if part in fields else f"{len(expected)} values"
                yield Mismatch(part, "type", f"{part} must be {meant}; yours is {kind_of(got)}.")
                return
            for k, (wanted, item) in enumerate(zip(expected, got, strict=True)):
                yield from walk(f"{fields[part][k]} in {part}" if part in fields else f"{part}[{k}]", wanted, item)
        elif isinstance(expected, dict):
            if not isinstance(got, dict):
                yield Mismatch(part, "type", f"{part} must be a dict; yours is {kind_of(got)}.")
                return
            if set(got) != set(expected):
                text = f"{part} must have the keys {', '.join(expected)}; yours has {', '.join(got) or 'none'}."
                yield Mismatch(part, "missing", text)
            for key in expected:
                if key in got:
                    yield from walk(f"{part}[{key!r}]", expected[key], got[key])
        elif isinstance(expected, np.ndarray):
            yield from _array_differences(part, expected, got, axes.get(part, ""), tolerance)
        elif isinstance(expected, float):
            yield from _number_differences(part, expected, got, tolerance)
        elif type(expected) is int and type(got) is float and got == expected:
            yield Mismatch(part, "dtype", f"{part} must be an int; yours is {kind_of(got)}.")
        elif type(got) is not type(expected) or got != expected:
            yield Mismatch(part, "value", f"{part}: expected {kind_of(expected)}, got {kind_of(got)}.")

    return walk(part, expected, got)


def _number_differences(part: str, expected: float, got: PlainData, tolerance: Tolerance) -> list[Mismatch]:
    if isinstance(got, np.ndarray) and got.ndim == 0:
        got = got.item()
    if type(got) not in (int, float):
        return [Mismatch(part, "no number", f"{part} must be a number; yours is {kind_of(got)}.")]
    if close(np.array(expected), np.array(float(got)), tolerance):
        return []
    return [
        Mismatch(
            part,
            "value" if np.isfinite(got) else "nan",
            f"{part}: expected {number(expected)}, got {number(got)}.",
        )
    ]


def _array_differences(
    part: str, expected: np.ndarray, got: PlainData, axes: str, tolerance: Tolerance
) -> list[Mismatch]:
    if not isinstance(got, np.ndarray):
        return [
            Mismatch(part, "no array", f"{part} must be an array of shape {shape(expected)}; yours is {kind_of(got)}.")
        ]
    if got.shape != expected.shape:
        named = f" ({', '.join(axes.split())})" if axes else ""
        text = f"{part} has shape {shape(got)}; expected {shape(expected)}{named}."
        return [Mismatch(part, "shape", text, pattern=reordered(expected, got, axes, tolerance))]
    right = close(expected, got, tolerance)
    if right.all():
        if got.dtype != expected.dtype:
            text = f"{part} has dtype {got.dtype}; the inputs have {expected.dtype}, so {part} must have it too."
            return [Mismatch(part, "dtype", text)]
        return []
    wrong = ~right
    index = tuple(int(k) for k in np.argwhere(wrong)[0])
    count = f"{wrong.sum()} of {wrong.size} numbers" if wrong.size > 1 else "The number"
    place = f"[{', '.join(map(str, index))}]" if index else ""
    bad = ~np.isfinite(got)
    kind = "nan" if bad.any() else "value"
    text = (
        f"{count} in {part} {'is' if wrong.size == 1 else 'are'} wrong; the first is {part}{place}: "
        f"expected {number(expected[index])}, got {number(got[index], beside=expected[index])}."
    )
    pattern = "" if bad.any() else pattern_of(expected, got, axes, tolerance)
    return [Mismatch(part, kind, text, where(wrong, axes), pattern, wrong, axes)]


def number(value: float, beside: float | None = None) -> str:
    """A number with six digits, or with as many as it takes to differ from the number beside it."""
    digits, value = 6, float(value) + 0.0  # without the sign of 0
    while beside is not None and digits < 17 and f"{value:.{digits}g}" == f"{float(beside):.{digits}g}":
        digits += 1
    return f"{value:.{digits}g}"


def where(wrong: np.ndarray, axes: str) -> str:
    """Where the wrong elements lie, in a sentence: on the border, or in which images, channels, rows.

    It is empty where that says nothing: for one element, whose index is known, and in an array of a few numbers.
    """
    if wrong.all() or wrong.sum() < 2 or wrong.size <= FEW:
        return ""
    names = axes.split() if axes else [f"axis {k}" for k in range(wrong.ndim)]
    limits = []
    for k, name in enumerate(names):
        others = tuple(a for a in range(wrong.ndim) if a != k)
        hit = wrong.any(axis=others)
        if 2 * hit.sum() > hit.size:  # most of them: says little
            continue
        at = [int(i) for i in np.flatnonzero(hit)]
        listed = ", ".join(map(str, at[:6])) + (" …" if len(at) > 6 else "")
        limits.append(f"{name} = {listed}")
    spatial = [k for k, name in enumerate(names) if name[0] in "HWL" or name == "D'"]
    if spatial and all(wrong.shape[k] > 3 for k in spatial):  # else the interior is one row or column
        inner = np.zeros_like(wrong)
        inner[tuple(slice(1, -1) if k in spatial else slice(None) for k in range(wrong.ndim))] = True
        if not wrong[inner].any():
            return "Only numbers on the border are wrong."
        if not wrong[~inner].any():
            return "Only numbers in the interior are wrong; the border is right."
    return f"Wrong only where {' and '.join(limits)}." if limits else ""


def pattern_of(expected: np.ndarray, got: np.ndarray, axes: str, tolerance: Tolerance) -> str:
    """A simple relation between an answer and the right one, in a sentence; empty if there is none."""
    if not np.any(got):
        return "All of your numbers are 0."
    if expected.size < 2:
        return ""

    def agree(changed: np.ndarray) -> bool:
        return all_close(expected, changed, tolerance)

    if all_close(expected, got, NEARLY):
        return "Your numbers agree in the first digits only: is part of the computation done in float32?"
    nonzero = np.abs(expected) > 1e-12
    if nonzero.sum() > 1 and np.all(np.abs(got[~nonzero]) < 1e-12):
        with np.errstate(all="ignore"):
            ratio = float(np.median(got[nonzero] / expected[nonzero]))
            fits = np.isfinite(ratio) and ratio != 0 and agree(got / ratio)
        if fits:
            if abs(ratio + 1) < 1e-6:
                return "Your numbers have the opposite sign everywhere."
            inverse = 1 / ratio
            shown = (
                f"1/{inverse:.6g}" if abs(inverse) > 1.5 and abs(inverse - round(inverse)) < 1e-4 else f"{ratio:.6g}"
            )
            return f"Your numbers are {shown} times the expected ones everywhere."
    shift = float(np.median(got - expected))
    if agree(got - shift):
        return f"Your numbers are off by {shift:+.6g} everywhere."
    names = axes.split() if axes else [f"axis {k}" for k in range(expected.ndim)]
    for size in range(1, expected.ndim + 1):
        for chosen in itertools.combinations(range(expected.ndim), size):
            if agree(np.flip(got, chosen)):
                return (
                    f"Your numbers are the right ones in reverse order along {' and '.join(names[k] for k in chosen)}."
                )
    return reordered(expected, got, axes, tolerance)


def reordered(expected: np.ndarray, got: np.ndarray, axes: str, tolerance: Tolerance) -> str:
    """A sentence if the numbers are right but the axes are in another order, or the shape is another; else empty."""
    if got.ndim == expected.ndim:
        names = axes.split() if axes else [f"axis {k}" for k in range(expected.ndim)]
        for order in itertools.permutations(range(expected.ndim)):
            if order == tuple(range(expected.ndim)):
                continue
            turned = np.transpose(expected, order)
            if turned.shape == got.shape and same(turned, got, tolerance):
                if expected.ndim == 2:
                    return "Your numbers are the right ones, transposed."
                return (
                    f"Your numbers are the right ones with the axes in the order {', '.join(names[k] for k in order)}."
                )
    if got.size == expected.size and got.shape != expected.shape and same(expected.ravel(), got.ravel(), tolerance):
        return "The numbers are right; only the shape is wrong."
    return ""
