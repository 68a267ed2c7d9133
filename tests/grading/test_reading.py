"""Notebooks as other systems and editors write them are the same notebooks."""

from __future__ import annotations

import nbformat
import pytest
from nbformat import NotebookNode
from small_course import released, solved

from autograder.errors import Unreadable
from autograder.notebooks import parse_notebook
from autograder.restoring.restore import restore


def sources(notebook: NotebookNode) -> list[str]:
    return [cell.source for cell in notebook.cells]


PLAIN = nbformat.writes(solved())
ENCODED = {
    "utf-8": PLAIN.encode(),
    "utf-8 with a byte-order mark": PLAIN.encode("utf-8-sig"),
    "utf-16": PLAIN.encode("utf-16"),
    "utf-16, big end first": b"\xfe\xff" + PLAIN.encode("utf-16-be"),
    "other line ends in the file": PLAIN.replace("\n", "\r\n").encode(),
}


@pytest.mark.parametrize("name", ENCODED)
def test_an_encoding_changes_nothing(name: str) -> None:
    assert sources(parse_notebook(ENCODED[name], "a.ipynb")) == sources(solved())


@pytest.mark.parametrize("end", ["\r\n", "\r"])
@pytest.mark.parametrize("notebook", [solved, released], ids=["solved", "empty"])
def test_line_ends_in_cells_change_nothing(notebook: object, end: str) -> None:
    submitted = notebook()  # type: ignore[operator]
    for cell in submitted.cells:
        cell.source = cell.source.replace("\n", end)
    read = parse_notebook(nbformat.writes(submitted).encode(), "a.ipynb")
    restored = restore(released(), read)
    assert sources(restored) == sources(restore(released(), notebook()))  # type: ignore[operator]
    assert not any(cell.id.startswith("own-cell") for cell in restored.cells)


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"\xef\xbb\xbf", "é".encode("latin-1")])
def test_what_is_no_text_is_unreadable(content: bytes) -> None:
    with pytest.raises(Unreadable):
        parse_notebook(content, "a.ipynb")
