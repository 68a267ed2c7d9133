"""First-order mutants: a right answer with one small change, as the source of its function or class."""

from __future__ import annotations

import ast
import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from autograder.gallery.mutation.changes import Scope, shown
from autograder.gallery.mutation.operators import OPERATORS


@dataclass(frozen=True)
class Mutant:
    """A right answer with one change."""

    source: str  # of the function or class, without comments, docstrings and annotations
    operator: str  # what kind of change it is, of OPERATORS
    line: int  # of the right answer, in which the change is; the definition is line 1
    change: str  # in code, as "2 * pad -> 2 + pad"

    @property
    def in_words(self) -> str:
        """`arithmetic, line 3: 2 * pad -> 2 + pad`."""
        return f"{self.operator}, line {self.line}: {self.change}"


@dataclass(frozen=True)
class _Slot:
    """A place in a tree that holds a node."""

    owner: ast.AST
    field: str  # of the owner
    index: int | None  # in the field, if that is a list
    node: ast.AST  # that it holds

    @contextmanager
    def holding(self, node: ast.AST) -> Iterator[None]:
        """Inside, the tree has another node in this place."""
        self._put(node)
        try:
            yield
        finally:
            self._put(self.node)

    def _put(self, node: ast.AST) -> None:
        if self.index is None:
            setattr(self.owner, self.field, node)
        else:
            getattr(self.owner, self.field)[self.index] = node


def mutants(source: str) -> list[Mutant]:
    """Every mutant of one function or class, no two with the same source, in the order of the source.

    Raises:
        SyntaxError: if the source is not Python.
    """
    tree = plain_tree(source)
    scope = Scope(tree)
    made = {ast.unparse(tree): Mutant("", "", 0, "")}
    for slot in _slots(tree):
        for name, operator in OPERATORS.items():
            for change in operator(slot.node, scope):
                with slot.holding(change.node):
                    text = ast.unparse(tree)
                if text not in made and (not change.line or _is_python(text)):
                    words = change.words or f"{shown(slot.node)} -> {shown(change.node)}"
                    made[text] = Mutant(text, name, change.line or _line(slot), words)
    return sorted(list(made.values())[1:], key=lambda mutant: mutant.line)


def chosen(made: list[Mutant], at_most: int | None, seed: str) -> list[Mutant]:
    """At most so many of the mutants, drawn at random, in their order; all for None. With more, the same come again."""
    shuffled = random.Random(seed).sample(range(len(made)), len(made))
    return [made[place] for place in sorted(shuffled[:at_most])]


def plain_tree(source: str) -> ast.Module:
    """The tree of a source without docstrings and annotations, which no mutant differs in."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and ast.get_docstring(node) is not None:
            node.body = node.body[1:] or [ast.Pass()]
        if isinstance(node, ast.FunctionDef):
            node.returns = None
        elif isinstance(node, ast.arg):
            node.annotation = None
    return tree


def _slots(tree: ast.AST) -> Iterator[_Slot]:
    """Every place in a tree that holds an expression, a statement or a part of one."""
    for owner in ast.walk(tree):
        for field, value in ast.iter_fields(owner):
            for index, node in enumerate(value) if isinstance(value, list) else [(None, value)]:
                if isinstance(node, ast.AST) and not isinstance(node, (ast.expr_context, ast.operator, ast.cmpop)):
                    yield _Slot(owner, field, index, node)


def _line(slot: _Slot) -> int:
    return getattr(slot.node, "lineno", 0) or getattr(slot.owner, "lineno", 1)


def _is_python(text: str) -> bool:
    """Whether a source can be compiled: a statement that moved, such as `break`, may have come out of its loop."""
    try:
        compile(text, "<mutant>", "exec")
    except SyntaxError:
        return False
    return True
