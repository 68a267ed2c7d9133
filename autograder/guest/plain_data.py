"""Plain data: the values that cross between guest and host, how they are copied and how they are compared."""

from __future__ import annotations

from collections import OrderedDict, defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

# None, bool, int, float, str, numpy.ndarray, UnsupportedType, and tuples, lists and dicts of these
PlainData = Any
Layout = Literal["rows", "columns", "apart"]  # of an array in memory
Inputs = dict[str, Any]  # the arguments of one call, by name, in order
DEEPEST = 50  # lists inside lists


@dataclass(frozen=True)
class UnsupportedType:
    """Takes the place of a value whose type no check accepts, such as an object that claims to equal everything."""

    type: str  # qualified name of the value's type


def plain(value: object, depth: int = 0) -> PlainData:
    """Copy a value into plain data. Arrays of numbers must be exactly `numpy.ndarray`, not a subclass.

    Args:
        depth: of lists that the value is in; a list may hold itself.
    """
    kind = type(value)
    if value is None or kind in (bool, int, float, str, UnsupportedType):
        return value
    if depth > DEEPEST:
        return UnsupportedType(f"{kind.__name__} {DEEPEST} levels deep")
    if isinstance(value, np.generic) and value.dtype.kind in "biuf":
        item = value.item()
        return item if type(item) in (bool, int, float) else UnsupportedType(f"numpy.{kind.__name__}")
    if kind is np.ndarray and value.dtype.kind in "biuf":  # type: ignore[attr-defined]
        return np.array(value, copy=True, order="C")
    if kind in (tuple, list):
        return kind(plain(item, depth + 1) for item in value)  # type: ignore[attr-defined]
    if issubclass(kind, tuple) and hasattr(kind, "_fields"):  # a named tuple
        items: tuple[object, ...] = tuple(tuple.__iter__(value))  # type: ignore[arg-type]
        return tuple(plain(item, depth + 1) for item in items)
    if kind in (dict, OrderedDict, defaultdict) and all(type(key) is str for key in value):  # type: ignore[attr-defined]
        return {key: plain(item, depth + 1) for key, item in value.items()}  # type: ignore[attr-defined]
    if kind is np.ndarray:
        return UnsupportedType(f"numpy.ndarray of dtype {value.dtype}")  # type: ignore[attr-defined]
    module = "" if kind.__module__ in ("builtins", "__main__") else f"{kind.__module__}."
    return UnsupportedType(f"{module}{kind.__qualname__}")


def fresh(value: PlainData) -> PlainData:
    """A deep copy to pass to a student's function. An array that is not contiguous stays so."""
    return each_array(value, lambda array: in_layout(np.array(array, order="C"), layout_of(array)))


def each_array(value: PlainData, change: Callable[[np.ndarray], np.ndarray]) -> PlainData:
    """The value with each of its arrays changed, in order; its tuples, lists and dicts are new."""
    if isinstance(value, np.ndarray):
        return change(value)
    if isinstance(value, (tuple, list)):
        return type(value)(each_array(item, change) for item in value)
    if isinstance(value, dict):
        return {key: each_array(item, change) for key, item in value.items()}
    return value


def layout_of(array: np.ndarray) -> Layout:
    """How the numbers of an array lie in memory; any layout but row by row and column by column counts as apart."""
    return "rows" if array.flags.c_contiguous else "columns" if array.flags.f_contiguous else "apart"


def in_layout(array: np.ndarray, layout: Layout) -> np.ndarray:
    """An array in this layout with the numbers of one that lies row by row; itself if it has that layout."""
    return strided(array) if layout == "apart" else np.asarray(array, order="C" if layout == "rows" else "F")


def strided(array: np.ndarray) -> np.ndarray:
    """The same numbers in an array that is not contiguous."""
    if array.ndim == 0:
        return np.array(array, copy=True)
    # one element more at the end of each row, so that no reshape of the view avoids a copy
    wide = np.zeros((*array.shape[:-1], 2 * array.shape[-1] + 1), dtype=array.dtype)
    view = wide[..., :-1:2]
    view[...] = array
    return view


def perturbed(value: PlainData) -> PlainData:
    """Other inputs of the same shapes, valid wherever the first were: values halved and in reverse order."""

    def changed(array: np.ndarray) -> np.ndarray:
        flipped = np.flip(array).copy()
        return flipped if flipped.dtype.kind in "biu" else flipped * flipped.dtype.type(0.5)

    return each_array(value, changed)


def identical(a: PlainData, b: PlainData) -> bool:
    """Whether two pieces of plain data have the same dtypes and values; NaN equals NaN, a list equals a tuple."""
    if isinstance(a, np.ndarray) and isinstance(b, np.ndarray):
        return a.dtype == b.dtype and np.array_equal(a, b, equal_nan=a.dtype.kind == "f")
    if isinstance(a, (tuple, list)) and isinstance(b, (tuple, list)):
        return len(a) == len(b) and all(identical(x, y) for x, y in zip(a, b, strict=True))
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(identical(a[k], b[k]) for k in a)
    return type(a) is type(b) and a == b


def arrays_in(value: object, name: str, depth: int = 0) -> list[tuple[str, np.ndarray]]:
    """Every array in a value, as (name, array), with names such as `cache[0]`; not those deeper than DEEPEST lists."""
    if depth > DEEPEST:
        return []
    if isinstance(value, np.ndarray):
        return [(name, value)]
    if isinstance(value, (tuple, list)):
        return [array for k, item in enumerate(value) for array in arrays_in(item, f"{name}[{k}]", depth + 1)]
    if isinstance(value, dict):
        return [array for key, item in value.items() for array in arrays_in(item, f"{name}[{key!r}]", depth + 1)]
    return []
