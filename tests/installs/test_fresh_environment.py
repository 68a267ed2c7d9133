"""A fresh environment with what 01 to 07 need and no more: the wheel, the students' zip, their first check.

Its packages are those of this environment, linked: `benchmarks/installs.py` installs them from the package registry.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zipfile
from importlib import metadata
from pathlib import Path
from typing import Any

import nbformat
import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from small_course import REPOSITORY

from autograder.authoring.bundle import write_bundle
from autograder.course import Course
from autograder.installed import requirements

SIZE = """
def conv_output_size(size, kernel, stride=1, padding=0):
    if size < 1 or kernel < 1 or stride < 1 or padding < 0 or size + 2 * padding < kernel:
        raise ValueError(f"a kernel of {kernel} does not fit into {size}")
    return (size + 2 * padding - kernel) // stride + 1
"""
WITHOUT_NETWORK = ("--quiet", "--no-deps", "--no-build-isolation", "--no-index")


class Fresh:
    """An environment of its own, in `folder`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}

    def run(self, program: str, *words: str | Path, status: int = 0) -> str:
        """What a program of the environment prints, to either stream; it must exit with `status`."""
        command = [str(self.folder / "env" / "bin" / program), *map(str, words)]
        done = subprocess.run(command, cwd=self.folder, env=self.environment, capture_output=True, text=True)
        assert done.returncode == status, done.stdout + done.stderr
        return done.stdout + done.stderr

    def json(self, *words: str | Path, status: int = 0) -> Any:
        command = [str(self.folder / "env" / "bin" / "autograder"), *map(str, words), "--json"]
        done = subprocess.run(command, cwd=self.folder, env=self.environment, capture_output=True, text=True)
        assert done.returncode == status, done.stdout + done.stderr
        return json.loads(done.stdout)


def needed() -> set[str]:
    """The distributions that the course needs without its extras, and those that these need; without JupyterLab."""
    waiting = [one for one in requirements() if one.name != "jupyterlab"]
    names: set[str] = set()
    while waiting:
        wanted = waiting.pop()
        name = canonicalize_name(wanted.name)
        if name not in names and (wanted.marker is None or wanted.marker.evaluate({"extra": ""})):
            names.add(name)
            waiting += map(Requirement, metadata.requires(name) or [])
    return names


def link(distribution: metadata.Distribution, target: Path) -> None:
    """Link the files of an installed distribution into another folder of packages."""
    for file in distribution.files or ():
        if ".." not in file.parts and "__pycache__" not in file.parts:
            (target / file).parent.mkdir(parents=True, exist_ok=True)
            try:
                os.link(file.locate(), target / file)
            except OSError:  # another disk
                shutil.copyfile(file.locate(), target / file)


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Fresh:
    folder = tmp_path_factory.mktemp("fresh")
    subprocess.run([sys.executable, "-m", "venv", str(folder / "env")], check=True)
    fresh = Fresh(folder)
    (packages,) = (folder / "env").glob("lib/python*/site-packages")
    fresh.run("pip", "uninstall", "--quiet", "--yes", "setuptools")
    for name in needed() | {"setuptools"}:  # which builds the course, as pip would fetch it
        link(metadata.distribution(name), packages)
    for name in ("autograder", "utils"):
        shutil.copytree(REPOSITORY / name, folder / "checkout" / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(REPOSITORY / name, folder / "checkout")
    fresh.run("pip", "wheel", *WITHOUT_NETWORK, "--wheel-dir", folder, folder / "checkout")
    fresh.run("pip", "install", *WITHOUT_NETWORK, *folder.glob("*.whl"))
    return fresh


def statuses(fresh: Fresh, notebook: Path, source: str) -> dict[str, str]:
    """What `autograder check` says of 02 with one answer written, by exercise."""
    content = nbformat.read(notebook, as_version=4)
    (cell,) = [
        cell for cell in content.cells if cell.metadata.get("nbgrader", {}).get("grade_id") == "conv_output_size"
    ]
    cell.source = source
    nbformat.write(content, notebook)
    outcomes = fresh.json("check", notebook, status=1)["exercises"]
    return {outcome["exercise"]: outcome["status"] for outcome in outcomes}


def test_the_wheel_makes_a_folder_whose_first_check_passes(fresh: Fresh) -> None:
    assert "10 notebooks" in fresh.run("autograder", "new", "course")
    found = statuses(fresh, fresh.folder / "course" / "notebooks" / "02_convolution" / "02_convolution.ipynb", SIZE)
    assert found.pop("conv_output_size") == "passed"
    assert set(found.values()) == {"not attempted", "to be marked"}


def test_nothing_of_grading_or_pytorch_is_there_and_the_doctor_is_content(fresh: Fresh) -> None:
    listed = {one["name"].lower() for one in json.loads(fresh.run("pip", "list", "--format", "json"))}
    assert not listed & {"torch", "nbgrader", "distributed", "bleach", "sqlalchemy"}
    findings = {one["name"]: one for one in fresh.json("doctor", "--course", "course", status=1)}
    bad = [name for name, one in findings.items() if one["needed"] and not one["good"]]
    assert bad == ["packages"] and findings["packages"]["found"].startswith("jupyterlab missing")
    assert "pip install 'cnn-course[torch]'" in findings["PyTorch"]["advice"]


def test_the_students_zip_installs_and_its_first_check_passes(fresh: Fresh) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("AUTOGRADER_SECRET", raising=False)
        write_bundle(Course(REPOSITORY), fresh.folder / "a.zip")
    with zipfile.ZipFile(fresh.folder / "a.zip") as bundle:
        bundle.extractall(fresh.folder)
    unpacked = fresh.folder / "cnn-course"
    fresh.run("pip", "install", *WITHOUT_NETWORK, "--editable", unpacked)
    script = f"{SIZE}\nfrom autograder import check\ncheck.conv_output_size(conv_output_size)"
    card = fresh.run("python", "-c", script)
    assert "conv_output_size" in card and "✓" in card and "✗" not in card
    assert "for instructors" in fresh.run("autograder", "grade", "02_convolution", status=2)
    advice = {one["name"]: one["advice"] for one in fresh.json("doctor", "--course", unpacked, status=1)}
    assert "pip install -e '.[torch]'" in advice["PyTorch"]
