"""The numbers of the inputs that one number of the right answer is made of, such as the window of a convolution.

They are found by changing the inputs a slice at a time: what the number does not depend on leaves it as it was.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from autograder.guest.plain_data import Inputs, PlainData

Number = Callable[[Inputs], Any]  # inputs → the number of the right answer, of which the parts are wanted
Moves = tuple[float, float]  # of the first and the last number of a slice, in multiples of a large number
Path = tuple[Any, ...]  # where an array is in the inputs: the name of an input, then indices and keys in it

EVALUATIONS_AT_MOST = 800  # of the right answer
SHOWN_AT_MOST = 40  # numbers of all pieces together


def made_of(
    number: Number, inputs: Inputs, fields: Mapping[str, Sequence[str]], shown_at_most: int = SHOWN_AT_MOST
) -> list[tuple[str, np.ndarray | None]]:
    """(name, values) of each piece of an input that the number depends on; None for the values of a large piece.

    Args:
        fields: input that is a tuple → names of its items.
    """
    arrays = list(_arrays(inputs))
    if not arrays or 4 * sum(sum(array.shape) for _, array in arrays) > EVALUATIONS_AT_MOST:
        return []
    changed = _Changed(number, inputs)
    pieces = []
    for path, array in arrays:
        # an axis of length 1 tells nothing, unless there is no other
        axes = [
            [k for k in range(n) if (n == 1 < array.size) or changed.by(path, axis, k)]
            for axis, n in enumerate(array.shape)
        ]
        if all(axes):
            pieces.append((_name(path, fields, _written(axes, array.shape)), _taken(array, axes)))
    small = sum(values.size for _, values in pieces) <= shown_at_most
    return [(name, values if small else None) for name, values in pieces]


class _Changed:
    """Whether a number changes with a slice of the inputs, near these inputs or near positive ones.

    Near positive ones, a gradient flows through a ReLU that is closed here.
    """

    def __init__(self, number: Number, inputs: Inputs) -> None:
        self.number = number
        self.bases = [(each, _value(number, each)) for each in (inputs, _positive(inputs))]

    def by(self, path: Path, axis: int, index: int) -> bool:
        """Whether it changes with slice `index` along `axis` of the array at `path`."""
        # (which inputs, how far the first and the last number move): either end the largest, for a maximum hides others
        tries = ((0, (1, 2)), (0, (-1, -2)), (0, (2, 1)), (1, (1, 2)))
        return any(
            not _equal(self.bases[k][1], _value(self.number, _replaced(self.bases[k][0], path, axis, index, moves)))
            for k, moves in tries
        )


def _value(number: Number, inputs: Inputs) -> Any:
    """The number for these inputs; None if there is none."""
    with contextlib.suppress(Exception), np.errstate(all="ignore"):
        return float(number(inputs))
    return None


def _equal(a: float | None, b: float | None) -> bool:
    if a is None or b is None:
        return True  # nothing is known
    return bool(np.isclose(a, b, rtol=1e-9, atol=0, equal_nan=True))


def _arrays(value: PlainData, path: Path = ()) -> Iterator[tuple[Path, np.ndarray]]:
    """Every array with at least one axis in the inputs, and where it is."""
    if isinstance(value, np.ndarray):
        if value.ndim and value.size:
            yield path, value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _arrays(item, (*path, key))
    elif isinstance(value, (tuple, list)):
        for k, item in enumerate(value):
            yield from _arrays(item, (*path, k))


def _positive(value: PlainData) -> PlainData:
    if isinstance(value, np.ndarray):
        return 1 + np.abs(value) if value.dtype.kind == "f" else value
    if isinstance(value, dict):
        return {key: _positive(item) for key, item in value.items()}
    if isinstance(value, (tuple, list)):
        return type(value)(_positive(item) for item in value)
    return value


def _replaced(value: PlainData, path: Path, axis: int, index: int, moves: Moves) -> PlainData:
    """The inputs with other numbers in one slice of the array at `path`: moved by these factors of a large number."""
    if not path:
        changed, where = value.copy(), (slice(None),) * axis + (index,)
        changed[where] = _others(value[where], value, moves)
        return changed
    key, *rest = path
    new = _replaced(value[key], tuple(rest), axis, index, moves)
    if isinstance(value, dict):
        return {**value, key: new}
    return type(value)(new if k == key else item for k, item in enumerate(value))


def _others(piece: np.ndarray, whole: np.ndarray, moves: Moves) -> np.ndarray:
    """Other numbers: far above or below all others, or other labels, where the numbers are labels."""
    if whole.dtype.kind != "f":
        return np.asarray((piece + 1) % (whole.max() + 1))
    far = 10 * (1 + np.abs(whole).max())
    return np.asarray(piece + far * np.linspace(moves[0], moves[-1], piece.size).reshape(piece.shape))


def _taken(array: np.ndarray, axes: list[list[int]]) -> np.ndarray:
    """The numbers at these indices of each axis, as indexing with `_written` gives them."""
    if not _written(axes, array.shape):
        return array
    return array[np.ix_(*axes)].reshape([len(at) for at in axes if len(at) > 1])


def _written(axes: list[list[int]], shape: tuple[int, ...]) -> str:
    """Indices as students write them, `[0, :, 2:5]`; empty for the whole array."""
    if all(len(at) == n for at, n in zip(axes, shape, strict=True)):
        return ""
    parts = [_along(at, n) for at, n in zip(axes, shape, strict=True)]
    while parts[-1] == ":":
        parts.pop()
    return f"[{', '.join(parts)}]"


def _along(at: list[int], size: int) -> str:
    if len(at) == size and size > 1:
        return ":"
    if len(at) == 1:
        return str(at[0])
    step = at[1] - at[0]
    if at == list(range(at[0], at[-1] + 1, step)):
        return f"{at[0]}:{at[-1] + 1}" + (f":{step}" if step > 1 else "")
    return str(at)


def _name(path: Path, fields: Mapping[str, Sequence[str]], index: str) -> str:
    """`x[0, :, 2:5]`, `w[1] in cache`, `params['W1'][:, 0]`."""
    name, *rest = path
    if rest and name in fields and isinstance(rest[0], int):
        return f"{fields[name][rest[0]]}{index} in {name}"
    return f"{name}{''.join(f'[{key!r}]' for key in rest)}{index}"
