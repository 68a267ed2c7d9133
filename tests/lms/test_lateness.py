"""Due dates, extensions and penalties reach the gradebook, and a changed one does without running any code."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import nbformat
import pytest
from lms_course import DAY_2, DUE, POINTS_PER_DAY, ROSTERS, copy_of, graded, mark
from nbgrader.api import Gradebook
from nbgrader.preprocessors import AssignLatePenalties
from rich.console import Console
from small_course import NAME
from traitlets.config import Config

from autograder.course import Course
from autograder.errors import CourseError
from autograder.grading.late_policies import PercentPerDay, PointsPerDay
from autograder.grading.lateness import settle_one
from autograder.grading.results import read_results
from autograder.grading.settle import settle
from autograder.grading.waiting import waiting
from autograder.lms.fill import fill
from autograder.tables import class_table, waiting_lines

pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")
DAY = 86_400.0
POLICIES = [
    (PointsPerDay, {"points": 2}, 1.0, 2.0),
    (PointsPerDay, {"points": 2}, DAY, 2.0),
    (PointsPerDay, {"points": 2}, DAY + 1, 4.0),
    (PointsPerDay, {"points": 2, "grace": 15}, 900.0, None),
    (PointsPerDay, {"points": 2, "grace": 15}, 901.0, 2.0),
    (PointsPerDay, {"points": 2, "cap": 5}, 9 * DAY, 5.0),
    (PointsPerDay, {"points": 30}, DAY, 15.0),
    (PointsPerDay, {}, DAY, None),
    (PercentPerDay, {"percent": 10}, DAY + 1, 3.0),
    (PercentPerDay, {"percent": 10, "cap": 50}, 9 * DAY, 7.5),
    (PercentPerDay, {"percent": 10}, 99 * DAY, 15.0),
]


@pytest.mark.parametrize(("policy", "numbers", "late", "penalty"), POLICIES)
def test_a_policy_takes_off(policy: type[PointsPerDay], numbers: dict, late: float, penalty: float | None) -> None:
    plugin = policy(config=Config({policy.__name__: numbers}))
    assert plugin.late_submission_penalty("ada", 15.0, late) == penalty


def score(course: Course, student: str) -> tuple[float, float, float]:
    """Score, penalty and seconds late."""
    (result,) = read_results(course, NAME, [student])
    return result.score, result.penalty, result.seconds_late


def settings(course: Course, text: str) -> Course:
    with (course.root / "nbgrader_config.py").open("a") as file:
        file.write(text)
    return Course(course.root)


def test_a_penalty_is_taken_off_and_follows_the_settings(built: Path, tmp_path: Path) -> None:
    course = copy_of(built, tmp_path / "course", DUE + POINTS_PER_DAY + "c.PointsPerDay.points = 3\n")
    graded(course, "ada", 10, 5, 5, DAY_2)
    assert score(course, "ada") == (14, 6, 36 * 3600 + 60.0)  # 23:59 in Vienna is 21:59 in UTC
    course = settings(course, "c.PointsPerDay.per_assignment = {'01_small': {'points': 1}}\n")
    settle(course)
    assert score(course, "ada")[:2] == (18, 2)
    course = settings(course, "c.Autograder.due = {'01_small': '2026-10-03'}\n")
    settle(course)
    assert score(course, "ada") == (20, 0, 0)  # a day without a time ends at midnight


def test_an_extension_is_a_students_own(built: Path, tmp_path: Path) -> None:
    course = copy_of(built, tmp_path / "course", DUE + POINTS_PER_DAY + "c.PointsPerDay.points = 3\n")
    fill(course, ROSTERS / "plain.csv")
    for student in ("ada", "bob", "li"):
        graded(course, student, 10, 5, 5, DAY_2)
    extensions = course.root / "roster" / "extensions.csv"
    extensions.write_text("student,assignment,days,until\nada,01_small,1,\nbob,*,,2026-10-03 12:00\n")
    settle(course)
    assert [score(course, student)[1] for student in ("ada", "bob", "li")] == [3, 0, 6]
    with Gradebook(course.directory.db_url) as gradebook:
        assert gradebook.find_submission(NAME, "bob").duedate == datetime(2026, 10, 3, 10)
    extensions.write_text("student,assignment,hours\nada,01_small,48\n")
    settle(course)
    assert [score(course, student)[1] for student in ("ada", "bob", "li")] == [0, 6, 6]


def test_nbgraders_own_preprocessor_takes_off_the_same(built: Path, tmp_path: Path) -> None:
    more = "c.PointsPerDay.points = 3\nc.PointsPerDay.per_assignment = {'01_small': {'points': 2}}\n"
    course = copy_of(built, tmp_path / "course", DUE + POINTS_PER_DAY + more)
    graded(course, "ada", 10, 5, 5, DAY_2)
    extensions = course.root / "roster" / "extensions.csv"
    extensions.parent.mkdir()
    extensions.write_text("student,assignment,days\nada,01_small,1\n")
    settle_one(course, NAME, "ada")
    where = {"notebook": NAME, "assignment": NAME, "student": "ada", "db_url": course.directory.db_url}
    preprocessor = AssignLatePenalties(config=course.config)
    preprocessor.preprocess(nbformat.v4.new_notebook(), {"nbgrader": where})
    assert score(course, "ada")[:2] == (18, 2)


WRONG = {
    "student,assignment,days\nadda,01_small,1\n": "line 2: there is no student 'adda'",
    "student,assignment,days\nada,01_smal,1\n": "line 2: there is no assignment '01_smal'",
    "student,assignment,days\nada,01_small,soon\n": "line 2: write a number of days or hours",
    "student,days\nada,1\n": "needs the columns student, assignment and days",
}


@pytest.mark.parametrize("text", WRONG)
def test_a_wrong_extension_changes_nothing(text: str, built: Path, tmp_path: Path) -> None:
    course = copy_of(built, tmp_path / "course", DUE)
    fill(course, ROSTERS / "plain.csv")
    (course.root / "roster" / "extensions.csv").write_text(text)
    with pytest.raises(CourseError, match=WRONG[text]):
        settle(course)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("c.Autograder.due = {'01_smal': '2026-10-01'}\n", "there is no assignment '01_smal'; there are 01_small"),
        ("c.Autograder.due = {'01_small': 'tomorrow'}\n", "is 'tomorrow'; write a time"),
        ("c.Autograder.due = {'01_small': '2026-10-01'}\nc.Autograder.time_zone = 'Vienna'\n", "is 'Vienna'"),
    ],
)
def test_a_wrong_setting_is_said(text: str, message: str, course: Course) -> None:
    with pytest.raises(CourseError, match=message):
        settle(settings(course, text))


def test_what_waits_for_a_mark_is_counted_and_no_zero(built: Path, tmp_path: Path) -> None:
    course = copy_of(built, tmp_path / "course", DUE + POINTS_PER_DAY + "c.PointsPerDay.points = 1\n")
    fill(course, ROSTERS / "plain.csv")
    graded(course, "ada", 10, 5, None, DAY_2)
    graded(course, "bob", 10, 5, None)
    assert waiting_lines(waiting(course, [NAME]))[0].startswith("01_small: 2 answers wait for a mark (answer_why 2)")
    console = Console(width=120, record=True, file=(tmp_path / "shown").open("w"))
    console.print(class_table(NAME, read_results(course, NAME)))
    shown = console.export_text()
    assert "13 so far" in shown and "−2 late" in shown and "15 so far" in shown and "Ada Lovelace" in shown
    mark(course, "ada", 4)
    mark(course, "bob", 0)
    assert waiting(course, [NAME]) == {}
    assert waiting_lines({}) == ["No answer waits for a mark."]
    assert score(course, "ada")[:2] == (17, 2)
