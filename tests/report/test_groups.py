"""Wrong answers without a name are grouped by what they did; what that says of hidden cases is for instructors."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from small_course import NAME, RIGHT, SANDBOX, hand_in, known_course

from autograder.authoring.build import build
from autograder.course import Course
from autograder.gallery.registry import wrong
from autograder.grading.grade import Settings, grade, tasks_to_do
from autograder.grading.note import FIELD, Note, read_note
from autograder.grading.results import SubmissionResult, read_results
from autograder.guest.status import Status
from autograder.judging.behaviour import Behaviour
from autograder.notebooks import read_notebook
from autograder.report.groups import Group, gallery_entry, groups_of
from autograder.report.write import write_report

pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")
HIDDEN = "x = -3"  # a hidden case, in which 3 x is -9
ANSWERS = {
    "ada": "return 3 * x",
    "bob": "return x + x + x  # <b>mine</b>",
    "cyd": "return 5 * x",
    "dee": "return x.double",
    "eve": RIGHT["double"],
    "fay": "return x * x",
}


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Course]:
    with known_course(tmp_path_factory.mktemp("groups") / "course") as made:
        build(made, [NAME])
        for student, answer in ANSWERS.items():
            hand_in(made.root, student, {"double": answer, "half": RIGHT["half"]})
        settings = Settings(sandboxed=SANDBOX)
        assert len(list(grade(made, tasks_to_do(made, NAME, [*ANSWERS], settings), settings))) == len(ANSWERS)
        yield made


@pytest.fixture(scope="module")
def groups(course: Course) -> list[Group]:
    return groups_of(course, NAME, read_results(course, NAME))


def test_equal_wrong_numbers_are_one_group_and_the_largest_comes_first(groups: list[Group]) -> None:
    assert [group.students for group in groups if group.exercise == "double"] == [["ada", "bob"], ["cyd"], ["dee"]]
    first, _, error = groups
    assert (first.behaviour.case, first.behaviour.failed, first.behaviour.cases) == ("x = 2", 3, 4)
    assert first.behaviour.message == "out: expected 4, got 6."
    assert "float' object has no attribute 'double' · return x.double" in error.behaviour.raised


def test_each_group_shows_an_answer_that_can_go_into_the_gallery(groups: list[Group]) -> None:
    source = "def double(x):\n    return 3 * x"
    assert groups[0].source.strip() == source
    assert groups[0].gallery == f'@wrong("to-be-named-1", named=False)\n{source}\n'
    compile(groups[0].gallery, "gallery", "exec")
    assert callable(wrong)  # the decorator that the line names


def test_the_page_shows_the_groups_to_the_instructor(course: Course, tmp_path: Path) -> None:
    page = write_report(course, None, tmp_path, None)["page"].read_text()
    listed = page[page.index("Wrong answers without a name") : page.index('id="mark-heading"')]
    assert "out: expected 4, got 6." in listed and "3 of 4 cases failed" in listed
    assert listed.count("<article") == 3


def test_hidden_numbers_do_not_reach_students(course: Course, tmp_path: Path) -> None:
    graded = read_notebook(course.autograded(NAME, "ada"))
    samples = read_note(graded).behaviours["double"]["samples"]
    assert HIDDEN in samples and 9.0 in samples[HIDDEN][1], "if nothing is kept, nothing can leak"
    outside = {key: value for key, value in graded.items() if key != "metadata"}
    assert "samples" not in str(outside) and "samples" not in str(graded.metadata[FIELD]["verdicts"])
    write_report(course, None, tmp_path, lambda done, total: None)
    shown = [path for path in (course.root / "feedback").rglob("*") if path.is_file()]
    assert len(shown) == len(ANSWERS)
    for path in shown:
        assert "behaviours" not in path.read_text() and "samples" not in path.read_text()
        assert "got -9" not in path.read_text() and "expected -6" not in path.read_text()


def test_a_result_as_json_says_nothing_of_hidden_cases(course: Course) -> None:
    results = read_results(course, NAME)
    assert any(result.behaviours for result in results)
    assert not any("behaviours" in result.to_dict() for result in results)


def test_a_notebook_that_was_graded_before_has_no_groups(course: Course) -> None:
    note = Note(Status.GRADED, verdicts={"double": {}})
    assert note.behaviour("double") is None
    assert groups_of(course, NAME, [SubmissionResult("ada", NAME, Status.GRADED, 0, 10, "", ())]) == []


@pytest.mark.parametrize(
    ("source", "entry"),
    [
        ("import os\n\n@cached\ndef double(x):\n    return 3\n\nprint(double(1))", "def double(x):\n    return 3"),
        ("def double(x):\n    return 2\n\ndef double(x):\n    return 3", "def double(x):\n    return 3"),
        ("def double(x:", ""),
        ("double = lambda x: 3", ""),
        ("", ""),
    ],
)  # fmt: skip
def test_the_gallery_gets_the_definition_alone(source: str, entry: str) -> None:
    group = Group(NAME, "double", Behaviour(Status.FAILED, "a", "b", 1, 2), ["ada"], source)
    assert gallery_entry(group, "x").removeprefix('@wrong("x", named=False)\n').strip() == entry


def test_an_exercise_of_a_name_that_two_notebooks_have_names_its_notebook() -> None:
    behaviour = Behaviour(Status.FAILED, "a", "b", 1, 2)
    group = Group("08_pytorch", "LeNet5", behaviour, ["ada"], "class LeNet5:\n    pass\n")
    assert gallery_entry(group, "x").startswith('@wrong("x", named=False, assignment="08_pytorch")\nclass LeNet5:')
