"""Formgrader's own page shows the marker what nobody else sees, and offers comments that were given before."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import Request, urlopen

import nbformat
import pytest
from nbgrader.api import Gradebook
from nbgrader.apps import NbGraderAPI
from small_course import NAME, REPOSITORY, RIGHT, SANDBOX, cell, hand_in, known_course

from autograder.authoring.build import build
from autograder.course import Course
from autograder.grading.grade import Settings, grade, tasks_to_do

pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")
MODEL, SCHEME, TASK = "Because 2 x / 2 = x.", "Two points for a *figure*.", "task_report"
TOKEN, STARTS_WITHIN = "of-this-test", 120.0  # seconds
TASK_SOURCE = f"Report.\n### BEGIN MARK SCHEME\n{SCHEME}\n### END MARK SCHEME"


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Course]:
    """A graded course with a written answer and a task, and three students of whom two have the same comment."""
    with known_course(tmp_path_factory.mktemp("formgrader") / "course") as course:
        notebook = nbformat.read(course.source(NAME), as_version=4)
        notebook.cells.append(cell("markdown", TASK, TASK_SOURCE, task=True, locked=True, points=4))
        nbformat.write(notebook, course.source(NAME))
        build(course, [NAME])
        students, settings = ["ada", "bob", "cat"], Settings(sandboxed=SANDBOX)
        for student in students:
            hand_in(course.root, student, RIGHT, f"So says {student}.")
        assert len(list(grade(course, tasks_to_do(course, NAME, students, settings), settings))) == 3
        with Gradebook(course.directory.db_url) as gradebook:
            for student, comment in (("bob", 'Say <why>, "please".'), ("cat", 'Say <why>, "please".')):
                gradebook.find_comment("answer_why", NAME, NAME, student).manual_comment = comment
            gradebook.find_comment("answer_why", NAME, NAME, "ada").manual_comment = "My own."
            gradebook.db.commit()
        yield course


@pytest.fixture(scope="module")
def server(course: Course, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a Jupyter server that an instructor started in the course directory."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    home = tmp_path_factory.mktemp("home")
    environment = os.environ | {
        "HOME": str(home),
        "PYTHONPATH": os.pathsep.join([str(REPOSITORY), os.environ.get("PYTHONPATH", "")]),
    }
    command = [sys.executable, "-m", "jupyter_server", "--allow-root", "--no-browser", "--ip=127.0.0.1"]
    command += [f"--port={port}", "--ServerApp.port_retries=0", f"--IdentityProvider.token={TOKEN}"]
    with (home / "log").open("w") as log:
        process = subprocess.Popen(command, cwd=course.root, env=environment, stdout=log, stderr=log)
        try:
            address = f"http://127.0.0.1:{port}"
            wait_for(f"{address}/api/status", process, home / "log")
            yield address
        finally:
            process.terminate()
            process.wait()


def wait_for(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < end and process.poll() is None:
        try:
            get(address)
            return
        except URLError:
            time.sleep(0.3)
    raise AssertionError(log.read_text())


def get(address: str) -> str:
    with urlopen(Request(address, headers={"Authorization": f"token {TOKEN}"})) as answer:
        return str(answer.read().decode())


def page_of(server: str, student: str) -> str:
    """Formgrader's page of a student's notebook, as a browser gets it."""
    submissions = json.loads(get(f"{server}/formgrader/api/submitted_notebooks/{NAME}/{NAME}"))
    [submission] = [item for item in submissions if item["student"] == student]
    return get(f"{server}/formgrader/submissions/{submission['id']}/")


def test_the_marker_sees_mark_scheme_and_model_answer(course: Course, server: str) -> None:
    page = page_of(server, "ada")
    assert page.count('<details class="for-marker"') == 4  # two functions, a written answer, a task
    assert "So says ada." in page and MODEL in page
    assert "Two points for a <em>figure</em>." in page and "MARK SCHEME" not in page
    assert f"<pre>    {RIGHT['double']}</pre>" in page
    graded = course.autograded(NAME, "ada").read_text()
    assert MODEL not in graded and SCHEME not in graded


def test_feedback_has_neither(course: Course) -> None:
    api: Any = NbGraderAPI(config=course.config)
    assert api.generate_feedback(NAME, "ada")["success"]
    environment = os.environ | {"PYTHONPATH": str(REPOSITORY)}
    command = [sys.executable, "-m", "nbgrader", "generate_feedback", NAME, "--student=bob"]
    subprocess.run(command, cwd=course.root, env=environment, check=True, capture_output=True)
    for student in ("ada", "bob"):
        page = course.feedback(NAME, student).read_text()
        assert f"So says {student}." in page
        assert not any(text in page for text in (MODEL, "Two points", "for-marker", "earlier-comments"))


def test_comments_of_others_can_be_picked_again(server: str) -> None:
    options = re.findall(r"""<option value=("|')(.*?)\1>""", page_of(server, "ada"))
    assert [unescape(option) for _, option in options] == ["", 'Say <why>, "please".']
    assert "My own." in page_of(server, "bob") and "<why>" not in page_of(server, "ada")


def test_formgrader_warns_of_nothing(course: Course, server: str) -> None:
    assert "alert" not in get(f"{server}/formgrader/manage_assignments")
    assert (course.root / "exchange").is_dir()


def test_it_has_no_mark_scheme_for_a_course_without_the_source(course: Course, server: str) -> None:
    aside = course.root / "aside.ipynb"
    shutil.move(course.source(NAME), aside)
    try:
        page = page_of(server, "ada")
    finally:
        shutil.move(aside, course.source(NAME))
    assert "So says ada." in page and "for-marker" not in page
