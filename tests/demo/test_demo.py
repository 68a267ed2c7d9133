"""The made-up class: what it hands in, its course directory, and one small run from building to the report."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograder.authoring.build import build
from autograder.course import Course
from autograder.demo.later import LATER, LATEST, later_works
from autograder.demo.run import MARKER, make_course, run_demo
from autograder.demo.students import BACKPROP, CLASS, CONVOLUTION, Student, hand_in
from autograder.errors import CourseError
from autograder.exercises import ASSIGNMENTS
from autograder.gallery.registry import find
from autograder.grading.results import read_results
from autograder.judging.secret import VARIABLE
from autograder.notebooks import nbgrader, read_notebook

ROOT = Path(__file__).parents[2]
STUDENT = {student.name: student for student in CLASS}


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """02_convolution as students get it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(VARIABLE, "for tests")
        course = make_course(Course(ROOT), tmp_path_factory.mktemp("demo") / "course", [CONVOLUTION])
        build(course, [CONVOLUTION])
        return course.release(CONVOLUTION)


def sources(path: Path) -> dict[str, str]:
    cells = read_notebook(path).cells
    return {nbgrader(cell)["grade_id"]: cell.source for cell in cells if nbgrader(cell)}


def test_the_class_is_large_and_its_answers_are_in_the_gallery() -> None:
    assert len(STUDENT) == len(CLASS) >= 14
    assert {*LATER, *LATEST} <= set(STUDENT)
    later = {name for works in (*LATER.values(), *LATEST.values()) for name in works}
    assert later | set(CLASS[0].works) == set(ASSIGNMENTS)
    for student in CLASS:
        for assignment, work in {**student.works, **later_works(student.name)}.items():
            done = {answer.name for answer in work.answers(assignment)}
            assert set(work.but) <= done and (work.only is None or set(work.only) == done), student.name


def test_a_student_hands_in_the_released_notebook_with_answers_in_it(released: Path, tmp_path: Path) -> None:
    path = hand_in(STUDENT["femi"], CONVOLUTION, released, tmp_path)
    assert path == tmp_path / "femi" / CONVOLUTION / f"{CONVOLUTION}.ipynb"
    before, after = sources(released), sources(path)
    assert after["conv_forward"] == find("conv_forward", "kernel-flipped").source.rstrip()
    assert "YOUR" not in after["answer_cost"] and after["answer_cost"] != before["answer_cost"]
    changed = {name for name in before if before[name] != after[name]}
    assert all(name.startswith("answer_") or f"check_{name}" in before for name in changed)


def test_an_empty_notebook_is_the_released_one(released: Path, tmp_path: Path) -> None:
    path = hand_in(STUDENT["ines"], CONVOLUTION, released, tmp_path)
    assert path is not None and sources(path) == sources(released)


def test_a_student_may_answer_in_words_only(released: Path, tmp_path: Path) -> None:
    path = hand_in(STUDENT["lucia"], CONVOLUTION, released, tmp_path)
    before, after = sources(released), sources(path)
    assert {name for name in before if before[name] != after[name]} == {"answer_stacking", "answer_cost"}


def test_nothing_is_written_for_a_notebook_that_was_not_handed_in(released: Path, tmp_path: Path) -> None:
    assert hand_in(STUDENT["mats"], CONVOLUTION, released, tmp_path) is None
    assert not any(tmp_path.iterdir())


def test_a_folder_that_no_demo_made_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("five years of work")
    with pytest.raises(CourseError, match="no demo made it"):
        make_course(Course(ROOT), tmp_path, [BACKPROP])
    assert (tmp_path / "thesis.txt").read_text() == "five years of work"
    with pytest.raises(CourseError, match="no demo made it"):
        make_course(Course(ROOT), tmp_path / "thesis.txt", [BACKPROP])


def test_the_folder_of_an_earlier_demo_is_replaced(tmp_path: Path) -> None:
    into = tmp_path / "demo"
    make_course(Course(ROOT), into, [BACKPROP])
    (into / "submitted").mkdir()
    course = make_course(Course(ROOT), into, [CONVOLUTION])
    assert not (into / "submitted").exists() and (into / MARKER).is_file()
    assert course.assignments() == [CONVOLUTION]


def test_a_small_class_is_graded(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "160")  # no cell of the tables is broken into lines
    students: list[Student] = [STUDENT[name] for name in ("elif", "femi", "ines", "mats")]
    assert run_demo(ROOT, tmp_path / "demo", students, [CONVOLUTION], hostile=()) == 0
    printed = capsys.readouterr().out
    assert all(text in printed for text in ("kernel flipped", "remembers convolution", "index.html"))
    assert (tmp_path / "demo" / "report" / "index.html").is_file()
    scores = {result.student: result.score for result in read_results(Course(tmp_path / "demo"), CONVOLUTION)}
    assert scores["elif"] == 90  # all but the words, which a person marks
    assert 0 < scores["femi"] < 90
    assert scores["ines"] == 0
    assert "mats" not in scores  # handed in nothing
