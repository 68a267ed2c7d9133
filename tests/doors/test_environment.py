"""pyproject.toml, requirements.lock, environment.yml, the Makefile, the git hooks and CI agree with each other."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
import tomllib
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest
import yaml
from distributions import all_needed
from packaging.utils import canonicalize_name

from autograder.installed import requirements

ROOT = Path(__file__).resolve().parents[2]
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
ENVIRONMENT: dict[str, Any] = yaml.safe_load((ROOT / "environment.yml").read_text())
HOOKS: list[dict[str, Any]] = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())["repos"][0]["hooks"]
TARGETS = {  # target → a command that it runs
    "demo": "autograder demo",
    "quick": "pytest --quick",
    "test": "autograder build --check",
    "hooks": "pre-commit install",
    "lab": "autograder lab",
    "build": "autograder build",
    "site": "python -m website",
    "lite": "python -m website.lite",
    "bench": "",
    "clean": "",
}


def locked() -> dict[str, str]:
    """Package → version in requirements.lock."""
    lines = [line for line in (ROOT / "requirements.lock").read_text().splitlines() if not line.startswith("#")]
    return {canonicalize_name(name): version for name, version in (line.split("==") for line in lines)}


def test_the_lock_has_a_version_that_fits_of_everything_that_is_needed() -> None:
    versions = locked() | {"cnn-course": PROJECT["version"]}
    unmet = {
        f"{needer} needs {wanted}, locked: {versions.get(canonicalize_name(wanted.name))}"
        for needer, wanted in all_needed("dev")
        if not wanted.specifier.contains(versions.get(canonicalize_name(wanted.name), "0"), prereleases=True)
    }
    assert not unmet, "; ".join(sorted(unmet))


def test_what_is_imported_is_named_in_an_extra() -> None:
    """Imports of the folders that students get are in what is always installed, or are PyTorch."""
    always = {canonicalize_name(wanted.name) for wanted in requirements()} | {"torch"}
    by_import = metadata.packages_distributions()
    needed = {
        name: {canonicalize_name(one) for one in by_import.get(name, [name])}
        for path in students_files()
        for name in third_party(path)
    }
    transitive = {"traitlets", "jupyter-core", "jupyter-server", "cycler"}  # parts of Jupyter and of matplotlib
    graders = {"safetensors", "sqlalchemy", "nbgrader"}  # behind the wall, or in the commands for instructors
    assert {name for name, owners in needed.items() if not owners & (always | transitive | graders)} == set()


def students_files() -> list[Path]:
    folders = ("guest", "judging", "exercises", "progress", "restoring")
    return [
        *(ROOT / "autograder").glob("*.py"),
        *(path for folder in folders for path in (ROOT / "autograder" / folder).rglob("*.py")),
        *(ROOT / "utils").rglob("*.py"),
    ]


def third_party(path: Path) -> set[str]:
    """The packages that a file imports, without Python's and the course's own."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names.add((node.module or "").partition(".")[0])
    return names - sys.stdlib_module_names - {"autograder", "utils"}


def test_conda_installs_the_course_at_the_locked_versions() -> None:
    (installed,) = [entry["pip"] for entry in ENVIRONMENT["dependencies"] if isinstance(entry, dict)]
    assert installed == ["--constraint requirements.lock", "--editable .[torch]"]


def test_conda_has_a_python_that_the_project_takes() -> None:
    (python,) = [entry for entry in ENVIRONMENT["dependencies"] if str(entry).startswith("python=")]
    version = tuple(map(int, python.removeprefix("python=").split(".")))
    assert version >= tuple(map(int, PROJECT["requires-python"].removeprefix(">=").split(".")))
    assert ENVIRONMENT["name"] == PROJECT["name"]


def test_make_installs_the_locked_versions() -> None:
    assert "--constraint requirements.lock --editable '.[dev]'" in (ROOT / "Makefile").read_text()


@pytest.mark.parametrize("target", TARGETS)
def test_make_has_the_target(target: str) -> None:
    planned = subprocess.run(["make", "--dry-run", target], cwd=ROOT, capture_output=True, text=True)
    assert planned.returncode == 0, planned.stderr
    assert TARGETS[target] in planned.stdout


def test_every_hook_is_a_part_of_make_test() -> None:
    planned = subprocess.run(["make", "--dry-run", "test"], cwd=ROOT, capture_output=True, text=True).stdout
    commands = [" ".join(word for word in hook["args"] if word != "--force-exclude") for hook in HOOKS]
    assert commands == ["ruff check", "ruff format", "autograder build --check"]
    assert all(command in planned for command in commands)


@pytest.mark.parametrize(
    ("changed", "runs"),
    [
        ("solutions/05_pooling/05_pooling.ipynb", True),
        ("notebooks/05_pooling/05_pooling.ipynb", True),
        ("autograder/exercises/pooling/average.py", True),
        ("tests/conftest.py", False),
        ("docs/students.md", False),
    ],
)
def test_the_build_is_checked_when_a_notebook_or_the_autograder_changes(changed: str, runs: bool) -> None:
    (hook,) = [hook for hook in HOOKS if hook["id"] == "build-check"]
    assert bool(re.search(hook["files"], changed)) is runs


def test_ci_runs_make_test() -> None:
    script = ROOT / ".ci" / "run"
    assert os.access(script, os.X_OK)
    assert script.read_text().rstrip().endswith("exec make test")
