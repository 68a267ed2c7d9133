"""Grade an assignment: what was handed in and is not graded yet goes to workers, and each result is recorded here."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from nbgrader.api import Gradebook

from autograder.course import Course
from autograder.errors import CourseError, Unreadable
from autograder.grading.checks_version import version_of_checks
from autograder.grading.earlier import earlier_functions
from autograder.grading.note import key_in
from autograder.grading.record import graded_bytes, record
from autograder.grading.results import SubmissionResult
from autograder.grading.submission import Graded, Task
from autograder.grading.workers import each_graded
from autograder.guest.status import Status
from autograder.judging.seeds import VARIABLE
from autograder.notebooks import read_bytes, require_own_folder
from autograder.sandbox.limits import Limits

Results = Sequence[SubmissionResult]


@dataclass(frozen=True)
class Settings:
    """How to grade. walls: False runs students' code in the open, for code that is trusted."""

    workers: int = 1
    scheduler: str | None = None
    force: bool = False
    walls: bool = True
    limits: Limits = field(default_factory=Limits)


def students_to_grade(course: Course, assignment: str, student: str | None = None) -> list[str]:
    """Who handed the assignment in; or `student` alone.

    Raises:
        CourseError: if the assignment, its gradebook entry, the student or any submission is missing.
    """
    course.require_assignment(assignment)
    course.require_gradebook(assignment)
    there = course.students(assignment)
    folder = course.directory.submitted_directory
    if student is not None and student not in there:
        raise CourseError(f"{student} has not handed in {assignment}: there is no {folder}/{student}/{assignment}/")
    if not there:
        raise CourseError(f"nobody has handed in {assignment}: put notebooks into {folder}/STUDENT/{assignment}/")
    return there if student is None else [student]


def tasks_to_do(course: Course, assignment: str, students: Sequence[str], settings: Settings) -> list[Task]:
    """The submissions whose result is not there, or might be another one by now.

    A result is kept while what was handed in, the released notebook, the check and the secret are what they were.
    """
    skeleton = _released(course, assignment)
    earlier, modules = earlier_functions(course, assignment), course.modules(assignment)
    secret = os.environ.get(VARIABLE, "")
    recorded = course.with_gradebook(lambda gradebook: _recorded(gradebook, assignment))
    shared = (
        skeleton,
        repr((earlier, modules)).encode(),
        secret.encode(),
        version_of_checks(assignment).encode(),
        repr((settings.limits, settings.walls)).encode(),
    )
    for_all = b"".join(hashlib.sha256(part).digest() for part in shared)
    tasks = []
    for student in students:
        submitted = _handed_in(course, assignment, student)
        own = repr(submitted).encode() if isinstance(submitted, Unreadable) else submitted
        key = hashlib.sha256(hashlib.sha256(own).digest() + for_all).hexdigest()
        kept = student in recorded and key_in(graded_bytes(course.autograded(assignment, student))) == key
        if settings.force or not kept:
            asked = (assignment, student, submitted)
            tasks.append(Task(*asked, skeleton, earlier, secret, key, modules, settings.limits, settings.walls))
    return tasks


def grade(course: Course, tasks: Sequence[Task], settings: Settings) -> Iterator[Graded]:
    """Grade the tasks, record each result as it comes, and yield it."""
    for graded in each_graded(tasks, settings.workers, settings.scheduler):
        record(course, graded)
        yield graded


def changes(before: Results, after: Results) -> list[tuple[str, str, float, float]]:
    """(student, exercise, score before, score after) where a score that was there is another one now."""
    old, now = _scores(before), _scores(after)
    return [(*which, old[which], score) for which, score in now.items() if which in old and old[which] != score]


def _scores(results: Results) -> dict[tuple[str, str], float]:
    there = [result for result in results if result.status != Status.NOT_GRADED]
    return {(result.student, outcome.exercise): outcome.score for result in there for outcome in result.exercises}


def _released(course: Course, assignment: str) -> bytes:
    path = course.release(assignment)
    try:
        return read_bytes(path)
    except Unreadable as error:
        raise CourseError(f"{error} in {course.relative(path.parent)}/: run `autograder build` first") from None


def _handed_in(course: Course, assignment: str, student: str) -> bytes | Unreadable:
    """What a student handed in; or why there is nothing to read."""
    path = course.submitted(assignment, student)
    try:
        require_own_folder(path, course.path(course.directory.submitted_directory))
        return read_bytes(path)
    except Unreadable as error:
        if path.exists():
            return error
        others = sorted(other.name for other in path.parent.glob("*.ipynb"))
        found = f"found {', '.join(others)}" if others else "no notebook at all"
        return Unreadable(f"there is no {path.name} in it; {found}")


def _recorded(gradebook: Gradebook, assignment: str) -> set[str]:
    return {submission.student.id for submission in gradebook.assignment_submissions(assignment)}
