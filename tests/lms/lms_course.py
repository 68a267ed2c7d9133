"""The small course with rosters of five students, two of one name, whose results are recorded without running them."""

from __future__ import annotations

import shutil
import zipfile
from pathlib import Path

import nbformat
from nbgrader.api import Gradebook
from small_course import NAME, hand_in, make_course

from autograder.authoring.build import build
from autograder.course import Course
from autograder.grading.lateness import STAMP
from autograder.grading.note import Note
from autograder.grading.record import record
from autograder.grading.task import Graded
from autograder.guest.status import Status

ROSTERS = Path(__file__).parent / "rosters"
STUDENTS = ["ada", "bob", "li", "li2", "emma"]
DUE = 'c.Autograder.time_zone = "Europe/Vienna"\nc.Autograder.due = {"01_small": "2026-10-01 23:59"}\n'
POINTS_PER_DAY = 'c.AssignLatePenalties.plugin_class = "autograder.grading.late_policies.PointsPerDay"\n'
DAY_2 = "2026-10-03 10:00:00.000000 UTC"  # the second day after DUE has started


def built_course(root: Path) -> Path:
    """The small course, built."""
    build(Course(make_course(root)), [NAME])
    return root


def copy_of(built: Path, target: Path, settings: str = "") -> Course:
    """A copy of the built course with more settings."""
    shutil.copytree(built, target)
    with (target / "nbgrader_config.py").open("a") as file:
        file.write(f"\n{settings}")
    return Course(target)


def graded(
    course: Course, student: str, double: float, half: float, why: float | None = 0.0, stamp: str | None = None
) -> None:
    """Hand in for a student, and record these points; None: the written answer waits for a mark."""
    path = hand_in(course.root, student, {})
    if stamp:
        path.with_name(STAMP).write_text(stamp)
    notebook = nbformat.read(course.release(NAME), as_version=4)
    Note(Status.GRADED, key=f"key of {student}").write_into(notebook)
    scores = {"check_double": double, "check_half": half, "answer_why": why}
    content = nbformat.writes(notebook).encode()
    record(course, Graded(NAME, student, "key", Status.GRADED, "", scores, content))


def mark(course: Course, student: str, points: float) -> None:
    """Mark the written answer, as formgrader does."""
    with Gradebook(course.directory.db_url) as gradebook:
        grade = gradebook.find_grade("answer_why", NAME, NAME, student)
        grade.manual_score, grade.needs_manual_grade = points, False
        gradebook.db.commit()


def make_zip(path: Path, files: dict[str, str | bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path
