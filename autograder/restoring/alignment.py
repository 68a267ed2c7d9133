"""Which cell of a submitted notebook is a copy of which cell of the released one.

Editors and converters drop grade ids, cell ids and metadata, and students copy, move, merge and retype cells. So a cell
is matched by its grade id, else by its cell id, else by its text.
"""

from __future__ import annotations

import ast
import re
from collections import defaultdict

from nbformat import NotebookNode

from autograder.notebooks import nbgrader


def align(released: list[NotebookNode], submitted: list[NotebookNode]) -> list[int | None]:
    """For each submitted cell the index of the released cell that it is a copy of; None for the student's own cells.

    Several submitted cells may be copies of one released cell.
    """
    by_id = _indices_by_id(released)
    matches = [_match_by_id(cell, by_id) for cell in submitted]
    by_text: dict[str, list[int]] = defaultdict(list)
    for index, cell in enumerate(released):
        if text(cell):
            by_text[text(cell)].append(index)
    taken = {index for index in matches if index is not None}
    last = -1
    for k, cell in enumerate(submitted):
        match = matches[k]
        if match is None and (same := by_text.get(text(cell))):
            free = [index for index in same if index not in taken]
            # a text that stands several times, such as an empty answer's, is matched in order
            match = next((index for index in free if index > last), free[0] if free else same[-1])
            matches[k] = match
            taken.add(match)
        last = last if match is None else match
    return matches


def _indices_by_id(cells: list[NotebookNode]) -> dict[str, int]:
    """The index of each cell by its cell id and by its grade id; the grade id wins where both are the same word."""
    by_cell_id = {str(cell.get("id")): index for index, cell in enumerate(cells)}
    by_grade_id = {grade_id(cell): index for index, cell in enumerate(cells) if grade_id(cell)}
    return by_cell_id | by_grade_id


def _match_by_id(cell: NotebookNode, by_id: dict[str, int]) -> int | None:
    own = nbgrader(cell).get("grade_id")
    if isinstance(own, str) and own in by_id:
        return by_id[own]
    return by_id.get(str(cell.get("id", "")))


def grade_id(cell: NotebookNode) -> str:
    """nbgrader's id of a cell; empty if it has none."""
    return str(nbgrader(cell).get("grade_id") or "")


def text(cell: NotebookNode) -> str:
    """A cell's source without the white space around it."""
    return str(cell.get("source", "")).strip()


def defines(cell: NotebookNode, name: str) -> bool:
    """Whether running the cell from its top binds `name`: by def, class, assignment or import, not inside a function.

    True as well for a definition in a cell that was turned into text by mistake.
    """
    source = str(cell.get("source", ""))
    if name not in source:
        return False
    try:
        return any(name in _bound_by(statement) for statement in _statements(ast.parse(source).body))
    except (SyntaxError, ValueError, RecursionError, MemoryError):  # magics, a shell's commands, prose, nonsense
        escaped = re.escape(name)
        return bool(re.search(rf"^(?:(?:async )?(?:def|class) +{escaped}\b|{escaped} *=[^=])", source, re.MULTILINE))


def defines_anything(cell: NotebookNode) -> bool:
    """Whether running the cell defines a function or a class."""
    source = str(cell.get("source", ""))
    return bool(re.search(r"^(?:async )?(?:def|class) +\w", source, re.MULTILINE))


def _statements(body: list[ast.stmt]) -> list[ast.stmt]:
    """The statements that run when a cell runs: those of its top level, and inside its if, for, while, try and with."""
    statements = []
    for statement in body:
        statements.append(statement)
        if not isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            for block in ("body", "orelse", "finalbody"):
                statements += _statements(getattr(statement, block, []))
            for handler in getattr(statement, "handlers", []):
                statements += _statements(handler.body)
    return statements


def _bound_by(statement: ast.stmt) -> set[str]:
    """The names that one statement binds."""
    if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return {statement.name}
    if isinstance(statement, (ast.Import, ast.ImportFrom)):
        return {alias.asname or alias.name.partition(".")[0] for alias in statement.names}
    targets = getattr(statement, "targets", None) or [getattr(statement, "target", None)]
    if not isinstance(statement, (ast.Assign, ast.AnnAssign)) or getattr(statement, "value", None) is None:
        return set()
    return {node.id for target in targets if target for node in ast.walk(target) if isinstance(node, ast.Name)}
