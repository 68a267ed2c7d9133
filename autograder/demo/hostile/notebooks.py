"""Attacks by the notebook file: not a notebook, script in it, cells copied, moved, relabelled or of another type."""

from __future__ import annotations

import copy
import json
from typing import Any

import nbformat
from nbformat import NotebookNode

from autograder.demo.hostile.attack import EXERCISES, Attack, own_cell, right
from autograder.notebooks import nbgrader

SCRIPT = "<script>alert('script')</script><img src=x onerror=\"alert('image')\"> [link](javascript:alert('link'))"


def find(notebook: NotebookNode, grade_id: str) -> NotebookNode:
    """The cell with this grade id."""
    return next(cell for cell in notebook.cells if nbgrader(cell).get("grade_id") == grade_id)


def edited(change: Any) -> Any:
    """An edit that changes the notebook in place."""

    def edit(notebook: NotebookNode) -> NotebookNode:
        change(notebook)
        return notebook

    return edit


def raw(change: Any) -> Any:
    """An edit of the notebook's JSON, for what nbformat would not write."""

    def edit(notebook: NotebookNode) -> bytes:
        content = json.loads(nbformat.writes(notebook))
        change(content)
        return json.dumps(content).encode()

    return edit


def with_script(notebook: NotebookNode) -> None:
    """Put script into text, outputs, attachments and metadata."""
    for name in ("answer_stretching", "answer_gradient"):
        find(notebook, name).source = f"My answer: `a < b`, $x<y$, <b>bold</b>. {SCRIPT}\n\n<svg onload=alert('svg')>"
        find(notebook, name).attachments = {"x.png": {"image/png": "\"><script>alert('attached')</script>"}}
    notebook.cells.append(nbformat.v4.new_markdown_cell(SCRIPT, id="own-text"))
    notebook.cells.append(nbformat.v4.new_raw_cell(SCRIPT, id="own-raw", metadata={"raw_mimetype": "text/html"}))
    shows = f"from IPython.display import HTML, Javascript, SVG\nHTML({SCRIPT!r})"
    output = nbformat.v4.new_output("display_data", {"text/html": SCRIPT, "application/javascript": "alert('js')"})
    notebook.cells.append(nbformat.v4.new_code_cell(shows, id="own-code", outputs=[output]))
    notebook.metadata["title"] = SCRIPT
    notebook.metadata["kernelspec"] = {"name": SCRIPT, "display_name": SCRIPT}
    notebook.metadata["language_info"] = {"name": "ir", "pygments_lexer": SCRIPT}
    notebook.metadata["widgets"] = {"application/vnd.jupyter.widget-state+json": {"state": SCRIPT}}


def with_strange_metadata(content: dict[str, Any]) -> None:
    """Grade ids that are not strings, cells without metadata, cell ids that are missing, repeated or not strings."""
    cells = content["cells"]
    strange: list[Any] = [["check_relu_forward"], {"a": 1}, 7, None, "", "x" * 100_000, "check_relu_forward", True]
    for k, one in enumerate(strange):
        copied = copy.deepcopy(cells[8])
        copied["metadata"] = {"nbgrader": {"grade_id": one, "grade": True, "points": "many", "solution": 1}}
        copied["id"] = [one] if k % 2 else "setup"
        copied["source"] = f"strange = {k}"
        cells.append(copied)
    cells += [
        {"cell_type": "code", "source": "a = 1"},
        {"cell_type": "code", "source": "b = 1", "metadata": {"nbgrader": [1, 2]}, "id": None},
        {"cell_type": "strange", "source": "c = 1", "metadata": {}},
        {"cell_type": "markdown", "source": ["text", " in ", "lines"], "metadata": {"tags": 7}},
        {"cell_type": "markdown", "source": "x", "metadata": {}, "attachments": {"a": {"image/png": {"b": [1]}}}},
        {
            "cell_type": "code",
            "source": "d = 1",
            "metadata": {"tags": "demo"},
            "execution_count": "<b>",
        },
    ]
    answer = next(cell for cell in cells if cell.get("metadata", {}).get("nbgrader", {}) and
                  cell["metadata"]["nbgrader"].get("grade_id") == "answer_gradient")  # fmt: skip
    answer["attachments"], answer["source"] = {"x": {"image/png": [["<script>"]], "text/html": 7}}, "An answer."
    content["metadata"] = {"autograder": [], "kernelspec": 7, "celltoolbar": {}}


def same_grade_id(notebook: NotebookNode) -> None:
    """Give every cell the grade id of the check, and repeat the answer."""
    answer = find(notebook, "relu_forward")
    for cell in list(notebook.cells):
        if cell.cell_type == "code" and "grade_id" not in nbgrader(cell):
            cell.metadata["nbgrader"] = dict(nbgrader(find(notebook, "check_relu_forward")))
    wrong = copy.deepcopy(answer)
    wrong.source, wrong.id = "def relu_forward(x):\n    return x", "again"
    notebook.cells.insert(3, wrong)
    notebook.cells.append(copy.deepcopy(find(notebook, "check_relu_forward")))


def tests_gone(notebook: NotebookNode) -> None:
    """Delete every check."""
    notebook.cells = [cell for cell in notebook.cells if not str(nbgrader(cell).get("grade_id")).startswith("check_")]


def tests_edited(notebook: NotebookNode) -> None:
    """Make every check print that it passed, as code and as text, and duplicate it."""
    for k, cell in enumerate(list(notebook.cells)):
        if str(nbgrader(cell).get("grade_id")).startswith("check_"):
            cell.source = "print('passed')\n100"
            if k % 2:
                cell.cell_type = "markdown"
                for name in ("outputs", "execution_count"):
                    cell.pop(name, None)
            notebook.cells.insert(0, copy.deepcopy(cell))


def turned_round(notebook: NotebookNode) -> None:
    """Reverse the order of all cells, and make every answer a text cell."""
    notebook.cells.reverse()
    for cell in notebook.cells:
        if nbgrader(cell).get("grade_id") in EXERCISES:
            cell.cell_type = "markdown"
            for name in ("outputs", "execution_count"):
                cell.pop(name, None)


def old_format(notebook: NotebookNode) -> bytes:
    """The notebook in format 3."""
    return nbformat.writes(nbformat.convert(notebook, 3), version=3).encode()


def many_cells(notebook: NotebookNode) -> None:
    """Add thousands of cells, and one of two million characters."""
    notebook.cells += [own_cell(f"many-{k}", f"x{k} = 1") for k in range(3000)]
    notebook.cells.append(own_cell("long", "x = 1\n" + "# comment\n" * 200_000))


def deep(notebook: NotebookNode) -> bytes:
    """JSON nested a hundred thousand deep."""
    return b'{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": ' + b"[" * 100_000 + b"]" * 100_000 + b"}"


def deep_metadata(content: dict[str, Any]) -> None:
    """Nest metadata 300 deep, which a JSON parser can still read."""
    nested: Any = 1
    for _ in range(300):
        nested = {"a": nested}
    content["metadata"]["deep"] = nested
    for cell in content["cells"]:
        cell["metadata"]["deep"] = nested


FILLER = b" " * 1_000_000

ATTACKS = (
    Attack("not-json", "is not JSON", edit=lambda notebook: b"\x89PNG\r\n\x1a\n" + b"\xff" * 1000, unreadable=True),
    Attack("cut-short", "is truncated", edit=lambda notebook: nbformat.writes(notebook).encode()[:5000],
           unreadable=True),
    Attack("deep-json", "is JSON nested a hundred thousand deep", edit=deep, unreadable=True),
    Attack("200-mb", "has 200 MB", edit=lambda notebook: nbformat.writes(notebook).encode() + FILLER * 200,
           unreadable=True),
    Attack("null", "is JSON but not a notebook", edit=lambda notebook: b"null", unreadable=True),
    Attack("no-cells", "has no cells", edit=lambda notebook: b'{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, '
           b'"cells": []}'),
    Attack("half-letters", "has half a character in it", unreadable=True,
           edit=raw(lambda content: content["cells"][0].update(source="\ud800"))),
    Attack("script", "has script in its text, outputs, attachments and metadata", right=("relu_forward",),
           edit=edited(with_script)),
    Attack("strange-metadata", "has metadata of the wrong types", right=("relu_forward",),
           edit=raw(with_strange_metadata)),
    Attack("strange-outputs", "has outputs of the wrong types", unreadable=True,
           edit=raw(lambda content: content["cells"][-1].update(cell_type="code", outputs=[7, "none"]))),
    Attack("strange-attachments", "has attachments of the wrong types", unreadable=True,
           edit=raw(lambda content: content["cells"].append(
               {"cell_type": "markdown", "source": "x", "metadata": {}, "attachments": [["<script>"]]}))),
    Attack("deep-metadata", "has metadata nested 300 deep", right=("relu_forward",), edit=raw(deep_metadata)),
    Attack("same-grade-id", "has many cells with the grade id of a check", edit=edited(same_grade_id),
           cells={"linear_forward": "def linear_forward(x, w, b):\n    return 0"}),
    Attack("tests-gone", "has no checks", edit=edited(tests_gone), right=("softmax_loss",)),
    Attack("tests-edited", "has checks that print that they passed",
           edit=edited(tests_edited), right=("softmax_loss",)),
    Attack("turned-round", "has its cells in reverse order and its answers as text", edit=edited(turned_round),
           right=("relu_forward", "relu_backward")),
    Attack("old-format", "is in the format of 2013", edit=old_format, cells={"relu_forward": right("relu_forward")},
           may=("relu_forward",)),
    Attack("many-cells", "has 3000 cells and one of two million characters", edit=edited(many_cells),
           right=("relu_forward",)),
)  # fmt: skip
