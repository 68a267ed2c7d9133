"""Whose a submission is: by the number or the name in the zip, and by a worksheet that may say more."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from dateutil import parser

from autograder.errors import CourseError
from autograder.lms.names import Named
from autograder.roster.students import Student, System
from autograder.roster.table import Table, fold, read_table

IDENTIFIER = ("Identifier",)  # Moodle's: `Participant 123`, with the number that is in the zip
NAMES = ("Full name", "Name")
KEYS = ("Student", "Student ID", "Username", "ID number", "Email address", "Email")
TIMES = ("Last modified (submission)", "Time", "Submitted at")


class Unknown(Exception):
    """Nobody, or nobody in particular, has this name. The message says why."""


@dataclass(frozen=True)
class Worksheet:
    """What Moodle's grading worksheet says of submissions, or a CSV like it: student or identifier, and time."""

    students: dict[str, str] = field(default_factory=dict)  # number in the zip → student
    times: dict[str, datetime] = field(default_factory=dict)  # student → when they handed in, perhaps without a zone


class Directory:
    """Everybody whom the course knows, by all that may stand for them."""

    def __init__(self, students: Mapping[str, Student]) -> None:
        self.students = students
        self.by_key: defaultdict[str, set[str]] = defaultdict(set)  # id, the system's id, e-mail → students
        self.by_name: defaultdict[str, set[str]] = defaultdict(set)
        self.groups: defaultdict[str, set[str]] = defaultdict(set)
        for student in students.values():
            for key in {student.id, student.lms_id, student.email} - {""}:
                self.by_key[key.casefold()].add(student.id)
            for name in student.called():
                self.by_name[name].add(student.id)
            if student.group:
                self.groups[fold(student.group)].add(student.id)

    def with_key(self, *keys: str) -> str | None:
        """The student whom one of these ids or addresses belongs to."""
        for key in keys:
            found = self.by_key.get(key.strip().removeprefix("#").casefold(), set())
            if key.strip() and len(found) == 1:
                return next(iter(found))
        return None

    def with_name(self, name: str) -> str:
        """The student, or a member of the group, of this name.

        Raises:
            Unknown: if there is none, or more than one student.
        """
        found = self.by_name.get(fold(name), set())
        if len(found) > 1:
            raise Unknown(f"{name} is the name of {' and '.join(sorted(found))}")
        members = found or self.groups.get(fold(name), set())
        if not members:
            raise Unknown(f"nobody of the course is called {name}")
        return min(members)

    def whose(self, name: Named, worksheet: Worksheet) -> str:
        """The student whose submission a file belongs to.

        Raises:
            Unknown: if that is not clear.
        """
        number = name.number.partition("-")[0]
        if student := worksheet.students.get(name.number) or worksheet.students.get(number):
            return student
        if name.system == System.CANVAS:
            owners = [student.id for student in self.students.values() if student.lms_id == name.number]
            if len(owners) == 1:
                return owners[0]
        student = self.with_name(name.who)
        if name.system == System.CANVAS and self.students[student].lms_id:
            raise Unknown(f"nobody of the course has the Canvas id {name.number} ({name.who})")
        return student


def read_worksheet(path: Path, directory: Directory) -> Worksheet:
    """Read Moodle's grading worksheet, or a CSV with the columns student (or identifier) and time.

    Raises:
        CourseError: if it has no such columns, or a time that cannot be read.
    """
    table = read_table(path)
    keys = [column for name in KEYS if (column := table.column(name)) is not None]
    identifier, full_name, time = table.column(*IDENTIFIER), table.column(*NAMES), table.column(*TIMES)
    if not (keys or full_name is not None) or (identifier is None and time is None):
        raise CourseError(f"{table.name} is no worksheet: it needs the columns student and time, or identifier")
    worksheet = Worksheet()
    for row, line in zip(table.rows, table.lines, strict=True):
        student = directory.with_key(*(row[column] for column in keys))
        if student is None and full_name is not None:
            try:
                student = directory.with_name(row[full_name])
            except Unknown:
                continue
        if student is None:
            continue
        if identifier is not None:
            worksheet.students[row[identifier].split()[-1] if row[identifier].strip() else ""] = student
        if time is not None and (handed_in := _time(table, line, row[time])):
            worksheet.times[student] = handed_in
    worksheet.students.pop("", None)
    return worksheet


def _time(table: Table, line: int, text: str) -> datetime | None:
    """A time that a person or Moodle wrote; None for none."""
    if text.strip() in ("", "-"):
        return None
    try:
        return parser.parse(text)
    except (ValueError, OverflowError):
        raise CourseError(
            f"{table.name}, line {line}: {text!r} is no time that can be read; write one such as 2026-10-03 23:45"
        ) from None
