"""Hints one by one, and the way back to an empty exercise."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
from small_course import NAME

from autograder import exercises
from autograder.errors import CourseError
from autograder.progress import in_notebook, reset
from autograder.progress.hints import as_plain_text, hints_on
from autograder.progress.ladder import AFTER_ALL, next_step
from autograder.progress.naming import every_exercise, find_exercise
from autograder.progress.place import Workplace
from autograder.progress.state import keep_hints, read_state

Write = Callable[..., None]


def shown(place: Workplace | None, **options: int) -> list[int]:
    """The numbers of the hints that one call shows."""
    step = next_step(find_exercise("double"), place, "call", **options)
    return [hint.number for hint in step.hints]


# ---- hints


@pytest.mark.parametrize("assignment", sorted(exercises.ASSIGNMENTS))
def test_every_exercise_has_three_hints(assignment: str) -> None:
    for named in every_exercise():
        if named.assignment == assignment:
            hints = hints_on(named)
            assert [hint.number for hint in hints] == [1, 2, 3], named.key
            assert all(hint.title and hint.text and "<details" not in hint.text for hint in hints)
            assert not any("$" in (plain := as_plain_text(hint.text)) or "\\text" in plain for hint in hints)


def test_each_call_shows_the_next_hint_and_then_all(place: Workplace) -> None:
    assert [shown(place) for _ in range(4)] == [[1], [2], [1, 2], [1, 2]]
    assert shown(place, number=1) == [1] and shown(place) == [2]
    with pytest.raises(CourseError, match="no hint 3 on double: it has 2"):
        shown(place, number=3)
    assert next_step(find_exercise("double"), place, "call").following == AFTER_ALL


def test_hints_go_on_where_nothing_can_be_kept(place: Workplace) -> None:
    place.state.parent.write_text("a file where the folder should be")
    assert [shown(place) for _ in range(3)] == [[1], [2], [1, 2]]


def test_an_exercise_without_hints_and_an_unknown_one_are_said(place: Workplace) -> None:
    with pytest.raises(CourseError, match="no hints on half"):
        next_step(find_exercise("half"), place, "call")
    with pytest.raises(CourseError, match="did you mean double"):
        find_exercise("duoble")


def test_a_name_of_two_exercises_needs_the_notebook() -> None:
    with pytest.raises(CourseError, match="07_lenet_numpy/LeNet5 and 08_pytorch/LeNet5"):
        find_exercise("LeNet5")
    assert find_exercise("08_pytorch/LeNet5") == find_exercise("LeNet5", "08_pytorch")
    assert find_exercise("check.conv_forward").key == "02_convolution/conv_forward"


def test_a_formula_is_plain_in_a_terminal() -> None:
    assert as_plain_text(r"`a_b$c` is $\sqrt{\sigma^2}$, $2 \times K_H$") == r"`a_b$c` is √(σ^2), 2 × K\_H"


def test_a_notebook_shows_a_hint_for_the_function_itself(
    place: Workplace, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(place.notebook(NAME).parent)
    monkeypatch.setattr(in_notebook, "_publish", lambda text, kind, html="": print(text))

    def double(x: float) -> float:
        return x

    in_notebook.hint(double)
    assert "hint 1 of 2: begin" in (printed := capsys.readouterr().out) and 'check.hint("double") again' in printed
    with pytest.raises(in_notebook.NothingToShow, match="no exercise called nothing"):
        in_notebook.hint("nothing")


# ---- reset


def cells(path: Path) -> dict[str, nbformat.NotebookNode]:
    return {one.id: one for one in nbformat.read(path, as_version=4).cells}


def test_reset_puts_the_stub_back_and_keeps_the_answer(place: Workplace, write: Write) -> None:
    path = place.notebook(NAME)
    stub = cells(path)["double"].source
    for number in (1, 2):
        write(double=f"return {number} * x", half="return x / 2")
        keep_hints(place.state, "01_small/double", 2)
        done = reset.reset(find_exercise("double"), place)
        assert done.kept == path.with_name(f"double.before-reset-{number}.txt")
        assert done.kept.read_text() == f"def double(x):\n    return {number} * x\n"
        assert cells(path)["double"].source == stub
        assert "return x / 2" in cells(path)["half"].source
        assert read_state(place.state).hints == {}
    assert reset.reset(find_exercise("double"), place).was == "empty"
    assert len(list(path.parent.glob("double.before*"))) == 2


def test_reset_changes_nothing_else_in_the_file(place: Workplace, write: Write) -> None:
    path = place.notebook(NAME)
    data = json.loads(path.read_text())
    data["metadata"]["mine"], data["cells"][0]["metadata"]["collapsed"] = "é", True
    before = json.dumps(data, ensure_ascii=False)
    path.write_text(before, encoding="utf-8")
    write(double="return 3")
    reset.reset(find_exercise("double"), place)
    assert json.loads(path.read_text(encoding="utf-8")) == json.loads(before)


def test_reset_brings_a_deleted_cell_back_in_its_place(place: Workplace) -> None:
    path = place.notebook(NAME)
    order = list(cells(path))
    notebook = nbformat.read(path, as_version=4)
    notebook.cells = [one for one in notebook.cells if one.id != "half"]
    nbformat.write(notebook, path)
    assert reset.reset(find_exercise("half"), place).was == "missing"
    assert list(cells(path)) == order


def test_reset_says_where_else_the_function_is_defined(place: Workplace, write: Write) -> None:
    path = place.notebook(NAME)
    write(double="return 3")
    notebook = nbformat.read(path, as_version=4)
    notebook.cells.append(nbformat.v4.new_code_cell("def double(x):\n    return x + x"))
    nbformat.write(notebook, path)
    done = reset.reset(find_exercise("double"), place)
    assert done.elsewhere == (len(notebook.cells),) and "defines it too" in done.in_words()


def test_a_reset_that_cannot_be_done_changes_nothing(
    place: Workplace, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(double="return 3")
    before = place.notebook(NAME).read_bytes()

    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    with monkeypatch.context() as patch:
        patch.setattr("os.replace", refuse)
        with pytest.raises(CourseError, match="Permission denied"):
            reset.reset(find_exercise("double"), place)
    assert place.notebook(NAME).read_bytes() == before
    assert not list(place.notebook(NAME).parent.glob("*.half"))
    place.notebook(NAME).unlink()
    with pytest.raises(CourseError, match="copy it from the course's zip"):
        reset.reset(find_exercise("double"), place)
