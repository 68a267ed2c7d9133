"""The rules for a solution notebook before it is released; each broken rule gives one line."""

from __future__ import annotations

import json
import re
import symtable
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Protocol

from nbformat import NotebookNode

from autograder.errors import Unreadable
from autograder.notebooks import nbgrader, read_notebook
from utils.symbols import names_read, nested_tables, table_of

CELL_ID = re.compile(r"[A-Za-z0-9]+(-[A-Za-z0-9]+)*")  # capitals for classes: LeNet5
RANDOM_ID = re.compile(r"(?=[a-f]*\d)[0-9a-f]{8}([0-9a-f-]{28})?")  # what nbformat and JupyterLab draw
KINDS = ("grade", "locked", "solution", "task")


class ExerciseFacts(Protocol):
    """What the rules need to know of an exercise."""

    @property
    def name(self) -> str: ...
    @property
    def points(self) -> float: ...
    @property
    def functions(self) -> Sequence[str]: ...


def graded_source(exercise: ExerciseFacts) -> str:
    """The source that a graded cell must have, exactly."""
    arguments = ", ".join(exercise.functions)
    visible, hidden = f"check.{exercise.name}({arguments})", f"check.{exercise.name}({arguments}, hidden=True)"
    return f"{visible}\n### BEGIN HIDDEN TESTS\n{hidden}\n### END HIDDEN TESTS"


def problems_in(path: Path, exercises: Sequence[ExerciseFacts]) -> list[str]:
    """Every broken rule in a solution notebook and its folder, as `cell ID: problem`."""
    problems = list(_folder(path))
    try:
        notebook = read_notebook(path)
    except Unreadable as error:
        return [*problems, str(error)]
    problems += _ids(path)
    problems += _cells(notebook)
    problems += _graded(notebook, {exercise.name: exercise for exercise in exercises})
    problems += _demonstrations(notebook)
    return problems


def _folder(path: Path) -> Iterator[str]:
    """No other notebook or Python file may be in the folder: nbgrader releases every file in it."""
    others = [other for other in path.parent.rglob("*") if other.suffix in (".ipynb", ".py") and other != path]
    for other in sorted(other for other in others if ".ipynb_checkpoints" not in other.parts):
        yield f"{other.relative_to(path.parent)} would be given to students: move it out of this folder"


def _ids(path: Path) -> Iterator[str]:
    """No id is used twice. Read from the JSON, as nbformat silently replaces a duplicate."""
    ids = Counter(cell.get("id") for cell in json.loads(path.read_text(encoding="utf-8")).get("cells", []))
    yield from (f"cell {name}: {count} cells have this id" for name, count in ids.items() if count > 1)


def _cells(notebook: NotebookNode) -> Iterator[str]:
    if (notebook.nbformat, notebook.nbformat_minor) < (4, 5):
        yield f"nbformat {notebook.nbformat}.{notebook.nbformat_minor} keeps no cell ids: save it as 4.5"
    if notebook.metadata.get("kernelspec", {}).get("name") != "python3":
        yield "the kernel must be python3, the one that every machine has"
    grade_ids = Counter(nbgrader(cell)["grade_id"] for cell in notebook.cells if nbgrader(cell).get("grade_id"))
    yield from (f"{count} cells have the grade id {name}" for name, count in grade_ids.items() if count > 1)
    for cell in notebook.cells:
        yield from (f"cell {cell.get('id')}: {problem}" for problem in _cell(cell))


def _cell(cell: NotebookNode) -> Iterator[str]:
    """Rules for any cell: its id, its outputs, nbgrader's metadata, and regions only where nbgrader cuts them out."""
    name, marks = str(cell.get("id", "")), nbgrader(cell)
    grade_id = marks.get("grade_id", "")
    if grade_id and name != str(grade_id).replace("_", "-"):
        yield f"its id must follow its grade id: {str(grade_id).replace('_', '-')}"
    elif not CELL_ID.fullmatch(name) or len(name) > 64 or RANDOM_ID.fullmatch(name):
        yield "give it a readable id: words of letters and digits joined by -, at most 64 characters"
    if cell.get("outputs") or cell.get("execution_count") is not None:
        yield "clear its outputs: a solution notebook is kept without them"
    if marks:
        if marks.get("schema_version") != 3 or not grade_id or not all(kind in marks for kind in KINDS):
            yield "its nbgrader metadata need grade_id, grade, locked, solution, task and schema_version 3"
        if cell.cell_type == "markdown" and bool(marks.get("grade")) != bool(marks.get("solution")):
            yield "a written answer needs grade and solution both"
        if cell.cell_type == "code" and marks.get("grade") and marks.get("solution"):
            yield "a graded code cell cannot be the solution too: keep the check in a cell of its own"
    solution, hidden = "BEGIN SOLUTION" in cell.source, "HIDDEN TESTS" in cell.source
    if "MARK SCHEME" in cell.source and not marks.get("task"):
        yield "a mark scheme outside a task would reach students"
    if solution and not marks.get("solution"):
        yield "a solution region outside a solution cell would reach students"
    if hidden and not marks.get("grade"):
        yield "a hidden region outside a graded cell would reach students"


def _graded(notebook: NotebookNode, exercises: dict[str, ExerciseFacts]) -> Iterator[str]:
    """Rules for checks, the answers before them, and written answers."""
    positions = {nbgrader(cell).get("grade_id"): position for position, cell in enumerate(notebook.cells)}
    for cell in notebook.cells:
        marks = nbgrader(cell)
        grade_id, points = str(marks.get("grade_id")), marks.get("points")
        here = f"cell {cell.get('id')}"
        if marks.get("task"):
            yield from (f"{here}: {problem}" for problem in _task(cell))
        if not marks.get("grade"):
            continue
        if cell.cell_type == "markdown":
            if not grade_id.startswith("answer_"):
                yield f"{here}: a written answer's grade id starts with answer_"
            if not isinstance(points, int | float) or points <= 0:
                yield f"{here}: a written answer needs points above 0"
            continue
        exercise = exercises.get(grade_id.removeprefix("check_"))
        if not grade_id.startswith("check_") or exercise is None:
            yield f"{here}: grade id {grade_id} is check_ and the name of no exercise of this assignment"
            continue
        if points != exercise.points:
            yield f"{here}: {points} points, but the exercise has {exercise.points}"
        if cell.source != graded_source(exercise):
            lines = " / ".join(graded_source(exercise).splitlines())
            yield f"{here}: a graded cell holds exactly these lines and nothing else: {lines}"
        answer = positions.get(exercise.name)
        if answer is None or answer > positions[grade_id]:
            yield f"{here}: no solution cell with grade id {exercise.name} before it"
        else:
            yield from _answer(notebook.cells[answer], exercise.name)
    for name in exercises:
        if f"check_{name}" not in positions:
            yield f"no cell check_{name}: each exercise of the assignment needs its check"


def _task(cell: NotebookNode) -> Iterator[str]:
    """Rules for a task: students answer it in cells that they add below, and a person marks it."""
    marks = nbgrader(cell)
    points = marks.get("points")
    if cell.cell_type != "markdown" or marks.get("grade") or marks.get("solution") or not marks.get("locked"):
        yield "a task is text, locked, not graded and no solution"
    if not str(marks.get("grade_id")).startswith("task_"):
        yield "a task's grade id starts with task_"
    if not isinstance(points, int | float) or points <= 0:
        yield "a task needs points above 0"


def _answer(cell: NotebookNode, name: str) -> Iterator[str]:
    """Rules for the cell that a student fills in."""
    here, marks = f"cell {cell.get('id')}", nbgrader(cell)
    if cell.cell_type != "code" or not marks.get("solution") or marks.get("locked"):
        yield f"{here}: must be a solution cell of code, not locked"
    if not re.search(r"### BEGIN SOLUTION\n.*### END SOLUTION", cell.source, re.DOTALL):
        yield f"{here}: has no ### BEGIN SOLUTION … ### END SOLUTION region"
    if name not in _stored(cell):
        yield f"{here}: does not define {name}"


def _demonstrations(notebook: NotebookNode) -> Iterator[str]:
    """Rules for demonstrations: locked, and nothing that they define is used elsewhere, since they may fail."""
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    for cell in code:
        marks, here = nbgrader(cell), f"cell {cell.get('id')}"
        tagged = "demo" in cell.metadata.get("tags", [])
        if tagged != str(marks.get("grade_id", "")).startswith("demo_"):
            yield f"{here}: a demonstration has the tag demo and a grade id that starts with demo_"
        if not tagged:
            continue
        if not marks.get("locked") or marks.get("grade") or marks.get("solution"):
            yield f"{here}: a demonstration is locked, not graded and no solution"
        for other in code:
            if other is not cell and (shared := _stored(cell) & _needed(other)):
                yield f"{here}: defines {', '.join(sorted(shared))}, which cell {other.get('id')} uses"


def _stored(cell: NotebookNode) -> set[str]:
    """Names that running the cell defines for later cells."""
    table = table_of(cell.source)
    if table is None:  # a syntax error, which running the cell will show
        return set()
    inside = {
        symbol.get_name() for scope in nested_tables(table) for symbol in scope.get_symbols() if _writes_global(symbol)
    }
    return {symbol.get_name() for symbol in table.get_symbols() if _writes(symbol)} | inside


def _needed(cell: NotebookNode) -> set[str]:
    """Names that the cell uses and does not define itself."""
    table = table_of(cell.source)
    if table is None:
        return set()
    return names_read(table) - _stored(cell)


def _writes(symbol: symtable.Symbol) -> bool:
    return symbol.is_assigned() or symbol.is_imported()


def _writes_global(symbol: symtable.Symbol) -> bool:
    return symbol.is_declared_global() and _writes(symbol)
