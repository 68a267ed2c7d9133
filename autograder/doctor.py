"""Is this machine ready? Python, packages, Jupyter's extensions, the course directory, disk, data and GPU."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from autograder.installed import install_command, requirements, unmet

OLDEST_PYTHON = (3, 11)
DISK_NEEDED = 1e9  # bytes, for data sets, checkpoints and graded notebooks
INSTALL_SANDBOX = (
    "`autograder grade` stops without it. Install bubblewrap; where user namespaces are restricted, allow them for "
    "it, or grade in a container that may make them (docs/grading.md)"
)
DATA = "CNN_COURSE_DATA"
SETTINGS = "nbgrader_config.py"


@dataclass(frozen=True)
class Finding:
    """One thing that was examined."""

    name: str  # what was examined
    good: bool
    found: str  # what is there now
    advice: str = ""  # what to do if it is not good
    needed: bool = True  # whether the course does not work without it

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


def examine(root: Path) -> list[Finding]:
    """Examine this machine and the course in `root`; never raises."""
    examinations: tuple[Callable[[Path], Iterator[Finding]], ...] = (
        _python,
        _packages,
        _torch,
        _jupyter,
        _course,
        _sandbox,
        _disk,
        _data,
    )
    findings: list[Finding] = []
    for examination in examinations:
        try:
            findings += examination(root)
        except Exception as error:
            problem = f"{type(error).__name__}: {error}"
            name = examination.__name__.strip("_")
            findings.append(Finding(name, False, problem, "report this: the doctor failed here"))
    return findings


def _python(root: Path) -> Iterator[Finding]:
    version = ".".join(map(str, sys.version_info[:3]))
    oldest = ".".join(map(str, OLDEST_PYTHON))
    yield Finding("Python", sys.version_info >= OLDEST_PYTHON, version, f"install Python {oldest} or newer")


def _packages(root: Path) -> Iterator[Finding]:
    """The packages of 01 to 07, and where the course is taught those of grading."""
    try:
        yield _of_extra("packages", "")
    except metadata.PackageNotFoundError:
        yield Finding("course packages", False, "not installed", f"run `{install_command()}` in the course folder")
        return
    if _is_course(root):
        yield _of_extra("packages for grading", "grading", begun=find_spec("nbgrader") is not None)


def _of_extra(name: str, extra: str, begun: bool = True) -> Finding:
    """Whether what an extra asks for is there; begun: whether some of it must be, or it is not wanted here."""
    wanted = requirements(extra)
    wrong = unmet(wanted)
    state = ("; ".join(wrong) if begun else "not installed") if wrong else f"{len(wanted)}, of versions that fit"
    return Finding(name, not wrong, state, f"run `{install_command(extra)}` in the course folder", needed=begun)


def _torch(root: Path) -> Iterator[Finding]:
    if find_spec("torch") is None:
        advice = f"run `{install_command('torch')}` in the course folder before 08"
        yield Finding("PyTorch", False, "not installed: 01 to 07 do without", advice, needed=False)
        return
    wrong = "; ".join(unmet(requirements("torch")))
    try:
        import torch
    except Exception as error:  # a broken build may raise anything
        advice = "reinstall it: `pip install --force-reinstall torch`"
        yield Finding("PyTorch", False, f"does not import: {error}", advice)
        return
    yield Finding("PyTorch", not wrong, wrong or torch.__version__, f"run `{install_command('torch')}`")
    cuda = torch.cuda.is_available()
    device = torch.cuda.get_device_name(0) if cuda else "none: every notebook runs on the CPU too"
    yield Finding("CUDA GPU", cuda, device, "needed by nothing; 09 is faster with one", needed=False)


def _jupyter(root: Path) -> Iterator[Finding]:
    from jupyter_client.kernelspec import KernelSpecManager

    kernel = "python3" in KernelSpecManager().find_kernel_specs()
    advice = "run `python -m ipykernel install --user`"
    yield Finding("kernel python3", kernel, "found" if kernel else "missing", advice)
    if find_spec("nbgrader") is not None:
        yield from _nbgrader()


def _nbgrader() -> Iterator[Finding]:
    from jupyter_core.paths import jupyter_config_path, jupyter_path
    from jupyter_server.extension.config import ExtensionConfigManager

    enabled = ExtensionConfigManager(read_config_path=jupyter_config_path()).get_jpserver_extensions()
    wanted = ("formgrader", "validate_assignment")
    off = [name for name in wanted if not enabled.get(f"nbgrader.server_extensions.{name}")]
    advice = "run `jupyter server extension enable --sys-prefix --py nbgrader`"
    yield Finding("nbgrader in the server", not off, f"off: {', '.join(off)}" if off else "enabled", advice)
    folders = [Path(path) for path in jupyter_path("labextensions")]
    installed = any((folder / "@jupyter" / "nbgrader" / "package.json").is_file() for folder in folders)
    disabled = _disabled([Path(path) for path in jupyter_config_path()])
    state = "missing" if not installed else "disabled" if disabled else "enabled"
    advice = "run `jupyter labextension enable --level=sys_prefix @jupyter/nbgrader`"
    yield Finding("nbgrader in JupyterLab", state == "enabled", state, advice)


def _disabled(folders: list[Path]) -> bool:
    """Whether JupyterLab's page settings switch nbgrader's extension off."""
    for folder in folders:
        settings = folder / "labconfig" / "page_config.json"
        if settings.is_file():
            off = json.loads(settings.read_text()).get("disabledExtensions", {})
            if "@jupyter/nbgrader" in off and (not isinstance(off, dict) or off["@jupyter/nbgrader"]):
                return True
    return False


def _is_course(root: Path) -> bool:
    """Whether `root` is an instructor's course directory; a student's copy has other settings, and no grading."""
    return (root / SETTINGS).is_file() and find_spec("autograder.grading") is not None


def _course(root: Path) -> Iterator[Finding]:
    notebooks = sorted(root.glob("notebooks/*/*.ipynb"))
    if not _is_course(root):
        state = f"students' copy, {len(notebooks)} notebooks" if notebooks else f"no course in {root}"
        advice = "run this in the course folder, or give --course DIR"
        yield Finding("course directory", bool(notebooks), state, advice)
        return
    from autograder.course import Course
    from autograder.errors import CourseError
    from autograder.judging.secret import FILE, VARIABLE

    secret_is_set = VARIABLE in os.environ  # loading the course sets it
    try:
        assignments = Course(root).assignments()
    except CourseError as error:
        yield Finding("course directory", False, str(error), "put that right")
        return
    missing = [name for name in assignments if not (root / "notebooks" / name / f"{name}.ipynb").is_file()]
    state = ", ".join(assignments) or "no assignments"
    state += f"; not built: {', '.join(missing)}" if missing else ""
    yield Finding("course directory", bool(assignments) and not missing, state, "run `autograder build`")
    secret_is_kept = (root / FILE).is_file()
    state = f"from {VARIABLE}" if secret_is_set else f"in {FILE}" if secret_is_kept else "missing"
    advice = f"keep {FILE} where it is, and a copy: a regrade needs the same one"
    yield Finding("course secret", secret_is_set or secret_is_kept, state, advice)


def _sandbox(root: Path) -> Iterator[Finding]:
    """For instructors: whether students' code can be isolated. A student's copy has no sandbox."""
    if not _is_course(root):
        return
    from autograder.sandbox.availability import why_unavailable

    missing = why_unavailable()
    state = missing or "bubblewrap and namespaces work"
    yield Finding("sandbox for grading", not missing, state, INSTALL_SANDBOX, needed=False)


def _disk(root: Path) -> Iterator[Finding]:
    free = shutil.disk_usage(root).free
    yield Finding("disk", free >= DISK_NEEDED, f"{free / 1e9:.0f} GB free", f"free {DISK_NEEDED / 1e9:.0f} GB here")
    if _is_course(root):
        yield Finding("may write here", os.access(root, os.W_OK), str(root), "grading writes into the course directory")


def _data(root: Path) -> Iterator[Finding]:
    folder = os.environ.get(DATA)
    if not folder:
        yield Finding("data folder", True, f"{DATA} is not set: digits are built in, MNIST is downloaded", needed=False)
        return
    exists = Path(folder).is_dir()
    state = folder if exists else f"{folder} is not a folder"
    yield Finding("data folder", exists, state, f"put {DATA} right or unset it")
