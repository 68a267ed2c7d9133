"""How an exercise stands, from the kept verdict and what the notebook holds now."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, datetime

import nbformat
import pytest
from IPython.core.interactiveshell import InteractiveShell
from small_course import NAME

from autograder.guest.status import Status
from autograder.judging.verdict import CaseResult, Verdict
from autograder.progress.card import as_html, as_text, go_on
from autograder.progress.place import Workplace, find_workplace, workplace_of
from autograder.progress.record import keep_verdict
from autograder.progress.sources import digests_in
from autograder.progress.standing import NotebookStanding, notebook_standing, standings, where_to_go_on
from autograder.progress.state import keep_verdicts, read_state
from utils.layers.students import VERDICT_MIME, source_digest

Write = Callable[..., None]


def standing(place: Workplace) -> NotebookStanding:
    return notebook_standing(place, NAME, read_state(place.state))


def of_double(place: Workplace) -> tuple[Status, str, bool]:
    double = standing(place).exercises[0]
    return double.status, double.words, double.passed


def verdict(name: str, body: str, passed: bool = True) -> Verdict:
    """What the check of a function with this body says."""
    cases = [CaseResult("first", False, 1.0, Status.PASSED), CaseResult("second", False, 1.0, Status.PASSED)]
    if not passed:
        cases[1] = CaseResult("second", False, 1.0, Status.FAILED, "wrong")
    digest = digests_in(f"def {name}(x):\n    {body}")[name]
    return Verdict(name, NAME, 10, False, cases, sources={name: digest})


def check(place: Workplace, monkeypatch: pytest.MonkeyPatch, judged: Verdict) -> None:
    """Keep a verdict as the kernel of the student's notebook does."""
    monkeypatch.chdir(place.notebook(NAME).parent)
    assert keep_verdict(judged) == ""


def save_later(place: Workplace) -> None:
    """The notebook is saved again, with what it holds."""
    path = place.notebook(NAME)
    os.utime(path, ns=(path.stat().st_mtime_ns + 10**9,) * 2)


def test_nothing_is_done_at_first(place: Workplace) -> None:
    assert of_double(place) == (Status.NOT_ATTEMPTED, "not written yet", False)
    assert not standing(place).begun


def test_a_pass_holds_until_the_function_changes(
    place: Workplace, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(double="return 2 * x")
    assert of_double(place)[1] == "not checked yet"
    check(place, monkeypatch, verdict("double", "return 2 * x"))
    assert of_double(place) == (Status.PASSED, "2 of 2 cases pass", True)
    save_later(place)
    assert of_double(place)[2]
    write(double="return x * x")
    save_later(place)
    assert of_double(place) == (Status.PASSED, "changed since it passed: run its check", False)
    check(place, monkeypatch, verdict("double", "return x * x", passed=False))
    assert of_double(place) == (Status.FAILED, "1 of 2 cases pass", False)


def test_a_verdict_on_what_is_not_saved_yet_holds(place: Workplace, monkeypatch: pytest.MonkeyPatch) -> None:
    check(place, monkeypatch, verdict("double", "return 2 * x"))  # the file still has the stub
    assert of_double(place)[2]
    save_later(place)
    assert of_double(place) == (Status.NOT_ATTEMPTED, "not written; it passed before", False)


def test_a_notebook_without_the_exercise_is_told(place: Workplace, monkeypatch: pytest.MonkeyPatch) -> None:
    check(place, monkeypatch, verdict("double", "return 2 * x"))
    path = place.notebook(NAME)
    notebook = nbformat.read(path, as_version=4)
    notebook.cells = [one for one in notebook.cells if one.id != "double"]
    nbformat.write(notebook, path)
    save_later(place)
    assert of_double(place)[:2] == (Status.MISSING, "its cell is missing; `autograder reset double` puts it back")
    path.write_text("{")
    assert of_double(place)[2] and "cut short" in standing(place).problem
    path.unlink()
    assert "there is no file" in standing(place).problem
    assert "is not there" in as_text([standing(place)])


def test_saved_outputs_count_where_nothing_is_kept(place: Workplace, write: Write) -> None:
    write(double="return 2 * x")
    path = place.notebook(NAME)
    notebook = nbformat.read(path, as_version=4)
    (cell,) = (one for one in notebook.cells if one.id == "check-double")
    data = {VERDICT_MIME: verdict("double", "return 2 * x").to_dict()}
    cell.outputs = [nbformat.v4.new_output("display_data", data)]
    nbformat.write(notebook, path)
    assert of_double(place)[2]
    write(double="return x * x")
    assert of_double(place)[1].startswith("changed since it passed")


def test_hidden_verdicts_and_other_folders_are_not_kept(place: Workplace, monkeypatch: pytest.MonkeyPatch) -> None:
    judged = verdict("double", "return 2 * x")
    judged.hidden = True
    check(place, monkeypatch, judged)
    assert not place.state.exists()
    for folder in ("solutions/01_small", "submitted/ada/01_small", "autograded/ada/01_small", "notebooks"):
        assert workplace_of(place.root / folder) is None
    assert workplace_of(place.root / "01_small") == (place, NAME)
    assert find_workplace(place.notebook(NAME).parent) == place == find_workplace(place.root / "notebooks")


def test_a_copy_for_experiments_does_not_count(place: Workplace, monkeypatch: pytest.MonkeyPatch) -> None:
    own = place.notebook(NAME)
    copy = own.with_name(f"{NAME}-Copy1.ipynb")
    copy.write_bytes(own.read_bytes())
    monkeypatch.setenv("JPY_SESSION_NAME", f"notebooks/{NAME}/{copy.name}")
    check(place, monkeypatch, verdict("double", "return 2 * x"))
    assert not place.state.exists()
    copy.unlink()  # the kernel's notebook was renamed to the usual name
    check(place, monkeypatch, verdict("double", "return 2 * x"))
    assert of_double(place)[2]


def test_all_done_is_said_when_it_is(place: Workplace, write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    write(double="return 2 * x", half="return x / 2")
    for name, body in (("double", "return 2 * x"), ("half", "return x / 2")):
        check(place, monkeypatch, verdict(name, body))
    assert go_on([standing(place)]) == "Go on with the written part of 01_small: answer_why."
    path = place.notebook(NAME)
    notebook = nbformat.read(path, as_version=4)
    next(one for one in notebook.cells if one.id == "answer-why").source = "Because."
    nbformat.write(notebook, path)
    notebooks = list(standings(place, read_state(place.state)))
    assert where_to_go_on(notebooks) is None
    assert "All done" in as_text(notebooks) and "All done" in as_html(notebooks)


def test_one_goes_on_with_the_notebook_worked_on_last(place: Workplace, monkeypatch: pytest.MonkeyPatch) -> None:
    from dataclasses import replace

    check(place, monkeypatch, verdict("double", "return x", passed=False))
    worked = standing(place)
    fresh = replace(worked, exercises=tuple(replace(one, judged=None) for one in worked.exercises))
    assert where_to_go_on([fresh, worked, fresh]) is worked
    assert where_to_go_on([fresh, replace(worked, exercises=(), written=()), fresh]) is fresh
    gone = replace(worked, path=place.root / "none.ipynb", problem="there is no file")
    assert where_to_go_on([fresh, gone]) is fresh and where_to_go_on([gone]) is None


SOURCES = [
    "def f(x):\n    return x",
    "import math\n\n\ndef f(x):  # a\n    def g():\n        return 1\n\n    return g()\n    # at the end\n\n\n# below",
    'def f(\n    x: int,\n) -> str:\n    """Of\n\nseveral lines."""\n    return f"""{x}\n"""\n\nprint(f(1))',
    "%pwd\ndef f(x):\n    if x:\n        return [\n            1,\n        ]\n    return lambda: 2",
    "class f:\n    n = 3\n\n    def a(self): 1\n\n    @property\n    def b(self): 2\n\n    def c(self): 0\n",
    "def f(x):\n    return 1\n\ndef f(x):\n    return 2",
]


@pytest.mark.parametrize("source", SOURCES)
def test_a_digest_from_the_text_is_that_of_the_function(source: str) -> None:
    shell = InteractiveShell.instance()
    try:
        shell.run_cell(source, silent=True)
        assert digests_in(source)["f"] == source_digest(shell.user_ns["f"])
    finally:
        InteractiveShell.clear_instance()  # with one, a check shows its card and prints nothing


@pytest.mark.parametrize(
    "source", ["import functools\n@functools.cache\ndef f(x): return x", "f = abs", "if 1:\n    def f(): 0"]
)
def test_what_a_text_cannot_tell_is_left_open(source: str) -> None:
    assert digests_in(source)["f"] == ""


def test_a_time_without_a_zone_is_read(place: Workplace) -> None:
    from autograder.progress.state import Judged

    read = Judged.from_dict({"status": "passed", "time": "2026-11-26T12:00:00"})
    assert read is not None and read.time == datetime(2026, 11, 26, 12, tzinfo=UTC)
    assert keep_verdicts(place.state, {"01_small/double": read}) == ""
