"""Record a result: the gradebook in one transaction, then the graded notebook in place of the old one."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from nbgrader.api import Gradebook, MissingEntry, SubmittedAssignment
from nbgrader.preprocessors import AssignLatePenalties
from nbgrader.utils import compute_checksum, parse_utc

from autograder.course import Course
from autograder.errors import Unreadable
from autograder.files import read_bytes
from autograder.grading.beside import NBGRADERS, may_be_shown, replace_file, write_files
from autograder.grading.task import Graded
from autograder.guest.status import Status
from autograder.notebooks import nbgrader, parse_notebook, short_name

STAMP = "timestamp.txt"  # nbgrader's file beside a submission
LONGEST_STAMP, LONGEST_SECRET = 200, 1_000  # bytes


def record(course: Course, graded: Graded) -> dict[str, float]:
    """Write one submission's scores and its graded notebook. If killed half-way, it leaves the old result or the new.

    Returns:
        Exercise → the score that it had before, empty for a submission that was not graded before.

    Raises:
        CourseError: if the gradebook cannot be written; the graded notebook is then left as it was.
    """

    def write(gradebook: Gradebook) -> dict[str, float]:
        with one_transaction(gradebook):
            before = _scores(gradebook, graded)
            _write_scores(course, gradebook, graded)
            return before

    before = course.with_gradebook(write)
    was_graded = course.autograded(graded.assignment, graded.student).is_file()
    _write_files(course, graded)
    return before if was_graded else {}


@contextlib.contextmanager
def one_transaction(gradebook: Gradebook) -> Iterator[None]:
    """Commit all changes made inside at once, at the end; nbgrader by itself commits after every row."""
    session = gradebook.db
    commit, session.commit = session.commit, session.flush
    try:
        yield
        commit()
    except BaseException:
        session.rollback()
        raise
    finally:
        session.commit = commit


def _scores(gradebook: Gradebook, graded: Graded) -> dict[str, float]:
    """Exercise → score, as the gradebook has it now."""
    try:
        submission = gradebook.find_submission(graded.assignment, graded.student)
    except MissingEntry:
        return {}
    grades = [grade for notebook in submission.notebooks for grade in notebook.grades]
    return {short_name(grade.name): float(grade.score or 0) for grade in grades}


def _write_scores(course: Course, gradebook: Gradebook, graded: Graded) -> None:
    gradebook.update_or_create_student(graded.student)
    timestamp = _time_of(course.submitted(graded.assignment, graded.student).with_name(STAMP))
    handed_in = {"timestamp": timestamp} if timestamp else {}
    submission = gradebook.update_or_create_submission(graded.assignment, graded.student, **handed_in)
    empty = _left_empty(graded)
    for notebook in submission.notebooks:
        for grade in notebook.grades:
            grade.auto_score = graded.scores.get(grade.name, 0.0)
            by_hand = grade.manual_score is not None or grade.auto_score is None
            grade.needs_manual_grade = by_hand and graded.status == Status.GRADED
        for comment in notebook.comments:
            comment.auto_comment = "No response." if comment.name in empty else None
    gradebook.db.flush()
    _penalize_lateness(course, submission)


def _time_of(stamp: Path) -> datetime | None:
    """The time in a timestamp file; None if there is no such file, or it holds no time."""
    try:
        if stamp.is_symlink() or stamp.stat().st_size > LONGEST_STAMP:
            return None
        time: datetime | None = parse_utc(stamp.read_text(encoding="utf-8").strip() or None)
        return time
    except (OSError, ValueError, OverflowError):
        return None


def _left_empty(graded: Graded) -> set[str]:
    """Grade ids of the answers that are as released, by nbgrader's own checksum."""
    cells = parse_notebook(graded.notebook, "the graded notebook").cells
    marked = [cell for cell in cells if nbgrader(cell).get("solution") and nbgrader(cell).get("checksum")]
    return {nbgrader(cell)["grade_id"] for cell in marked if nbgrader(cell)["checksum"] == compute_checksum(cell)}


def _penalize_lateness(course: Course, submission: SubmittedAssignment) -> None:
    """Set the penalty that nbgrader's plugin for late submissions takes off."""
    preprocessor = AssignLatePenalties(config=course.config)
    preprocessor.init_plugin()
    for notebook in submission.notebooks:
        notebook.late_submission_penalty = None
        if submission.total_seconds_late > 0:
            late = submission.total_seconds_late
            penalty = preprocessor.plugin_inst.late_submission_penalty(submission.student.id, notebook.score, late)
            if penalty is not None:
                notebook.late_submission_penalty = preprocessor._check_late_penalty(notebook, penalty)


def _write_files(course: Course, graded: Graded) -> None:
    """Write the graded notebook and what lies beside it, each file whole or not at all.

    nbgrader's own files go along, as it carries them itself: without them no feedback can be released.
    """
    path = course.autograded(graded.assignment, graded.student)
    path.parent.mkdir(parents=True, exist_ok=True)
    submitted = course.submitted(graded.assignment, graded.student).parent
    for name in NBGRADERS:
        if name == STAMP and not _time_of(submitted / name):
            continue
        with contextlib.suppress(Unreadable):
            replace_file(path.with_name(name), read_bytes(submitted / name, LONGEST_SECRET))
    write_files(path.parent, {name: content for name, content in graded.files.items() if may_be_shown(name)})
    replace_file(path, graded.notebook)
