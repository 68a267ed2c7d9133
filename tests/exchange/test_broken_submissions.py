"""One broken submission costs itself alone, in every command of nbgrader, and it is named."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbgrader.apps import NbGraderAPI
from small_course import NAME, RIGHT, SANDBOX, answered, hand_in, known_course, submission

from autograder.authoring.build import build
from autograder.course import Course
from autograder.exchange import place
from autograder.grading.grade import Settings, grade, tasks_to_do
from autograder.grading.results import read_results

pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")
TIME, COURSE = "2026-03-0{} 10:00:00.000000 UTC", "convolutional_networks"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A built course whose exercises are known to the checks of this process."""
    with known_course(tmp_path_factory.mktemp("built") / "course") as made:
        build(made, [NAME])
        yield made.root


@pytest.fixture
def course(built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Course:
    """A copy of the built course, on a machine without an exchange."""
    monkeypatch.setattr(place, "SYSTEM", tmp_path / "none")
    return Course(shutil.copytree(built, tmp_path / "course"))


def api(course: Course) -> Any:
    return NbGraderAPI(config=course.config)


def submitted(course: Course, student: str, day: int = 1) -> Path:
    """A student's right answers in the exchange, as `nbgrader submit` puts them there."""
    time = TIME.format(day)
    folder = course.root / place.OWN / COURSE / "inbound" / f"{student}+{NAME}+{time}+0123"
    folder.mkdir(parents=True)
    nbformat.write(answered(course.root, RIGHT, "Because."), folder / f"{NAME}.ipynb")
    (folder / "timestamp.txt").write_text(time)
    (folder / "submission_secret.txt").write_text(f"of {student}")
    return folder


def points(course: Course) -> dict[str, float]:
    """Student → points, of all exercises that need no person."""
    return {result.student: result.score for result in read_results(course, NAME)}


def test_collecting_follows_no_link_and_skips_what_cannot_be_copied(course: Course) -> None:
    made = api(course)
    secret = course.root / ".course-secret"
    assert secret.is_file()
    (submitted(course, "ada") / "data.txt").symlink_to(secret)
    submitted(course, "bob", day=1)
    os.mkfifo(submitted(course, "bob", day=2) / "pipe")
    cat = submitted(course, "cat")
    shutil.move(cat, course.root / "elsewhere")
    cat.symlink_to(course.root / "elsewhere")
    (cat.parent / f"dan+{NAME}+whenever+0123").mkdir()
    (submitted(course, "dora") / "timestamp.txt").write_text("yesterday")
    (submitted(course, "duc", day=3) / "timestamp.txt").write_text(TIME.format(1))
    submitted(course, "eve")
    done = made.collect(NAME)
    assert not done["success"] and f"not collected: bob, cat, dan+{NAME}+whenever+0123, dora, duc;" in done["error"]
    reasons = ("pipe` is a named pipe", "it is a link to another folder", "its name holds no time", "another time than")
    for reason in reasons:
        assert reason in done["log"]
    assert course.students(NAME) == ["ada", "eve"]
    assert not (course.submitted(NAME, "ada").with_name("data.txt")).exists()
    assert "link to another file" in done["log"]


def test_the_newest_submission_is_collected(course: Course) -> None:
    made = api(course)
    submitted(course, "ada", day=1)
    assert made.collect(NAME)["success"]
    submitted(course, "ada", day=2)
    assert made.collect(NAME)["success"]
    assert course.submitted(NAME, "ada").with_name("timestamp.txt").read_text() == TIME.format(2)
    assert made.get_submissions(NAME)[0]["timestamp"] == "2026-03-02T10:00:00"


@pytest.mark.skipif(not SANDBOX, reason="nbgrader's commands grade in the sandbox alone")
def test_autograde_finds_a_renamed_notebook(course: Course) -> None:
    path = hand_in(course.root, "ada", RIGHT)
    path.rename(path.with_name(f"{NAME} (1).ipynb"))
    path = hand_in(course.root, "bob", RIGHT)
    (path.parent / "work").mkdir()
    path.rename(path.parent / "work" / "mine.ipynb")
    submission(course.root, "cat").with_name("notes.txt").write_text("later")
    hand_in(course.root, "dan", RIGHT)
    made = api(course)
    with pytest.MonkeyPatch.context() as patch:  # as `nbgrader autograde 01_small` has it
        patch.setattr(made.coursedir, "assignment_id", NAME)
        done = made.autograde(NAME, "*")
    assert done["success"], done
    assert points(course) == {"ada": 15, "bob": 15, "cat": 0, "dan": 15}
    why = {result.student: result.why for result in read_results(course, NAME)}
    assert f"{NAME} (1).ipynb was graded" in why["ada"] and "work/mine.ipynb was graded" in why["bob"]
    assert "found notes.txt" in why["cat"] and not why["dan"]
    assert made.autograde(NAME, "ada")["success"]  # formgrader's button


def test_broken_work_stops_no_feedback(course: Course) -> None:
    """A notebook that is none, a picture that is none, and one in autograded/ that was broken by other means."""
    for student in ("ada", "bob", "cat", "zoe"):
        path = hand_in(course.root, student, RIGHT)
        path.with_name("timestamp.txt").write_text(TIME.format(1))
        path.with_name("submission_secret.txt").write_text(f"of {student}")
    course.submitted(NAME, "ada").write_text("{")
    notebook = answered(course.root, RIGHT)
    notebook.cells.append(nbformat.v4.new_markdown_cell("![drawing](attachment:a.png)"))
    notebook.cells[-1].attachments = {"a.png": {"image/png": "bm90IGEgcGljdHVyZQ=="}}
    nbformat.write(notebook, course.submitted(NAME, "bob"))
    settings, students = Settings(sandboxed=SANDBOX), ["ada", "bob", "cat", "zoe"]
    assert len(list(grade(course, tasks_to_do(course, NAME, students, settings), settings))) == 4
    course.autograded(NAME, "cat").write_text("{")
    made = api(course)
    done = made.generate_feedback(NAME)
    assert not done["success"] and f"assignment '{NAME}' for student 'cat'" in done["log"]
    assert [course.feedback(NAME, student).is_file() for student in students] == [True, True, False, True]
    course.feedback(NAME, "bob").with_name("submission_secret.txt").write_text("")
    done = made.release_feedback(NAME)
    assert not done["success"] and f"not released: feedback/bob/{NAME}" in done["error"]
    assert len(list((course.root / place.OWN / COURSE / "feedback").glob("*.html"))) == 2


def test_formgrader_has_an_exchange_from_the_start(course: Course) -> None:
    made = api(course)
    assert not made.exchange_missing
    assert Path(made.exchange_root) == course.root / place.OWN and (course.root / place.OWN).is_dir()


def test_the_exchange_of_the_machine_comes_first(course: Course, tmp_path: Path) -> None:
    place.SYSTEM.mkdir()
    assert api(course).exchange_root == str(place.SYSTEM)
    course.config.Exchange.root = str(tmp_path)
    assert api(course).exchange_root == str(tmp_path)
