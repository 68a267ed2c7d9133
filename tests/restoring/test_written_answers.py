"""Words for a written answer are found where a student put them near it, and none is taken for an answer elsewhere."""

from __future__ import annotations

import nbformat
import pytest
from nbformat import NotebookNode
from pictures import encoded
from small_course import released, solved

from autograder.notebooks import nbgrader
from autograder.restoring.restore import restore

WORDS = "Because doubling and halving undo each other."
STUB = "YOUR ANSWER HERE"


def index_of(notebook: NotebookNode, grade_id: str) -> int:
    return next(k for k, cell in enumerate(notebook.cells) if nbgrader(cell).get("grade_id") == grade_id)


def answer_in(notebook: NotebookNode) -> str:
    return str(notebook.cells[index_of(notebook, "answer_why")].source)


def text(source: str) -> NotebookNode:
    return nbformat.v4.new_markdown_cell(source)


def test_words_in_the_cell_are_the_answer() -> None:
    submitted = solved()
    submitted.cells[index_of(submitted, "answer_why")].source = WORDS
    assert answer_in(restore(released(), submitted)) == WORDS


@pytest.mark.parametrize("offset", [0, 1], ids=["above", "below"])
@pytest.mark.parametrize("kind", ["markdown", "raw"])
def test_words_beside_an_empty_cell_are_the_answer(offset: int, kind: str) -> None:
    submitted = solved()
    make = text if kind == "markdown" else nbformat.v4.new_raw_cell
    submitted.cells.insert(index_of(submitted, "answer_why") + offset, make(WORDS))
    restored = restore(released(), submitted)
    assert answer_in(restored) == WORDS
    assert [cell.source for cell in restored.cells].count(WORDS) == 1


def test_words_in_two_cells_beside_it_are_one_answer() -> None:
    submitted = solved()
    submitted.cells += [text("First."), text("Second.")]
    assert answer_in(restore(released(), submitted)) == "First.\n\nSecond."


def test_words_where_the_cell_was_deleted_are_the_answer() -> None:
    submitted = solved()
    submitted.cells[index_of(submitted, "answer_why")] = text(WORDS)
    assert answer_in(restore(released(), submitted)) == WORDS


def test_words_under_the_question_in_its_own_cell_are_the_answer() -> None:
    submitted = solved()
    submitted.cells[index_of(submitted, "answer_why") - 1].source += f"\n\n{WORDS}"
    assert answer_in(restore(released(), submitted)) == WORDS


def test_words_in_a_cell_turned_into_code_are_the_answer() -> None:
    submitted = solved()
    place = index_of(submitted, "answer_why")
    old = submitted.cells[place]
    submitted.cells[place] = nbformat.v4.new_code_cell(WORDS, id=old.id, metadata=old.metadata)
    assert answer_in(restore(released(), submitted)) == WORDS


def test_a_second_copy_with_words_is_the_answer() -> None:
    submitted = solved()
    place = index_of(submitted, "answer_why")
    again = submitted.cells[place].copy()
    again.source, again.id = WORDS, "again"
    submitted.cells.insert(place + 1, again)
    assert answer_in(restore(released(), submitted)) == WORDS


def test_words_stripped_of_all_marks_are_the_answer() -> None:
    submitted = solved()
    submitted.cells[index_of(submitted, "answer_why")].source = WORDS
    for k, cell in enumerate(submitted.cells):
        cell.metadata, cell.id = NotebookNode(), f"new-{k}"
    assert answer_in(restore(released(), submitted)) == WORDS


def test_more_words_below_an_answer_stay_below_it() -> None:
    submitted = solved()
    submitted.cells[index_of(submitted, "answer_why")].source = WORDS
    submitted.cells.append(text("One thing more."))
    restored = restore(released(), submitted)
    assert answer_in(restored) == WORDS and restored.cells[-1].source == "One thing more."


def test_a_note_elsewhere_is_no_answer() -> None:
    submitted = solved()
    submitted.cells.insert(2, text("My note on the setup."))
    assert answer_in(restore(released(), submitted)) == STUB


def test_pictures_come_with_the_words() -> None:
    submitted = solved()
    cell = text("![drawing](attachment:drawing.png)")
    data = encoded("PNG")
    cell.attachments = {"drawing.png": {"image/png": data}, "script.svg": {"image/svg+xml": "x"}}
    submitted.cells.append(cell)
    restored = restore(released(), submitted)
    assert restored.cells[index_of(restored, "answer_why")].attachments == {"drawing.png": {"image/png": data}}


def test_an_empty_notebook_stays_empty() -> None:
    restored = restore(released(), released())
    assert [cell.source for cell in restored.cells] == [cell.source for cell in released().cells]
