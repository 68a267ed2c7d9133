"""Write the scores as the CSV that a learning management system imports, row for row as its roster."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from autograder.course import Course
from autograder.errors import CourseError
from autograder.files import replace_file
from autograder.grading.results import SubmissionResult, read_results
from autograder.grading.settle import settle
from autograder.guest.status import Status
from autograder.lms.columns import END, Column, column_of, identity_columns, is_points_row, is_worksheet
from autograder.roster.stored import require_roster
from autograder.roster.students import Roster, System
from autograder.tables import number

SAME = 1e-6  # points
EXCUSED = "EX"  # in a cell of Canvas's
NO_RESULT = (Status.NOT_GRADED, Status.COULD_NOT_BE_GRADED)  # by no fault of the student
Results = Mapping[str, SubmissionResult]  # student → result


@dataclass
class Exported:
    """What was written of one assignment."""

    assignment: str
    column: str  # its header
    is_new: bool  # whether the LMS will create it
    scores: dict[str, float] = field(default_factory=dict)  # student → score, the penalty taken off
    late: dict[str, float] = field(default_factory=dict)  # student → points taken off
    provisional: dict[str, int] = field(default_factory=dict)  # student → answers that wait for a mark
    excused: list[str] = field(default_factory=list)  # students whom Canvas has as excused, which stays
    no_result: list[str] = field(default_factory=list)  # students of the roster without one
    strangers: list[str] = field(default_factory=list)  # students with a result who are not in the roster

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class Options:
    """How to export."""

    provisional: bool = False  # write totals of which some answers still wait for a mark
    scale: bool = False  # turn scores into the points that the LMS has for an assignment


def export(course: Course, lms: System, assignments: Sequence[str], path: Path, options: Options) -> list[Exported]:
    """Write the scores of assignments to `path`, for the LMS to import.

    A cell without a final score is what it was in the roster: an empty one would delete a score in Canvas.

    Raises:
        CourseError: if there is no roster of the LMS, nothing was graded, or the points differ; nothing was written.
    """
    course.require_gradebook(*assignments)
    roster = require_roster(course, lms)
    if is_worksheet(lms, roster.table) and len(assignments) > 1:
        raise CourseError(f"{roster.table.name} is the grading worksheet of one assignment: name that one to export")
    settle(course, assignments)
    results = {name: {result.student: result for result in read_results(course, name)} for name in assignments}
    columns, exported = [], []
    for assignment, by_student in results.items():
        if not by_student:
            raise CourseError(f"there is no result of {assignment}: run `autograder grade {assignment}` first")
        points = next(iter(by_student.values())).points
        column = column_of(course, lms, roster.table, assignment, points)
        _require_points(column, points, lms, options)
        columns.append(column)
        exported.append(_choose(roster, column, by_student, options, points))
    content = _table(roster, columns, exported)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        replace_file(path, content)
    except OSError as error:
        raise CourseError(f"{path} cannot be written: {error.strerror}") from error
    return exported


def _require_points(column: Column, points: float, lms: System, options: Options) -> None:
    if column.points is None or options.scale or abs(column.points - points) < SAME:
        return
    raise CourseError(
        f"{column.assignment} has {points:g} points, but {column.points:g} in {column.header!r} of the roster: "
        f"change it in {lms.title()} and export the roster again, or turn scores into its points with --scale"
    )


def _choose(roster: Roster, column: Column, results: Results, options: Options, points: float) -> Exported:
    """Which scores are final, and what there is to say of the others."""
    exported = Exported(column.assignment, column.header, column.index is None)
    factor = column.points / points if options.scale and column.points and points else 1.0
    for student in roster.students:
        result = results.get(student.id)
        cell = roster.table.rows[student.row][column.index] if column.index is not None else ""
        if roster.system == System.CANVAS and cell.strip().upper() == EXCUSED:
            exported.excused.append(student.id)
            continue
        if result is None or result.status in NO_RESULT:
            exported.no_result.append(student.id)
            continue
        if result.to_be_marked:
            exported.provisional[student.id] = result.to_be_marked
        if result.seconds_late:
            exported.late[student.id] = round(result.penalty * factor, 2)
        if options.provisional or not result.to_be_marked:
            exported.scores[student.id] = round(result.score * factor, 2)
    exported.strangers = sorted(results.keys() - {student.id for student in roster.students})
    return exported


def _table(roster: Roster, columns: Sequence[Column], exported: Sequence[Exported]) -> bytes:
    """The file that the LMS imports. Cells that identify a student are as the LMS wrote them."""
    table, identity = roster.table, identity_columns(roster.system, roster.table)
    remarks = [any(student in one.scores for student in one.late) for one in exported]
    header = [table.header[index] for index in identity]
    for column, with_remark in zip(columns, remarks, strict=True):
        header += [column.header, *([column.feedback] if column.feedback and with_remark else [])]
    if roster.system == System.BRIGHTSPACE:
        header.append(END)
    students = {student.row: student.id for student in roster.students}
    rows = []
    for position, row in enumerate(table.rows):
        cells = [row[index] for index in identity]
        for column, one, with_remark in zip(columns, exported, remarks, strict=True):
            cells.append(_cell(row, column, one, students.get(position)))
            if column.feedback and with_remark:
                before = row[column.feedback_index] if column.feedback_index is not None else ""
                cells.append(_remark(one, students.get(position)) or before)
        rows.append([*cells, *(["#"] if roster.system == System.BRIGHTSPACE else [])])
    return table.written(header, rows)


def _cell(row: Sequence[str], column: Column, exported: Exported, student: str | None) -> str:
    """A student's score, the points in the row about them, else what the roster has."""
    if student in exported.scores:
        return number(exported.scores[student])
    if column.index is not None:
        return row[column.index]
    return f"{column.points:g}" if column.points is not None and is_points_row(row) else ""


def _remark(exported: Exported, student: str | None) -> str:
    """What Moodle shows beside a score."""
    if student not in exported.scores or student not in exported.late:
        return ""
    points = number(exported.late[student])
    waits = "; some answers wait for a mark" if student in exported.provisional else ""
    return (f"late: −{points}" if exported.late[student] else "late, without a penalty") + waits
