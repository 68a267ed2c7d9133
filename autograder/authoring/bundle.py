"""A zip for students: notebooks, what they import, and how to install it; no solution and no hidden case."""

from __future__ import annotations

import zipfile
from pathlib import Path

from autograder.authoring.build import LEAKS, differences, files_in
from autograder.course import PACKAGES as INSTALLED
from autograder.course import Course
from autograder.errors import CourseError

FOLDER = "cnn-course"  # the one folder in the zip
FILES = ("LICENSE", "README.md", "environment.yml", "pyproject.toml")
PACKAGES = ("autograder", "utils")
# what only instructors run; the command line says so politely where it is missing
INSTRUCTORS = tuple(f"autograder/{part}" for part in ("demo/", "gallery/", "grading/", "report/", "authoring/"))
EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest time a zip can hold: the same content gives the same bytes


def contents(course: Course) -> dict[str, bytes]:
    """Path in the course → bytes, of everything that students get.

    Raises:
        CourseError: if notebooks/ is out of date, something is missing or a solution would get out.
    """
    if stale := differences(course):
        raise CourseError(f"{stale[0]}, so notebooks/ is not what solutions/ gives: run `autograder build` first")
    release = course.directory.release_directory
    found = {f"notebooks/{name}": content for name, content in files_in(course.path(release)).items()}
    for package in PACKAGES:
        files = files_in(_source(course, package))
        found |= {f"{package}/{name}": content for name, content in files.items() if not name.endswith(".pyc")}
    found = {name: content for name, content in found.items() if not name.startswith(INSTRUCTORS)}
    for name in FILES:
        found[name] = _source(course, name).read_bytes()
    for name, content in found.items():
        if name.startswith("notebooks/") and (leak := next((leak for leak in LEAKS if leak.encode() in content), None)):
            raise CourseError(f"{name} would show students {leak!r}: nothing was written")
    return found


def write_bundle(course: Course, target: Path) -> dict[str, bytes]:
    """Write the students' zip to `target` and return what is in it."""
    found = contents(course)
    try:
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as bundle:
            for name in sorted(found):
                entry = zipfile.ZipInfo(f"{FOLDER}/{name}", EPOCH)
                entry.create_system, entry.external_attr = 3, 0o100644 << 16
                entry.compress_type = zipfile.ZIP_DEFLATED
                bundle.writestr(entry, found[name])
    except OSError as error:
        raise CourseError(f"{target} cannot be written: {error.strerror}") from error
    return found


def _source(course: Course, name: str) -> Path:
    """A file or package in the course directory or, for a course kept elsewhere, beside this package."""
    for root in (course.root, INSTALLED):
        if (root / name).exists():
            return root / name
    raise CourseError(f"there is no {name} in {course.root}, and students need it to install the course")
