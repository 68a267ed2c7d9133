"""In group work one hand-in counts for all members, with the marks that a person gave."""

from __future__ import annotations

from pathlib import Path

import pytest
from lms_course import DAY_2, DUE, POINTS_PER_DAY, ROSTERS, copy_of, graded, mark
from small_course import NAME

from autograder.course import Course
from autograder.grading.grade import students_to_grade
from autograder.grading.results import read_results
from autograder.grading.settle import settle
from autograder.grading.waiting import waiting
from autograder.lms.fill import fill

pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")
GROUP_WORK = "c.Autograder.group_work = ['01_small']\n"
EARLIER = "2026-10-01 10:00:00.000000 UTC"


@pytest.fixture(scope="module")
def handed_in(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """ada and bob are `red`, and bob handed in later and late; li and emma are `blue`, and li alone handed in."""
    more = GROUP_WORK + DUE + POINTS_PER_DAY + "c.PointsPerDay.points = 1\n"
    course = copy_of(built, tmp_path_factory.mktemp("groups") / "course", more)
    fill(course, ROSTERS / "plain.csv")
    graded(course, "ada", 1, 1, 1, EARLIER)
    graded(course, "bob", 10, 5, None, DAY_2)
    graded(course, "li", 8, 4, 0)
    graded(course, "li2", 2, 2, 2)
    return course.root


@pytest.fixture
def group_course(handed_in: Path, tmp_path: Path) -> Course:
    return copy_of(handed_in, tmp_path / "course")


def scores(course: Course) -> dict[str, float]:
    return {result.student: result.score for result in read_results(course, NAME)}


def test_the_latest_hand_in_of_a_group_counts_for_its_members(group_course: Course) -> None:
    assert students_to_grade(group_course, NAME) == ["bob", "li", "li2"]
    assert students_to_grade(group_course, NAME, "ada") == ["bob"]
    assert settle(group_course) == ["ada", "emma"]
    assert scores(group_course) == {"ada": 13, "bob": 13, "emma": 12, "li": 12, "li2": 6}
    why = {result.student: result.why for result in read_results(group_course, NAME)}
    assert why["emma"] == "handed in by li for group blue"
    assert why["ada"].startswith("handed in by bob for group red; this member's own hand-in is not the latest")


def test_a_mark_in_any_copy_counts_for_the_group(group_course: Course) -> None:
    settle(group_course)
    mark(group_course, "ada", 4)
    settle(group_course)
    assert scores(group_course)["ada"] == scores(group_course)["bob"] == 17
    mark(group_course, "bob", 5)
    settle(group_course)
    assert scores(group_course)["ada"] == scores(group_course)["bob"] == 18


def test_an_answer_of_a_group_waits_once(group_course: Course) -> None:
    settle(group_course)
    assert waiting(group_course, [NAME]) == {NAME: {"answer_why": 1}}


def test_an_extension_of_a_member_is_that_members_own(group_course: Course) -> None:
    (group_course.root / "roster" / "extensions.csv").write_text("student,assignment,days\nada,01_small,7\n")
    settle(group_course)
    assert (scores(group_course)["ada"], scores(group_course)["bob"]) == (15, 13)


def test_groups_count_only_where_the_settings_say_so(group_course: Course) -> None:
    settings = group_course.root / "nbgrader_config.py"
    settings.write_text(settings.read_text().replace(GROUP_WORK, ""))
    course = Course(group_course.root)
    assert students_to_grade(course, NAME) == ["ada", "bob", "li", "li2"]
    assert settle(course) == []
    assert scores(course)["ada"] == 3
