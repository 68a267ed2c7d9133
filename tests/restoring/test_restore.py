"""Whatever a student did to a notebook, the answers are put into the released one, and nothing else counts."""

from __future__ import annotations

import copy
import random
from collections.abc import Callable

import nbformat
import pytest
from nbformat import NotebookNode
from small_course import RIGHT, cell, released, solved

from autograder.notebooks import nbgrader
from autograder.restoring.restore import CUT, LONGEST, restore

Change = Callable[[NotebookNode], None]


def by_grade_id(notebook: NotebookNode, grade_id: str) -> NotebookNode:
    return next(cell for cell in notebook.cells if nbgrader(cell).get("grade_id") == grade_id)


def delete_checks(notebook: NotebookNode) -> None:
    notebook.cells = [cell for cell in notebook.cells if not nbgrader(cell).get("grade")]


def duplicate_checks(notebook: NotebookNode) -> None:
    notebook.cells += [copy.deepcopy(cell) for cell in notebook.cells if nbgrader(cell).get("grade")]


def edit_checks(notebook: NotebookNode) -> None:
    for name in ("check_double", "check_half"):
        by_grade_id(notebook, name).source = "10.0"


def retype_checks(notebook: NotebookNode) -> None:
    for k, old in enumerate(notebook.cells):
        if nbgrader(old).get("grade"):
            notebook.cells[k] = nbformat.v4.new_raw_cell(old.source, id=old.id, metadata=old.metadata)


def retype_answers(notebook: NotebookNode) -> None:
    for k, old in enumerate(notebook.cells):
        if nbgrader(old).get("grade_id") in RIGHT:
            notebook.cells[k] = nbformat.v4.new_markdown_cell(old.source, id=old.id, metadata=old.metadata)


def shuffle(notebook: NotebookNode) -> None:
    random.Random(0).shuffle(notebook.cells)


def strip_metadata(notebook: NotebookNode) -> None:
    for one in notebook.cells:
        one.metadata = NotebookNode()


def strip_metadata_and_ids(notebook: NotebookNode) -> None:
    strip_metadata(notebook)
    for k, one in enumerate(notebook.cells):
        one.id = f"new-{k}"


def claim_points(notebook: NotebookNode) -> None:
    for one in notebook.cells:
        nbgrader(one).update(points=1000, grade=True, locked=False)
    notebook.metadata["autograder"] = {"status": "graded", "key": "mine", "verdicts": {"double": {"score": 10}}}


def odd_metadata(notebook: NotebookNode) -> None:
    notebook.cells[0].metadata["nbgrader"] = ["not", "a", "dict"]
    notebook.cells[1].metadata["nbgrader"] = NotebookNode(grade_id=["a", "list"], solution="yes")
    notebook.cells.append(nbformat.v4.new_code_cell("1 + 1", metadata={"nbgrader": {"grade_id": None, "grade": True}}))


def double_an_answer_with_a_stub(notebook: NotebookNode) -> None:
    """As a click on the wrong button does: the empty cell stands below the answered one."""
    notebook.cells.append(copy.deepcopy(by_grade_id(released(), "double")))


def answer_in_a_cell_of_its_own(notebook: NotebookNode) -> None:
    for name in RIGHT:
        mine = by_grade_id(notebook, name)
        place = notebook.cells.index(mine)
        notebook.cells.insert(place + 1, nbformat.v4.new_code_cell(mine.source))
        mine.source = by_grade_id(released(), name).source


def delete_everything_else(notebook: NotebookNode) -> None:
    notebook.cells = [one for one in notebook.cells if nbgrader(one).get("grade_id") in RIGHT]


CHANGES: tuple[Change, ...] = (
    lambda notebook: None,
    delete_checks,
    duplicate_checks,
    edit_checks,
    retype_checks,
    retype_answers,
    shuffle,
    strip_metadata,
    strip_metadata_and_ids,
    claim_points,
    odd_metadata,
    double_an_answer_with_a_stub,
    answer_in_a_cell_of_its_own,
    delete_everything_else,
)


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_right_answers_come_back_and_the_rest_is_the_instructors(change: Change) -> None:
    submitted = solved()
    change(submitted)
    restored = restore(released(), submitted)
    for name in RIGHT:
        sources = [one.source for one in restored.cells if one.cell_type == "code" and f"def {name}(" in one.source]
        assert any(RIGHT[name] in source for source in sources), name
        assert RIGHT[name] in sources[-1], "an empty stub comes after the answer"
    skeleton = released()
    ours = {one.id for one in skeleton.cells}
    kept = [one for one in restored.cells if one.id in ours]
    assert [one.id for one in kept] == [one.id for one in skeleton.cells]
    assert [nbgrader(one) for one in kept] == [nbgrader(one) for one in skeleton.cells]
    assert [one.cell_type for one in kept] == [one.cell_type for one in skeleton.cells]
    for one in kept:
        if not nbgrader(one).get("solution"):
            assert one.source == next(other.source for other in skeleton.cells if other.id == one.id)
    assert not any(nbgrader(one) for one in restored.cells if one.id not in ours)
    assert restored.metadata == skeleton.metadata
    nbformat.validate(restored)


def test_an_older_format_is_read() -> None:
    old = nbformat.convert(solved(), 3)
    restored = restore(released(), nbformat.convert(old, 4))
    assert RIGHT["double"] in by_grade_id(restored, "double").source


def test_cells_of_the_students_own_keep_their_place_and_lose_their_metadata() -> None:
    submitted = solved()
    place = submitted.cells.index(by_grade_id(submitted, "double"))
    helper = cell("code", "check_double", "def twice(x):\n    return 2 * x", grade=True, points=10)
    helper.metadata["tags"] = ["demo"]
    del helper.metadata["nbgrader"]
    helper.id = "mine"
    submitted.cells.insert(place, helper)
    restored = restore(released(), submitted)
    sources = [one.source for one in restored.cells]
    assert sources.index(helper.source) == sources.index(by_grade_id(restored, "double").source) - 1
    own = next(one for one in restored.cells if one.source == helper.source)
    assert not own.metadata and own.id.startswith("own-cell-")


def test_a_setup_cell_that_was_changed_runs_after_the_instructors() -> None:
    submitted = solved()
    setup = by_grade_id(submitted, "setup")
    setup.source += "\nimport math"
    restored = restore(released(), submitted)
    sources = [one.source for one in restored.cells]
    place = sources.index(by_grade_id(released(), "setup").source)
    assert sources[place + 1] == setup.source


def test_what_was_written_for_a_task_comes_back_below_it() -> None:
    skeleton, submitted = released(), solved()
    for notebook in (skeleton, submitted):
        notebook.cells.append(cell("markdown", "task_report", "Report on it.", task=True, locked=True, points=10))
    submitted.cells[-1].source += "\n\nIt went well."
    submitted.cells.append(nbformat.v4.new_markdown_cell("It doubles.", id="mine"))
    restored = restore(skeleton, submitted)
    assert [one.source for one in restored.cells[-3:]] == [
        "Report on it.",
        "Report on it.\n\nIt went well.",
        "It doubles.",
    ]
    assert not any(nbgrader(one) for one in restored.cells[-2:])


def test_an_experiment_below_the_check_does_not_count() -> None:
    submitted = solved()
    experiment = copy.deepcopy(by_grade_id(submitted, "double"))
    experiment.source = "def double(x):\n    return x + 100"
    submitted.cells.append(experiment)
    restored = restore(released(), submitted)
    assert RIGHT["double"] in by_grade_id(restored, "double").source
    assert restored.cells[-1].source == experiment.source


def test_a_cell_of_megabytes_is_cut() -> None:
    submitted = solved()
    by_grade_id(submitted, "double").source += "\n#" + "x" * 2 * LONGEST
    source = by_grade_id(restore(released(), submitted), "double").source
    assert len(source) == LONGEST + len(CUT) and source.endswith(CUT)
