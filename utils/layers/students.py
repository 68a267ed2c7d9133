"""Load one function from a student's notebook: its definition and what that depends on, never the whole notebook."""

from __future__ import annotations

import ast
import builtins
import contextlib
import hashlib
import inspect
import io
import json
import linecache
import symtable
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from utils.symbols import names_read, without_magics

Function = Callable[..., Any]

VERDICT_MIME = "application/vnd.autograder.verdict+json"  # MIME type of the verdict among the outputs of a check cell
# only statements that define names are executed: a loop or a call at the top level could train, draw or download
DEFINING = (ast.FunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom, ast.Assign, ast.AnnAssign, ast.If, ast.Try)


class Unavailable(Exception):
    """Raised when a student's function cannot be used; the message is printed in brackets after "stand-in"."""


@dataclass(frozen=True)
class Cell:
    """The parts of a code cell that matter here."""

    grade_id: str  # nbgrader's; "" for a cell without one
    source: str  # plain Python: magics are already replaced, as IPython does
    outputs: list[Any]  # as stored in the notebook


@dataclass(frozen=True)
class Statement:
    """One statement at the top level of a code cell."""

    cell: int  # index of its cell among the code cells
    node: ast.stmt
    defines: frozenset[str]  # names that it assigns, imports or defines
    needs: frozenset[str]  # names that it, or a function in it, takes from outside


def own_function(name: str, path: Path) -> Function:
    """The student's function `name` from the notebook at `path`, if its check has passed.

    Raises:
        Unavailable: if there is no such notebook or function, if its check has not passed or the function has been
            changed since, or if it cannot be defined outside its notebook.
    """
    notebook = path.stem
    cells = _code_cells(path)
    verdict = _last_verdict(next((cell for cell in cells if cell.grade_id == f"check_{name}"), None), name)
    if verdict.get("status") != "passed":
        raise Unavailable(f"its check has not passed in {notebook} yet")
    position = next((k for k, cell in enumerate(cells) if cell.grade_id == name), None)
    if position is None:
        raise Unavailable(f"its cell is missing from {notebook}")
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        function = _define(name, position, [cell.source for cell in cells], notebook)
    if not _is_the_checked_one(name, function, verdict.get("sources")):
        raise Unavailable(f"changed since its check in {notebook}: run both cells and save")
    return function


def source_digest(function: Function) -> str:
    """sha256 of the source of a function, or of a class's methods: a verdict stores it to identify what was checked.

    Raises:
        OSError, TypeError: if the source is not available.
    """
    # inspect cannot find the source of a class that was defined in a cell, but finds that of its methods
    parts = [m for m in vars(function).values() if inspect.isfunction(m)] if inspect.isclass(function) else [function]
    return hashlib.sha256("".join(inspect.getsource(part) for part in parts).encode()).hexdigest()


def _code_cells(path: Path) -> list[Cell]:
    if not path.is_file():
        raise Unavailable(f"there is no {path.name}")
    try:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        return [_cell(cell) for cell in cells if cell["cell_type"] == "code"]
    except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError):
        raise Unavailable(f"{path.name} cannot be read") from None


def _cell(cell: dict[str, Any]) -> Cell:
    grade_id = cell.get("metadata", {}).get("nbgrader", {}).get("grade_id", "")
    return Cell(str(grade_id), without_magics("".join(cell["source"])), list(cell.get("outputs", [])))


def _last_verdict(cell: Cell | None, name: str) -> dict[str, Any]:
    """The verdict that the check of `name` stored when it was last run; empty if none can be read."""
    last: dict[str, Any] = {}
    for output in cell.outputs if cell else []:
        with contextlib.suppress(LookupError, TypeError, ValueError):
            verdict = output["data"][VERDICT_MIME]
            if verdict["exercise"] == name:
                last = dict(verdict)
    return last


def _is_the_checked_one(name: str, function: Function, sources: object) -> bool:
    """Whether a function has the source that was checked; true if the verdict does not say what was checked."""
    if not isinstance(sources, dict) or name not in sources:
        return True
    try:
        return bool(sources[name] == source_digest(function))
    except (OSError, TypeError):
        return False


def _define(name: str, position: int, sources: list[str], notebook: str) -> Function:
    """Execute the definition of `name` in the cell at `position` and what it depends on, and nothing else."""
    statements = [statement for k, source in enumerate(sources) for statement in _statements(k, source)]
    definitions = [s for s in statements if s.cell == position and name in s.defines]
    if not definitions:
        raise Unavailable(f"its cell in {notebook} does not define it")
    needed = _with_dependencies(definitions[-1], statements, notebook)
    import numpy as np  # here, since commands that read no student's function import this module too

    namespace: dict[str, Any] = {"np": np, "__name__": notebook}
    try:
        for statement in needed:
            # registered with linecache, so that a traceback and inspect.getsource show the student's lines
            filename = f"<{notebook} cell {statement.cell}: {hash(sources[statement.cell]):x}>"
            lines = sources[statement.cell].splitlines(keepends=True)
            linecache.cache[filename] = (len(sources[statement.cell]), None, lines, filename)
            exec(compile(ast.Module([statement.node], []), filename, "exec"), namespace)
        function = namespace[name]
    except (Exception, SystemExit) as error:
        raise Unavailable(f"yours in {notebook} raised {type(error).__name__} when its cell was run") from error
    if not callable(function):
        raise Unavailable(f"yours in {notebook} is not a function")
    return function


def _with_dependencies(first: Statement, statements: list[Statement], notebook: str) -> list[Statement]:
    """`first` and all statements that it needs, directly or not, in the notebook's order.

    If several statements define a name, the last one counts.
    """
    chosen, needed = {id(first): first}, set(first.needs)
    defined = {"np", *first.defines, *dir(builtins)}
    while needed - defined:
        name = min(needed - defined)
        defined.add(name)
        definition = next((s for s in reversed(statements) if name in s.defines), None)
        if definition is None:
            raise Unavailable(f"yours uses {name}, which {notebook} does not define")
        chosen[id(definition)] = definition
        needed |= definition.needs
    return [statement for statement in statements if id(statement) in chosen]


def _statements(cell: int, source: str) -> Iterator[Statement]:
    """The defining statements of a cell; none if it cannot be parsed."""
    with contextlib.suppress(SyntaxError, ValueError, RecursionError):
        for node in ast.parse(source).body:
            if isinstance(node, DEFINING):
                yield Statement(cell, node, *_names(node))


def _names(node: ast.stmt) -> tuple[frozenset[str], frozenset[str]]:
    """Names that a statement defines, and names that it, or a function in it, takes from outside."""
    table = symtable.symtable(ast.unparse(node), "cell", "exec")
    defines = {s.get_name() for s in table.get_symbols() if s.is_assigned() or s.is_imported() or s.is_namespace()}
    return frozenset(defines), frozenset(names_read(table) - defines)
