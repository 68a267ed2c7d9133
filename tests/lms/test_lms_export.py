"""The exported CSV has the roster's rows and id columns, cell for cell, and final scores with penalties taken off."""

from __future__ import annotations

from pathlib import Path

import pytest
from lms_course import DAY_2, DUE, POINTS_PER_DAY, ROSTERS, copy_of, graded
from small_course import NAME

from autograder.course import Course
from autograder.errors import CourseError
from autograder.lms.columns import column_of
from autograder.lms.export import Exported, Options, export
from autograder.lms.fill import fill
from autograder.roster.students import System
from autograder.roster.table import read_table

pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")

CANVAS = """\
Student,ID,SIS User ID,SIS Login ID,Section,01_small (4711)
,,,,,Manual Posting
    Points Possible,,,,,20
"Lovelace, Ada",1001,S1,ada,"Group 1, Monday",18
"O""Neil-Müller, Bob",1002,S2,bob,"Group 1, Monday",3
"Wang, Li",1003,S3,li,Group 2,12.25
"Wang, Li",1004,S4,li2,Group 2,
"Нётер, Эмма",1005,S5,emma,Group 2,5
"Student, Test",1999,,0c4f1d,Group 2,
"""
MOODLE = """\
First name,Last name,ID number,Institution,Department,Email address,Assignment: 01_small (Real),Feedback: 01_small
Ada,Lovelace,ada,,Maths,ada@example.org,18,late: −2
Bob,"O""Neil, Müller",bob,,Maths,,3.00,
Li,Wang,li,,,li@example.org,12.25,
Li,Wang,li2,,,li2@example.org,-,
Эмма,Нётер,emma,,,emma@example.org,-,
"""
WORKSHEET = """\
Identifier,Full name,ID number,Email address,Status,Maximum Grade,Grade can be changed,Last modified (submission),\
Last modified (grade),Grade,Feedback comments
Participant 501,Ada Lovelace,ada,ada@example.org,Submitted for grading,20.00,Yes,\
"Friday, 2 October 2026, 9:15 AM",-,18,late: −2
Participant 502,"Bob O""Neil, Müller",bob,,Submitted for grading,20.00,Yes,"Wednesday, 30 September 2026, 11:00 PM",-,,
Participant 503,Li Wang,li,li@example.org,Submitted for grading,20.00,Yes,"Thursday, 1 October 2026, 8:00 AM",-,12.25,
Participant 504,Li Wang,li2,li2@example.org,No submission,20.00,Yes,-,-,,
"""
BRIGHTSPACE = """\
OrgDefinedId,Username,01_small Points Grade <Numeric MaxPoints:20 Weight:10 Category:Notebooks CategoryWeight:50>,\
End-of-Line Indicator
#5001,#ada,18,#
#5002,#bob,3,#
#5003,#li,12.25,#
#5004,#li2,,#
#5005,#emma,,#
"""
EXPECTED = {
    "canvas": "\ufeff" + CANVAS,
    "moodle": MOODLE,
    "worksheet": "\ufeff" + WORKSHEET,
    "brightspace": "\ufeff" + BRIGHTSPACE.replace("\n", "\r\n"),
}


@pytest.fixture(scope="module")
def marked(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Course:
    """ada is late, an answer of bob's waits for a mark, li is done, li2 and emma handed in nothing; eve is nobody."""
    more = DUE + POINTS_PER_DAY + "c.PointsPerDay.points = 1\n"
    course = copy_of(built, tmp_path_factory.mktemp("marked") / "course", more)
    graded(course, "ada", 10, 5, 5, DAY_2)
    graded(course, "bob", 10, 5, None)
    graded(course, "li", 10, 2.25, 0)
    graded(course, "eve", 10, 5, 5)
    return course


def exported(course: Course, roster: Path, path: Path, **options: bool) -> tuple[Exported, str]:
    filled = fill(course, roster)
    (one,) = export(course, filled.roster.system, [NAME], path, Options(**options))
    return one, path.read_bytes().decode()


@pytest.mark.parametrize("kind", EXPECTED)
def test_the_file_is_row_for_row_as_the_roster(kind: str, marked: Course, tmp_path: Path) -> None:
    one, text = exported(marked, ROSTERS / f"{kind}.csv", tmp_path / "out.csv")
    assert text == EXPECTED[kind]
    assert one.scores == {"ada": 18, "li": 12.25}
    assert (one.late, one.provisional, one.strangers) == ({"ada": 2}, {"bob": 1}, ["eve"])
    assert one.no_result == (["li2"] if kind == "worksheet" else ["li2", "emma"])


def test_provisional_scores_are_written_on_demand(marked: Course, tmp_path: Path) -> None:
    one, text = exported(marked, ROSTERS / "canvas.csv", tmp_path / "out.csv", provisional=True)
    assert '"O""Neil-Müller, Bob",1002,S2,bob,"Group 1, Monday",15\n' in text
    assert one.provisional == {"bob": 1}


def changed(kind: str, path: Path, *replacements: tuple[str, str]) -> Path:
    text = (ROSTERS / f"{kind}.csv").read_text(encoding="utf-8")
    for before, after in replacements:
        assert before in text
        text = text.replace(before, after)
    path.write_text(text, encoding="utf-8")
    return path


def test_other_points_are_refused_or_scaled(marked: Course, tmp_path: Path) -> None:
    roster = changed("canvas", tmp_path / "c.csv", ("Manual Posting", ""), ("Possible,,,,,,20", "Possible,,,,,,100"))
    with pytest.raises(CourseError, match=r"01_small has 20 points, but 100 in '01_small \(4711\)'"):
        exported(marked, roster, tmp_path / "out.csv")
    assert not (tmp_path / "out.csv").exists()
    one, text = exported(marked, roster, tmp_path / "out.csv", scale=True)
    assert one.scores == {"ada": 90, "li": 61.25} and one.late == {"ada": 10}
    assert "    Points Possible,,,,,100\n" in text


NEW = {
    "canvas": ("01_small (4711)", "Homework (4711)", "01_small"),
    "moodle": ("Assignment: 01_small", "Assignment: Homework", "01_small"),
    "brightspace": ("01_small Points", "Homework Points", "01_small Points Grade <Numeric MaxPoints:20>"),
}


@pytest.mark.parametrize("kind", NEW)
def test_a_column_that_the_roster_does_not_have_is_new(kind: str, marked: Course, tmp_path: Path) -> None:
    before, after, header = NEW[kind]
    table = read_table(changed(kind, tmp_path / "r.csv", (before, after)))
    column = column_of(marked, System(kind), table, NAME, 20)
    assert (column.index, column.header) == (None, header)


@pytest.mark.parametrize("kind", NEW)
def test_an_assignment_may_have_another_title_in_the_lms(kind: str, built: Path, tmp_path: Path) -> None:
    before, after, _ = NEW[kind]
    table = read_table(changed(kind, tmp_path / "r.csv", (before, after)))
    course = Course(built)
    course.config.Autograder.lms_titles = {"01_small": "homework"}
    column = column_of(course, System(kind), table, NAME, 20)
    assert column.index is not None and after in column.header


def test_the_points_of_a_new_column_of_canvas_are_written(marked: Course, tmp_path: Path) -> None:
    roster = changed("canvas", tmp_path / "r.csv", ("01_small (4711)", "Homework (4711)"))
    one, text = exported(marked, roster, tmp_path / "out.csv")
    assert one.is_new and ",01_small\n" in text and "    Points Possible,,,,,20\n" in text


def test_who_is_excused_stays_so(marked: Course, tmp_path: Path) -> None:
    roster = changed("canvas", tmp_path / "r.csv", (',"Group 1, Monday",,,9', ',"Group 1, Monday",,EX,9'))
    one, text = exported(marked, roster, tmp_path / "out.csv")
    assert one.excused == ["ada"] and '1001,S1,ada,"Group 1, Monday",EX\n' in text


def test_without_a_roster_nothing_is_written(course: Course, tmp_path: Path) -> None:
    with pytest.raises(CourseError, match=r"there is no roster/canvas.csv: export the gradebook from Canvas"):
        export(course, System.CANVAS, [NAME], tmp_path / "out.csv", Options())
    fill(course, ROSTERS / "canvas.csv")
    with pytest.raises(CourseError, match="there is no result of 01_small: run `autograder grade 01_small` first"):
        export(course, System.CANVAS, [NAME], tmp_path / "out.csv", Options())
