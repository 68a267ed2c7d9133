"""Operators on sums and products, comparisons, conditions and constants."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from autograder.gallery.mutation.changes import Change, Scope, altered, put, without

INSTEAD: dict[type, tuple[type, ...]] = {
    ast.Add: (ast.Sub, ast.Mult),
    ast.Sub: (ast.Add,),
    ast.Mult: (ast.Add, ast.Div),
    ast.Div: (ast.Mult, ast.FloorDiv),
    ast.FloorDiv: (ast.Div, ast.Mult),
    ast.Mod: (ast.FloorDiv, ast.Mult),
    ast.Pow: (ast.Mult,),
    ast.MatMult: (ast.Mult,),
}
NOT_COMMUTATIVE = (ast.Sub, ast.Div, ast.FloorDiv, ast.Mod, ast.Pow, ast.MatMult)
COMPARED: dict[type, tuple[type, ...]] = {
    ast.Lt: (ast.LtE, ast.Gt),
    ast.LtE: (ast.Lt, ast.GtE),
    ast.Gt: (ast.GtE, ast.Lt),
    ast.GtE: (ast.Gt, ast.LtE),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
SMALL = 1e-3  # a float below this is a step or a guard against 0, and is changed by a factor


def arithmetic(node: ast.AST, scope: Scope) -> Iterator[Change]:
    """Another operation: `2 * pad -> 2 + pad`, `a - b -> b - a`, `-x -> x`, `out += b -> out = b`."""
    if isinstance(node, (ast.BinOp, ast.AugAssign)):
        for other in INSTEAD.get(type(node.op), ()):
            yield Change(altered(node, op=other()))
    if isinstance(node, ast.BinOp) and isinstance(node.op, NOT_COMMUTATIVE):
        yield Change(altered(node, left=node.right, right=node.left))
    if isinstance(node, ast.AugAssign):
        yield Change(ast.Assign(targets=[node.target], value=node.value, lineno=node.lineno))
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.USub, ast.Invert)):
        yield Change(node.operand)


def term(node: ast.AST, scope: Scope) -> Iterator[Change]:
    """A term of a sum or a factor of a product dropped: `size + 2 * pad -> size`."""
    if isinstance(node, ast.BinOp):
        yield Change(node.left)
        yield Change(node.right)


def comparison(node: ast.AST, scope: Scope) -> Iterator[Change]:
    """Another comparison: `x > 0 -> x >= 0`."""
    if isinstance(node, ast.Compare):
        for place, op in enumerate(node.ops):
            for other in COMPARED[type(op)]:
                yield Change(altered(node, ops=put(node.ops, place, other())))


def condition(node: ast.AST, scope: Scope) -> Iterator[Change]:
    """A condition reversed, dropped or always true: `a and b -> a`, `b if a else c -> b`, `if a: -> if not a:`."""
    if isinstance(node, ast.BoolOp):
        other = ast.Or() if isinstance(node.op, ast.And) else ast.And()
        yield Change(altered(node, op=other))
        for place in range(len(node.values)):
            left = without(node.values, place)
            yield Change(altered(node, values=left) if len(left) > 1 else left[0])
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield Change(node.operand)
    elif isinstance(node, ast.IfExp):
        yield Change(node.body)
        yield Change(node.orelse)
        yield Change(altered(node, body=node.orelse, orelse=node.body))
    elif isinstance(node, (ast.If, ast.While)):
        test = ast.unparse(node.test)
        yield Change(altered(node, test=ast.UnaryOp(ast.Not(), node.test)), f"if {test} -> if not {test}")
        if isinstance(node, ast.If):
            yield Change(altered(node, test=ast.Constant(True)), f"if {test} -> if True")
            yield Change(altered(node, test=ast.Constant(False)), f"if {test} -> if False")
    elif isinstance(node, ast.comprehension) and node.ifs:
        yield Change(altered(node, ifs=[]), f"dropped: if {ast.unparse(node.ifs[0])}")


def constant(node: ast.AST, scope: Scope) -> Iterator[Change]:
    """Another number: `2 -> 3`, `0.9 -> 0.0`, `1e-5 -> 1e-3`, `True -> False`."""
    if not isinstance(node, ast.Constant):
        return
    value = node.value
    if isinstance(value, bool):
        yield Change(ast.Constant(not value))
    elif isinstance(value, int):
        yield Change(ast.Constant(value + 1))
        yield Change(_whole(value - 1))
    elif isinstance(value, float):
        others = (0.0, 100 * value) if abs(value) < SMALL else (0.0, 2 * value, 1.0)
        for other in others:
            if other != value:
                yield Change(ast.Constant(other))


def string(node: ast.AST, scope: Scope) -> Iterator[Change]:
    """A word taken for another one of the same source: `"cuda" -> "mps"`."""
    if isinstance(node, ast.Constant) and node.value in scope.strings:
        for other in scope.strings:
            if other != node.value:
                yield Change(ast.Constant(other))


def _whole(value: int) -> ast.expr:
    """A whole number as the parser makes it."""
    return ast.Constant(value) if value >= 0 else ast.UnaryOp(ast.USub(), ast.Constant(-value))
