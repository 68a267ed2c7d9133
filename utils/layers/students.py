"""Take one function out of a student's notebook: its definition and what that needs, never the whole notebook."""

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

import numpy as np
from IPython.core.inputtransformer2 import TransformerManager

Function = Callable[..., Any]

VERDICT = "application/vnd.autograder.verdict+json"  # under which a check stores what it found
# what may be executed: statements that give a name a meaning, and no loops, calls or drawings beside them
DEFINING = (ast.FunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom, ast.Assign, ast.AnnAssign, ast.If, ast.Try)


class Unavailable(Exception):
    """Why a student's function cannot be used: what stands in the brackets of "stand-in (…)"."""


@dataclass(frozen=True)
class Cell:
    """What counts of a code cell: nbgrader's id, the text as IPython runs it, the stored outputs."""

    grade_id: str
    source: str
    outputs: list[Any]


@dataclass(frozen=True)
class Statement:
    """One statement at the top of a code cell."""

    cell: int
    node: ast.stmt
    defines: frozenset[str]
    needs: frozenset[str]


def own_function(name: str, path: Path) -> Function:
    """The student's `name` from the notebook at `path`, where its check passed.

    Raises:
        Unavailable: if there is no such notebook or function, its check has not passed, it was changed since then,
            or it cannot be made outside its notebook.
    """
    notebook = path.stem
    cells = _code_cells(path)
    verdict = _last_verdict(next((cell for cell in cells if cell.grade_id == f"check_{name}"), None), name)
    if verdict.get("status") != "passed":
        raise Unavailable(f"its check has not passed in {notebook} yet")
    place = next((k for k, cell in enumerate(cells) if cell.grade_id == name), None)
    if place is None:
        raise Unavailable(f"its cell is missing from {notebook}")
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        function = _made(name, place, [cell.source for cell in cells], notebook)
    if not _as_checked(name, function, verdict.get("sources")):
        raise Unavailable(f"changed since its check in {notebook}: run both cells and save")
    return function


def source_digest(function: Function) -> str:
    """sha256 of the source of a function, or of a class's methods, by which a verdict tells what it was about.

    Raises:
        OSError or TypeError: if there is no source to be read.
    """
    # inspect does not find a class that was written in a cell, but its methods
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
    source = "".join(cell["source"])
    with contextlib.suppress(SyntaxError):  # such a cell defines nothing anyway
        source = TransformerManager().transform_cell(source)
    return Cell(str(grade_id), source, list(cell.get("outputs", [])))


def _last_verdict(cell: Cell | None, name: str) -> dict[str, Any]:
    """What the check of `name` stored when it was last run; empty if it stored nothing that can be read."""
    found: dict[str, Any] = {}
    for output in cell.outputs if cell else []:
        with contextlib.suppress(LookupError, TypeError, ValueError):
            verdict = output["data"][VERDICT]
            if verdict["exercise"] == name:
                found = dict(verdict)
    return found


def _as_checked(name: str, function: Function, sources: object) -> bool:
    """Whether the function is the one that was checked; true where the verdict does not say which one that was."""
    if not isinstance(sources, dict) or name not in sources:
        return True
    try:
        return bool(sources[name] == source_digest(function))
    except (OSError, TypeError):
        return False


def _made(name: str, place: int, sources: list[str], notebook: str) -> Function:
    """Execute what `name`, defined in the cell at `place`, depends on, and nothing else."""
    statements = [statement for k, source in enumerate(sources) for statement in _statements(k, source)]
    own = [s for s in statements if s.cell == place and name in s.defines]
    if not own:
        raise Unavailable(f"its cell in {notebook} does not define it")
    chosen = _closure(own[-1], statements, notebook)
    namespace: dict[str, Any] = {"np": np, "__name__": notebook}
    try:
        for statement in chosen:
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


def _closure(first: Statement, statements: list[Statement], notebook: str) -> list[Statement]:
    """The statements that `first` needs, directly or not, in the notebook's order; of several the last one counts."""
    chosen, open_names = {id(first): first}, set(first.needs)
    known = {"np", *first.defines, *dir(builtins)}
    while open_names - known:
        name = min(open_names - known)
        known.add(name)
        found = next((s for s in reversed(statements) if name in s.defines), None)
        if found is None:
            raise Unavailable(f"yours uses {name}, which {notebook} does not define")
        chosen[id(found)] = found
        open_names |= found.needs
    return [statement for statement in statements if id(statement) in chosen]


def _statements(cell: int, source: str) -> Iterator[Statement]:
    """The defining statements of a cell; none where its Python cannot be read."""
    with contextlib.suppress(SyntaxError, ValueError, RecursionError):
        for node in ast.parse(source).body:
            if isinstance(node, DEFINING):
                yield Statement(cell, node, *_names(node))


def _names(node: ast.stmt) -> tuple[frozenset[str], frozenset[str]]:
    """Names that a statement gives a meaning, and names that it, or a function in it, takes from outside."""
    table = symtable.symtable(ast.unparse(node), "cell", "exec")
    defines = {s.get_name() for s in table.get_symbols() if s.is_assigned() or s.is_imported() or s.is_namespace()}
    needs = {s.get_name() for s in table.get_symbols() if s.is_referenced()}
    for inner in _within(table):
        needs |= {s.get_name() for s in inner.get_symbols() if s.is_global() and s.is_referenced()}
    return frozenset(defines), frozenset(needs - defines)


def _within(table: symtable.SymbolTable) -> Iterator[symtable.SymbolTable]:
    for child in table.get_children():
        yield child
        yield from _within(child)
