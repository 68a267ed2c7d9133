"""Parts of an answer or of the inputs by the names that students see: `dx`, `w in cache`, `grads['W1']`, `cache[0]`."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Sequence

from autograder.guest.plain_data import PlainData

IN = re.compile(r"(.+) in (\w+)")
WITH_KEYS = re.compile(r"(\w+)((?:\[[^\[\]]+\])+)")


def part_of(values: Mapping[str, PlainData], name: str, fields: Mapping[str, Sequence[str]]) -> PlainData:
    """The part of this name; None if there is none.

    Args:
        values: an answer or inputs, by name.
        fields: value that is a tuple → names of its items.
    """
    if name in values:
        return values[name]
    try:
        if (match := IN.fullmatch(name)) and match[2] in fields:
            return values[match[2]][list(fields[match[2]]).index(match[1])]
        if match := WITH_KEYS.fullmatch(name):
            value = values[match[1]]
            for key in re.findall(r"\[([^\[\]]+)\]", match[2]):
                value = value[ast.literal_eval(key)]
            return value
    except (LookupError, TypeError, ValueError, SyntaxError):
        pass
    return None


def by_field(values: Mapping[str, PlainData], fields: Mapping[str, Sequence[str]]) -> Iterator[tuple[str, PlainData]]:
    """(name, value) of every array and number in these values, one for each item of a dict or of a tuple with names."""
    for name, value in values.items():
        if name in fields and isinstance(value, tuple):
            yield from ((f"{field} in {name}", item) for field, item in zip(fields[name], value, strict=True))
        elif isinstance(value, dict):
            yield from ((f"{name}[{key!r}]", item) for key, item in value.items())
        else:
            yield name, value
