"""Read the students out of a roster, whichever system exported it. The system is known by the columns.

Canvas: Grades → Export (`Student`, `ID`, `SIS Login ID`, `Section`; a row `Points Possible`, perhaps one about posting
before it, and `Student, Test` at the end). Moodle: Grades → Export → Plain text file, the list of participants, or an
assignment's grading worksheet (`Email address` beside names). Brightspace: Grades → Export (`OrgDefinedId` and
`Username`, each with a `#` before its value, and `End-of-Line Indicator`). Plain: a column `student`, `id` or
`username`, and any of `first name`, `last name`, `name`, `email`, `group`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from autograder.errors import CourseError
from autograder.roster.table import Table, fold

LONGEST_ID = 128  # characters, by the gradebook
UNFIT = re.compile(r"[/\\*?\[\]\x00-\x1f]|^[.~]")  # in the name of a folder, or for a search by pattern


class System(StrEnum):
    """Who exported a roster."""

    CANVAS = "canvas"
    MOODLE = "moodle"
    BRIGHTSPACE = "brightspace"
    PLAIN = "plain"


@dataclass(frozen=True)
class Student:
    """One student of a roster."""

    id: str  # the gradebook's, and the name of the folder in submitted/
    first: str = ""  # name
    last: str = ""  # name
    email: str = ""
    lms_id: str = ""  # the system's own
    group: str = ""
    row: int = -1  # in the roster's table

    @property
    def name(self) -> str:
        return " ".join(filter(None, (self.first, self.last)))

    def called(self) -> set[str]:
        """How file names may spell the name, folded: either order."""
        return {fold(self.first + self.last), fold(self.last + self.first)} - {""}


@dataclass(frozen=True)
class Roster:
    """The students of one file."""

    system: System
    table: Table
    id_column: str  # the column that names the students' folders
    students: list[Student]  # in the order of the file
    without_id: list[str]  # rows of students who have none, by name


@dataclass(frozen=True)
class _Columns:
    """The names that a system gives to its columns."""

    ids: tuple[str, ...]  # any may name the folders, the usual one first
    first: tuple[str, ...] = ("First name",)
    last: tuple[str, ...] = ("Last name", "Surname")
    both: tuple[str, ...] = ("Full name", "Name")
    email: tuple[str, ...] = ("Email address", "Email", "E-mail")
    lms_id: tuple[str, ...] = ()
    group: tuple[str, ...] = ("Group", "Groups", "Group name", "Team")


COLUMNS = {
    System.CANVAS: _Columns(
        ("SIS Login ID", "SIS User ID", "ID"), ("FirstName",), ("LastName",), ("Student",), lms_id=("ID",)
    ),
    System.MOODLE: _Columns(("Username", "ID number", "Email address"), lms_id=("ID number", "Identifier")),
    System.BRIGHTSPACE: _Columns(("Username", "OrgDefinedId"), lms_id=("OrgDefinedId",)),
    System.PLAIN: _Columns(
        ("Student", "Student ID", "ID", "Username", "Login ID", "Login"),
        lms_id=("LMS user ID", "LMS ID", "Canvas user ID"),
    ),
}


def system_of(table: Table) -> System:
    """The system that exported a table.

    Raises:
        CourseError: if it is none that is known, and no plain roster.
    """

    def has(*names: str) -> bool:
        return all(table.column(name) is not None for name in names)

    if (has("Student") or has("LastName", "FirstName")) and has("ID", "Section"):
        return System.CANVAS
    if has("OrgDefinedId") or has("Username", "End-of-Line Indicator"):
        return System.BRIGHTSPACE
    if has("Email address") and (has("First name") or has("Full name")):
        return System.MOODLE
    if table.column(*COLUMNS[System.PLAIN].ids) is not None:
        return System.PLAIN
    raise CourseError(
        f"{table.name} is no roster: its columns are {', '.join(table.header)[:200]}. Export the gradebook from "
        "Canvas, Moodle or Brightspace in English, or write one with columns student, first name, last name, email"
    )


def read_students(table: Table, known: Collection[str] = (), id_column: str | None = None) -> Roster:
    """The students in a table.

    Args:
        known: students that the course has already. Of the columns that could name the students, the one that names
            most of these is taken, else the one that is usual for the system.
        id_column: the column to take instead.

    Raises:
        CourseError: if it is no roster, or an id is given twice or cannot name a folder.
    """
    system = system_of(table)
    rows = [row for row in range(len(table.rows)) if _is_student(table, system, row)]
    chosen = _id_column(table, system, rows, known, id_column)
    columns = COLUMNS[system]
    students, without = [], []
    for row in rows:
        name = (_value(table, row, columns.both), _value(table, row, columns.first), _value(table, row, columns.last))
        first, last = name[1:] if any(name[1:]) else split_name(name[0])
        identity = identity_in(table, row, chosen)
        email = _value(table, row, columns.email) or (identity if "@" in identity else "")
        lms_id = _value(table, row, columns.lms_id).removeprefix("#")
        student = Student(identity, first, last, email, lms_id, _value(table, row, columns.group), row)
        if identity:
            students.append(student)
        else:
            without.append(student.name or f"line {table.lines[row]}")
    _require_fit(table, chosen, students)
    return Roster(system, table, table.header[chosen], students, without)


def identity_in(table: Table, row: int, column: int) -> str:
    """A value that identifies a student, without the `#` that Brightspace writes before it."""
    return table.rows[row][column].strip().removeprefix("#")


def split_name(name: str) -> tuple[str, str]:
    """First and last name out of `Last, First` or `First Last`."""
    if "," in name:
        last, _, first = name.partition(",")
        return first.strip(), last.strip()
    first, _, last = name.strip().rpartition(" ")
    return (first.strip(), last) if first else (last, "")


def _value(table: Table, row: int, names: tuple[str, ...]) -> str:
    column = table.column(*names)
    return "" if column is None else " ".join(table.rows[row][column].split())


def _is_student(table: Table, system: System, row: int) -> bool:
    """Whether a row is about a student: Canvas has rows about points and posting, and a student for tests."""
    if system != System.CANVAS:
        return True
    columns = COLUMNS[system]
    name, identity = _value(table, row, columns.both), _value(table, row, ("ID",))
    first_last = (_value(table, row, columns.first), _value(table, row, columns.last))
    return bool(identity) and name != "Student, Test" and first_last != ("Test", "Student")


def _id_column(table: Table, system: System, rows: list[int], known: Collection[str], wanted: str | None) -> int:
    """The column that names the students' folders: it names the most that are known, else the most; the usual first."""
    if wanted is not None:
        column = table.column(wanted)
        if column is None:
            raise CourseError(f"{table.name} has no column {wanted!r}: it has {', '.join(table.header)[:200]}")
        return column
    indices = [index for name in COLUMNS[system].ids if (index := table.column(name)) is not None]

    def worth(column: int) -> tuple[int, int]:
        values = {identity_in(table, row, column) for row in rows} - {""}
        return len(values & set(known)), len(values)

    return max(dict.fromkeys(indices), key=worth)  # of equal ones the first


def _require_fit(table: Table, column: int, students: list[Student]) -> None:
    """Raise CourseError unless every id can name a folder, and one student alone."""
    what = table.header[column]
    for identity, count in Counter(student.id for student in students).items():
        lines = [table.lines[student.row] for student in students if student.id == identity]
        where = f"{table.name}, line {lines[0]}: {what} {identity!r}"
        if count > 1:
            more = ", ".join(map(str, lines[1:]))
            raise CourseError(f"{where} is also on line {more}: every student needs one of their own")
        if UNFIT.search(identity) or len(identity) > LONGEST_ID:
            raise CourseError(f"{where} cannot name a folder: choose another column with --id COLUMN")
