"""The digest of a function as a check computes it, from a notebook's text alone: no student's code runs."""

from __future__ import annotations

import ast
import hashlib
import inspect

from utils.symbols import without_magics

OWN_KIND = {"staticmethod", "classmethod", "property"}  # a class's namespace holds no plain function for these
HARMLESS = (ast.Pass, ast.Import, ast.ImportFrom)  # in a class; what stands there in other statements may hold lambdas


def digests_in(source: str) -> dict[str, str]:
    """Function or class → sha256 of its source, as `utils.layers.students.source_digest` has it once the cell has run.

    Empty text where that cannot be told from the text, as for a decorated function or `name = …`.
    """
    source = source.rstrip("\n") + "\n"
    tree = _parsed(source)
    if tree is None:
        source = without_magics(source)
        tree = _parsed(source)
    lines = source.splitlines(keepends=True)
    digests: dict[str, str] = {}
    for node in tree.body if tree else []:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            text = _text(node, lines)
            digests[node.name] = "" if text is None else hashlib.sha256(text.encode()).hexdigest()
        elif isinstance(node, ast.Assign | ast.AnnAssign | ast.If | ast.Try | ast.With | ast.For):
            stored = (n for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store))
            defined = (n for n in ast.walk(node) if isinstance(n, (ast.FunctionDef, ast.ClassDef)))
            digests |= dict.fromkeys([*(n.id for n in stored), *(n.name for n in defined)], "")
    return digests


def _parsed(source: str) -> ast.Module | None:
    try:
        return ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _text(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef, lines: list[str]) -> str | None:
    """The text that the digest is of; None if that is not certain."""
    if node.decorator_list:
        return None
    if not isinstance(node, ast.ClassDef):
        return _block(node.lineno, lines)
    methods: dict[str, str] = {}  # a class is digested by its methods
    for statement in node.body:
        if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef)):
            if not statement.decorator_list:
                methods[statement.name] = _block(statement.lineno, lines)
            elif not {ast.unparse(decorator) for decorator in statement.decorator_list} & OWN_KIND:
                return None
        elif isinstance(statement, (ast.Assign, ast.AnnAssign)):
            if any(isinstance(part, (ast.Lambda, ast.Name)) for part in ast.walk(statement.value or ast.Pass())):
                return None  # a function under another name would count too
        elif not isinstance(statement, HARMLESS) and not _is_text(statement):
            return None
    return "".join(methods.values())


def _is_text(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def _block(first: int, lines: list[str]) -> str:
    """The block that begins in line `first`, counted from 1, as `inspect.getsource` cuts it out."""
    return "".join(inspect.getblock(lines[first - 1 :]))
