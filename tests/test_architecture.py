"""The architecture: imports go one way and in no circle, files and functions stay short."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("autograder", "utils")
# a part may import parts of a lower rank only, wherever in a file the import is
RANKS = {
    "utils": 0,
    "autograder.errors": 0,
    "autograder.files": 1,
    "autograder.gradebook": 1,
    "autograder.installed": 1,
    "autograder.guest": 1,
    "autograder.judging": 2,
    "autograder.exercises": 3,
    "autograder.notebooks": 3,
    "autograder.course": 3,
    "autograder.outcome": 4,
    "autograder.roster": 4,
    "autograder.grading_rules": 4,
    "autograder.restoring": 4,
    "autograder.new_folder": 5,
    "autograder.progress": 5,
    "autograder.check": 6,
    "autograder.notebook_check": 6,
    "autograder.sandbox": 6,
    "autograder.tutoring": 7,
    "autograder.authoring": 7,
    "autograder.doctor": 7,
    "autograder.gallery": 7,
    "autograder.grading": 7,
    "autograder.formgrader": 7,
    "autograder.exchange": 8,
    "autograder.tables": 8,
    "autograder.lms": 9,
    "autograder.report": 9,
    "autograder.similar": 9,
    "autograder.watch": 9,
    "autograder.demo": 10,
    "autograder.terminal": 11,
    "autograder.student_commands": 12,
    "autograder.instructor_commands": 12,
    "autograder.lms_commands": 12,
    "autograder.contributor_commands": 12,
    "autograder.cli": 13,
    "autograder.__main__": 14,
}
LINES_OF_A_FILE, LINES_OF_A_FUNCTION = 300, 60
ANSWERS = "autograder/gallery/answers/"  # source of right and wrong answers: data
MISTAKE_TABLES = {  # functions that hold nothing but a table of mistakes, for several exercises
    "autograder/exercises/pooling/backward_mistakes.py:backward_mistakes",
    "autograder/exercises/pooling/forward_mistakes.py:forward_mistakes",
}


@cache
def modules() -> dict[str, Path]:
    """Every module of the packages, by its dotted name."""
    paths = [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]
    return {".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path for path in paths}


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def imported(node: ast.AST) -> Iterator[str]:
    """The modules of the packages that one import statement names."""
    names: list[str] = []
    if isinstance(node, ast.Import):
        names = [alias.name for alias in node.names]
    elif isinstance(node, ast.ImportFrom):
        assert node.level == 0, "relative imports are not used here"
        names = [f"{node.module}.{alias.name}" for alias in node.names]
    for name in names:
        while name and name not in modules():
            name = name.rpartition(".")[0]  # what is imported from a module is no module itself
        if name:
            yield name


def at_import(statements: list[ast.stmt]) -> Iterator[ast.stmt]:
    """The statements that run when a module is imported, without those for type checkers alone."""
    for statement in statements:
        yield statement
        if isinstance(statement, ast.If) and ast.unparse(statement.test) == "TYPE_CHECKING":
            yield from at_import(statement.orelse)
        elif isinstance(statement, (ast.If, ast.Try, ast.With)):
            for block in ("body", "orelse", "finalbody"):
                yield from at_import(getattr(statement, block, []))
            for handler in getattr(statement, "handlers", []):
                yield from at_import(handler.body)


def part(module: str) -> str:
    """The entry of RANKS that a module belongs to; empty for the package autograder itself."""
    return next((name for name in RANKS if module == name or module.startswith(f"{name}.")), "")


def test_every_module_has_a_rank() -> None:
    assert {module for module in modules() if not part(module)} == {"autograder"}
    assert all(any(part(module) == name for module in modules()) for name in RANKS)


def test_imports_go_one_way() -> None:
    upwards = {
        f"{module} imports {target}"
        for module, path in modules().items()
        for node in ast.walk(parsed(path))
        for target in imported(node)
        if part(module) and part(target) != part(module) and RANKS[part(target)] >= RANKS[part(module)]
    }
    assert not upwards


def test_no_modules_import_each_other_in_a_circle() -> None:
    imports = {
        module: {target for node in at_import(parsed(path).body) for target in imported(node) if target != module}
        for module, path in modules().items()
    }
    while leaves := [module for module, targets in imports.items() if not targets & imports.keys()]:
        for module in leaves:
            del imports[module]
    assert not imports, "these modules, or modules that import them, are in a circle"


def test_files_are_short() -> None:
    counts = {relative(path): len(path.read_text(encoding="utf-8").splitlines()) for path in modules().values()}
    assert {name for name, count in counts.items() if count > LINES_OF_A_FILE} == set()


def test_functions_are_short() -> None:
    functions = [
        (f"{relative(path)}:{node.name}", (node.end_lineno or node.lineno) - node.lineno + 1)
        for path in modules().values()
        if not relative(path).startswith(ANSWERS)
        for node in ast.walk(parsed(path))
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
    ]
    assert {name for name, count in functions if count > LINES_OF_A_FUNCTION} == MISTAKE_TABLES


@pytest.mark.parametrize("source", ["if x:\n    import utils", "try:\n    pass\nexcept ImportError:\n    import utils"])
def test_an_import_inside_another_statement_counts(source: str) -> None:
    assert [name for node in at_import(ast.parse(source).body) for name in imported(node)] == ["utils"]
