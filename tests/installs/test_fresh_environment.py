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
from distributions import distributions_needed
from small_course import REPOSITORY

from autograder.authoring.bundle import write_bundle
from autograder.course import Course
from autograder.gallery.registry import right_answers
from autograder.notebooks import nbgrader

FIRST = "conv_output_size"  # the first exercise of 02
ANSWER = right_answers(FIRST)[0].source
WITHOUT_NETWORK = ("--quiet", "--no-deps", "--no-build-isolation", "--no-index")


class Fresh:
    """An environment of its own, in `folder`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}

    def _done(self, program: str, words: tuple[str | Path, ...], status: int) -> tuple[str, str]:
        command = [str(self.folder / "env" / "bin" / program), *map(str, words)]
        done = subprocess.run(command, cwd=self.folder, env=self.environment, capture_output=True, text=True)
        assert done.returncode == status, done.stdout + done.stderr
        return done.stdout, done.stderr

    def run(self, program: str, *words: str | Path, status: int = 0) -> str:
        """What a program of the environment prints, to either stream; it must exit with `status`."""
        return "".join(self._done(program, words, status))

    def json(self, *words: str | Path, status: int = 0) -> Any:
        """What a command of the course prints as JSON."""
        return json.loads(self._done("autograder", (*words, "--json"), status)[0])


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
    # setuptools builds the course, as pip would fetch it; JupyterLab is a third of the rest, and no browser is opened
    for name in distributions_needed(leave_out="jupyterlab") | {"setuptools"}:
        link(metadata.distribution(name), packages)
    for name in ("autograder", "utils"):
        shutil.copytree(REPOSITORY / name, folder / "checkout" / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(REPOSITORY / name, folder / "checkout")
    fresh.run("pip", "wheel", *WITHOUT_NETWORK, "--wheel-dir", folder, folder / "checkout")
    fresh.run("pip", "install", *WITHOUT_NETWORK, *folder.glob("*.whl"))
    return fresh


def statuses(fresh: Fresh, notebook: Path) -> dict[str, str]:
    """What `autograder check` says of 02 with one answer written, by exercise."""
    content = nbformat.read(notebook, as_version=4)
    (cell,) = [cell for cell in content.cells if nbgrader(cell).get("grade_id") == FIRST]
    cell.source = ANSWER
    nbformat.write(content, notebook)
    outcomes = fresh.json("check", notebook, status=1)["exercises"]
    return {outcome["exercise"]: outcome["status"] for outcome in outcomes}


def test_the_wheel_makes_a_folder_whose_first_check_passes(fresh: Fresh) -> None:
    assert "10 notebooks" in fresh.run("autograder", "new", "course")
    found = statuses(fresh, fresh.folder / "course" / "notebooks" / "02_convolution" / "02_convolution.ipynb")
    assert found.pop(FIRST) == "passed"
    assert set(found.values()) == {"not attempted", "to be marked"}


def test_nothing_of_grading_or_pytorch_is_there_and_the_doctor_is_content(fresh: Fresh) -> None:
    listed = {one["name"].lower() for one in json.loads(fresh.run("pip", "list", "--format", "json"))}
    assert not listed & {"torch", "nbgrader", "distributed", "bleach", "sqlalchemy", "scipy", "scikit-learn"}
    data = "from utils.data import load, photograph; print(len(load().train_images), photograph().shape)"
    assert fresh.run("python", "-c", data) == "1400 (3, 427, 640)\n"
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
    script = f"{ANSWER}\nfrom autograder import check\ncheck.{FIRST}({FIRST})"
    card = fresh.run("python", "-c", script)
    assert FIRST in card and "✓" in card and "✗" not in card
    assert "for instructors" in fresh.run("autograder", "grade", "02_convolution", status=2)
    advice = {one["name"]: one["advice"] for one in fresh.json("doctor", "--course", unpacked, status=1)}
    assert "pip install -e '.[torch]'" in advice["PyTorch"]
