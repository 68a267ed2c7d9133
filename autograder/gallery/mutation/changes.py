"""What the operators are made of: a change, the names that a place can see, copies of nodes."""

from __future__ import annotations

import ast
import copy
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

SHOWN_AT_MOST = 70  # characters of a piece of code in a description
OTHERS = 2  # names drawn at random for each use of a name, beside those that are similar


@dataclass(frozen=True)
class Change:
    """One change to a node."""

    node: ast.AST  # that takes its place
    words: str = ""  # what is changed; empty for "old code -> new code"
    line: int = 0  # in which; 0 for the node's own


class Scope:
    """The names and strings of one source, as the operators need them."""

    def __init__(self, tree: ast.AST) -> None:
        self._names: dict[ast.AST, list[str]] = {}  # a use of a name → the arguments and variables that it can see
        self.strings = sorted({text for node in ast.walk(tree) if (text := _word(node))})
        self._visit(tree, {})

    def names(self, node: ast.AST) -> list[str]:
        """Arguments and variables that could stand in the place of a name: the most similar ones, and some others."""
        if not isinstance(node, ast.Name):
            return []
        others = [other for other in self._names.get(node, []) if other != node.id]
        similar = [other for other in others if _is_similar(node.id, other)]
        rest = [other for other in others if other not in similar]
        drawn = random.Random(f"{node.id} {node.lineno} {node.col_offset}").sample(rest, min(OTHERS, len(rest)))
        return [*similar, *drawn]

    def _visit(self, node: ast.AST, seen: dict[str, int]) -> None:
        """Note what each name can see; seen: name → the line in which it is set first, 0 for an argument."""
        if isinstance(node, (ast.FunctionDef, ast.Lambda)):
            seen = {**seen, **_stored(node), **dict.fromkeys(_arguments(node), 0)}
        if isinstance(node, ast.Name) and node.id in seen:
            self._names[node] = [other for other, line in seen.items() if line < node.lineno]
        for child in ast.iter_child_nodes(node):
            self._visit(child, seen)


Operator = Callable[[ast.AST, Scope], Iterator[Change]]


def _word(node: ast.AST) -> str:
    """A string that is a word, such as the name of a device."""
    value = node.value if isinstance(node, ast.Constant) else None
    return value if isinstance(value, str) and value.isidentifier() else ""


def _arguments(function: ast.FunctionDef | ast.Lambda) -> list[str]:
    arguments = function.args
    named = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    return [argument.arg for argument in named if argument.arg not in ("self", "cls", "ctx")]


def _stored(function: ast.AST) -> dict[str, int]:
    """Names that are set in a function, and in which line first; functions inside it have their own."""
    stored: dict[str, int] = {}
    waiting = list(ast.iter_child_nodes(function))
    while waiting:
        node = waiting.pop(0)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) and node.id != "_":
            stored[node.id] = min(node.lineno, stored.get(node.id, node.lineno))
        if not isinstance(node, (ast.FunctionDef, ast.Lambda, ast.ClassDef)):
            waiting = [*ast.iter_child_nodes(node), *waiting]
    return stored


def _is_similar(one: str, other: str) -> bool:
    """Whether two names are easily confused, as `pad_h` and `pad_w`."""
    return len(one) == len(other) and sum(a != b for a, b in zip(one, other, strict=True)) == 1


def altered(node: ast.AST, **fields: Any) -> ast.AST:
    """A copy of a node with other fields; the rest is shared."""
    new = copy.copy(node)
    for name, value in fields.items():
        setattr(new, name, value)
    return new


def exchanged(items: list[Any], i: int, j: int) -> list[Any]:
    """A copy of a list with two items exchanged."""
    new = list(items)
    new[i], new[j] = new[j], new[i]
    return new


def without(items: list[Any], i: int) -> list[Any]:
    """A copy of a list without one item."""
    return [*items[:i], *items[i + 1 :]]


def put(items: list[Any], i: int, new: Any) -> list[Any]:
    """A copy of a list with another item in one place."""
    return [*items[:i], new, *items[i + 1 :]]


def is_int(node: ast.AST | None) -> bool:
    """Whether a node is a whole number written out."""
    return isinstance(node, ast.Constant) and type(node.value) is int


def is_read(node: ast.AST) -> bool:
    """Whether a name, index or tuple is read, and not assigned to."""
    return isinstance(getattr(node, "ctx", ast.Load()), ast.Load)


def shown(node: ast.AST) -> str:
    """The code of a node in one line, cut to a length."""
    lines = ast.unparse(node).splitlines()
    text = " ".join(line.strip() for line in lines)
    return text if len(text) <= SHOWN_AT_MOST else f"{text[: SHOWN_AT_MOST - 1]}…"
