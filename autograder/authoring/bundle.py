"""The zip for students: their page, the notebooks, what these import, and settings for nbgrader's buttons."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path

from autograder.authoring.build import LEAKS, as_pristine, differences, files_in
from autograder.course import CONFIG, Course
from autograder.course import PACKAGES as INSTALLED
from autograder.errors import CourseError
from autograder.new_folder import STUDENTS_PAGES

FOLDER = "cnn-course"  # the one folder in the zip
NOTEBOOKS = "notebooks"
PRISTINE = "autograder/restoring/released/"
# All that students get; an entry that ends in / is a whole folder. The sandbox, grading and the gallery are not in it.
STUDENTS_GET = (
    "LICENSE",
    "environment.yml",
    "pyproject.toml",
    "requirements.lock",
    f"{NOTEBOOKS}/",
    "autograder/*.py",  # the checks and the commands; those for instructors refuse to run
    "autograder/guest/",
    "autograder/judging/",
    "autograder/exercises/",
    "autograder/progress/",
    "autograder/restoring/*.py",
    PRISTINE,
    "utils/",
)
SETTINGS = '''"""nbgrader's settings for students: Validate and the list of assignments in JupyterLab read this file."""

c = get_config()  # type: ignore[name-defined]  # noqa: F821

c.CourseDirectory.course_id = {course_id!r}
c.Execute.timeout = {timeout}  # seconds for one cell
c.Execute.kernel_name = "python3"  # of this environment, whatever the notebook calls its own
'''
EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest time that a zip can hold: the same content gives the same bytes


def contents(course: Course) -> dict[str, bytes]:
    """Path in the zip's folder → bytes, of everything that students get.

    Raises:
        CourseError: if notebooks/ is out of date, something is missing or a solution would get out.
    """
    if stale := differences(course):
        raise CourseError(f"{stale[0]}, so notebooks/ is not what solutions/ gives: run `autograder build` first")
    files = {name: content for entry in STUDENTS_GET for name, content in _files(course, entry)}
    files |= {name: _read(course, page) for name, page in STUDENTS_PAGES.items()} | {CONFIG: _settings(course)}
    for name, content in files.items():
        leak = next((leak for leak in LEAKS if leak.encode() in content), None)
        if leak and name.startswith((f"{NOTEBOOKS}/", PRISTINE)):
            raise CourseError(f"{name} would show students {leak!r}: nothing was written")
    return files


def write_bundle(course: Course, target: Path) -> dict[str, bytes]:
    """Write the students' zip to `target`; returns what is in it, as `contents`.

    Raises:
        CourseError: as `contents`, or if `target` cannot be written.
    """
    files = contents(course)
    try:
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as bundle:
            for name in sorted(files):
                entry = zipfile.ZipInfo(f"{FOLDER}/{name}", EPOCH)
                entry.create_system, entry.external_attr = 3, 0o100644 << 16
                entry.compress_type = zipfile.ZIP_DEFLATED
                bundle.writestr(entry, files[name])
    except OSError as error:
        raise CourseError(f"{target} cannot be written: {error.strerror}") from error
    return files


def _settings(course: Course) -> bytes:
    """nbgrader's settings for students, with what the course's own say; those read the secret, and stay here."""
    timeout = course.config.Execute.get("timeout", 120)
    return SETTINGS.format(course_id=course.directory.course_id, timeout=timeout).encode()


def _read(course: Course, name: str) -> bytes:
    return (_root_with(course, name) / name).read_bytes()


def _files(course: Course, entry: str) -> Iterator[tuple[str, bytes]]:
    """The files that one entry of STUDENTS_GET names, with their paths in the zip's folder."""
    if entry == f"{NOTEBOOKS}/":
        yield from ((f"{entry}{name}", content) for name, content in _released(course).items())
    elif entry == PRISTINE:  # of this course, which may be another than the package's
        yield from ((f"{entry}{name}", content) for name, content in as_pristine(_released(course)).items())
    elif entry.endswith("/"):
        files = files_in(_root_with(course, entry) / entry)
        yield from ((f"{entry}{name}", content) for name, content in files.items() if not name.endswith(".pyc"))
    else:
        root = _root_with(course, entry.removesuffix("*.py"))
        yield from ((path.relative_to(root).as_posix(), path.read_bytes()) for path in sorted(root.glob(entry)))


def _released(course: Course) -> dict[str, bytes]:
    return files_in(course.path(course.directory.release_directory))


def _root_with(course: Course, name: str) -> Path:
    """The folder that holds `name`: the course directory or, for a course kept elsewhere, this repository."""
    for root in (course.root, INSTALLED):
        if (root / name).exists():
            return root
    raise CourseError(f"there is no {name} in {course.root}, and students need it to install the course")
