"""Grading survives being killed, losing a worker or a warm process, and a locked gradebook."""

from __future__ import annotations

import os
import random
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import dask
import hostile_class as hostile
import psutil
import pytest
from distributed import Client

from autograder import course as course_module
from autograder.course import Course
from autograder.demo.hostile import ATTACKS
from autograder.demo.hostile.attack import ASSIGNMENT, EXERCISES, Attack, right
from autograder.errors import CourseError
from autograder.grading.grade import Settings, grade, students_to_grade, tasks_to_do
from autograder.grading.results import read_results
from autograder.grading.warm_processes import close_warm_processes, warm_process
from autograder.judging.secret import VARIABLE
from autograder.sandbox.availability import why_unavailable
from autograder.sandbox.warm import WarmProcess

missing = why_unavailable()
pytestmark = [
    pytest.mark.skipif(bool(missing), reason=f"this machine has no sandbox: {missing}"),
    pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning", "ignore::nbformat.validator.DuplicateCellId"),
]
SLOW = "import time\ntime.sleep(0.7)"
STUDENTS = [
    Attack("ada", "is right, and slow", right=EXERCISES, first=SLOW),
    Attack("bao", "has one answer", right=("relu_forward",), first=SLOW),
    Attack("chiara", "crashes", right=("relu_forward",), last="import os\nos._exit(1)"),
    Attack("dmitri", "is wrong", cells={"relu_forward": right("relu_forward").replace("0", "1")}, first=SLOW),
    ATTACKS["tests-edited"],
]
GRADE = [sys.executable, "-m", "autograder", "grade", ASSIGNMENT, "--workers", "2"]


@pytest.fixture(scope="module")
def handed_in(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small class that has handed in."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(VARIABLE, "for tests")
        made = hostile.course_with(tmp_path_factory.mktemp("faults") / "course", hostile.canaries())
        hostile.hand_in(made, STUDENTS)
        return made.root


@pytest.fixture
def course(handed_in: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Course:
    """A copy of it, to be graded."""
    monkeypatch.setenv(VARIABLE, "for tests")
    return Course(shutil.copytree(handed_in, tmp_path / "course"))


def scores(course: Course) -> dict[tuple[str, str], float]:
    return {(r.student, o.exercise): o.score for r in read_results(course, ASSIGNMENT) for o in r.exercises}


def grade_here(course: Course, workers: int = 0) -> None:
    settings = Settings(workers=workers, limits=hostile.LIMITS)
    tasks = tasks_to_do(course, ASSIGNMENT, students_to_grade(course, ASSIGNMENT), settings)
    assert tasks
    for _ in grade(course, tasks, settings):
        pass


def times_of_change(course: Course) -> dict[str, int]:
    folder = course.path(course.directory.autograded_directory)
    return {path.parts[-3]: path.stat().st_mtime_ns for path in folder.rglob("*.ipynb")}


def test_grading_killed_at_any_moment_goes_on_when_run_again(course: Course) -> None:
    for moment in random.Random(4).sample(range(30, 90), 2):
        grader = subprocess.Popen(GRADE, cwd=course.root, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        try:
            grader.wait(moment / 10)
        except subprocess.TimeoutExpired:
            grader.send_signal(signal.SIGKILL)
        grader.communicate()
    kept = times_of_change(course)
    done = subprocess.run(GRADE, cwd=course.root, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    after = times_of_change(course)
    assert set(after) == {student.name for student in STUDENTS}
    assert all(after[student] == kept[student] for student in kept), "a finished submission was graded again"
    killed = scores(course)

    grade_here(course)  # all of them again, because its limits are others
    assert scores(course) == killed
    assert sum(killed[student, name] for student, name in killed if student == "ada") == 90


def test_a_killed_grader_leaves_no_process(course: Course) -> None:
    grader = subprocess.Popen(GRADE, cwd=course.root, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    family: list[psutil.Process] = []
    until = time.monotonic() + 120  # a busy machine is slow to start
    while time.monotonic() < until and not any("bwrap" in process.name() for process in family):
        time.sleep(0.2)
        family = psutil.Process(grader.pid).children(recursive=True)
    time.sleep(1)
    family = psutil.Process(grader.pid).children(recursive=True)
    assert family
    grader.send_signal(signal.SIGKILL)
    grader.wait()
    _, alive = psutil.wait_procs(family, timeout=30)
    assert not alive


def test_what_a_killed_grader_left_in_tmp_is_removed_by_the_next() -> None:
    script = "from autograder.sandbox.warm import *\nwarm = WarmProcess()\nprint(warm.folder, flush=True)\ninput()"
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    graders = [subprocess.Popen([sys.executable, "-c", script], **pipes) for _ in range(2)]
    folders = [Path(grader.stdout.readline().strip()) for grader in graders if grader.stdout]
    for grader, left in zip(graders, ([False, True], [False, False]), strict=True):
        grader.kill()
        grader.communicate()
        WarmProcess().close()
        assert [folder.exists() for folder in folders] == left


def test_a_lost_worker_costs_only_time(course: Course) -> None:
    before = set(psutil.Process().children(recursive=True))
    killed: list[int] = []

    def kill_one() -> None:
        until = time.monotonic() + 120  # a busy machine is slow to start
        while time.monotonic() < until and not killed:
            time.sleep(0.1)
            for process in set(psutil.Process().children(recursive=True)) - before:
                worker = process.parent() if process.name() == "bwrap" else None
                if worker is not None and worker.name() != "bwrap":  # bubblewrap itself is two processes
                    time.sleep(1.0)  # a submission is on its way now
                    worker.send_signal(signal.SIGKILL)
                    killed.append(worker.pid)
                    return

    killer = threading.Thread(target=kill_one)
    killer.start()
    grade_here(course, workers=2)
    killer.join()
    assert killed
    assert_all_graded(course)


def assert_all_graded(course: Course) -> None:
    results = {result.student: result for result in read_results(course, ASSIGNMENT)}
    assert {result.status for result in results.values()} == {"graded"}
    assert results["ada"].score == 90 and results["bao"].score == 5 and results["chiara"].score == 5


def test_a_lost_warm_process_costs_only_time(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    lost: list[int] = []

    def losing(task: object) -> object:
        warm = warm_process(task)  # type: ignore[arg-type]
        if not lost:
            lost.append(warm.process.pid)
            threading.Timer(0.6, os.kill, (warm.process.pid, signal.SIGKILL)).start()
        return warm

    monkeypatch.setattr("autograder.grading.submission.warm_process", losing)
    grade_here(course)
    assert lost
    assert_all_graded(course)


def test_a_warm_process_lost_while_it_starts_costs_only_time(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    """As when the system runs out of memory: the machine still has a sandbox, so grading does not say otherwise."""
    started: list[subprocess.Popen[bytes]] = []
    start = subprocess.Popen

    def losing(*arguments: Any, **keywords: Any) -> subprocess.Popen[bytes]:
        process = start(*arguments, **keywords)
        if not started:
            threading.Timer(0.3, process.kill).start()
        started.append(process)
        return process

    monkeypatch.setattr("autograder.sandbox.warm.subprocess.Popen", losing)
    close_warm_processes()
    grade_here(course)
    assert len(started) == 2
    assert_all_graded(course)


def test_a_gradebook_that_is_locked_for_a_while_is_waited_for(course: Course) -> None:
    lock = sqlite3.connect(course.root / "gradebook.db", check_same_thread=False)
    settings = Settings(limits=hostile.LIMITS)
    tasks = tasks_to_do(course, ASSIGNMENT, ["bao"], settings)
    lock.execute("begin exclusive")
    threading.Timer(7, lock.rollback).start()
    assert [graded.student for graded in grade(course, tasks, settings)] == ["bao"]
    assert scores(course)["bao", "relu_forward"] == 5


def test_a_gradebook_that_stays_locked_stops_grading_and_keeps_nothing(
    course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(course_module, "WAITS", (0.1,))
    settings = Settings(limits=hostile.LIMITS)
    tasks = tasks_to_do(course, ASSIGNMENT, ["bao"], settings)
    lock = sqlite3.connect(course.root / "gradebook.db")
    lock.execute("begin exclusive")
    with pytest.raises(CourseError, match="locked"):
        list(grade(course, tasks, settings))
    lock.rollback()
    assert not course.autograded(ASSIGNMENT, "bao").exists() and not read_results(course, ASSIGNMENT)
    assert [task.student for task in tasks_to_do(course, ASSIGNMENT, ["bao"], settings)] == ["bao"]


def certificate(folder: Path) -> dict[str, str]:
    """A certificate in `folder`, and Dask's settings, as environment variables, that have everybody use it."""
    names = ["-subj", "/CN=grader", "-addext", "subjectAltName=IP:127.0.0.1"]
    files = {"KEY": str(folder / "key.pem"), "CERT": str(folder / "certificate.pem")}
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", *names]
    subprocess.run([*command, "-keyout", files["KEY"], "-out", files["CERT"]], check=True, capture_output=True)
    roles = {
        f"DASK_DISTRIBUTED__COMM__TLS__{role}__{part}": path
        for role in ("CLIENT", "SCHEDULER", "WORKER")
        for part, path in files.items()
    }
    return {**roles, "DASK_DISTRIBUTED__COMM__TLS__CA_FILE": files["CERT"]}


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl, which makes the certificates, is not installed")
def test_workers_reached_over_tls_grade_and_one_may_be_lost(
    course: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A scheduler and two workers on loopback, as they would be on other machines; one is killed half-way."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"tls://127.0.0.1:{free.getsockname()[1]}"
    for name, value in (certificate(tmp_path) | {"DASK_DISTRIBUTED__WORKER__PROFILE__ENABLED": "False"}).items():
        monkeypatch.setenv(name, value)
    dask.config.refresh()
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    command = [sys.executable, "-m", "dask"]
    scheduler = [*command, "scheduler", "--host", address.rpartition(":")[0], "--port", address.rpartition(":")[2]]
    worker = [*command, "worker", address, "--nthreads", "1", "--no-dashboard", "--no-nanny"]
    family = [
        subprocess.Popen([*scheduler, "--no-dashboard"], **quiet),
        *(subprocess.Popen(worker, **quiet) for _ in range(2)),
    ]  # type: ignore[call-overload]
    try:
        with Client(address, timeout=60) as client:
            client.wait_for_workers(2, timeout=60)
        settings = Settings(scheduler=address, limits=hostile.LIMITS)
        tasks = tasks_to_do(course, ASSIGNMENT, students_to_grade(course, ASSIGNMENT), settings)
        for count, _ in enumerate(grade(course, tasks, settings)):
            if count == 0:
                family[1].kill()
        assert_all_graded(course)
    finally:
        for process in family:
            process.kill()
            process.wait()
        monkeypatch.undo()
        dask.config.refresh()


@pytest.mark.parametrize(
    ("scheduler", "unprotected"),
    [
        (None, False),
        ("tcp://127.0.0.1:8786", False),
        ("localhost:8786", False),
        ("tcp://[::1]:8786", False),
        ("tls://10.0.0.5:8786", False),
        ("tcp://10.0.0.5:8786", True),
        ("10.0.0.5:8786", True),
        ("ws://graders:8786", True),
    ],
)
def test_a_scheduler_on_another_machine_without_tls_is_warned_of(scheduler: str | None, unprotected: bool) -> None:
    assert Settings(scheduler=scheduler).unprotected == unprotected
