"""A restored notebook gives each check what the submitted one, run from top to bottom, had defined at that check."""

from __future__ import annotations

import copy
import random
from typing import Any

import nbformat
import pytest
from nbformat import NotebookNode
from small_course import RIGHT, released, solved

from autograder.notebooks import nbgrader
from autograder.restoring.restore import restore

NAMES = tuple(RIGHT)


def code(source: str) -> NotebookNode:
    return nbformat.v4.new_code_cell(source)


def attempt(name: str, value: int) -> str:
    """A definition of an answer that can be told from all others by its value."""
    return f"def {name}(x):\n    return {value}"


def place_of(notebook: NotebookNode, grade_id: str) -> int:
    return next(k for k, cell in enumerate(notebook.cells) if nbgrader(cell).get("grade_id") == grade_id)


def seen_by_checks(notebook: NotebookNode) -> dict[str, Any]:
    """name -> the value of the function at the last run of its check; absent where it was not defined."""
    namespace: dict[str, Any] = {"NotWritten": NotImplementedError}
    seen: dict[str, Any] = {}
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        for name in NAMES:
            if cell.source.startswith(f"check.{name}("):
                seen.pop(name, None)
                if name in namespace:
                    try:
                        seen[name] = namespace[name](1)
                    except NotImplementedError:
                        seen[name] = "not written"
        try:
            exec(cell.source, namespace)
        except Exception:
            continue
    return seen


def test_the_measure_sees_right_answers() -> None:
    assert seen_by_checks(solved()) == {"double": 2, "half": 0.5}
    assert seen_by_checks(released()) == {"double": "not written", "half": "not written"}


def random_changes(rng: random.Random) -> NotebookNode:
    """A notebook in which somebody has worked: old attempts, copies, helpers, checks copied and moved."""
    notebook = solved()
    for name in NAMES:
        notebook.cells[place_of(notebook, name)].source = attempt(name, rng.randrange(1000))
    for _ in range(rng.randrange(6)):
        name = rng.choice(NAMES)
        change = rng.randrange(6)
        at = rng.randrange(place_of(notebook, "setup") + 1, len(notebook.cells) + 1)
        if change == 0:
            notebook.cells.insert(at, code(attempt(name, rng.randrange(1000))))
        elif change == 1:
            again = copy.deepcopy(notebook.cells[place_of(notebook, name)])
            again.source, again.id = attempt(name, rng.randrange(1000)), f"copy-{rng.randrange(10**6)}"
            notebook.cells.insert(rng.randrange(place_of(notebook, name) + 1, len(notebook.cells) + 1), again)
        elif change == 2:
            notebook.cells.insert(at, code(f"offset = {rng.randrange(1000)}\n{name} = lambda x: offset"))
        elif change == 3:
            again = copy.deepcopy(notebook.cells[place_of(notebook, f"check_{name}")])
            again.id = f"check-{rng.randrange(10**6)}"
            notebook.cells.insert(
                rng.randrange(place_of(notebook, f"check_{name}") + 1, len(notebook.cells) + 1), again
            )
        elif change == 4:
            notebook.cells.insert(at, nbformat.v4.new_markdown_cell("a note"))
        else:
            notebook.cells.insert(at, code("unused = 1"))
    return notebook


@pytest.mark.parametrize("stripped", [False, True], ids=["with ids", "stripped of ids and metadata"])
@pytest.mark.parametrize("seed", range(150))
def test_checks_see_what_they_saw_at_home(seed: int, stripped: bool) -> None:
    submitted = random_changes(random.Random(seed))
    at_home = seen_by_checks(submitted)
    if stripped:
        for k, cell in enumerate(submitted.cells):
            cell.metadata, cell.id = NotebookNode(), f"new-{k}"
    assert seen_by_checks(restore(released(), submitted)) == at_home


def test_an_answer_split_over_cells_is_one_answer() -> None:
    submitted = solved()
    answer = place_of(submitted, "double")
    submitted.cells[answer].source = "def twice(x):\n    return 2 * x"
    submitted.cells.insert(answer + 1, code("FACTOR = 1"))
    submitted.cells.insert(answer + 2, code("def double(x):\n    return FACTOR * twice(x)"))
    assert seen_by_checks(restore(released(), submitted))["double"] == 2


def test_two_answers_merged_into_one_cell_are_two_answers() -> None:
    submitted = solved()
    first, second = (submitted.cells[place_of(submitted, name)] for name in NAMES)
    first.source += "\n\n" + second.source
    submitted.cells.remove(second)
    restored = restore(released(), submitted)
    assert seen_by_checks(restored) == {"double": 2, "half": 0.5}
    assert "another cell" in restored.cells[place_of(restored, "half")].source


def test_an_answer_merged_into_its_check_is_kept() -> None:
    submitted = solved()
    answer, check = (submitted.cells[place_of(submitted, name)] for name in ("double", "check_double"))
    check.source = answer.source + "\n" + check.source
    submitted.cells.remove(answer)
    assert seen_by_checks(restore(released(), submitted))["double"] == 2


def test_an_answer_above_an_empty_cell_is_kept() -> None:
    submitted = solved()
    place = place_of(submitted, "double")
    source = submitted.cells[place].source
    submitted.cells[place].source = released().cells[place_of(released(), "double")].source
    submitted.cells.insert(place, code(source))
    assert seen_by_checks(restore(released(), submitted))["double"] == 2


@pytest.mark.parametrize(
    "source",
    [
        "double = lambda x: 2 * x",
        "if True:\n    def double(x):\n        return 2 * x",
        "try:\n    double\nexcept NameError:\n    pass\nfinally:\n    def double(x):\n        return 2 * x",
        "from operator import add as plus\ndouble = lambda x: plus(x, x)",
        "def wrapped(f):\n    return f\n\n@wrapped\ndef double(x):\n    return 2 * x",
    ],
)
def test_every_way_to_define_a_name_counts(source: str) -> None:
    submitted = solved()
    place = place_of(submitted, "double")
    submitted.cells[place].source = released().cells[place_of(released(), "double")].source
    submitted.cells.insert(place, code(source))
    assert seen_by_checks(restore(released(), submitted))["double"] == 2


def test_a_cell_with_magics_still_defines_its_answer() -> None:
    submitted = solved()
    place = place_of(submitted, "double")
    source = submitted.cells[place].source
    submitted.cells.pop(place)
    submitted.cells.insert(place, code(f"%matplotlib inline\n!ls\n{source}"))
    restored = restore(released(), submitted)
    assert "another cell" in restored.cells[place_of(restored, "double")].source
    assert any(cell.source.startswith("%matplotlib") for cell in restored.cells)
