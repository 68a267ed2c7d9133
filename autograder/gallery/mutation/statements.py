"""Operators on statements: one dropped, doubled, exchanged with the next, moved into or out of a loop."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import cast

from autograder.gallery.mutation.changes import Change, Scope, altered, exchanged, put, shown, without

BLOCKS = ("body", "orelse", "finalbody")
SIMPLE = (ast.Expr, ast.Assign, ast.AugAssign, ast.Return)
Block = tuple[str, list[ast.stmt]]


def dropped(node: ast.AST, scope: Scope) -> Iterator[Change]:
    """A statement dropped, or the one that guards or repeats others: `with torch.no_grad():`."""
    for field, block in _blocks(node):
        for place, statement in enumerate(block):
            left = without(block, place) or [ast.Pass()]
            yield Change(altered(node, **{field: left}), f"dropped: {shown(statement)}", statement.lineno)
            if isinstance(statement, (ast.With, ast.Try)):
                inner = [*block[:place], *statement.body, *block[place + 1 :]]
                words = f"no longer around its block: {shown(statement)}"
                yield Change(altered(node, **{field: inner}), words, statement.lineno)


def doubled(node: ast.AST, scope: Scope) -> Iterator[Change]:
    """A statement twice in a row."""
    for field, block in _blocks(node):
        for place, statement in enumerate(block):
            if isinstance(statement, (ast.Expr, ast.AugAssign)):
                new = altered(node, **{field: [*block[:place], statement, *block[place:]]})
                yield Change(new, f"twice: {shown(statement)}", statement.lineno)


def swapped(node: ast.AST, scope: Scope) -> Iterator[Change]:
    """Two statements in a row exchanged."""
    for field, block in _blocks(node):
        for place in range(len(block) - 1):
            words = f"exchanged: {shown(block[place])} and {shown(block[place + 1])}"
            yield Change(altered(node, **{field: exchanged(block, place, place + 1)}), words, block[place].lineno)


def moved(node: ast.AST, scope: Scope) -> Iterator[Change]:
    """A statement moved into the loop next to it, or out of one: a return too early, an array made anew each time."""
    for field, block in _blocks(node):
        for place, loop in enumerate(block):
            if not isinstance(loop, (ast.For, ast.While)):
                continue
            before, after = block[:place], block[place + 1 :]
            for words, statement, statements in _moves(before, loop, after):
                yield Change(altered(node, **{field: statements}), f"{words}: {shown(statement)}", statement.lineno)


def _moves(
    before: list[ast.stmt], loop: ast.For | ast.While, after: list[ast.stmt]
) -> Iterator[tuple[str, ast.stmt, list[ast.stmt]]]:
    """Where a statement can move at a loop: in words, which one, and the block afterwards."""
    first, last = loop.body[0], loop.body[-1]
    if before and isinstance(before[-1], SIMPLE):
        yield "into the loop", before[-1], [*before[:-1], _with_body(loop, [before[-1], *loop.body]), *after]
    if after and isinstance(after[0], SIMPLE):
        yield "into the loop", after[0], [*before, _with_body(loop, [*loop.body, after[0]]), *after[1:]]
    if len(loop.body) > 1:
        yield "before the loop", first, [*before, first, _with_body(loop, loop.body[1:]), *after]
        yield "after the loop", last, [*before, _with_body(loop, loop.body[:-1]), last, *after]


def _with_body(loop: ast.For | ast.While, body: list[ast.stmt]) -> ast.stmt:
    return cast(ast.stmt, altered(loop, body=body))


def loop(node: ast.AST, scope: Scope) -> Iterator[Change]:
    """A loop that ends too early: after its first round, one number short, or one number late at its start."""
    if isinstance(node, ast.For):
        short = altered(node, body=[*node.body, ast.Break()])
        yield Change(short, f"only the first round: for {shown(node.target)} in {shown(node.iter)}")
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "range" and node.args:
        end = min(len(node.args) - 1, 1)
        less = ast.BinOp(node.args[end], ast.Sub(), ast.Constant(1))
        yield Change(altered(node, args=put(node.args, end, less)))
        if end == 0:
            yield Change(altered(node, args=[ast.Constant(1), node.args[0]]))
    if isinstance(node, ast.Break):
        yield Change(ast.Continue())
    elif isinstance(node, ast.Continue):
        yield Change(ast.Break())


def _blocks(node: ast.AST) -> Iterator[Block]:
    """The lists of statements of a node, with the names of their fields; not that of a module."""
    if isinstance(node, ast.Module):
        return
    for field in BLOCKS:
        block = getattr(node, field, None)
        if isinstance(block, list) and block and isinstance(block[0], ast.stmt):
            yield field, block
