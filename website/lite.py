"""Notebooks 01 to 06 in a browser's tab, by JupyterLite and Pyodide: python -m website.lite, into build/site/html/lite.

Beta: docs/tab.md says what was tried. The site that comes out holds Python itself, from npm's package `pyodide`, the
course, and every package that is pure Python. NumPy, Pillow, matplotlib and three others are compiled for Pyodide. No
registry has these, so a browser gets them from Pyodide's own network at the first import of the course. A lock file
tells Pyodide where each package is, and that `autograder` and `utils` are the course's: no cell has to install it.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterable, Sequence
from importlib import metadata
from pathlib import Path
from typing import Any

import nbformat
from packaging.requirements import Requirement

from autograder.authoring.bundle import STUDENTS_GET
from autograder.errors import CourseError
from autograder.exercises import NAMES
from autograder.installed import installed_version
from autograder.notebooks import read_notebook
from website.command import status_of
from website.solved import ROOT, released

NOTEBOOKS = NAMES[:6]  # 07 trains for minutes, 08 to 10 need PyTorch
# what the course imports there, and what JupyterLite's kernel does
COURSE_NEEDS = (
    "numpy",
    "matplotlib",
    "pillow",
    "tqdm",
    "threadpoolctl",
    "packaging",
    "filelock",
    "nbformat",
    "pylatexenc",
)
KERNEL_NEEDS = ("micropip", "ipython", "jedi", "comm")
# pure Python that Pyodide's own lock file does not name; the versions are those that are installed here
NOT_IN_PYODIDE = ("comm", "fastjsonschema", "filelock", "jupyter-core", "nbformat", "pylatexenc")
CDN = "https://cdn.jsdelivr.net/pyodide/v{version}/full/"
RUNTIME = ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip")
LOCK = "pyodide-lock.json"
KERNEL = {"display_name": "Python (Pyodide)", "language": "python", "name": "python"}
SETTINGS = {
    "jupyter-lite-schema-version": 0,
    "jupyter-config-data": {
        "appName": "Convolutional networks",
        "disabledExtensions": ["@jupyter/nbgrader"],
        "exposeAppInBrowser": True,
    },
}
Lock = dict[str, Any]


def build(into: Path) -> Path:
    """Build the edition in the folder `into`, whole or not at all; returns the folder.

    Raises:
        CourseError: if a package is missing here, or a step fails.
    """
    version = pyodide_version()
    into = into.resolve()
    into.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=into.parent, prefix=".lite-") as name:
        folder = Path(name)
        stage_notebooks(folder / "site" / "files" / "notebooks")
        stage_pyodide(folder / "site" / "static" / "pyodide", version, folder)
        (folder / "site" / "jupyter-lite.json").write_text(json.dumps(SETTINGS))
        command = [sys.executable, "-m", "jupyterlite_core.app", "build", "--lite-dir", str(folder / "site")]
        command += ["--contents", str(folder / "site" / "files"), "--output-dir", str(folder / "made")]
        run([*command, "--no-sourcemaps"], folder / "site")
        shutil.rmtree(into, ignore_errors=True)
        shutil.move(folder / "made", into)
    return into


def pyodide_version() -> str:
    """The version of Pyodide that the installed kernel of JupyterLite works with.

    Raises:
        CourseError: if that is not installed.
    """
    try:
        from jupyterlite_pyodide_kernel.constants import PYODIDE_VERSION
    except ModuleNotFoundError:
        raise CourseError("JupyterLite is not installed: pip install -e '.[site]'") from None
    return str(PYODIDE_VERSION)


def stage_notebooks(folder: Path) -> None:
    """Write the students' notebooks with the kernel that they have in a tab."""
    for assignment in NOTEBOOKS:
        notebook = read_notebook(released(assignment))
        notebook.metadata["kernelspec"] = dict(KERNEL)
        (folder / assignment).mkdir(parents=True)
        nbformat.write(notebook, folder / assignment / f"{assignment}.ipynb")


def stage_pyodide(folder: Path, version: str, scratch: Path) -> None:
    """Write Pyodide's runtime, the course, the packages of pure Python, and the lock file with all of them."""
    folder.mkdir(parents=True)
    run(["npm", "pack", "--silent", f"pyodide@{version}"], scratch)
    with tarfile.open(next(scratch.glob("pyodide-*.tgz"))) as archive:
        archive.extractall(scratch, filter="data")
    for file in RUNTIME:
        shutil.copy(scratch / "package" / file, folder)
    lock: Lock = json.loads((scratch / "package" / LOCK).read_text())
    for name in NOT_IN_PYODIDE:
        wheel = built(f"{name}=={installed_version(name)}", folder, scratch / f"built-{name}")
        lock["packages"][name] = entry(name, wheel, [name.replace("-", "_")], depends(name))
    wheel = built(str(students_course(scratch / "course")), folder, scratch / "built-course")
    lock["packages"]["cnn-course"] = entry("cnn-course", wheel, ["autograder", "utils"], COURSE_NEEDS)
    wanted = [lock["packages"][name] for name in needed(lock, (*COURSE_NEEDS, *KERNEL_NEEDS))]
    others = [one for one in wanted if "none-any" in one["file_name"] and not (folder / one["file_name"]).is_file()]
    wheels = {normal(wheel.name.split("-")[0]): wheel for wheel in downloaded(others, lock["info"]["python"], scratch)}
    for package in others:
        package |= in_file(Path(shutil.copy(wheels[normal(package["name"])], folder)))
    for package in lock["packages"].values():
        if not (folder / package["file_name"]).is_file():
            package["file_name"] = CDN.format(version=version) + package["file_name"]
    (folder / LOCK).write_text(json.dumps(lock))


def students_course(checkout: Path) -> Path:
    """Copy what students get of the course, without the gallery and grading, into a new folder; returns that."""
    for name in STUDENTS_GET:
        for path in ROOT.glob(name) if not name.startswith("notebooks") else ():
            target = checkout / path.relative_to(ROOT)
            target.parent.mkdir(parents=True, exist_ok=True)
            ignored = shutil.ignore_patterns("__pycache__")
            shutil.copytree(path, target, ignore=ignored) if path.is_dir() else shutil.copy(path, target)
    shutil.copy(ROOT / "docs" / "students.md", checkout / "README.md")
    return checkout


def built(what: str, folder: Path, scratch: Path) -> Path:
    """Put a wheel of a package, or of a checkout, into the folder; one that is not in the registry is built."""
    scratch.mkdir()
    pip = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation"]
    run([*pip, "--wheel-dir", str(scratch), what], scratch)
    return Path(shutil.copy(next(scratch.glob("*-none-any.whl")), folder))


def downloaded(packages: Iterable[Lock], python: str, scratch: Path) -> list[Path]:
    """Get wheels of pure Python from the package registry, at the versions of the lock file."""
    into = scratch / "downloaded"
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary", ":all:"]
    platform = ["--python-version", python, "--platform", "any", "--implementation", "py"]
    pins = [f"{package['name']}=={package['version']}" for package in packages]
    run([*pip, *platform, "--dest", str(into), *pins], scratch)
    return [*into.glob("*.whl")]


def entry(name: str, wheel: Path, imports: Sequence[str], depends: Sequence[str] = ()) -> Lock:
    """A package of the lock file; imports: the modules that are in it."""
    return {
        "name": name,
        "version": wheel.name.split("-")[1],
        "install_dir": "site",
        "package_type": "package",
        "imports": [*imports],
        "depends": [*depends],
        "unvendored_tests": False,
        **in_file(wheel),
    }


def depends(name: str) -> list[str]:
    """What an installed package needs, in a browser."""
    wanted = map(Requirement, metadata.requires(name) or [])
    there = {"sys_platform": "emscripten", "extra": ""}
    return [normal(one.name) for one in wanted if one.marker is None or one.marker.evaluate(there)]


def in_file(wheel: Path) -> Lock:
    """What the lock file says of a package's file, which lies beside it."""
    return {"file_name": wheel.name, "sha256": hashlib.sha256(wheel.read_bytes()).hexdigest()}


def needed(lock: Lock, names: Iterable[str]) -> list[str]:
    """The packages with these names, and what they depend on, as the lock file spells them."""
    spelled = {normal(name): name for name in lock["packages"]}
    waiting = [spelled[normal(name)] for name in names]
    for name in waiting:
        others = (spelled[normal(other)] for other in lock["packages"][name]["depends"])
        waiting += [other for other in others if other not in waiting]
    return list(dict.fromkeys(waiting))


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def run(command: list[str], folder: Path) -> None:
    """Run a step; CourseError with the end of what it said if it fails."""
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    except FileNotFoundError:
        raise CourseError(f"{command[0]} is not installed, and the edition for a tab needs it") from None
    if done.returncode:
        said = (done.stderr or done.stdout).strip().splitlines()[-5:]
        raise CourseError(f"`{' '.join(command)}` failed: " + " | ".join(said))


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m website.lite", description="Build the edition for a browser's tab."
    )
    parser.add_argument("--into", type=Path, default=ROOT / "build" / "site" / "html" / "lite", help="the folder")
    print(f"The edition is in {build(parser.parse_args().into)}: serve it, a file alone does not start it")


if __name__ == "__main__":
    sys.exit(status_of(main))
