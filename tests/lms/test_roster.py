"""Rosters of four kinds give the same class; what cannot be read is said in one line."""

from __future__ import annotations

from pathlib import Path

import pytest
from lms_course import ROSTERS, STUDENTS
from nbgrader.api import Gradebook

from autograder.course import Course
from autograder.errors import CourseError
from autograder.lms.fill import fill
from autograder.roster.stored import stored_rosters, students_of
from autograder.roster.students import System, read_students
from autograder.roster.table import read_table

pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")
KINDS = {
    "canvas": (System.CANVAS, "SIS Login ID"),
    "moodle": (System.MOODLE, "ID number"),
    "worksheet": (System.MOODLE, "ID number"),
    "brightspace": (System.BRIGHTSPACE, "Username"),
    "plain": (System.PLAIN, "student"),
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_roster_is_known_by_its_columns(kind: str) -> None:
    roster = read_students(read_table(ROSTERS / f"{kind}.csv"))
    assert (roster.system, roster.id_column) == KINDS[kind]
    assert [student.id for student in roster.students] == STUDENTS[: len(roster.students)]
    assert roster.students[0].name == "Ada Lovelace"
    assert {student.email for student in roster.students[:1]} <= {"ada@example.org", ""}
    if kind not in ("worksheet", "canvas"):
        assert [student.last for student in roster.students] == ["Lovelace", 'O"Neil, Müller', "Wang", "Wang", "Нётер"]
        assert roster.students[1].email == ""


def test_what_a_roster_says_is_in_the_gradebook(course: Course) -> None:
    filled = fill(course, ROSTERS / "canvas.csv")
    assert (filled.new, filled.changed, filled.strangers) == (STUDENTS, [], [])
    assert filled.kept.read_bytes() == (ROSTERS / "canvas.csv").read_bytes()
    with Gradebook(course.directory.db_url) as gradebook:
        emma = gradebook.find_student("emma")
        assert (emma.first_name, emma.last_name, emma.lms_user_id) == ("Эмма", "Нётер", "1005")
    assert fill(course, ROSTERS / "canvas.csv").changed == []
    assert fill(course, ROSTERS / "plain.csv").changed == ["ada", "bob", "li", "li2", "emma"]
    bob = students_of(course)["bob"]
    assert (bob.last, bob.group, bob.lms_id) == ('O"Neil, Müller', "red", "1002")


def test_the_column_that_names_the_folders_of_the_course_is_taken(course: Course) -> None:
    for name in ("S1", "S2"):
        (course.root / "submitted" / name).mkdir(parents=True)
    filled = fill(course, ROSTERS / "canvas.csv")
    assert filled.roster.id_column == "SIS User ID"
    assert fill(course, ROSTERS / "canvas.csv", "SIS Login ID").strangers == ["S1", "S2", "S3", "S4", "S5"]
    assert fill(course, ROSTERS / "canvas.csv").roster.id_column == "SIS Login ID"  # as it was chosen before
    assert stored_rosters(course)[System.CANVAS].id_column == "SIS Login ID"


REFUSED = {
    "name,points\nada,3\n": "is no roster: its columns are name, points",
    "student,name\nada,Ada\nada,Ada Two\n": "line 2: student 'ada' is also on line 3",
    "student,name\n../ada,Ada\n": "student '../ada' cannot name a folder",
    "student,name\nada,Ada,1,2\n": "line 2: it has 4 values, but the header names 2",
    'student,name\nada,"Ada\n': "it is not CSV",
    "": "is empty",
}


@pytest.mark.parametrize("text", REFUSED)
def test_what_is_wrong_with_a_roster_is_said(text: str, course: Course, tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text(text)
    with pytest.raises(CourseError, match=REFUSED[text].replace(".", r"\.")):
        fill(course, path)
    assert not (course.root / "roster").exists()


def test_a_student_without_an_id_is_left_out_and_named(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("student,name\nada,Ada\n,Nobody Known\n")
    assert read_students(read_table(path)).without_id == ["Nobody Known"]
