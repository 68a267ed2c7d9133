"""A course directory: its settings, its assignments, the folders of each step of grading, and its gradebook."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import sysconfig
import time
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from traitlets.config import Config
from traitlets.config.loader import PyFileConfigLoader

from autograder.errors import CourseError
from autograder.judging.secret import VARIABLE

if TYPE_CHECKING:
    from autograder.gradebook import Gradebook

CONFIG = "nbgrader_config.py"
PACKAGES = Path(__file__).resolve().parent.parent  # where this package and `utils` are
SQLITE = "sqlite:///"  # the beginning of the address of a gradebook in a file
WAITS = (1.0, 2.0, 4.0)  # seconds before a locked gradebook is tried again

T = TypeVar("T")
_exported: set[str] = set()  # secrets that courses loaded in this process have put into the environment


@dataclass(frozen=True)
class Directory:
    """The settings of nbgrader's CourseDirectory that this package reads, with nbgrader's defaults.

    nbgrader's own class is not imported for them: that loads a web server, and takes a second of every command.
    """

    root: str
    course_id: str = ""
    source_directory: str = "source"
    release_directory: str = "release"
    submitted_directory: str = "submitted"
    autograded_directory: str = "autograded"
    feedback_directory: str = "feedback"
    directory_structure: str = os.path.join("{nbgrader_step}", "{student_id}", "{assignment_id}")
    db_url: str = ""  # of the gradebook; empty for gradebook.db in the root

    @classmethod
    def of(cls, config: Config) -> Directory:
        """The settings in a course's configuration."""
        chosen = {name: config.CourseDirectory[name] for name in cls.__annotations__ if name in config.CourseDirectory}
        if not chosen.get("db_url"):
            chosen["db_url"] = "sqlite:///" + os.path.abspath(os.path.join(chosen["root"], "gradebook.db"))
        return cls(**chosen)

    def format_path(self, step: str, student: str, assignment: str) -> str:
        """The folder of one step, as nbgrader names it."""
        names = {"nbgrader_step": step, "student_id": student, "assignment_id": assignment}
        return os.path.join(self.root, self.directory_structure.format(**names))


class Course:
    """The course in the folder `root`.

    Attributes:
        root: the folder, as an absolute path.
        config: the settings in its nbgrader_config.py.
        directory: the settings of its folders and its gradebook.

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
        self.directory = Directory.of(self.config)
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
        """Path → content of what a notebook may import, with its data: `utils`, and c.Autograder.modules.

        Files in c.Autograder.kept_back, {assignment: paths}, are left out: they answer an exercise of the assignment.

        Raises:
            CourseError: if the settings name a file that does not exist.
        """
        files: dict[str, bytes] = {}
        for name in ("utils", *self.config.Autograder.get("modules", [])):
            path = next((root / name for root in (self.root, PACKAGES) if (root / name).exists()), None)
            if path is None:
                raise CourseError(f"c.Autograder.modules in {CONFIG} names {name}, which is not in {self.root}")
            paths = sorted(_parts_of_package(path)) if path.is_dir() else [path]
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

    def students(self, assignment: str = ".") -> list[str]:
        """Everyone who has a folder in submitted/ for the assignment, or one at all; whatever is in it."""
        folder = self.path(self.directory.submitted_directory)
        if not folder.is_dir():
            return []
        names = (entry.name for entry in folder.iterdir() if (entry / assignment).is_dir())
        return sorted(name for name in names if not name.startswith((".", "__MACOSX")))  # a Mac's zip has the latter

    def require_gradebook(self, *assignments: str) -> None:
        """Raise CourseError unless the gradebook exists and knows the assignments."""
        if self.gradebook_file and not self.gradebook_file.is_file():
            raise CourseError("there is no gradebook yet: run `autograder build` first")
        known = {name for (name,) in self.query("SELECT name FROM assignment")}
        if missing := sorted(set(assignments) - known):
            raise CourseError(f"the gradebook does not know {', '.join(missing)}: run `autograder build` first")

    @property
    def gradebook_file(self) -> Path | None:
        """The gradebook, where it is a file of SQLite; None if a server has it."""
        url = self.directory.db_url
        return Path(url.removeprefix(SQLITE)) if url.startswith(SQLITE) else None

    def query(self, statement: str, **values: str) -> list[tuple[Any, ...]]:
        """The rows that a SELECT finds in the gradebook; `:name` in it stands for a value.

        A file of SQLite is read by Python's own module, since nbgrader's takes a second to import.

        Raises:
            CourseError: if the gradebook stays locked or cannot be reached.
        """
        if self.gradebook_file and self.gradebook_file.is_file():
            address = f"{self.gradebook_file.absolute().as_uri()}?mode=ro"
            with contextlib.suppress(sqlite3.Error), contextlib.closing(sqlite3.connect(address, uri=True)) as file:
                return file.execute(statement, values).fetchall()

        def rows(gradebook: Gradebook) -> list[tuple[Any, ...]]:
            from sqlalchemy import text

            return [tuple(row) for row in gradebook.db.execute(text(statement), values)]

        return self.with_gradebook(rows)

    def with_gradebook(self, action: Callable[[Gradebook], T]) -> T:
        """Call `action` with the open gradebook and return its result; a locked gradebook is tried again.

        Raises:
            CourseError: if the gradebook stays locked or cannot be reached; `action` then changed nothing.
        """
        from sqlalchemy.exc import SAWarning, SQLAlchemyError

        from autograder.gradebook import Gradebook, InvalidEntry, MissingEntry

        # nbgrader writes to a gradebook in an order that SQLAlchemy warns of; it does no harm
        warnings.filterwarnings("ignore", category=SAWarning, module="nbgrader")
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


def _parts_of_package(folder: Path) -> Iterator[Path]:
    """The files of a package, with its data, without caches and hidden files."""
    for path in folder.rglob("*"):
        parts = path.relative_to(folder).parts
        if path.is_file() and not any(part == "__pycache__" or part.startswith(".") for part in parts):
            yield path
