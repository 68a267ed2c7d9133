"""The commands `roster`, `import`, `grade`, `report` and `export`, one after the other, as in a term."""

from __future__ import annotations

import json

import pytest
from lms_course import ROSTERS, graded, make_zip
from small_course import NAME
from typer.testing import CliRunner, Result

from autograder import cli
from autograder.course import Course

pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")


def run(course: Course, *arguments: object) -> Result:
    command = [str(argument) for argument in arguments]
    return CliRunner().invoke(cli.app, [*command, "--course", str(course.root)], env={"COLUMNS": "160"})


def test_from_the_roster_to_the_scores(course: Course) -> None:
    archive = make_zip(course.root / "all.zip", {"lovelaceada_LATE_1001_5_01_small.ipynb": "{}", "x.txt": ""})
    assert "knows no students yet" in run(course, "import", archive).stderr
    shown = run(course, "roster", ROSTERS / "canvas.csv").stdout
    assert "5 students of Canvas, named by SIS Login ID: 5 new, 0 changed. Kept as roster/canvas.csv." in shown
    assert json.loads(run(course, "roster", ROSTERS / "canvas.csv", "--json").stdout)["new"] == []
    shown = run(course, "import", archive).stdout
    assert "01_small, from Canvas: 1 new" in shown and "so no penalty: ada; give times with --worksheet" in shown
    assert "left out: x.txt: its name does not say whose it is" in shown
    assert json.loads(run(course, "import", archive, "--json").stdout)["unchanged"] == ["ada"]
    assert "nothing has been graded yet" in run(course, "export", "--lms", "canvas").stderr
    graded(course, "ada", 10, 5, None)
    shown = run(course, "report", NAME, "--no-feedback").stdout
    assert "01_small: 1 answer waits for a mark (answer_why 1)" in shown
    shown = run(course, "export", "--lms", "canvas").stdout
    assert "left as in the roster, because answers wait for a mark: ada 1" in shown
    written = json.loads(run(course, "export", "--lms", "canvas", "--provisional", "--json").stdout)
    assert written["assignments"][0]["scores"] == {"ada": 15}


@pytest.mark.parametrize(
    ("command", "message"),
    [
        (["roster", "nowhere.csv"], "nowhere.csv cannot be read: No such file"),
        (["import", "nowhere.zip"], "knows no students yet"),
        (["export", "--lms", "blackboard"], "--lms blackboard: it is one of canvas, moodle, brightspace"),
        (["export", "--lms", "canvas", "09_none"], "there is no assignment '09_none'"),
        (["report", "09_none"], "there is no assignment '09_none'"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(command: list[str], message: str, course: Course) -> None:
    result = run(course, *command)
    assert (result.exit_code, result.stdout) == (2, "")
    assert message in result.stderr and len(result.stderr.strip().splitlines()) == 1
