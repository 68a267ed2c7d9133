"""Grade an assignment: pick the submissions that need it, send them to workers, and record each result."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

from autograder.course import Course
from autograder.errors import CourseError, Unreadable
from autograder.files import read_bytes
from autograder.grading.checks_version import version_of_checks
from autograder.grading.earlier import earlier_functions
from autograder.grading.handed_in import read_handed_in, released_files
from autograder.grading.processes import each_on_processes
from autograder.grading.task import Graded, Task
from autograder.grading.waiting import represented
from autograder.judging.secret import VARIABLE
from autograder.sandbox.limits import Limits

if TYPE_CHECKING:
    from autograder.grading.results import SubmissionResult

Scores = dict[tuple[str, str], float]  # (student, exercise) → score
GRADED = """
    SELECT submitted_assignment.student_id FROM submitted_assignment
    JOIN assignment ON assignment.id = submitted_assignment.assignment_id WHERE assignment.name = :assignment
"""


@dataclass(frozen=True)
class Settings:
    """How to grade."""

    workers: int = 0  # processes on this machine; 0 grades in this one, 1 imports and records beside it
    scheduler: str | None = None  # address of a Dask scheduler whose workers grade instead
    force: bool = False  # grade again what has a result already
    sandboxed: bool = True  # False runs students' code with the grader's rights, for code that is trusted
    limits: Limits = field(default_factory=Limits)  # of one submission

    @property
    def unprotected(self) -> bool:
        """Whether submissions and the course's secret would cross a network that somebody else may read."""
        protocol, _, address = (self.scheduler or "tls://").rpartition("://")
        host = address.rpartition(":")[0].strip("[]")
        return protocol != "tls" and host not in ("localhost", "::1") and not host.startswith("127.")


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
    recorded = {student for (student,) in course.query(GRADED, assignment=assignment)}
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
        if settings.force or student not in recorded or not _has_key(course.autograded(assignment, student), key):
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


def grade(course: Course, tasks: Sequence[Task], settings: Settings, before: Scores | None = None) -> Iterator[Graded]:
    """Grade the tasks, record each result as it comes, and yield it; the scores that it replaces go into `before`."""
    recorder = cache(partial(_recorder, course, tasks))  # made once, when the workers have begun
    for graded in _each_graded(tasks, settings, recorder):
        replaced = recorder()(graded)
        if before is not None:
            before |= {(graded.student, exercise): score for exercise, score in replaced.items()}
        yield graded


def _recorder(course: Course, tasks: Sequence[Task]) -> Callable[[Graded], dict[str, float]]:
    """`record` for a course, whose deadlines are read now.

    It loads nbgrader, so workers are started first. What takes longest the first time is done here, before the first
    result comes: a notebook is read, and the gradebook opened.
    """
    from autograder.grading.lateness import Deadlines
    from autograder.grading.record import record
    from autograder.grading.results import graded_names

    graded_names(course, tasks[0].assignment)
    course.with_gradebook(lambda gradebook: None)
    return partial(record, course, deadlines=Deadlines(course))


def _each_graded(tasks: Sequence[Task], settings: Settings, meanwhile: Callable[[], object]) -> Iterator[Graded]:
    if tasks and settings.scheduler:
        from autograder.grading.dask_workers import each_over_dask

        yield from each_over_dask(tasks, settings.scheduler)
    elif tasks and settings.workers:
        yield from each_on_processes(tasks, min(settings.workers, len(tasks)), meanwhile)
    elif tasks:
        from autograder.grading.submission import grade_safely

        yield from map(grade_safely, tasks)


def changes(before: Scores, after: Sequence[SubmissionResult]) -> list[tuple[str, str, float, float]]:
    """(student, exercise, score before, score after) for each earlier score that changed."""
    now = {(result.student, outcome.exercise): outcome.score for result in after for outcome in result.exercises}
    return [(*key, before[key], score) for key, score in now.items() if key in before and before[key] != score]


def _released(course: Course, assignment: str) -> bytes:
    path = course.release(assignment)
    try:
        return read_bytes(path)
    except Unreadable as error:
        raise CourseError(f"{error} in {course.relative(path.parent)}/: run `autograder build` first") from None


def _has_key(graded: Path, key: str) -> bool:
    """Whether a graded notebook was made for this key. Nobody can guess one, so it need not be parsed."""
    try:
        content = graded.read_bytes()
    except OSError:
        return False
    return f'"key": "{key}"'.encode() in content and content.rstrip().endswith(b"}")  # whole, whatever copied it
