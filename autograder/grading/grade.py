"""Grade an assignment: pick the submissions that need it, send them to workers, and record each result."""

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
from autograder.grading.groups import represented
from autograder.grading.handed_in import read_handed_in, released_files
from autograder.grading.note import key_in
from autograder.grading.record import graded_bytes, record
from autograder.grading.results import SubmissionResult
from autograder.grading.submission import Graded, Task
from autograder.grading.workers import each_graded
from autograder.guest.status import Status
from autograder.judging.seeds import VARIABLE
from autograder.notebooks import read_bytes
from autograder.sandbox.limits import Limits

Results = Sequence[SubmissionResult]


@dataclass(frozen=True)
class Settings:
    """How to grade."""

    workers: int = 1  # processes on this machine
    scheduler: str | None = None  # address of a Dask scheduler whose workers grade instead
    force: bool = False  # grade again what has a result already
    sandboxed: bool = True  # False runs students' code with the grader's rights, for code that is trusted
    limits: Limits = field(default_factory=Limits)  # of one submission


def students_to_grade(course: Course, assignment: str, student: str | None = None) -> list[str]:
    """The students whose hand-in counts; only `student`, or who handed in for their group, if one is given.

    Raises:
        CourseError: if the assignment, its gradebook entry, the student or any submission is missing.
    """
    course.require_assignment(assignment)
    course.require_gradebook(assignment)
    students = course.students(assignment)
    folder = course.directory.submitted_directory
    by_others = represented(course, assignment, students)
    if student in by_others:
        student = by_others[student][0]
    students = [name for name in students if name not in by_others]
    if student is not None and student not in students:
        raise CourseError(f"{student} has not handed in {assignment}: there is no {folder}/{student}/{assignment}/")
    if not students:
        raise CourseError(f"nobody has handed in {assignment}: put notebooks into {folder}/STUDENT/{assignment}/")
    return students if student is None else [student]


def tasks_to_do(course: Course, assignment: str, students: Sequence[str], settings: Settings) -> list[Task]:
    """A task for each submission that has no result, or whose result might change.

    A result is kept while all that it depends on stays the same: the submission, the released notebook, the checks, the
    files that the notebook imports, the secret, and the limits.
    """
    skeleton = _released(course, assignment)
    earlier, modules = earlier_functions(course, assignment), course.modules(assignment)
    secret = os.environ.get(VARIABLE, "")
    recorded = course.with_gradebook(lambda gradebook: _recorded(gradebook, assignment))
    common = (
        skeleton,
        repr((earlier, modules)).encode(),
        secret.encode(),
        version_of_checks(assignment).encode(),
        repr((settings.limits, settings.sandboxed)).encode(),
    )
    common_digest = b"".join(hashlib.sha256(part).digest() for part in common)
    released = released_files(course, assignment)
    tasks = []
    for student in students:
        found = read_handed_in(course, assignment, student)
        own = repr(found.content).encode() if isinstance(found.content, Unreadable) else found.content
        files = found.files | released
        own_parts = (own, found.remark.encode(), repr(sorted(files.items())).encode())
        own_digest = b"".join(hashlib.sha256(part).digest() for part in own_parts)
        key = hashlib.sha256(own_digest + common_digest).hexdigest()
        kept = student in recorded and key_in(graded_bytes(course.autograded(assignment, student))) == key
        if settings.force or not kept:
            task = Task(
                assignment=assignment,
                student=student,
                submitted=found.content,
                skeleton=skeleton,
                earlier=earlier,
                secret=secret,
                key=key,
                modules=modules,
                limits=settings.limits,
                sandboxed=settings.sandboxed,
                remark=found.remark,
                files=files,
            )
            tasks.append(task)
    return tasks


def grade(course: Course, tasks: Sequence[Task], settings: Settings) -> Iterator[Graded]:
    """Grade the tasks, record each result as it comes, and yield it."""
    for graded in each_graded(tasks, settings.workers, settings.scheduler):
        record(course, graded)
        yield graded


def changes(before: Results, after: Results) -> list[tuple[str, str, float, float]]:
    """(student, exercise, score before, score after) for each earlier score that changed."""
    old, now = _scores(before), _scores(after)
    return [(*key, old[key], score) for key, score in now.items() if key in old and old[key] != score]


def _scores(results: Results) -> dict[tuple[str, str], float]:
    """(student, exercise) → score, of submissions that have been graded."""
    graded = [result for result in results if result.status != Status.NOT_GRADED]
    return {(result.student, outcome.exercise): outcome.score for result in graded for outcome in result.exercises}


def _released(course: Course, assignment: str) -> bytes:
    path = course.release(assignment)
    try:
        return read_bytes(path)
    except Unreadable as error:
        raise CourseError(f"{error} in {course.relative(path.parent)}/: run `autograder build` first") from None


def _recorded(gradebook: Gradebook, assignment: str) -> set[str]:
    """The students whose result is in the gradebook."""
    return {submission.student.id for submission in gradebook.assignment_submissions(assignment)}
