"""Ask a student's function one question and gather what it answered as plain data. Runs beside the student's code."""

from __future__ import annotations

import contextlib
import io
import linecache
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

# Plain data: None, bool, int, float, str, numpy.ndarray, UnsupportedType, and tuples, lists and dicts of these.
PlainData = Any
Inputs = dict[str, Any]
Functions = Mapping[str, Callable[..., Any]]

PRINTED_AT_MOST = 2000  # characters of a student's own output kept with an answer


@dataclass(frozen=True)
class UnsupportedType:
    """Stands for a value of a type that no check accepts, such as an object that claims to equal everything."""

    type: str


@dataclass(frozen=True)
class Raised:
    """An exception out of the student's code: its type and bases, its message, and the student's line."""

    type: str
    bases: tuple[str, ...]
    message: str
    line_number: int | None = None
    line: str = ""


@dataclass
class Response:
    """What one question brought back.

    answer: the return value; other: that of a question with `perturbed` of the inputs, and those after the call; later:
    the first return value as it stood then; again: the first question asked a second time; inputs: the arguments after
    the call; shared: pairs (part of the answer, argument) that share memory; error: what was raised instead; printed:
    what the code wrote; notes: what a callback that the exercise handed over has seen; fate: timed out, crashed or the
    like, where the process that was asked gave no answer at all.
    """

    answer: PlainData = None
    other: tuple[PlainData, Inputs] | None = None
    later: PlainData = None
    again: PlainData = None
    inputs: Inputs = field(default_factory=dict)
    shared: tuple[tuple[str, str], ...] = ()
    error: Raised | None = None
    printed: str = ""
    notes: tuple[str, ...] = ()
    fate: str = ""


def plain(value: object) -> PlainData:
    """Copy a value into plain data; arrays of numbers must be exactly `numpy.ndarray`, no subclass of it."""
    kind = type(value)
    if value is None or kind in (bool, int, float, str):
        return value
    if isinstance(value, np.generic) and value.dtype.kind in "biuf":
        return value.item()
    if kind is np.ndarray and value.dtype.kind in "biuf":  # type: ignore[attr-defined]
        return np.array(value, copy=True, order="C")
    if kind in (tuple, list):
        return kind(plain(item) for item in value)  # type: ignore[attr-defined]
    if kind is dict and all(type(key) is str for key in value):  # type: ignore[attr-defined]
        return {key: plain(item) for key, item in value.items()}  # type: ignore[attr-defined]
    if kind is np.ndarray:
        return UnsupportedType(f"numpy.ndarray of dtype {value.dtype}")  # type: ignore[attr-defined]
    module = "" if kind.__module__ in ("builtins", "__main__") else f"{kind.__module__}."
    return UnsupportedType(f"{module}{kind.__qualname__}")


def fresh(value: PlainData) -> PlainData:
    """A deep copy to hand to a student; an array that is not contiguous stays so."""
    if isinstance(value, np.ndarray):
        return np.array(value, copy=True) if value.flags.c_contiguous else strided(value)
    if isinstance(value, (tuple, list)):
        return type(value)(fresh(item) for item in value)
    if isinstance(value, dict):
        return {key: fresh(item) for key, item in value.items()}
    return value


def strided(array: np.ndarray) -> np.ndarray:
    """The same numbers in an array whose elements do not lie side by side in memory."""
    if array.ndim == 0:
        return np.array(array, copy=True)
    # one more at the end of each row, so that no reshape can pass over the gaps
    wide = np.zeros((*array.shape[:-1], 2 * array.shape[-1] + 1), dtype=array.dtype)
    view = wide[..., :-1:2]
    view[...] = array
    return view


def perturbed(value: PlainData) -> PlainData:
    """Other inputs of the same shapes, legal wherever the first were: numbers halved and in reverse order."""
    if isinstance(value, np.ndarray):
        flipped = np.flip(value).copy()
        return flipped if flipped.dtype.kind in "biu" else flipped * flipped.dtype.type(0.5)
    if isinstance(value, (tuple, list)):
        return type(value)(perturbed(item) for item in value)
    if isinstance(value, dict):
        return {key: perturbed(item) for key, item in value.items()}
    return value


def identical(a: PlainData, b: PlainData) -> bool:
    """Bit for bit the same plain data."""
    if isinstance(a, np.ndarray) and isinstance(b, np.ndarray):
        return a.dtype == b.dtype and np.array_equal(a, b, equal_nan=a.dtype.kind == "f")
    if isinstance(a, (tuple, list)) and isinstance(b, (tuple, list)):
        return len(a) == len(b) and all(identical(x, y) for x, y in zip(a, b, strict=True))
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(identical(a[k], b[k]) for k in a)
    return type(a) is type(b) and a == b


def arrays_in(value: object, name: str) -> list[tuple[str, np.ndarray]]:
    """Every array inside a value, each with a name such as `cache[0]`."""
    if isinstance(value, np.ndarray):
        return [(name, value)]
    if isinstance(value, (tuple, list)):
        return [found for k, item in enumerate(value) for found in arrays_in(item, f"{name}[{k}]")]
    if isinstance(value, dict):
        return [found for key, item in value.items() for found in arrays_in(item, f"{name}[{key!r}]")]
    return []


class _Capped(io.StringIO):
    """Keeps the beginning of what is written and drops the rest, so that a loop of prints fills no memory."""

    def write(self, text: str) -> int:
        room = PRINTED_AT_MOST - self.tell()
        if room > 0:
            super().write(text[:room])
        return len(text)


@contextlib.contextmanager
def listening(response: Response) -> Any:
    """Catch what the student's code prints and raises, and note it in the response."""
    heard = _Capped()
    try:
        with contextlib.redirect_stdout(heard), contextlib.redirect_stderr(heard):
            yield
    except (Exception, SystemExit) as error:
        response.error = raised(error)
    finally:
        response.printed = heard.getvalue()


def raised(error: BaseException) -> Raised:
    """Describe an exception with the last line of it that is the student's own code."""
    place = None
    for frame in traceback.extract_tb(error.__traceback__):
        inside = frame.filename.replace("\\", "/")
        if "site-packages" not in inside and "/autograder/" not in inside and not inside.startswith("<__array"):
            place = frame
    bases = tuple(base.__name__ for base in type(error).__mro__)
    message = str(error)[:500]
    if place is None:
        return Raised(type(error).__name__, bases, message)
    line = (place.line or linecache.getline(place.filename, place.lineno or 0)).strip()
    return Raised(type(error).__name__, bases, message, place.lineno, line)


def ask(
    function: Callable[..., object],
    inputs: Inputs,
    keywords: tuple[str, ...] = (),
    returns: tuple[str, ...] = (),
    probe: bool = True,
) -> Response:
    """Call `function` with copies of the inputs, in their order; those named in `keywords` go by keyword.

    With `probe` the question is asked twice, with a question about other inputs of the same sizes in between, to see
    whether the answer repeats, whether calls disturb each other, and whether something is kept from one to the next.
    """

    def call(given: Mapping[str, Any]) -> object:
        positional = [value for name, value in given.items() if name not in keywords]
        return function(*positional, **{name: value for name, value in given.items() if name in keywords})

    response = Response()
    given = fresh(inputs)
    with listening(response):
        value = call(given)
        response.answer = plain(value)
        response.inputs = {name: plain(item) for name, item in given.items()}
        response.shared = tuple(shared_memory(value, given, returns))
        if probe:
            unlike = perturbed(inputs)
            response.other = plain(call(unlike)), {name: plain(item) for name, item in unlike.items()}
            response.later = plain(value)
            response.again = plain(call(fresh(inputs)))
    return response


def shared_memory(value: object, given: Mapping[str, Any], returns: tuple[str, ...]) -> list[tuple[str, str]]:
    """Pairs (result, argument or cached array) in one memory. A cache is no result: it may hold the arguments."""
    parts = value if isinstance(value, tuple) and len(value) == len(returns) else (value,)
    names = returns if len(returns) == len(parts) else ("the answer",)
    results = [
        found for name, part in zip(names, parts, strict=True) if name != "cache" for found in arrays_in(part, name)
    ]
    cached = [
        found for name, part in zip(names, parts, strict=True) if name == "cache" for found in arrays_in(part, name)
    ]
    held = [found for name, part in given.items() for found in arrays_in(part, name)]
    pairs = []
    for result_name, result in results:
        owner = next((name for name, other in [*held, *cached] if np.shares_memory(result, other)), None)
        if owner is not None:
            pairs.append((result_name, owner))
    return pairs
