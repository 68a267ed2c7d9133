"""A course directory for tests whose class attacks the grader, with canaries in places that nobody may read."""

from __future__ import annotations

import ctypes
import hashlib
import os
import platform
import random
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import nbformat
import pytest

from autograder.authoring.build import build
from autograder.course import Course
from autograder.demo.hostile import ATTACKS
from autograder.demo.hostile.attack import ASSIGNMENT, Attack
from autograder.demo.run import make_course
from autograder.grading.grade import Settings, grade, students_to_grade, tasks_to_do
from autograder.judging.secret import VARIABLE
from autograder.notebooks import nbgrader, read_notebook
from autograder.sandbox.limits import MB, Limits

ROOT = Path(__file__).resolve().parent.parent
LIMITS = Limits(memory=1024 * MB, files=16 * MB, file=16 * MB, cell=3.0, notebook=30.0, question=3.0)
VICTIM = "victim"  # an honest student with a canary in the submission
WHERE = ("secret", "hidden", "gradebook", "submission", "home", "environment", "course", "keyring")
ADD_KEY, SESSION_KEYRING = 248, -3  # linux/keyctl.h, of x86-64


def canaries() -> dict[str, str]:
    """Words that nobody else has, by the place where each is hidden; one in an output means that its place was read."""
    # the same in every run: one of them is the course's secret, from which hidden cases are drawn
    return {place: f"canary-{place}-{hashlib.sha256(place.encode()).hexdigest()[:16]}" for place in WHERE}


@contextmanager
def surroundings(words: dict[str, str], home: Path) -> Iterator[None]:
    """The environment of a grader who has secrets."""
    home.mkdir(parents=True, exist_ok=True)
    (home / ".netrc").write_text(words["home"])
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(VARIABLE, words["secret"])
        patch.setenv("GRADER_TOKEN", words["environment"])
        patch.setenv("HOME", str(home))
        if platform.machine() == "x86_64":
            word = words["keyring"].encode()
            ctypes.CDLL(None).syscall(ADD_KEY, b"user", b"canary", word, len(word), SESSION_KEYRING)
        yield


def course_with(root: Path, words: dict[str, str]) -> Course:
    """The course with its canaries, before anybody has handed in."""
    course = make_course(Course(ROOT), root, [ASSIGNMENT])
    build(course, [ASSIGNMENT])
    source = nbformat.read(course.source(ASSIGNMENT), as_version=4)
    # drawing its figures is nearly half of the time that grading a submission takes
    source.cells = [cell for cell in source.cells if cell.id != "graph-in-numbers"]
    for cell in source.cells:
        if nbgrader(cell).get("grade"):
            cell.source = cell.source.replace("### BEGIN HIDDEN", f"# {words['hidden']}\n### BEGIN HIDDEN")
    nbformat.write(source, course.source(ASSIGNMENT))
    (root / "notes.txt").write_text(words["course"])
    course.with_gradebook(lambda gradebook: gradebook.add_student("absent", first_name=words["gradebook"]))
    return course


def hand_in(course: Course, attacks: Iterable[Attack]) -> None:
    """Put the attacks' notebooks into submitted/."""
    released = read_notebook(course.release(ASSIGNMENT))
    for attack in attacks:
        write(course, attack.name, attack.submission(released, str(course.root)))


def write(course: Course, student: str, content: bytes) -> Path:
    path = course.submitted(ASSIGNMENT, student)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def plant(course: Course, words: dict[str, str]) -> None:
    """Submissions that are not ordinary files, and the victim's."""
    honest = ATTACKS["honest"].submission(read_notebook(course.release(ASSIGNMENT)))
    victim = nbformat.reads(honest.decode(), as_version=4)
    victim.cells.append(nbformat.v4.new_code_cell(f"# {words['submission']}", id="own"))
    write(course, VICTIM, nbformat.writes(victim).encode())
    for name, target in (
        ("link-to-victim", course.submitted(ASSIGNMENT, VICTIM)),
        ("link-to-solution", course.source(ASSIGNMENT)),
        ("link-to-secret", course.root / "notes.txt"),
        ("link-to-nothing", course.root / "nothing"),
    ):
        path = course.submitted(ASSIGNMENT, name)
        path.parent.mkdir(parents=True)
        path.symlink_to(target)
    folder = course.submitted(ASSIGNMENT, "folder-link").parent
    folder.parent.mkdir()
    folder.symlink_to(course.source(ASSIGNMENT).parent, target_is_directory=True)
    (course.path(course.directory.submitted_directory) / "student-link").symlink_to(VICTIM)
    course.submitted(ASSIGNMENT, "folder").mkdir(parents=True)
    pipe = course.submitted(ASSIGNMENT, "pipe")
    pipe.parent.mkdir(parents=True)
    os.mkfifo(pipe)
    write(course, "other-name", honest).rename(course.submitted(ASSIGNMENT, "other-name").with_name("mine.ipynb"))
    for name, stamp in (
        ("stamp-of-bytes", b"\xff" * 50),
        ("stamp-of-words", b"yesterday"),
        ("stamp-huge", b"9" * 10**6),
    ):
        write(course, name, honest).with_name("timestamp.txt").write_bytes(stamp)
    stamp = write(course, "stamp-link", honest).with_name("timestamp.txt")
    stamp.symlink_to(course.root / "notes.txt")


NO_FILE = (
    "link-to-victim", "link-to-solution", "link-to-secret", "link-to-nothing", "folder-link", "student-link", "folder",
    "pipe",
)  # fmt: skip
DAMAGED_STAMP = ("stamp-of-bytes", "stamp-of-words", "stamp-huge", "stamp-link")


def graded(course: Course, workers: int, shuffle: int) -> None:
    """Grade all submissions, in an order drawn from the seed `shuffle`."""
    settings = Settings(workers=workers, limits=LIMITS)
    tasks = tasks_to_do(course, ASSIGNMENT, students_to_grade(course, ASSIGNMENT), settings)
    random.Random(shuffle).shuffle(tasks)
    for _ in grade(course, tasks, settings):
        pass


def digests(*folders: Path) -> dict[str, str]:
    """Path → digest of every file, or target of every link."""
    contents = {}
    for folder in folders:
        for path in sorted([folder, *folder.rglob("*")]):
            if path.is_symlink():
                contents[str(path)] = f"→ {os.readlink(path)}"
            elif path.is_file():
                contents[str(path)] = hashlib.sha256(path.read_bytes()).hexdigest()
    return contents
