"""Due dates, extensions and penalties: from the settings into the gradebook, without running anybody's code again.

A due date is in nbgrader_config.py (c.Autograder.due). Extensions are in roster/extensions.csv, which is private as the
rosters are. Where neither says anything, what nbgrader or formgrader has put into the gradebook stays.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path

from dateutil.tz import gettz

from autograder.course import CONFIG, Course
from autograder.errors import CourseError
from autograder.gradebook import Gradebook, SubmittedAssignment, parse_utc
from autograder.roster.stored import EXTENSIONS, known_students
from autograder.roster.table import read_table

STAMP = "timestamp.txt"  # nbgrader's file beside a submission
LONGEST_STAMP = 200  # bytes
Extensions = dict[tuple[str, str], timedelta]  # (student, assignment) → how much later the due date is


def time_zone(course: Course) -> tzinfo:
    """The zone of due dates, and of times in files that name none: c.Autograder.time_zone, else UTC."""
    name = course.config.Autograder.get("time_zone", "UTC")
    zone = gettz(name) if isinstance(name, str) and name else None
    if zone is None:
        raise CourseError(f"c.Autograder.time_zone in {CONFIG} is {name!r}; write a name such as 'Europe/Vienna'")
    return zone


def as_utc(time: datetime, zone: tzinfo) -> datetime:
    """A time as the gradebook keeps it: UTC, without saying so. One without a zone is in `zone`."""
    return (time if time.tzinfo else time.replace(tzinfo=zone)).astimezone(UTC).replace(tzinfo=None)


def table_of(course: Course, name: str) -> dict[str, object]:
    """A setting c.Autograder.NAME that says something for each assignment; empty if it is not set."""
    value = course.config.Autograder.get(name, {})
    if not isinstance(value, dict):
        raise CourseError(f"c.Autograder.{name} in {CONFIG} is not {{assignment: value}}")
    if unknown := sorted(set(value) - set(course.assignments())):
        known = ", ".join(course.assignments())
        raise CourseError(f"c.Autograder.{name} in {CONFIG}: there is no assignment {unknown[0]!r}; there are {known}")
    return dict(value)


def due_dates(course: Course) -> dict[str, datetime]:
    """Assignment → due date as the gradebook keeps it, for the assignments that the settings name.

    A day without a time is over at midnight.
    """
    due = {}
    for assignment, date in table_of(course, "due").items():
        setting = f"c.Autograder.due[{assignment!r}] in {CONFIG}"
        due[assignment] = as_utc(_time_in(date, setting, ends=True), time_zone(course))
    return due


def _time_in(text: object, where: str, ends: bool = False) -> datetime:
    """The time that a person wrote; a day alone means its end if `ends`."""
    if isinstance(text, datetime):
        return text
    try:
        time = datetime.fromisoformat(str(text).strip())
    except ValueError:
        raise CourseError(f"{where} is {text!r}; write a time such as '2026-10-01 23:59'") from None
    return time + timedelta(days=1) if ends and len(str(text).strip()) <= len("2026-10-01") else time


def extensions_path(course: Course) -> Path:
    """Where the extensions are kept: a CSV with the columns student, assignment, and days, hours or until."""
    return course.root / EXTENSIONS


def read_extensions(course: Course, due: dict[str, datetime]) -> Extensions | None:
    """The extensions in roster/extensions.csv; None if there is no such file.

    Raises:
        CourseError: if it names an unknown student or assignment, or says no time.
    """
    if not extensions_path(course).is_file():
        return None
    table = read_table(extensions_path(course))
    columns = {name: table.column(name) for name in ("student", "assignment", "days", "hours", "until")}
    student, assignment = columns["student"], columns["assignment"]
    if student is None or assignment is None:
        raise CourseError(f"{EXTENSIONS} needs the columns student, assignment and days (or hours, or until)")
    students, assignments = known_students(course), course.assignments()
    extensions: Extensions = {}
    for row, line in zip(table.rows, table.lines, strict=True):
        where, who, what = f"{EXTENSIONS}, line {line}", row[student].strip(), row[assignment].strip()
        if who not in students:
            raise CourseError(f"{where}: there is no student {who!r}")
        if what and what != "*" and what not in assignments:
            raise CourseError(f"{where}: there is no assignment {what!r}; there are {', '.join(assignments)}")
        until = columns["until"] is not None and row[columns["until"]].strip()
        of_all = [name for name in assignments if name in due or not until]
        for name in of_all if what in ("", "*") else [what]:
            extensions[who, name] = _extension(course, row, columns, where, due.get(name))
    return extensions


def _extension(
    course: Course, row: list[str], columns: dict[str, int | None], where: str, due: datetime | None
) -> timedelta:
    """What one row of the extensions gives."""
    texts = {name: row[index].strip() for name, index in columns.items() if index is not None}
    if texts.get("until"):
        if due is None:
            raise CourseError(f"{where}: `until` needs a due date of the assignment in c.Autograder.due")
        until = as_utc(_time_in(texts["until"], f"{where}: until", ends=True), time_zone(course))
        return max(until - due, timedelta(0))
    try:
        numbers = {name: float(texts[name]) for name in ("days", "hours") if texts.get(name)}
        if not numbers or not all(0 <= number < 10_000 for number in numbers.values()):
            raise ValueError
    except ValueError:
        raise CourseError(f"{where}: write a number of days or hours, or `until` such as '2026-10-05 23:59'") from None
    return timedelta(**numbers)


class Deadlines:
    """The due dates and extensions of a course, read once, to be put into its gradebook."""

    def __init__(self, course: Course) -> None:
        self.course = course
        self.due = due_dates(course)
        self.extensions = read_extensions(course, self.due)

    def write_due_dates(self, gradebook: Gradebook) -> None:
        """Put the due dates of the settings into the gradebook."""
        for assignment in gradebook.assignments:
            if assignment.name in self.due and assignment.duedate != self.due[assignment.name]:
                assignment.duedate = self.due[assignment.name]

    def settle(self, submission: SubmittedAssignment) -> None:
        """Set a submission's due date, extension and penalty, for the score that the gradebook has now."""
        name = submission.assignment.name
        if name in self.due and submission.assignment.duedate != self.due[name]:
            submission.assignment.duedate = self.due[name]
        if self.extensions is not None:
            submission.extension = self.extensions.get((submission.student_id, name))
        if submission.assignment.duedate is None:
            submission.extension = None  # nbgrader would add it to no date
        penalize(self.course, submission)


def settle_one(course: Course, assignment: str, student: str) -> None:
    """Set the due date, extension and penalty of one submission that the gradebook has."""
    deadlines = Deadlines(course)

    def write(gradebook: Gradebook) -> None:
        deadlines.settle(gradebook.find_submission(assignment, student))
        gradebook.db.commit()

    course.with_gradebook(write)


def penalize(course: Course, submission: SubmittedAssignment) -> None:
    """Set the penalty that nbgrader's plug-in for late submissions takes off."""
    late = submission.total_seconds_late
    if not late and not submission.late_submission_penalty:
        return
    from nbgrader.preprocessors import AssignLatePenalties  # loads a web server, and few are late

    preprocessor = AssignLatePenalties(config=course.config)
    preprocessor.assignment_id, preprocessor.student_id = submission.assignment.name, submission.student_id
    preprocessor.init_plugin()
    for notebook in submission.notebooks:
        penalty = None
        if late > 0:
            penalty = preprocessor.plugin_inst.late_submission_penalty(submission.student_id, notebook.score, late)
            if penalty is not None:
                penalty = preprocessor._check_late_penalty(notebook, penalty)
        if notebook.late_submission_penalty != penalty:
            notebook.late_submission_penalty = penalty


def time_handed_in(course: Course, assignment: str, student: str) -> datetime | None:
    """The time in the timestamp file beside a submission; None if there is no such file, or it holds no time."""
    return time_in(course.submitted(assignment, student).with_name(STAMP))


def time_in(stamp: Path) -> datetime | None:
    """The time in a timestamp file, as the gradebook keeps it; None if there is no such file, or it holds no time."""
    try:
        if stamp.is_symlink() or not stamp.is_file() or stamp.stat().st_size > LONGEST_STAMP:
            return None
        time: datetime | None = parse_utc(stamp.read_text(encoding="utf-8").strip() or None)
        return time
    except (OSError, ValueError, OverflowError):
        return None


def stamp_text(time: datetime) -> str:
    """A time as nbgrader writes it beside a submission; `time` is as the gradebook keeps it."""
    return f"{time:%Y-%m-%d %H:%M:%S.%f} UTC"
