"""Put a student's answers and extra cells into the released notebook, whatever was done to the rest of it."""

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

    An answer is matched by its grade id, else by its cell id, else by the function that it defines. Checks, text, setup
    and all metadata are the instructor's. A setup cell that the student changed runs too, after the instructor's. Cells
    of the student's own, and earlier copies of an answer, stay behind the cell that they followed.
    """
    cells = [copy.deepcopy(cell) for cell in skeleton.cells]
    positions = _positions(cells)
    matches: dict[int, list[int]] = defaultdict(list)  # position of an answer in the skeleton → submitted cells
    follows: dict[int, int] = {}  # submitted cell → position in the skeleton that it comes after
    released = {_text(cell) for cell in cells}
    extra: list[int] = []  # submitted cells to be added
    last = -1
    for index, cell in enumerate(submitted.cells):
        position = _position_of(cell, positions)
        if position is not None:
            last = position
            if nbgrader(cells[position]).get("solution"):
                matches[position].append(index)
            elif _changed_setup(cells[position], cell) or _written_into_task(cells[position], cell):
                extra.append(index)
        elif _text(cell) and _text(cell) not in released:
            extra.append(index)
        follows[index] = last
    for position, name in _answer_cells(cells):
        if answers := _answers(submitted, cells[position], name, matches[position]):
            *others, chosen = answers
            extra += [index for index in others if index not in extra]
            extra = [index for index in extra if index != chosen]
            cells[position].source = _source(submitted.cells[chosen])
            if cells[position].cell_type == "markdown" and (pictures := _pictures(submitted.cells[chosen])):
                cells[position].attachments = pictures
    added: dict[int, list[NotebookNode]] = defaultdict(list)
    for number, index in enumerate(sorted(extra)[:MOST_EXTRA], start=1):
        added[follows[index]].append(_own_cell(submitted.cells[index], number))
    restored = copy.deepcopy(skeleton)
    restored.cells = list(added[-1])
    for position, cell in enumerate(cells):
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
        restored.cells += [cell, *added[position]]
    return restored


def _positions(cells: list[NotebookNode]) -> dict[str, int]:
    """The position of each cell of the skeleton, by cell id and by grade id."""
    positions = {str(cell.get("id")): position for position, cell in enumerate(cells)}
    for position, cell in enumerate(cells):
        if grade_id := nbgrader(cell).get("grade_id"):
            positions[str(grade_id)] = position
    return positions


def _position_of(cell: NotebookNode, positions: dict[str, int]) -> int | None:
    """The position in the skeleton of a submitted cell; None for one of the student's own."""
    grade_id = nbgrader(cell).get("grade_id")
    if isinstance(grade_id, str) and grade_id in positions:
        return positions[grade_id]
    return positions.get(str(cell.get("id", "")))


def _answer_cells(cells: list[NotebookNode]) -> Iterator[tuple[int, str]]:
    """(position, grade id) of the cells that a student fills in."""
    for position, cell in enumerate(cells):
        if nbgrader(cell).get("solution"):
            yield position, str(nbgrader(cell)["grade_id"])


def _answers(submitted: NotebookNode, stub: NotebookNode, name: str, matches: list[int]) -> list[int]:
    """The submitted cells that answer a released stub, in order; the last one counts.

    matches: the cells with its id. If none of them defines `name`, cells elsewhere that do are answers too.
    """
    answers = [index for index in matches if _text(submitted.cells[index]) != _text(stub)]
    if stub.cell_type == "code" and not any(_defines(submitted.cells[index], name) for index in answers):
        elsewhere = {
            index for index, cell in enumerate(submitted.cells) if _defines(cell, name) and _text(cell) != _text(stub)
        }
        answers = sorted({*answers, *elsewhere})
    return answers


def _defines(cell: NotebookNode, name: str) -> bool:
    """Whether the cell defines the function or class at its left margin; it may have been turned into a text cell."""
    return bool(
        re.search(rf"^(?:async )?(?:def|class) +{re.escape(name)}\b", str(cell.get("source", "")), re.MULTILINE)
    )


def _changed_setup(ours: NotebookNode, theirs: NotebookNode) -> bool:
    """Whether the student changed a code cell that is neither a check nor a demonstration."""
    plain = ours.cell_type == "code" and not nbgrader(ours).get("grade") and "demo" not in ours.metadata.get("tags", [])
    return plain and theirs.get("cell_type") == "code" and _text(theirs) not in ("", _text(ours))


def _written_into_task(ours: NotebookNode, theirs: NotebookNode) -> bool:
    """Whether the student answered a task in its own text, instead of in cells below it."""
    return bool(nbgrader(ours).get("task")) and _text(theirs) not in ("", _text(ours))


def _own_cell(cell: NotebookNode, number: int) -> NotebookNode:
    """A student's own cell without its metadata, with an id that no released cell has."""
    make = nbformat.v4.new_code_cell if cell.get("cell_type") == "code" else nbformat.v4.new_markdown_cell
    own = make(_source(cell), id=f"own-cell-{number}")
    if own.cell_type == "markdown" and (pictures := _pictures(cell)):
        own.attachments = pictures
    return own


def _pictures(cell: NotebookNode) -> NotebookNode:
    """The pictures that were pasted into a text cell; other attachments are left out."""
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
