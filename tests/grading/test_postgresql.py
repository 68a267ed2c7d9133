"""A gradebook on a PostgreSQL server: built, graded into, reported from. The test starts a server of its own."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from nbgrader.api import Gradebook
from small_course import ASSIGNMENTS, NAME, RIGHT, SANDBOX, hand_in, make_course

from autograder.authoring.build import build
from autograder.course import Course
from autograder.errors import CourseError
from autograder.grading.grade import Settings, grade, tasks_to_do
from autograder.grading.results import read_results
from autograder.report.write import write_report

PROGRAMS = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
pytestmark = [
    pytest.mark.skipif(not PROGRAMS, reason="no PostgreSQL server is installed (apt install postgresql)"),
    pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning"),
]


def as_postgres(*command: object) -> None:
    """Run a program of PostgreSQL's, which refuses to run as root, as the user that its package makes."""
    words = [str(word) for word in command]
    if os.geteuid() == 0:
        words = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", *words]
    subprocess.run(words, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a database on a server that listens on loopback alone."""
    folder = Path("/tmp") / f"gradebook-server-{os.getpid()}"
    folder.mkdir()
    if os.geteuid() == 0:
        user = pwd.getpwnam("postgres")
        os.chown(folder, user.pw_uid, user.pw_gid)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    programs, data = PROGRAMS[-1], folder / "data"
    as_postgres(programs / "initdb", "-D", data, "-A", "trust", "-U", "grader", "--no-sync")
    options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off"
    as_postgres(programs / "pg_ctl", "-D", data, "-w", "-o", options, "-l", folder / "log", "start")
    try:
        yield f"postgresql://grader@127.0.0.1:{port}/postgres"
    finally:
        as_postgres(programs / "pg_ctl", "-D", data, "-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)


def test_a_class_is_graded_into_a_server(server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AUTOGRADER_SECRET", raising=False)
    monkeypatch.setattr("autograder.exercises.ASSIGNMENTS", ASSIGNMENTS)
    root = make_course(tmp_path / "course")
    with (root / "nbgrader_config.py").open("a") as settings:
        settings.write(f'c.CourseDirectory.db_url = "{server}"\n')
    course = Course(root)
    assert course.directory.db_url == server
    with pytest.raises(CourseError, match="run `autograder build` first"):
        course.require_gradebook(NAME)
    build(course, [NAME])
    hand_in(root, "ada", RIGHT, "Because.")
    hand_in(root, "bob", {"double": "return x * x"})
    how = Settings(sandboxed=SANDBOX)
    tasks = tasks_to_do(course, NAME, ["ada", "bob"], how)
    assert len(list(grade(course, tasks, how))) == 2
    assert {result.student: result.score for result in read_results(course, NAME)} == {"ada": 15, "bob": 5}
    assert not tasks_to_do(course, NAME, ["ada", "bob"], how)
    assert write_report(course, None, root / "report")["page"].is_file()
    assert not (root / "gradebook.db").exists()
    with Gradebook(server) as gradebook:
        assert gradebook.find_submission(NAME, "bob").score == 5


def test_a_server_that_is_gone_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AUTOGRADER_SECRET", raising=False)
    root = make_course(tmp_path / "course")
    with (root / "nbgrader_config.py").open("a") as settings:
        settings.write('c.CourseDirectory.db_url = "postgresql://nobody@127.0.0.1:9/none"\n')
    with pytest.raises(CourseError, match=r"the gradebook cannot be used .*; nothing was written"):
        Course(root).with_gradebook(lambda gradebook: gradebook.students)
