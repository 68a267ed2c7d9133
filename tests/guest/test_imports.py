"""The guest's code imports itself, utils and installed packages alone, so it can be copied into the sandbox."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from autograder import guest

GUEST = Path(guest.__file__).parent
ALLOWED = ("autograder.guest", "utils")


def own_modules(path: Path) -> set[str]:
    """The modules of this repository that a file imports, wherever in the file."""
    modules: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            modules |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0 and node.module, f"{path.name} has a relative import"
            modules |= {f"{node.module}.{alias.name}" for alias in node.names}
    return {module for module in modules if module.split(".")[0] in ("autograder", "utils", "tests", "benchmarks")}


@pytest.mark.parametrize("path", sorted(GUEST.rglob("*.py")), ids=lambda path: str(path.relative_to(GUEST)))
def test_the_guest_imports_nothing_of_the_host(path: Path) -> None:
    outside = {
        module
        for module in own_modules(path)
        if not any(module == allowed or module.startswith(f"{allowed}.") for allowed in ALLOWED)
    }
    assert not outside


CORE = sorted(path for path in GUEST.glob("*.py"))


@pytest.mark.parametrize("path", CORE, ids=lambda path: path.name)
def test_a_kernel_starts_in_a_course_without_utils(path: Path) -> None:
    """Only responders, fakes and functions may import utils: a course of another subject has none."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    imports = [node for node in tree.body if isinstance(node, (ast.Import, ast.ImportFrom))]
    assert not [node for node in imports if "utils" in ast.unparse(node)]
