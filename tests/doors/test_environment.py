"""pyproject.toml, environment.yml, the Makefile, the git hooks and CI agree with each other."""

from __future__ import annotations

import os
import re
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from autograder.doctor import pins

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
    "bench": "",
    "clean": "",
}


def test_conda_installs_the_same_versions() -> None:
    (installed,) = [entry["pip"] for entry in ENVIRONMENT["dependencies"] if isinstance(entry, dict)]
    wanted = PROJECT["dependencies"] + PROJECT["optional-dependencies"]["dev"]
    assert sorted(installed) == sorted([*wanted, "--editable ."])


def test_conda_has_a_python_that_the_project_takes() -> None:
    (python,) = [entry for entry in ENVIRONMENT["dependencies"] if str(entry).startswith("python=")]
    version = tuple(map(int, python.removeprefix("python=").split(".")))
    assert version >= tuple(map(int, PROJECT["requires-python"].removeprefix(">=").split(".")))
    assert ENVIRONMENT["name"] == PROJECT["name"]


def test_every_version_is_pinned() -> None:
    wanted = PROJECT["dependencies"] + PROJECT["optional-dependencies"]["dev"]
    assert [line for line in wanted if line.count("==") != 1] == []


def test_the_doctor_knows_the_pins() -> None:
    assert dict(line.split("==") for line in PROJECT["dependencies"]).items() <= pins().items()


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
