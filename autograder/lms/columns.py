"""Where scores go in the CSV that each learning management system imports: its columns, matched to the roster's.

Only what identifies a student and the exported assignments are written: another column of an old roster would put old
scores back over newer ones.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from autograder.course import CONFIG, Course
from autograder.errors import CourseError
from autograder.grading.lateness import table_of
from autograder.roster.students import System
from autograder.roster.table import Table, fold

IDENTITY = {
    System.CANVAS: (
        "Student", "LastName", "FirstName", "ID", "SIS User ID", "SIS Login ID", "Integration ID", "Root Account",
        "Section",
    ),
    System.MOODLE: (
        "First name", "Last name", "Surname", "Full name", "Username", "ID number", "Institution", "Department",
        "Email address", "Group", "Groups",
    ),
    System.BRIGHTSPACE: ("OrgDefinedId", "Username"),
}  # fmt: skip
# Moodle's grading worksheet is imported whole, into one assignment
WORKSHEET = ("Identifier", "Grade", "Maximum Grade", "Feedback comments")
END = "End-of-Line Indicator"  # Brightspace's last column
CANVAS_TITLE = re.compile(r"(?P<title>.*) \(\d+\)")  # Canvas adds its id of the assignment
MOODLE_TITLE = re.compile(r"(\w[^:]*: )?(?P<title>.*?)( \((?P<kind>Real|Percentage|Letter|Feedback)\))?")
BRIGHTSPACE_TITLE = re.compile(r"(?P<title>.*) Points Grade( <(?P<about>.*)>)?")
MAX_POINTS = re.compile(r"MaxPoints:([\d.]+)")


@dataclass(frozen=True)
class Column:
    """The column of one assignment."""

    assignment: str
    header: str
    index: int | None  # in the roster; None if it is new
    points: float | None  # that the system has for it; None if it does not say
    feedback: str | None = None  # header of the column for a remark, where the system has one
    feedback_index: int | None = None  # in the roster


def title_of(course: Course, assignment: str) -> str:
    """What an assignment is called in the LMS: c.Autograder.lms_titles, else its name."""
    return str(table_of(course, "lms_titles").get(assignment, assignment))


def is_worksheet(system: System, table: Table) -> bool:
    """Whether a roster is Moodle's grading worksheet."""
    return system == System.MOODLE and all(table.column(name) is not None for name in WORKSHEET[:2])


def identity_columns(system: System, table: Table) -> list[int]:
    """The columns that identify a student, in the roster's order."""
    if is_worksheet(system, table):
        kept = [table.column("Grade"), table.column("Feedback comments")]
        return [index for index in range(len(table.header)) if index not in kept]
    names = {fold(name) for name in IDENTITY[system]}
    return [index for index, title in enumerate(table.header) if fold(title) in names]


def column_of(course: Course, system: System, table: Table, assignment: str, points: float) -> Column:
    """The column of an assignment in the roster, or the new one that makes the LMS create it.

    Raises:
        CourseError: if two columns could be meant, or Moodle's worksheet cannot hold it.
    """
    title = title_of(course, assignment)
    if is_worksheet(system, table):
        return _worksheet_column(table, assignment)
    finders = {System.CANVAS: _canvas, System.MOODLE: _moodle, System.BRIGHTSPACE: _brightspace}
    matching = [index for index, header in enumerate(table.header) if fold(title) in finders[system](header)]
    if len(matching) > 1:
        headers = " and ".join(repr(table.header[index]) for index in matching)
        raise CourseError(
            f"{assignment} may be {headers}: write which into c.Autograder.lms_titles[{assignment!r}] in {CONFIG}"
        )
    if matching:
        header = table.header[matching[0]]
        feedback = _feedback(table, title) if system == System.MOODLE else None
        return Column(assignment, header, matching[0], _points(system, table, matching[0]), *(feedback or (None, None)))
    if system == System.BRIGHTSPACE:
        return Column(assignment, f"{title} Points Grade <Numeric MaxPoints:{points:g}>", None, points)
    remark = f"Feedback: {title}" if system == System.MOODLE else None
    return Column(assignment, title, None, None if remark else points, remark)


def _canvas(header: str) -> set[str]:
    match = CANVAS_TITLE.fullmatch(header.strip())
    return {fold(header)} | ({fold(match["title"])} if match else set())


def _moodle(header: str) -> set[str]:
    match = MOODLE_TITLE.fullmatch(header.strip())
    if not match or match["kind"] not in (None, "Real") or header.strip().startswith("Feedback: "):
        return set()
    return {fold(header), fold(match["title"])}


def _brightspace(header: str) -> set[str]:
    match = BRIGHTSPACE_TITLE.fullmatch(header.strip())
    return {fold(header), fold(match["title"])} if match else set()


def _feedback(table: Table, title: str) -> tuple[str, int | None]:
    """Header and place of Moodle's column for a remark on an assignment."""
    for index, header in enumerate(table.header):
        match = MOODLE_TITLE.fullmatch(header.strip())
        about = match and (match["kind"] == "Feedback" or header.strip().startswith("Feedback: "))
        if match and about and fold(match["title"]) == fold(title):
            return header, index
    return f"Feedback: {title}", None


def _worksheet_column(table: Table, assignment: str) -> Column:
    grade, feedback = table.column("Grade"), table.column("Feedback comments")
    most = table.column("Maximum Grade")
    points = _number(table.rows[0][most]) if most is not None and table.rows else None
    remark = table.header[feedback] if feedback is not None else "Feedback comments"
    return Column(assignment, "Grade", grade, points, remark, feedback)


def _points(system: System, table: Table, index: int) -> float | None:
    """The points that the LMS has for a column of the roster."""
    if system == System.BRIGHTSPACE:
        match = MAX_POINTS.search(table.header[index])
        return _number(match[1]) if match else None
    if system == System.CANVAS:
        rows = [row for row in table.rows if is_points_row(row)]
        return _number(rows[0][index]) if rows else None
    return None


def is_points_row(row: Sequence[str]) -> bool:
    """Whether a row of Canvas's is the one about points."""
    return row[0].strip() == "Points Possible"


def _number(text: str) -> float | None:
    try:
        return float(text.strip().replace(",", "."))
    except ValueError:
        return None
