"""What an installation takes, and whether the course works in it: seconds, megabytes, first check, solved notebooks.

    python benchmarks/installs.py [--row light:lock:python3.12 …] [--solved 02_convolution …] [--pin torch==2.13.0+cpu]

Each row is a fresh environment into which the course's wheel is installed, as EXTRA:VERSIONS:PYTHON. EXTRA is `light`
(what 01 to 07 need), `no-lab` (the same without JupyterLab, for another editor), `torch`, `grading` or `dev`. VERSIONS
is `lock` (requirements.lock), `oldest` (the oldest minor version that pyproject.toml allows of each package that it
names) or `newest` (what pip finds). Packages that pip has in its cache are not downloaded again. A package that is
pinned has this version in every row: PyTorch without CUDA, for example, which is gigabytes smaller.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
from pathlib import Path
from typing import Any

from machine import machine

from autograder.gallery.registry import right_answers

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "requirements.lock"
ROWS = (
    "no-lab:lock:python3.11",
    "light:lock:python3.11",
    "light:oldest:python3.11",
    "light:lock:python3.12",
    "light:newest:python3.13",
    "torch:lock:python3.11",
    "torch:newest:python3.13",
    "grading:lock:python3.11",
    "dev:lock:python3.11",
)
FIRST = "conv_output_size"  # the first exercise of 02


def first_check() -> str:
    """A script that checks a right answer to the first exercise of 02, as the notebook does."""
    return f"from autograder import check\n{right_answers(FIRST)[0].source}\ncheck.{FIRST}({FIRST})"


def named(extras: bool) -> list[str]:
    """The lines of pyproject.toml that say what is always installed, and with `extras` what each extra adds."""
    project: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    lines = list(project["dependencies"])
    for added in project["optional-dependencies"].values() if extras else ():
        lines += [line for line in added if not line.startswith("cnn-course[")]
    return lines


def chosen(versions: str, pins: list[str], folder: Path) -> list[str]:
    """The options by which pip takes these versions, and those that are pinned."""
    lines: list[str] = []
    if versions == "lock":
        lines = LOCK.read_text().splitlines()
    elif versions == "oldest":
        lines = [re.sub(r">=([^,]*).*", r"==\1.*", re.sub(r"\[\w+\]", "", line)) for line in named(extras=True)]
    pinned = {pin.partition("==")[0] for pin in pins}
    constraints = folder / "constraints.txt"
    constraints.write_text(
        "\n".join([*(line for line in lines if line.partition("==")[0] not in pinned), *pins]) + "\n"
    )
    return ["--constraint", str(constraints)]


def run(command: list[str], folder: Path, **options: Any) -> tuple[float, subprocess.CompletedProcess[str]]:
    """Run a command in a folder; its seconds, and what it printed."""
    # nothing of this checkout may be found, or the wheel is not what is tried
    environment = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV")}
    started = time.perf_counter()
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, **options)
    return time.perf_counter() - started, done


def megabytes(folder: Path) -> float:
    """What the files of a folder take, in units of 10⁶ bytes."""
    return sum(path.lstat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6


def install(row: str, pins: list[str], wheel: Path, folder: Path) -> tuple[Path, float]:
    """Make the environment of a row; its folder of programs, and the seconds that pip took."""
    extra, versions, python = row.split(":")
    _, made = run([python, "-m", "venv", str(folder / "env")], folder)
    made.check_returncode()
    programs = folder / "env" / "bin"
    pip = [str(programs / "pip"), "install", "--quiet", "--disable-pip-version-check", *chosen(versions, pins, folder)]
    course = str(wheel) if extra in ("light", "no-lab") else f"{wheel}[{extra}]"
    steps = [[*pip, course]]
    if extra == "no-lab":
        others = [line for line in named(extras=False) if not line.startswith("jupyterlab")]
        steps = [[*pip, *others], [*pip, "--no-deps", course]]
    total = 0.0
    for step in steps:
        seconds, installed = run(step, folder)
        total += seconds
        if installed.returncode:
            raise RuntimeError(installed.stderr.strip().splitlines()[-1])
    return programs, total


def measure(row: str, pins: list[str], wheel: Path, notebooks: list[str]) -> str:
    """A row of the table."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        try:
            programs, seconds = install(row, pins, wheel, folder)
        except (RuntimeError, OSError, subprocess.CalledProcessError) as error:
            return f"| {row.replace(':', ' | ')} | – | – | – | {error} |"
        size = megabytes(folder / "env")
        _, version = run([str(programs / "python"), "-c", "import numpy; print(numpy.__version__)"], folder)
        first, checked = run([str(programs / "python"), "-c", first_check()], folder)
        said = "" if "pass" in checked.stdout else f" (failed: {(checked.stderr or checked.stdout).strip()[-200:]})"
        passing = [notebook for notebook in notebooks if solved(programs, notebook, folder)]
        worked = f"{len(passing)} of {len(notebooks)}" if notebooks else "not run"
        numbers = f"{version.stdout.strip()} | {seconds:.0f} | {size:.0f} | {first:.1f}{said}"
        return f"| {row.replace(':', ' | ')} | {numbers} | {worked} |"


def solved(programs: Path, notebook: str, folder: Path) -> bool:
    """Whether every check of a solved notebook passes there."""
    shutil.copy(ROOT / "solutions" / notebook / f"{notebook}.ipynb", folder)
    seconds = 1200
    checking = [str(programs / "autograder"), "check", f"{notebook}.ipynb", "--timeout", str(seconds)]
    _, checked = run(checking, folder)
    if checked.returncode:
        print(f"{notebook}: {checked.stdout}{checked.stderr}", file=sys.stderr)
    return checked.returncode == 0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--row", action="append", help="EXTRA:VERSIONS:PYTHON; all rows where none is named")
    parser.add_argument("--solved", nargs="*", default=["02_convolution"], help="solved notebooks to check in each row")
    parser.add_argument("--pin", action="append", default=[], help="NAME==VERSION of a package in every row")
    options = parser.parse_args()
    print(machine() + "\n")
    print(
        "| extra | versions | Python | NumPy | installed in (s) | MB | first check (s) | solved notebooks that pass |"
    )
    print("| --- | --- | --- | --- | --- | --- | --- | --- |")
    with tempfile.TemporaryDirectory() as name:
        _, built = run(
            [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "-w", name, str(ROOT)], Path(name)
        )
        built.check_returncode()
        (wheel,) = Path(name).glob("*.whl")
        for row in options.row or ROWS:
            print(measure(row, options.pin, wheel, options.solved), flush=True)


if __name__ == "__main__":
    main()
