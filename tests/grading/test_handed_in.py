"""A notebook is found whatever it is called and however deep it lies, and one of another assignment is told apart."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from small_course import NAME, make_course

from autograder.course import Course
from autograder.errors import Unreadable
from autograder.grading import beside
from autograder.grading.handed_in import files_for, plain_name, read_handed_in
from autograder.notebooks import read_notebook
from autograder.restoring.pristine import RELEASED
from autograder.restoring.which_assignment import likeliest_assignment, require_assignment

CONTENT = b"a notebook"


@pytest.fixture
def course(tmp_path: Path) -> Course:
    return Course(make_course(tmp_path / "course"))


def hand_in(course: Course, *names: str, content: bytes = CONTENT) -> Path:
    folder = course.submitted(NAME, "ada").parent
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return folder


@pytest.mark.parametrize(
    "name",
    [
        f"{NAME} (1).ipynb",
        f"{NAME}-1.ipynb",
        f"{NAME}_copy.ipynb",
        f"Copy of {NAME}.ipynb",
        f"{NAME.replace('_', ' ')}.ipynb",
        f"{NAME.upper()}.IPYNB",
        f"{NAME}/{NAME}.ipynb",
        f"a/b/c/{NAME}.ipynb",
        "homework.ipynb",
    ],
)
def test_the_only_notebook_is_found_and_named(course: Course, name: str) -> None:
    hand_in(course, name)
    found = read_handed_in(course, NAME, "ada")
    assert found.content == CONTENT
    assert found.remark == f"there is no {NAME}.ipynb in its place; {name} was graded"


def test_the_notebook_in_its_place_is_taken_without_a_word(course: Course) -> None:
    hand_in(course, f"{NAME} (1).ipynb", f"deep/{NAME}.ipynb", content=b"another")
    hand_in(course, f"{NAME}.ipynb")
    found = read_handed_in(course, NAME, "ada")
    assert (found.content, found.remark) == (CONTENT, "")


def test_the_name_decides_before_the_place(course: Course) -> None:
    hand_in(course, "scratch.ipynb", f"{NAME} (2).ipynb", content=b"another")
    hand_in(course, f"work/{NAME}.ipynb")
    assert read_handed_in(course, NAME, "ada").content == CONTENT


def test_two_that_are_as_likely_are_both_named(course: Course) -> None:
    hand_in(course, f"{NAME} (1).ipynb", f"{NAME} (2).ipynb")
    found = read_handed_in(course, NAME, "ada")
    assert isinstance(found.content, Unreadable)
    assert f"found {NAME} (1).ipynb, {NAME} (2).ipynb: keep one of them, as {NAME}.ipynb" in str(found.content)


def test_what_systems_and_editors_leave_is_no_notebook(course: Course) -> None:
    hand_in(course, f"._{NAME}.ipynb", f".ipynb_checkpoints/{NAME}.ipynb", f"__MACOSX/{NAME}.ipynb", "a/b/c/d/x.ipynb")
    found = read_handed_in(course, NAME, "ada")
    assert str(found.content) == f"there is no {NAME}.ipynb in it; no notebook at all"


def test_a_mac_s_folder_is_no_student(course: Course) -> None:
    for student in ("__MACOSX", ".DS_Store", "ada"):
        course.submitted(NAME, student).parent.mkdir(parents=True)
    assert course.students(NAME) == ["ada"]


def test_what_lies_there_instead_is_named(course: Course) -> None:
    hand_in(course, f"{NAME}.html", f"{NAME}.zip", "timestamp.txt")
    found = read_handed_in(course, NAME, "ada")
    assert f"found {NAME}.html, {NAME}.zip: hand in the notebook itself" in str(found.content)


@pytest.mark.parametrize("name", ["a_b", "A B", "a-b (3)", "copy of a_b", "a_b_copy 2", "a_b-final (1)"])
def test_a_plain_name_has_nothing_added(name: str) -> None:
    assert plain_name(name) == "a_b"


@pytest.mark.parametrize("path", sorted(RELEASED.glob("*.ipynb")), ids=lambda path: path.stem)
def test_every_notebook_of_the_course_is_recognised_with_and_without_its_metadata(path: Path) -> None:
    notebook = read_notebook(path)
    assert likeliest_assignment(notebook) == path.stem
    for k, cell in enumerate(notebook.cells):
        cell.metadata, cell["id"] = {}, f"n{k}"
    assert likeliest_assignment(notebook) == path.stem


def test_a_notebook_of_another_assignment_is_told_in_one_sentence() -> None:
    notebook = read_notebook(RELEASED / "02_convolution.ipynb")
    with pytest.raises(Unreadable, match="holds the notebook of another assignment, 02_convolution"):
        require_assignment(notebook, "01_backprop", "01_backprop.ipynb")
    require_assignment(notebook, "02_convolution", "02_convolution.ipynb")


def test_a_notebook_that_holds_nothing_of_the_course_is_not_refused() -> None:
    require_assignment(nbformat.v4.new_notebook(), "01_backprop", "01_backprop.ipynb")
    both = read_notebook(RELEASED / "02_convolution.ipynb")
    both.cells += read_notebook(RELEASED / "01_backprop.ipynb").cells
    require_assignment(both, "01_backprop", "01_backprop.ipynb")


def test_files_beside_the_notebook_are_taken(course: Course) -> None:
    folder = hand_in(course, f"{NAME}.ipynb")
    hand_in(course, "helpers.py", "data/x.csv", "other.ipynb", ".hidden", "timestamp.txt", "__pycache__/a.pyc")
    (folder / "link.txt").symlink_to("/etc/passwd")
    (folder / "linked").symlink_to("/etc")
    assert read_handed_in(course, NAME, "ada").files == {"helpers.py": CONTENT, "data/x.csv": CONTENT}


def test_files_beside_a_notebook_that_lies_deeper_are_those_beside_it(course: Course) -> None:
    hand_in(course, f"work/{NAME}.ipynb", "work/helpers.py", "elsewhere.py")
    assert read_handed_in(course, NAME, "ada").files == {"helpers.py": CONTENT}


def test_released_files_replace_those_of_the_same_name(course: Course) -> None:
    hand_in(course, f"{NAME}.ipynb", "data.csv", "mine.csv")
    course.release(NAME).parent.mkdir(parents=True)
    (course.release(NAME).parent / "data.csv").write_bytes(b"the course's")
    files = files_for(course, NAME, read_handed_in(course, NAME, "ada"))
    assert files == {"data.csv": b"the course's", "mine.csv": CONTENT}


def test_too_much_is_told_and_not_used(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(beside, "LARGEST_TOGETHER", 2 * beside.MB)
    hand_in(course, f"{NAME}.ipynb")
    hand_in(course, "weights.npz", content=bytes(3 * beside.MB))
    found = read_handed_in(course, NAME, "ada")
    assert found.files == {} and found.content == CONTENT
    assert found.remark == "the files beside the notebook have 3 MB; at most 2 MB are used, so none were"
    monkeypatch.setattr(beside, "LARGEST_TOGETHER", 20 * beside.MB)
    monkeypatch.setattr(beside, "MOST", 3)
    hand_in(course, *(f"{k}.txt" for k in range(5)))
    assert (
        read_handed_in(course, NAME, "ada").remark
        == "there are more than 3 files beside the notebook, so none were used"
    )


@pytest.mark.parametrize("name", ["page.html", "picture.svg", "code.js", "page.HTM", "no_suffix"])
def test_what_a_browser_would_run_is_not_put_where_formgrader_shows_it(name: str) -> None:
    assert not beside.may_be_shown(name)
