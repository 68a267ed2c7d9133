"""Work goes out and comes back through the exchange, between accounts that cannot read each other's files."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import nbformat
import pytest
from accounts import Machine, machine_with, why_no_accounts
from nbgrader.api import Gradebook
from small_course import NAME, RIGHT, SANDBOX, answered, make_course

from autograder.authoring.build import build
from autograder.course import Course
from autograder.grading.beside import NBGRADERS

pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")
BY_HAND = "zoe"  # handed in by other means: a notebook without nbgrader's time and secret


@pytest.fixture(scope="module")
def machine() -> Iterator[Machine]:
    """A machine whose instructor has released an assignment, and whose two students have handed in."""
    if why := why_no_accounts():
        pytest.skip(why)
    with pytest.MonkeyPatch.context() as patch, machine_with("instructor", "ada", "bob") as machine:
        patch.delenv("AUTOGRADER_SECRET", raising=False)
        instructor = machine.accounts["instructor"]
        build(Course(make_course(course(machine))), [NAME])
        instructor.own(instructor.home)
        instructor.nbgrader("release_assignment", NAME, folder=course(machine))
        hand_in(machine, "ada", RIGHT)
        hand_in(machine, "bob", {"double": "return x * x"})
        yield machine


@pytest.fixture(scope="module")
def collected(machine: Machine) -> str:
    """What nbgrader printed when the instructor collected."""
    return instruct(machine, "collect", NAME)


def course(machine: Machine) -> Path:
    return machine.accounts["instructor"].home / "course"


def instruct(machine: Machine, *arguments: str) -> str:
    """Run a command of nbgrader in the course directory."""
    return machine.accounts["instructor"].nbgrader(*arguments, folder=course(machine))


def hand_in(machine: Machine, name: str, answers: dict[str, str]) -> None:
    """List, fetch, answer and submit, as a student does."""
    student = machine.accounts[name]
    assert f"convolutional_networks {NAME}" in student.nbgrader("list")
    student.nbgrader("fetch_assignment", NAME)
    path = student.home / NAME / f"{NAME}.ipynb"
    nbformat.write(answered(course(machine), answers, f"Because, says {name}."), path)
    assert "Submitted as" in student.nbgrader("submit", NAME)


def mark(machine: Machine, student: str, points: float, comment: str) -> None:
    """Mark the written answer, as formgrader does."""
    with Gradebook(f"sqlite:///{course(machine) / 'gradebook.db'}") as gradebook:
        grade = gradebook.find_grade("answer_why", NAME, NAME, student)
        assert grade.needs_manual_grade
        grade.manual_score, grade.needs_manual_grade = points, False
        gradebook.find_comment("answer_why", NAME, NAME, student).manual_comment = comment
        gradebook.db.commit()


def grade_by_autograder(machine: Machine) -> str:
    unsafe = [] if SANDBOX else ["--unsafe"]
    instructor = machine.accounts["instructor"]
    command = ("autograder", "grade", NAME, "--force", "--workers", "1", *unsafe)
    status, printed = instructor.run(*command, folder=course(machine))
    assert status == 0, printed
    return printed


def grade_by_nbgrader(machine: Machine) -> str:
    return instruct(machine, "autograde", NAME, "--force")


def test_collecting_takes_what_was_handed_in(machine: Machine, collected: str) -> None:
    assert "cheating" not in collected  # each folder belongs to the account that it names
    for student in ("ada", "bob"):
        names = {path.name for path in (course(machine) / "submitted" / student / NAME).iterdir()}
        assert names == {f"{NAME}.ipynb", *NBGRADERS}


@pytest.mark.usefixtures("collected")
@pytest.mark.parametrize("grade", [grade_by_autograder, grade_by_nbgrader])
def test_feedback_comes_back_to_its_student(machine: Machine, grade: Callable[[Machine], str]) -> None:
    by_hand = course(machine) / "submitted" / BY_HAND / NAME / f"{NAME}.ipynb"
    by_hand.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(answered(course(machine), RIGHT, "By mail."), by_hand)
    machine.accounts["instructor"].own(course(machine))
    grade(machine)
    for number, student in enumerate(("ada", "bob", BY_HAND)):
        mark(machine, student, number + 1.5, f"Well put, {student}.")
    instruct(machine, "generate_feedback", NAME, "--force")
    released = instruct(machine, "release_feedback", NAME)
    assert (
        f"did not come through the exchange (no timestamp.txt or submission_secret.txt): feedback/{BY_HAND}/"
        in released
    )

    for student, score, others in (("ada", "1.5", ("bob", BY_HAND)), ("bob", "2.5", ("ada", BY_HAND))):
        account = machine.accounts[student]
        assert "feedback ready to be fetched" in account.nbgrader("list", "--cached")
        account.nbgrader("fetch_feedback", NAME)
        pages = list((account.home / NAME / "feedback").rglob("*.html"))
        assert [page.name for page in pages] == [f"{NAME}.html"]
        text = pages[0].read_text()
        assert f"Well put, {student}." in text and not any(f"Well put, {other}." in text for other in others)
        assert f"{score} of 5" in text
        assert pages[0].stat().st_uid == account.uid
        shutil.rmtree(account.home / NAME / "feedback")
