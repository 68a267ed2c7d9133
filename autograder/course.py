"""A course directory: its settings, its assignments, the folders of each step of grading, and its gradebook."""

from __future__ import annotations

import os
import sysconfig
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from nbgrader.api import Gradebook, InvalidEntry, MissingEntry
from nbgrader.coursedir import CourseDirectory
from sqlalchemy.exc import SAWarning, SQLAlchemyError
from traitlets.config import Config
from traitlets.config.loader import PyFileConfigLoader

from autograder.errors import CourseError
from autograder.judging.seeds import VARIABLE

CONFIG = "nbgrader_config.py"
PACKAGES = Path(__file__).resolve().parent.parent  # where this package and `utils` are
WAITS = (1.0, 2.0, 4.0)  # seconds before a locked gradebook is tried again

# nbgrader writes to a gradebook in an order that SQLAlchemy warns of; it does no harm
warnings.filterwarnings("ignore", category=SAWarning, module="nbgrader")

T = TypeVar("T")
_exported: set[str] = set()  # secrets that courses loaded in this process have put into the environment


class Course:
    """The course in the folder `root`.

    Attributes:
        root: the folder, as an absolute path.
        config: the settings in its nbgrader_config.py.
        directory: nbgrader's own view of it.

    Raises:
        CourseError: if `root` is not a course directory, or its nbgrader_config.py does not load.
    """

    def __init__(self, root: Path | str = ".") -> None:
        self.root = Path(root).resolve()
        if not self.root.is_dir():
            raise CourseError(f"there is no folder {root}: give the course directory with --course DIR")
        if not (self.root / CONFIG).is_file():
            raise CourseError(
                f"{self.root} is not a course directory: it has no {CONFIG}. "
                "Run this in the course directory, or name it with --course DIR."
            )
        self.config = _load_config(self.root)
        self.directory = CourseDirectory(config=self.config)
        if not self.path(self.directory.source_directory).is_dir():
            raise CourseError(f"{self.root} has no folder {self.directory.source_directory}/ with the assignments")

    def path(self, step: str, student: str = ".", assignment: str = ".") -> Path:
        """The folder of one step, such as `submitted`, for a student and an assignment (`.` for none)."""
        return Path(os.path.normpath(self.directory.format_path(step, student, assignment)))

    def source(self, assignment: str) -> Path:
        """The instructor's notebook."""
        return self.path(self.directory.source_directory, ".", assignment) / f"{assignment}.ipynb"

    def release(self, assignment: str) -> Path:
        """The students' notebook, as generated."""
        return self.path(self.directory.release_directory, ".", assignment) / f"{assignment}.ipynb"

    def submitted(self, assignment: str, student: str) -> Path:
        """The notebook a student handed in."""
        return self.path(self.directory.submitted_directory, student, assignment) / f"{assignment}.ipynb"

    def autograded(self, assignment: str, student: str) -> Path:
        """The student's notebook as graded, with its outputs."""
        return self.path(self.directory.autograded_directory, student, assignment) / f"{assignment}.ipynb"

    def feedback(self, assignment: str, student: str) -> Path:
        """The page a student gets back."""
        return self.path(self.directory.feedback_directory, student, assignment) / f"{assignment}.html"

    def modules(self, assignment: str) -> dict[str, bytes]:
        """Path → content of the Python files that a notebook may import: `utils`, and c.Autograder.modules.

        Files in c.Autograder.kept_back, {assignment: paths}, are left out: they answer an exercise of the assignment.

        Raises:
            CourseError: if the settings name a file that does not exist.
        """
        files: dict[str, bytes] = {}
        for name in ("utils", *self.config.Autograder.get("modules", [])):
            path = next((root / name for root in (self.root, PACKAGES) if (root / name).exists()), None)
            if path is None:
                raise CourseError(f"c.Autograder.modules in {CONFIG} names {name}, which is not in {self.root}")
            paths = sorted(path.rglob("*.py")) if path.is_dir() else [path]
            files |= {file.relative_to(path.parent).as_posix(): file.read_bytes() for file in paths}
        for name in self.config.Autograder.get("kept_back", {}).get(assignment, ()):
            if files.pop(name, None) is None:
                raise CourseError(f"c.Autograder.kept_back in {CONFIG} names {name}, which is no module of the course")
        return files

    def relative(self, path: Path) -> str:
        """The path as a person in the course directory would write it."""
        return path.relative_to(self.root).as_posix() if path.is_relative_to(self.root) else str(path)

    def assignments(self) -> list[str]:
        """Names of all assignments in the source folder, in order."""
        folder = self.path(self.directory.source_directory)
        return sorted(entry.name for entry in folder.iterdir() if entry.is_dir() and entry.name[0] not in "._")

    def require_assignment(self, assignment: str) -> None:
        """Raise CourseError unless the course has this assignment."""
        known = self.assignments()
        if assignment not in known:
            folder = self.directory.source_directory
            raise CourseError(f"there is no assignment {assignment!r}: {folder}/ has {', '.join(known) or 'none'}")

    def students(self, assignment: str) -> list[str]:
        """Everyone who has a folder for the assignment in submitted/, whatever is in it."""
        folder = self.path(self.directory.submitted_directory)
        if not folder.is_dir():
            return []
        names = (entry.name for entry in folder.iterdir() if (entry / assignment).is_dir())
        return sorted(name for name in names if not name.startswith((".", "__MACOSX")))  # a Mac's zip has the latter

    def require_gradebook(self, *assignments: str) -> None:
        """Raise CourseError unless the gradebook exists and knows the assignments."""
        url = self.directory.db_url
        if url.startswith("sqlite:///") and not Path(url.removeprefix("sqlite:///")).is_file():
            raise CourseError("there is no gradebook yet: run `autograder build` first")

        def unknown(gradebook: Gradebook) -> list[str]:
            return sorted(set(assignments) - {assignment.name for assignment in gradebook.assignments})

        if missing := self.with_gradebook(unknown):
            raise CourseError(f"the gradebook does not know {', '.join(missing)}: run `autograder build` first")

    def with_gradebook(self, action: Callable[[Gradebook], T]) -> T:
        """Call `action` with the open gradebook and return its result; a locked gradebook is tried again.

        Raises:
            CourseError: if the gradebook stays locked or cannot be reached; `action` then changed nothing.
        """
        for wait in (*WAITS, None):
            try:
                with Gradebook(self.directory.db_url, self.directory.course_id) as gradebook:
                    return action(gradebook)
            except ModuleNotFoundError as error:  # SQLAlchemy's driver for the server that db_url names
                raise CourseError(f"a gradebook at this db_url needs a driver: `pip install {error.name}`") from error
            except MissingEntry as error:
                raise CourseError(f"{error}: run `autograder build` first") from error
            except (SQLAlchemyError, InvalidEntry) as error:
                if wait is None or "locked" not in str(error):
                    reason = str(error).splitlines()[0]
                    raise CourseError(f"the gradebook cannot be used ({reason}); nothing was written") from error
                time.sleep(wait)
        raise AssertionError("unreachable")


def _load_config(root: Path) -> Config:
    """Read nbgrader_config.py, which also puts this course's secret into the environment."""
    if os.environ.get(VARIABLE) in _exported:
        del os.environ[VARIABLE]  # another course's
    inherited = os.environ.get(VARIABLE)
    try:
        config: Any = PyFileConfigLoader(CONFIG, path=str(root)).load_config()
    except Exception as error:
        raise CourseError(f"{root / CONFIG} does not load: {type(error).__name__}: {error}") from error
    _find_scripts()
    if inherited is None and VARIABLE in os.environ:
        _exported.add(os.environ[VARIABLE])
    config.CourseDirectory.root = str(root)
    return config


def _find_scripts() -> None:
    """Put this environment on PATH: nbgrader starts `alembic` by name to make a gradebook."""
    scripts = sysconfig.get_path("scripts")
    if scripts not in os.environ.get("PATH", "").split(os.pathsep):
        os.environ["PATH"] = os.pathsep.join([scripts, os.environ.get("PATH", os.defpath)])
