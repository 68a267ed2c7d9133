"""Put a submission into submitted/ whole or not at all, and what it replaces aside."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path, PurePosixPath

from autograder.course import Course
from autograder.errors import CourseError
from autograder.files import replace_file
from autograder.grading.beside import write_files
from autograder.grading.lateness import STAMP, stamp_text, time_in

EARLIER = Path("downloaded")  # nbgrader's folder for what comes from an LMS
Files = Mapping[PurePosixPath, bytes]


def place(
    course: Course, assignment: str, student: str, files: Files, time: datetime | None
) -> tuple[str, Path | None]:
    """Put a submission into submitted/STUDENT/ASSIGNMENT/.

    Args:
        time: when it was handed in, as the gradebook keeps times; None if that is not known.

    Returns:
        `new`, `updated`, `unchanged`, or `older` (than what is there, which stays); and where the earlier one is now.

    Raises:
        CourseError: if it cannot be written.
    """
    target = course.submitted(assignment, student).parent
    stamp = {PurePosixPath(STAMP): stamp_text(time).encode()} if time else {}
    present = files_in(target)
    if present is not None:
        if _without_stamp(present) == files:
            if time and time_in(target / STAMP) != time:
                replace_file(target / STAMP, stamp[PurePosixPath(STAMP)])
                return "updated", None
            return "unchanged", None
        before = time_in(target / STAMP)
        if time and before and before > time:
            return "older", None
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        fresh = Path(tempfile.mkdtemp(prefix=".import-", dir=target.parent.parent))
        try:
            os.chmod(fresh, 0o755)
            write_files(fresh / assignment, {**files, **stamp})
            aside = set_aside(course, assignment, student, target) if present is not None else None
            os.rename(fresh / assignment, target)
        finally:
            shutil.rmtree(fresh, ignore_errors=True)
    except OSError as error:
        raise CourseError(f"the submission of {student} cannot be written: {error.strerror}") from error
    return ("updated" if aside else "new"), aside


def keep_earlier(course: Course, assignment: str, student: str, files: Files, time: datetime | None) -> Path:
    """Keep an earlier submission of the zip aside, beside those that were replaced; the same one only once."""
    folder = _aside(course, assignment, student)
    for entry in sorted(folder.iterdir()) if folder.is_dir() else ():
        if (kept := files_in(entry)) is not None and _without_stamp(kept) == files:
            return entry
    stamp = {PurePosixPath(STAMP): stamp_text(time).encode()} if time else {}
    path = _free(folder, time)
    write_files(path, {**files, **stamp})
    return path


def set_aside(course: Course, assignment: str, student: str, target: Path) -> Path:
    """Move a submission out of submitted/; returns where it is now."""
    path = _free(_aside(course, assignment, student), time_in(target / STAMP))
    path.parent.mkdir(parents=True, exist_ok=True)
    os.rename(target, path)
    return path


def _aside(course: Course, assignment: str, student: str) -> Path:
    return course.root / EARLIER / assignment / "earlier" / student


def _free(folder: Path, time: datetime | None) -> Path:
    """A name in the folder that is not taken: the time, or a number."""
    name = f"{time:%Y-%m-%d_%H%M%S}" if time else "no-time"
    candidates = (folder / (name if number == 1 else f"{name}_{number}") for number in range(1, 100_000))
    return next(path for path in candidates if not os.path.lexists(path))


def files_in(folder: Path) -> dict[PurePosixPath, bytes] | None:
    """Path → content of a submission's files; None if there is no such folder."""
    if not os.path.lexists(folder):
        return None
    paths = [path for path in sorted(folder.rglob("*")) if path.is_file() and not path.is_symlink()]
    return {PurePosixPath(path.relative_to(folder).as_posix()): path.read_bytes() for path in paths}


def _without_stamp(files: Files) -> Files:
    return {name: content for name, content in files.items() if name != PurePosixPath(STAMP)}
