"""Notebooks as other systems and editors write them are the same notebooks."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode
from small_course import released, solved

from autograder.errors import Unreadable
from autograder.files import read_bytes
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


def test_a_merge_that_git_could_not_do_is_told() -> None:
    text = PLAIN.replace('"cells": [', '"cells": [\n<<<<<<< HEAD', 1)
    with pytest.raises(Unreadable, match="two versions that git could not merge: keep one of them"):
        parse_notebook(text.encode(), "a.ipynb")


def test_a_notebook_that_is_too_large_is_told_to_lose_its_outputs(tmp_path: Path) -> None:
    (tmp_path / "a.ipynb").write_text(PLAIN)
    with pytest.raises(Unreadable, match="at most 0 MB are read: clear its outputs and save it again"):
        read_bytes(tmp_path / "a.ipynb", 100)
