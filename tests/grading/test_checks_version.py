"""Results go stale when code that decides about them changes, wherever that code is, and only then."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from autograder.exercises import ASSIGNMENTS
from autograder.grading.checks_version import ROOT, imported, modules_of, path_of, sources, version_of_checks

PACKAGE = ROOT / "autograder"
NOT_IN_ANY = {"autograder.sandbox.probe", "autograder.sandbox.availability"}  # asks whether grading can start, no more


def changed(path: str, assignment: str) -> bool:
    """Whether an edit of one file of the repository gives an assignment's checks another version."""
    assert (ROOT / path).is_file(), path

    def read(other: Path) -> bytes:
        return other.read_bytes() + (b"# edited\n" if other == ROOT / path else b"")

    return version_of_checks(assignment, read) != version_of_checks(assignment)


@pytest.mark.parametrize(
    "path",
    [
        "autograder/exercises/lenet_numpy/training.py",
        "autograder/exercises/shared/schedule.py",
        "autograder/judging/compare.py",
        "autograder/guest/kernel.py",
        "autograder/guest/check_stub.py",
        "autograder/guest/responders/training.py",
        "autograder/sandbox/client.py",
        "autograder/restoring/restore.py",
        "autograder/notebooks.py",
        "utils/layers/stand_ins.py",
    ],
)
def test_an_edit_of_anything_that_grading_runs_changes_the_version(path: str) -> None:
    assert changed(path, "07_lenet_numpy")


@pytest.mark.parametrize(
    "path",
    [
        "autograder/exercises/pooling/average.py",
        "autograder/guest/responders/timing.py",
        "autograder/gallery/registry.py",
        "autograder/report/page.py",
        "autograder/cli.py",
    ],
)
def test_an_edit_of_what_another_assignment_uses_does_not(path: str) -> None:
    assert not changed(path, "07_lenet_numpy")


def test_an_edit_of_a_shared_file_reaches_those_that_import_it() -> None:
    reached = {name for name in ASSIGNMENTS if changed("autograder/exercises/shared/schedule.py", name)}
    assert reached == {"07_lenet_numpy", "09_gpu"}


def test_no_module_of_the_checks_is_left_out() -> None:
    reached = {module for name in ASSIGNMENTS for module in modules_of(name)}
    files = [
        path for folder in ("exercises", "judging", "guest", "sandbox") for path in (PACKAGE / folder).rglob("*.py")
    ]
    modules = {".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__") for path in files}
    assert modules - reached - NOT_IN_ANY == set()


def test_imports_are_followed_wherever_they_stand() -> None:
    lines = "def late():\n    from autograder.judging import oracle\n    import utils.idx, numpy\nfrom . import seeds"
    read = {path_of("autograder.judging.card"): lines.encode()}
    closure = sources(["autograder.judging.card"], lambda path: read.get(path, b""))
    assert set(closure) == {
        "autograder", "autograder.judging", "autograder.judging.card", "autograder.judging.oracle",
        "autograder.judging.seeds", "utils", "utils.idx",
    }  # fmt: skip


@pytest.mark.parametrize("folder", ["autograder", "utils"])
def test_reading_imports_from_text_finds_all_that_parsing_finds(folder: str) -> None:
    for path in (ROOT / folder).rglob("*.py"):
        source, package = path.read_bytes(), ".".join(path.parent.relative_to(ROOT).parts)
        statements = [node for node in ast.walk(ast.parse(source)) if isinstance(node, (ast.Import, ast.ImportFrom))]
        parsed = {
            f"{node.module}.{alias.name}" if isinstance(node, ast.ImportFrom) else alias.name
            for node in statements
            for alias in node.names
        }
        assert parsed <= set(imported(source, package)), path
