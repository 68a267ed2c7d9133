"""Operators on names and calls: one taken for another, arguments exchanged or left out, a call or attribute dropped."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from itertools import combinations

from autograder.gallery.mutation.changes import Change, Scope, altered, exchanged, is_read, put, without

REDUCTIONS = ("sum", "mean", "max", "min")
TAKEN_FOR = {  # attribute → what is taken for it
    "prod": ("sum",),
    "argmax": ("argmin", "max"),
    "argmin": ("argmax",),
    "amax": ("amin",),
    "maximum": ("minimum",),
    "minimum": ("maximum",),
    "zeros": ("ones", "empty"),
    "ones": ("zeros",),
    "empty": ("ones",),
    "zeros_like": ("ones_like", "empty_like"),
    "ones_like": ("zeros_like",),
    "empty_like": ("ones_like",),
    "floor": ("ceil",),
    "ceil": ("floor",),
    "exp": ("log",),
    "log": ("exp", "log2"),
    "sqrt": ("square",),
    "square": ("sqrt", "abs"),
    "abs": ("square",),
    "var": ("std", "mean"),
    "std": ("var",),
    "median": ("mean", "min"),
    "repeat": ("tile",),
    "tile": ("repeat",),
    "hstack": ("vstack",),
    "vstack": ("hstack",),
    "append": ("extend",),
    "shape": ("strides",),
    "ndim": ("size",),
    "weight": ("bias",),
    "bias": ("weight",),
    "monotonic": ("process_time",),
    "perf_counter": ("process_time",),
    "relu": ("tanh", "sigmoid"),
    "max_pool2d": ("avg_pool2d",),
    "MaxPool2d": ("AvgPool2d",),
}
MODES = {
    "train": ("eval",),
    "eval": ("train",),
    "no_grad": ("enable_grad",),
    "inference_mode": ("enable_grad",),
    "enable_grad": ("no_grad",),
}
BUILTINS = {"max": ("min", "sum"), "min": ("max",), "sum": ("max", "len"), "len": ("sum",), "int": ("round",)}
FLOATS = ("float32", "float64")
LIBRARIES = ("np", "torch", "nn", "F", "math", "time", "statistics", "random")


def name(node: ast.AST, scope: Scope) -> Iterator[Change]:
    """A variable taken for another one: `stride -> padding`."""
    if isinstance(node, ast.Name) and is_read(node):
        for other in scope.names(node):
            yield Change(altered(node, id=other))


def reduction(node: ast.AST, scope: Scope) -> Iterator[Change]:
    """Another reduction: `x.sum(axis=0) -> x.mean(axis=0)`."""
    if isinstance(node, ast.Attribute) and node.attr in REDUCTIONS:
        for other in REDUCTIONS:
            if other != node.attr:
                yield Change(altered(node, attr=other))


def taken(node: ast.AST, scope: Scope) -> Iterator[Change]:
    """A function or attribute taken for another one: `np.floor -> np.ceil`, `max -> min`."""
    if isinstance(node, ast.Attribute):
        for other in TAKEN_FOR.get(node.attr, ()):
            yield Change(altered(node, attr=other))
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        for other in BUILTINS.get(node.func.id, ()):
            yield Change(altered(node, func=altered(node.func, id=other)))


def mode(node: ast.AST, scope: Scope) -> Iterator[Change]:
    """The other mode: `model.train() -> model.eval()`, `torch.no_grad() -> torch.enable_grad()`."""
    if isinstance(node, ast.Attribute):
        for other in MODES.get(node.attr, ()):
            yield Change(altered(node, attr=other))


def dtype(node: ast.AST, scope: Scope) -> Iterator[Change]:
    """A fixed dtype in place of another one: `dtype=x.dtype -> dtype=np.float64`, `float32 -> float64`."""
    if isinstance(node, ast.Attribute) and node.attr in FLOATS:
        yield Change(altered(node, attr=FLOATS[1 - FLOATS.index(node.attr)]))
    value = node.value if isinstance(node, ast.keyword) and node.arg == "dtype" else None
    if isinstance(node, ast.keyword) and value is not None:
        library = value.value if isinstance(value, ast.Attribute) and isinstance(value.value, ast.Name) else None
        base = library.id if library is not None and library.id in LIBRARIES else "np"
        for other in FLOATS:
            yield Change(altered(node, value=ast.Attribute(ast.Name(base, ast.Load()), other, ast.Load())))


def arguments(node: ast.AST, scope: Scope) -> Iterator[Change]:
    """Arguments of a call exchanged, or the last left out: `f(x, w) -> f(w, x)`, `f(s=s, p=p) -> f(s=p, p=s)`."""
    if not isinstance(node, ast.Call):
        return
    for i, j in combinations(range(len(node.args)), 2):
        if ast.dump(node.args[i]) != ast.dump(node.args[j]):
            yield Change(altered(node, args=exchanged(node.args, i, j)))
    for i, j in combinations(range(len(node.keywords)), 2):
        first, second = node.keywords[i], node.keywords[j]
        pair = put(put(node.keywords, i, altered(first, value=second.value)), j, altered(second, value=first.value))
        yield Change(altered(node, keywords=pair))
    if len(node.args) > 1:
        yield Change(altered(node, args=node.args[:-1]))


def keyword(node: ast.AST, scope: Scope) -> Iterator[Change]:
    """A keyword left out: `np.sum(x, keepdims=True) -> np.sum(x)`."""
    if isinstance(node, ast.Call):
        for place in range(len(node.keywords)):
            yield Change(altered(node, keywords=without(node.keywords, place)))
    elif isinstance(node, ast.Dict) and len(node.keys) > 1:
        for place in range(len(node.keys)):
            yield Change(altered(node, keys=without(node.keys, place), values=without(node.values, place)))


def call(node: ast.AST, scope: Scope) -> Iterator[Change]:
    """A call or an attribute dropped: `np.sqrt(v) -> v`, `x.copy() -> x`, `w.T -> w`."""
    if isinstance(node, ast.Call):
        is_method = isinstance(node.func, ast.Attribute) and not (
            isinstance(node.func.value, ast.Name) and node.func.value.id in LIBRARIES
        )
        if isinstance(node.func, ast.Attribute) and is_method:
            yield Change(node.func.value)
        elif node.args and not isinstance(node.args[0], ast.Starred):
            yield Change(node.args[0])
    elif isinstance(node, ast.Attribute) and is_read(node) and node.attr in ("T", "mT", "real", "data"):
        yield Change(node.value)


def default(node: ast.AST, scope: Scope) -> Iterator[Change]:
    """Another default of a parameter, or none: `stride=1 -> stride=2`, `stride=None -> stride=2`."""
    if not isinstance(node, ast.arguments):
        return
    named = [*node.posonlyargs, *node.args][-len(node.defaults) :] if node.defaults else []
    for place, (parameter, value) in enumerate(zip(named, node.defaults, strict=True)):
        for other in _other_defaults(value):
            words = f"{parameter.arg}={ast.unparse(value)} -> {parameter.arg}={other!r}"
            yield Change(altered(node, defaults=put(node.defaults, place, ast.Constant(other))), words)
    if node.defaults:
        words = f"{named[0].arg}={ast.unparse(node.defaults[0])} -> {named[0].arg}"
        yield Change(altered(node, defaults=node.defaults[1:]), words)
    for parameter, standard in zip(node.kwonlyargs, node.kw_defaults, strict=True):
        if standard is not None:
            for other in _other_defaults(standard):
                place = node.kwonlyargs.index(parameter)
                words = f"{parameter.arg}={ast.unparse(standard)} -> {parameter.arg}={other!r}"
                yield Change(altered(node, kw_defaults=put(list(node.kw_defaults), place, ast.Constant(other))), words)


def _other_defaults(value: ast.expr) -> tuple[bool | int, ...]:
    """Numbers that somebody could have chosen as a default instead."""
    if not isinstance(value, ast.Constant):
        return ()
    if isinstance(value.value, bool):
        return (not value.value,)
    if isinstance(value.value, (int, float)):
        return tuple(other for other in (0, 1, 2) if other != value.value)
    return (1, 2) if value.value is None else ()
