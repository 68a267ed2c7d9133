"""Operators on slices, indices, axes, the order of axes, and the letters of an einsum."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from itertools import combinations

from autograder.gallery.mutation.changes import Change, Scope, altered, exchanged, is_int, is_read, put, without

AXES = (0, 1, 2, 3, -1)
ORDERS = ("transpose", "permute", "reshape", "swapaxes", "moveaxis", "view")  # calls whose arguments are axes or sizes


def slices(node: ast.AST, scope: Scope) -> Iterator[Change]:
    """A slice reversed, or with a bound off by one or left out: `: -> ::-1`, `i:i + k -> i:i + k - 1`."""
    if not isinstance(node, ast.Slice):
        return
    if node.lower is None and node.upper is None and node.step is None:
        yield Change(altered(node, step=_number(-1)))
        yield Change(altered(node, lower=_number(1)))
        yield Change(altered(node, upper=_number(-1)))
        return
    for field in ("lower", "upper"):
        if (bound := getattr(node, field)) is not None:
            yield Change(altered(node, **{field: _moved(bound, 1)}))
            yield Change(altered(node, **{field: _moved(bound, -1)}))
            yield Change(altered(node, **{field: None}))
    if node.step is not None:
        yield Change(altered(node, step=None))
        yield Change(altered(node, step=_moved(node.step, 1)))


def index(node: ast.AST, scope: Scope) -> Iterator[Change]:
    """An index dropped, or off by one: `x[n] -> x`, `x[n] -> x[n - 1]`, `x[n, c] -> x[n]`."""
    if not isinstance(node, ast.Subscript):
        return
    if is_read(node):
        yield Change(node.value)
    if isinstance(node.slice, ast.Tuple):
        entries = node.slice.elts
        for place, entry in enumerate(entries):
            if isinstance(entry, ast.Name):
                yield Change(altered(node, slice=altered(node.slice, elts=put(entries, place, _moved(entry, -1)))))
            if len(entries) > 1 and is_read(node):
                yield Change(altered(node, slice=altered(node.slice, elts=without(entries, place))))
    elif isinstance(node.slice, ast.Name):
        yield Change(altered(node, slice=_moved(node.slice, -1)))


def entries(node: ast.AST, scope: Scope) -> Iterator[Change]:
    """Neighbours in a tuple or list exchanged, or one left out: `(stride, pad) -> (pad, stride)`."""
    if not isinstance(node, (ast.Tuple, ast.List)):
        return
    for place in range(len(node.elts) - 1):
        if ast.dump(node.elts[place]) != ast.dump(node.elts[place + 1]):
            yield Change(altered(node, elts=exchanged(node.elts, place, place + 1)))
    if is_read(node) and len(node.elts) > 1:
        for place in range(len(node.elts)):
            yield Change(altered(node, elts=without(node.elts, place)))


def axis(node: ast.AST, scope: Scope) -> Iterator[Change]:
    """Another axis: `axis=1 -> axis=0`, `axis=(0, 2, 3) -> axis=(0, 2)`, `axis=(0, 2) -> axis=(0, 1)`."""
    if not isinstance(node, ast.keyword) or node.arg not in ("axis", "axes", "dim"):
        return
    if isinstance(node.value, ast.Tuple) and all(is_int(entry) for entry in node.value.elts):
        for place in range(len(node.value.elts)):
            yield Change(altered(node, value=altered(node.value, elts=without(node.value.elts, place))))
            for other in AXES[:4]:
                yield Change(altered(node, value=altered(node.value, elts=put(node.value.elts, place, _number(other)))))
    elif is_int(node.value) or isinstance(node.value, ast.UnaryOp):
        for other in AXES:
            yield Change(altered(node, value=_number(other)))


def order(node: ast.AST, scope: Scope) -> Iterator[Change]:
    """Two axes of a transpose, or two sizes of a reshape, exchanged: `transpose(0, 2, 1) -> transpose(0, 1, 2)`."""
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute) or node.func.attr not in ORDERS:
        return
    for i, j in combinations(range(len(node.args)), 2):
        yield Change(altered(node, args=exchanged(node.args, i, j)))
    for place, argument in enumerate(node.args):
        if isinstance(argument, ast.Tuple):
            for i, j in combinations(range(len(argument.elts)), 2):
                swapped = altered(argument, elts=exchanged(argument.elts, i, j))
                yield Change(altered(node, args=put(node.args, place, swapped)))


def einsum(node: ast.AST, scope: Scope) -> Iterator[Change]:
    """Two letters of an einsum exchanged in one operand or the result, or one left out of the result."""
    if not isinstance(node, ast.Call) or not ast.unparse(node.func).endswith("einsum") or not node.args:
        return
    first = node.args[0]
    if not isinstance(first, ast.Constant) or not isinstance(first.value, str):
        return
    pieces = re.split(r"(,|->)", first.value)
    for place, piece in enumerate(pieces):
        for i, j in combinations(range(len(piece)), 2):
            if piece[i].isalpha() and piece[j].isalpha():
                letters = "".join(exchanged(list(piece), i, j))
                yield Change(altered(node, args=put(node.args, 0, ast.Constant("".join(put(pieces, place, letters))))))
        if place and pieces[place - 1] == "->":
            for i in range(len(piece)):
                letters = "".join(without(list(piece), i))
                yield Change(altered(node, args=put(node.args, 0, ast.Constant("".join(put(pieces, place, letters))))))


def _number(value: int) -> ast.expr:
    return ast.Constant(value) if value >= 0 else ast.UnaryOp(ast.USub(), ast.Constant(-value))


def _moved(bound: ast.expr, by: int) -> ast.expr:
    """A bound, one further or one less."""
    if isinstance(bound, ast.Constant) and type(bound.value) is int:
        return _number(bound.value + by)
    return ast.BinOp(bound, ast.Add() if by > 0 else ast.Sub(), ast.Constant(1))
