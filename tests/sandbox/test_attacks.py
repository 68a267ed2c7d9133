"""Hostile submissions gain no points, read no secrets and change nothing outside; honest ones keep their points."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import hostile_class as hostile
import ordinary_user
import pytest
from nbgrader.api import Gradebook

from autograder.course import Course
from autograder.demo.hostile import ATTACKS, GROUPS
from autograder.demo.hostile.attack import ASSIGNMENT, BREACH, Attack
from autograder.exercises import ASSIGNMENTS
from autograder.grading.results import SubmissionResult, read_results
from autograder.notebooks import read_notebook
from autograder.report.feedback import update_feedback
from autograder.report.write import write_report
from autograder.sandbox.availability import why_unavailable

POINTS = {exercise.name: exercise.points for exercise in ASSIGNMENTS[ASSIGNMENT]}
WORDS = {"passed", "failed", "raised", "timed out", "crashed", "out of memory", "not attempted"}
# those whose feedback pages are made and checked: the ones that put text of their own into a page
SHOWN = ("script", "strange-metadata", "forge-messages", "forge-later", "forge-text", "respond-errors", "read-disk",
         "honest", "no-cells", "not-json", "one-print", "answer-wide")  # fmt: skip
# graded a second time, by one worker and in another order
AGAIN = ("honest", "honest-helps-itself", "exit-in-cell", "kill-parents", "forge-verdict", "patch-numpy", "equal-array",
         "answer-int", "respond-nonsense", "not-json", "tests-edited", "memory-files", "write-gradebook")  # fmt: skip

missing = why_unavailable()
pytestmark = [
    pytest.mark.skipif(bool(missing), reason=f"students' code cannot be isolated here: {missing}"),
    pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning", "ignore::nbformat.validator.DuplicateCellId"),
    pytest.mark.filterwarnings("ignore::nbformat.validator.MissingIDFieldWarning"),
]


def make(folder: Path) -> Class:
    """Grade the class and write the report; then grade some of it again, elsewhere, with one worker.

    Three workers on two cores: many of the class sleep until a limit ends them.
    """
    words = hostile.canaries()
    with hostile.surroundings(words, folder / "home"):
        course = hostile.course_with(folder / "course", words)
        again = Course(shutil.copytree(course.root, folder / "again"))
        hostile.hand_in(course, ATTACKS.values())
        hostile.plant(course, words)
        folders = [
            course.root / name for name in ("solutions", "notebooks", "submitted", "notes.txt", "nbgrader_config.py")
        ]
        before = hostile.digests(*folders)
        hostile.graded(course, workers=3, shuffle=1)
        after = hostile.digests(*folders)
        results = read_results(course, ASSIGNMENT)
        update_feedback(course, [result for result in results if result.student in SHOWN], lambda done, total: None)
        write_report(course, [ASSIGNMENT], course.root / "report")

        hostile.hand_in(again, [ATTACKS[name] for name in AGAIN])
        hostile.graded(again, workers=1, shuffle=2)
    return Class(course, again, words, [path for path in before | after if before.get(path) != after.get(path)])


class Class:
    """The graded class."""

    def __init__(self, course: Course, again: Course, canaries: dict[str, str], changed: list[str]) -> None:
        self.course, self.again = course, again
        self.canaries = canaries
        self.changed = changed
        self.results = {result.student: result for result in read_results(course, ASSIGNMENT)}


@pytest.fixture(scope="session")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Class:
    return make(tmp_path_factory.mktemp("hostile"))


def complaints(attack: Attack, result: SubmissionResult) -> Iterator[str]:
    """Each way in which the result of an attack is not what it should be."""
    if result.status != ("unreadable" if attack.unreadable else "graded"):
        yield f"{result.status}: {result.why}"
        return
    if attack.unreadable:
        if result.score or not result.why:
            yield f"{result.score} points, and the reason is {result.why!r}"
        return
    for outcome in result.exercises:
        name, points = outcome.exercise, POINTS.get(outcome.exercise)
        if points is None:
            if outcome.score:
                yield f"{name}: {outcome.score} points for an answer in words"
            continue
        if outcome.status not in WORDS:
            yield f"{name}: {outcome.status!r} is not a status"
        if name in attack.words and outcome.status not in attack.words[name].split("|"):
            yield f"{name}: {outcome.status} ({outcome.why}), not {attack.words[name]}"
        honest = name in attack.right and name not in attack.cells
        if name not in attack.may and name in attack.partly and outcome.score >= points:
            yield f"{name}: all {points} points"
        if name not in (*attack.may, *attack.partly) and outcome.score != (points if honest else 0):
            yield f"{name}: {outcome.score} points of {points} ({outcome.status}: {outcome.why})"


@pytest.mark.parametrize("group", GROUPS)
def test_attacks_get_the_points_and_statuses_that_they_should(graded: Class, group: str) -> None:
    all_complaints = [
        f"{attack.name}: {complaint}"
        for attack in GROUPS[group]
        for complaint in complaints(attack, graded.results[attack.name])
    ]
    assert not all_complaints, "\n".join(all_complaints)


def test_there_are_enough_attacks() -> None:
    assert len(GROUPS) == 12 and len(ATTACKS) - len(GROUPS["honest"]) >= 30
    assert sum(map(len, GROUPS.values())) == len(ATTACKS), "two attacks have the same name"


def test_links_folders_and_pipes_are_not_read(graded: Class) -> None:
    for name in hostile.NO_FILE:
        result = graded.results[name]
        assert result.status == "unreadable" and result.score == 0 and result.why, name
    assert "is a link to another" in graded.results["folder-link"].why


@pytest.mark.parametrize("student", [hostile.VICTIM, "other-name", *hostile.DAMAGED_STAMP])
def test_honest_submissions_keep_their_points(graded: Class, student: str) -> None:
    assert graded.results[student].score == sum(POINTS.values())


def test_no_canary_leaks(graded: Class) -> None:
    """No hidden word is in what another student gets, or in the report."""
    course, leaks = graded.course, []
    for top in (course.path("autograded"), course.path("feedback"), course.root / "report"):
        for path in top.rglob("*"):
            if path.is_file() and hostile.VICTIM not in path.parts:
                content = path.read_text(encoding="utf-8", errors="replace")
                leaks += [f"{where} in {path}" for where, word in graded.canaries.items() if word in content]
    assert not leaks

    with Gradebook(course.directory.db_url) as gradebook:
        for submission in gradebook.assignment_submissions(ASSIGNMENT):
            comments = [str(comment.comment) for notebook in submission.notebooks for comment in notebook.comments]
            assert not any(word in text for text in comments for word in graded.canaries.values())


def test_nothing_outside_the_sandbox_is_changed(graded: Class) -> None:
    assert graded.changed == []


def test_no_attack_prints_that_it_worked(graded: Class) -> None:
    for name in ATTACKS:
        path = graded.course.autograded(ASSIGNMENT, name)
        printed = [
            output.text
            for cell in read_notebook(path).cells
            for output in cell.get("outputs", [])
            if output.output_type == "stream"
        ]
        assert BREACH not in "".join(printed), f"{name}: {printed}"


class Script(HTMLParser):
    """Finds the scripts from students that a page would run; each of them calls `alert`."""

    def __init__(self) -> None:
        super().__init__()
        self.scripts: list[str] = []
        self._in_script = False

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self._in_script = tag == "script"
        for name, value in attributes:
            code = re.sub(r"\s", "", value or "").lower()
            if (name.startswith("on") and "alert" in code) or code.startswith(("javascript:", "vbscript:")):
                self.scripts.append(f"{tag} {name}={value}")

    def handle_data(self, data: str) -> None:
        if self._in_script and "alert(" in data:
            self.scripts.append(data)

    def handle_endtag(self, tag: str) -> None:
        self._in_script = False


@pytest.mark.parametrize("student", SHOWN)
def test_no_page_runs_what_a_student_wrote(graded: Class, student: str) -> None:
    page = Script()
    page.feed(graded.course.feedback(ASSIGNMENT, student).read_text(encoding="utf-8"))
    assert not page.scripts


def test_a_page_without_the_scripts_still_shows_the_text(graded: Class) -> None:
    text = graded.course.feedback(ASSIGNMENT, "script").read_text(encoding="utf-8")
    assert "<code>a &lt; b</code>" in text and "<b>bold</b>" in text


def test_the_number_of_workers_and_the_order_change_no_score(graded: Class) -> None:
    for result in read_results(graded.again, ASSIGNMENT):
        first = graded.results[result.student]
        assert [(o.exercise, o.score, o.status) for o in result.exercises] == [
            (o.exercise, o.score, o.status) for o in first.exercises
        ], result.student
    assert {result.student for result in read_results(graded.again, ASSIGNMENT)} == set(AGAIN)


@pytest.mark.skipif(os.geteuid() != 0, reason="the other tests run as an ordinary user already")
def test_the_sandbox_is_as_strong_without_root() -> None:
    names = ("honest", "regain-rights", "shared-memory", "kill-in-answer", "write-links")
    results = ordinary_user.run(list(names))
    assert {str(result["user"]) for result in results.values()} == {str(ordinary_user.NOBODY)}
    assert {str(result["status"]) for result in results.values()} == {"graded"}
    points = {name: sum(POINTS[exercise] for exercise in ATTACKS[name].right) for name in names}
    assert {name: result["points"] for name, result in results.items()} == points
    assert not any(BREACH in str(result["printed"]) for result in results.values())
    assert "used more than 1,024 MB" in str(results["shared-memory"]["printed"])
