"""Graft a student's answers and extra cells into the instructor's notebook, whatever was done to the rest of it."""

from __future__ import annotations

import copy
import re
from collections import defaultdict
from collections.abc import Iterator

import nbformat
from nbformat import NotebookNode

from autograder.notebooks import nbgrader

LONGEST = 1_000_000  # characters of one cell; a longer one is cut
MOST_EXTRA = 300  # cells of the student's own
PICTURES, LARGEST_PICTURE = ("image/png", "image/jpeg", "image/gif"), 4_000_000  # characters
BASE64 = re.compile(r"[A-Za-z0-9+/=\s]*")
CUT = "\n# … the rest of this cell was cut off: it is too long\n"


def restore(skeleton: NotebookNode, submitted: NotebookNode) -> NotebookNode:
    """The released notebook with this student's answers in it, in the released order.

    A cell is found by its grade id, else by its cell id, else by the function that it defines. Checks, text and setup
    are always the instructor's. A setup cell that the student changed is run too, after the instructor's. Cells of the
    student's own, and second copies of an answer, keep their place after the cell that they followed.
    """
    cells = [copy.deepcopy(cell) for cell in skeleton.cells]
    places = _places(cells)
    answers: dict[int, list[int]] = defaultdict(list)  # place in the skeleton → places in the submission
    follows: dict[int, int] = {}  # place in the submission → place in the skeleton that it comes after
    known = {_text(cell) for cell in cells}
    extra: list[int] = []
    last = -1
    for k, cell in enumerate(submitted.cells):
        place = _find(cell, places)
        if place is not None:
            last = place
            if nbgrader(cells[place]).get("solution"):
                answers[place].append(k)
            elif _changed_setup(cells[place], cell) or _written_into_task(cells[place], cell):
                extra.append(k)
        elif _text(cell) and _text(cell) not in known:
            extra.append(k)
        follows[k] = last
    for place, name in _answer_cells(cells):
        stub = _text(cells[place])
        there = [k for k in answers[place] if _text(submitted.cells[k]) != stub]
        if cells[place].cell_type == "code" and not any(_defines(submitted.cells[k], name) for k in there):
            elsewhere = [k for k, cell in enumerate(submitted.cells) if _defines(cell, name) and _text(cell) != stub]
            there = sorted({*there, *elsewhere})
        if there:
            *others, chosen = there
            extra += [k for k in others if k not in extra]
            extra = [k for k in extra if k != chosen]
            cells[place].source = _source(submitted.cells[chosen])
            if cells[place].cell_type == "markdown" and (pictures := _pictures(submitted.cells[chosen])):
                cells[place].attachments = pictures
    added: dict[int, list[NotebookNode]] = defaultdict(list)
    for number, k in enumerate(sorted(extra)[:MOST_EXTRA], start=1):
        added[follows[k]].append(_own_cell(submitted.cells[k], number))
    restored = copy.deepcopy(skeleton)
    restored.cells = list(added[-1])
    for place, cell in enumerate(cells):
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
        restored.cells += [cell, *added[place]]
    return restored


def _places(cells: list[NotebookNode]) -> dict[str, int]:
    """Where each cell of the skeleton stands, by grade id and by cell id."""
    places = {str(cell.get("id")): k for k, cell in enumerate(cells)}
    return places | {
        str(nbgrader(cell)["grade_id"]): k for k, cell in enumerate(cells) if nbgrader(cell).get("grade_id")
    }


def _find(cell: NotebookNode, places: dict[str, int]) -> int | None:
    """The place in the skeleton of a submitted cell; None for one of the student's own."""
    grade_id = nbgrader(cell).get("grade_id")
    if isinstance(grade_id, str) and grade_id in places:
        return places[grade_id]
    return places.get(str(cell.get("id", "")))


def _answer_cells(cells: list[NotebookNode]) -> Iterator[tuple[int, str]]:
    for place, cell in enumerate(cells):
        if nbgrader(cell).get("solution"):
            yield place, str(nbgrader(cell)["grade_id"])


def _defines(cell: NotebookNode, name: str) -> bool:
    """Whether the cell has the function or class at the left margin, as code or in a cell that was made text."""
    return bool(
        re.search(rf"^(?:async )?(?:def|class) +{re.escape(name)}\b", str(cell.get("source", "")), re.MULTILINE)
    )


def _changed_setup(ours: NotebookNode, theirs: NotebookNode) -> bool:
    """A cell of code that everyone needs, not a check or a demonstration, which the student has changed."""
    plain = ours.cell_type == "code" and not nbgrader(ours).get("grade") and "demo" not in ours.metadata.get("tags", [])
    return plain and theirs.get("cell_type") == "code" and _text(theirs) not in ("", _text(ours))


def _written_into_task(ours: NotebookNode, theirs: NotebookNode) -> bool:
    """A task is answered in cells below it; somebody may have written into its own text instead."""
    return bool(nbgrader(ours).get("task")) and _text(theirs) not in ("", _text(ours))


def _own_cell(cell: NotebookNode, number: int) -> NotebookNode:
    """A student's own cell with nothing of its metadata, under an id that clashes with none."""
    make = nbformat.v4.new_code_cell if cell.get("cell_type") == "code" else nbformat.v4.new_markdown_cell
    own = make(_source(cell), id=f"own-cell-{number}")
    if own.cell_type == "markdown" and (pictures := _pictures(cell)):
        own.attachments = pictures
    return own


def _pictures(cell: NotebookNode) -> NotebookNode:
    """The pictures that were pasted into a cell of text; what else is attached to it is left out."""
    attached = cell.get("attachments")
    return NotebookNode(
        {
            name: NotebookNode({kind: data})
            for name, content in (attached.items() if isinstance(attached, dict) else ())
            for kind, data in (content.items() if isinstance(content, dict) else ())
            if kind in PICTURES and isinstance(data, str) and len(data) < LARGEST_PICTURE and BASE64.fullmatch(data)
        }
    )


def _source(cell: NotebookNode) -> str:
    source = str(cell.get("source", ""))
    return source if len(source) <= LONGEST else source[:LONGEST] + CUT


def _text(cell: NotebookNode) -> str:
    return str(cell.get("source", "")).strip()
