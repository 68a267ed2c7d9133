"""Is this machine ready? Python, packages, Jupyter's extensions, the course directory, disk, data and GPU."""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path
from typing import Any

PROJECT = "cnn-course"
OLDEST_PYTHON = (3, 11)
DISK_NEEDED = 1e9  # bytes, for data sets, checkpoints and graded notebooks
ALLOW = (
    "`autograder grade` stops without them. Install bubblewrap; where user namespaces are restricted, allow them for "
    "it, or grade in a container that may make them (docs/grading.md)"
)
DATA = "CNN_COURSE_DATA"


@dataclass(frozen=True)
class Finding:
    """One thing looked at. needed: without it the course does not work; advice: what to do about it."""

    name: str
    good: bool
    found: str
    advice: str = ""
    needed: bool = True

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


def examine(root: Path) -> list[Finding]:
    """Look at everything; never raises."""
    probes: tuple[Callable[[Path], Iterator[Finding]], ...] = (
        _python,
        _packages,
        _torch,
        _jupyter,
        _course,
        _walls,
        _disk,
        _data,
    )
    found: list[Finding] = []
    for look in probes:
        try:
            found += look(root)
        except Exception as error:
            name = look.__name__.strip("_")
            found.append(
                Finding(name, False, f"{type(error).__name__}: {error}", "report this: the doctor failed here")
            )
    return found


def _python(root: Path) -> Iterator[Finding]:
    found = ".".join(map(str, sys.version_info[:3]))
    wanted = ".".join(map(str, OLDEST_PYTHON))
    yield Finding("Python", sys.version_info >= OLDEST_PYTHON, found, f"install Python {wanted} or newer")


def pins() -> dict[str, str]:
    """Package → version that this course is tested with, from its own metadata."""
    found = {}
    for line in metadata.requires(PROJECT) or []:
        if (match := re.fullmatch(r"([\w.-]+)\s*==\s*([\w.]+)", line)) is not None:
            found[match[1]] = match[2]
    return found


def _packages(root: Path) -> Iterator[Finding]:
    try:
        wanted = pins()
    except metadata.PackageNotFoundError:
        yield Finding("course packages", False, "not installed", "run `pip install -e .` in the course folder")
        return
    wrong = []
    for name, version in wanted.items():
        try:
            # a local build such as 2.13.0+cpu is the same version
            found = metadata.version(name).partition("+")[0]
        except metadata.PackageNotFoundError:
            found = "missing"
        if found != version:
            wrong.append(f"{name} {found}, wanted {version}")
    seen = "; ".join(wrong) or f"{len(wanted)} at their pinned versions"
    yield Finding("packages", not wrong, seen, "run `pip install -e .` in the course folder")


def _torch(root: Path) -> Iterator[Finding]:
    try:
        import torch
    except Exception as error:  # a broken build raises what it likes
        yield Finding(
            "PyTorch",
            False,
            f"does not import: {error}",
            "reinstall it: `pip install --force-reinstall torch`",
        )
        return
    yield Finding("PyTorch", True, torch.__version__)
    cuda = torch.cuda.is_available()
    device = torch.cuda.get_device_name(0) if cuda else "none: every notebook runs on the CPU too"
    yield Finding("CUDA GPU", cuda, device, "needed by nothing; 09 is faster with one", needed=False)


def _jupyter(root: Path) -> Iterator[Finding]:
    from jupyter_client.kernelspec import KernelSpecManager
    from jupyter_core.paths import jupyter_config_path, jupyter_path
    from jupyter_server.extension.config import ExtensionConfigManager

    kernel = "python3" in KernelSpecManager().find_kernel_specs()
    yield Finding(
        "kernel python3", kernel, "found" if kernel else "missing", "run `python -m ipykernel install --user`"
    )
    enabled = ExtensionConfigManager(read_config_path=jupyter_config_path()).get_jpserver_extensions()
    wanted = ("formgrader", "validate_assignment")
    off = [name for name in wanted if not enabled.get(f"nbgrader.server_extensions.{name}")]
    turn_on = "run `jupyter server extension enable --sys-prefix --py nbgrader`"
    yield Finding("nbgrader in the server", not off, f"off: {', '.join(off)}" if off else "enabled", turn_on)
    folders = [Path(path) for path in jupyter_path("labextensions")]
    there = any((folder / "@jupyter" / "nbgrader" / "package.json").is_file() for folder in folders)
    disabled = _disabled([Path(path) for path in jupyter_config_path()])
    seen = "enabled" if there and not disabled else "disabled" if there else "missing"
    turn_on = "run `jupyter labextension enable --level=sys_prefix @jupyter/nbgrader`"
    yield Finding("nbgrader in JupyterLab", seen == "enabled", seen, turn_on)


def _disabled(folders: list[Path]) -> bool:
    """Whether JupyterLab's page settings switch nbgrader's extension off."""
    for folder in folders:
        settings = folder / "labconfig" / "page_config.json"
        if settings.is_file():
            off = json.loads(settings.read_text()).get("disabledExtensions", {})
            if "@jupyter/nbgrader" in off and (not isinstance(off, dict) or off["@jupyter/nbgrader"]):
                return True
    return False


def _course(root: Path) -> Iterator[Finding]:
    notebooks = sorted(root.glob("notebooks/*/*.ipynb"))
    if not (root / "nbgrader_config.py").is_file():
        seen = f"students' copy, {len(notebooks)} notebooks" if notebooks else f"no course in {root}"
        yield Finding("course directory", bool(notebooks), seen, "run this in the course folder, or give --course DIR")
        return
    from autograder.course import Course
    from autograder.errors import CourseError
    from autograder.judging.seeds import FILE, VARIABLE

    given = VARIABLE in os.environ
    try:
        assignments = Course(root).assignments()
    except CourseError as error:
        yield Finding("course directory", False, str(error), "put that right")
        return
    missing = [name for name in assignments if not (root / "notebooks" / name / f"{name}.ipynb").is_file()]
    seen = ", ".join(assignments) or "no assignments"
    seen += f"; not built: {', '.join(missing)}" if missing else ""
    yield Finding("course directory", bool(assignments) and not missing, seen, "run `autograder build`")
    there = given or (root / FILE).is_file()
    seen = f"from {VARIABLE}" if given else f"in {FILE}" if there else "missing"
    yield Finding("course secret", there, seen, f"keep {FILE} where it is, and a copy: a regrade needs the same one")


def _walls(root: Path) -> Iterator[Finding]:
    """For those who grade: whether a student's code can be kept from everything else."""
    if not (root / "nbgrader_config.py").is_file() or find_spec("autograder.sandbox") is None:
        return
    from autograder.sandbox.probe import missing_wall

    missing = missing_wall()
    yield Finding("walls for grading", not missing, missing or "bubblewrap and namespaces work", ALLOW, needed=False)


def _disk(root: Path) -> Iterator[Finding]:
    free = shutil.disk_usage(root).free
    yield Finding("disk", free >= DISK_NEEDED, f"{free / 1e9:.0f} GB free", f"free {DISK_NEEDED / 1e9:.0f} GB here")
    if (root / "nbgrader_config.py").is_file():
        yield Finding("may write here", os.access(root, os.W_OK), str(root), "grading writes into the course directory")


def _data(root: Path) -> Iterator[Finding]:
    if not (given := os.environ.get(DATA)):
        yield Finding("data folder", True, f"{DATA} is not set: digits are built in, MNIST is downloaded", needed=False)
    else:
        there = Path(given).is_dir()
        yield Finding(
            "data folder",
            there,
            given if there else f"{given} is not a folder",
            f"put {DATA} right or unset it",
        )
