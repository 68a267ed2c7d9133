"""Learning that every result is kept loads nothing slow, and reads the settings and the gradebook as nbgrader does."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from nbgrader.coursedir import CourseDirectory
from small_course import NAME, RIGHT, SANDBOX, hand_in, known_course
from traitlets.config import Config

from autograder.authoring.build import build
from autograder.course import Course, Directory
from autograder.grading.grade import GRADED, Settings, grade, tasks_to_do

pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")
SLOW = {"nbgrader", "nbformat", "sqlalchemy", "numpy", "torch", "matplotlib", "IPython", "distributed"}
COMMAND = """
import sys
from autograder.cli import app
try:
    app(["grade", sys.argv[1], "--course", sys.argv[2], "--workers", "1", *sys.argv[3:]])
finally:
    print(*{name.partition(".")[0] for name in sys.modules}, file=sys.stderr)
"""


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Course]:
    """A course in which ada's submission is graded."""
    with known_course(tmp_path_factory.mktemp("nothing") / "course") as course:
        build(course, [NAME])
        hand_in(course.root, "ada", RIGHT)
        settings = Settings(workers=1, sandboxed=SANDBOX)
        assert len(list(grade(course, tasks_to_do(course, NAME, ["ada"], settings), settings))) == 1
        yield course


def test_nothing_slow_is_loaded(course: Course) -> None:
    unsafe = [] if SANDBOX else ["--unsafe"]
    command = [sys.executable, "-c", COMMAND, NAME, str(course.root), *unsafe]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.stdout.startswith("0 graded, 1 kept from before; --all shows them.\n"), done.stderr
    assert not SLOW & set(done.stderr.split())


def test_reading_results_loads_nothing_that_runs_notebooks_or_parses_grammars() -> None:
    code = "import sys, autograder.grading.results as _; print(*(name for name in sys.modules if sys.modules[name]))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert "nbgrader.api" in loaded and "jsonschema" in loaded
    assert not {"nbclient", "jupyter_client", "zmq", "rfc3987_syntax", "rfc3986_validator", "isoduration"} & loaded


def test_the_gradebook_says_the_same_to_sqlite_as_to_nbgrader(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    direct = course.query(GRADED, assignment=NAME)
    monkeypatch.setattr(Course, "gradebook_file", None)  # as for a gradebook on a server
    assert course.query(GRADED, assignment=NAME) == direct == [("ada",)]


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"submitted_directory": "in", "autograded_directory": "out", "course_id": "deep"},
        {"directory_structure": "{student_id}/{nbgrader_step}/{assignment_id}"},
        {"db_url": "postgresql://localhost/grades"},
    ],
)
def test_settings_are_read_as_nbgrader_reads_them(settings: dict[str, str], tmp_path: Path) -> None:
    config = Config(CourseDirectory={"root": str(tmp_path), **settings})
    ours, theirs = Directory.of(config), CourseDirectory(config=config)
    assert {name: getattr(theirs, name) for name in Directory.__annotations__} == vars(ours)
    step = ours.submitted_directory
    assert ours.format_path(step, "ada", NAME) == theirs.format_path(step, "ada", NAME)
