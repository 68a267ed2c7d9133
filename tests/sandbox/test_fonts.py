"""A warm process has the list of fonts that matplotlib made for the user who grades, without that user's own fonts."""

from __future__ import annotations

import json
from pathlib import Path

import nbformat
import pytest
from in_sandbox import COURSE, graded
from matplotlib.font_manager import FontManager, fontManager, json_dump

from autograder.grading.warm_processes import close_warm_processes
from autograder.notebooks import read_notebook
from autograder.sandbox.availability import why_unavailable
from autograder.sandbox.fonts import write_font_lists

NAME = f"fontlist-v{FontManager.__version__}.json"
SHOW = "import matplotlib.font_manager as f\nprint(sorted({e.name for e in f.fontManager.ttflist} & {'Ours', 'Home'}))"


@pytest.fixture
def lists(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder in which matplotlib's list has two fonts more: one of the system, one in the user's home."""
    monkeypatch.setenv("MPLCONFIGDIR", str(tmp_path))
    json_dump(fontManager, tmp_path / NAME)
    listed = json.loads((tmp_path / NAME).read_text())
    font = listed["ttflist"][0]
    listed["ttflist"] += [
        font | {"name": "Ours", "fname": "/usr/share/fonts/ours.ttf"},
        font | {"name": "Home", "fname": "/home/teacher/.fonts/home.ttf"},
    ]
    (tmp_path / NAME).write_text(json.dumps(listed))
    return tmp_path


def test_fonts_that_no_kernel_can_read_are_left_out(lists: Path, tmp_path: Path) -> None:
    (lists / "fontlist-v1.json").write_text('{"ttflist": [')
    (tmp_path / "warm").mkdir()
    (path,) = write_font_lists(tmp_path / "warm")
    fonts = json.loads(path.read_text())["ttflist"]
    assert path.name == NAME and "Ours" in {font["name"] for font in fonts}
    assert "/home/teacher" not in path.read_text()


def test_without_a_list_there_is_none_to_give(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MPLCONFIGDIR", str(tmp_path / "none"))
    assert write_font_lists(tmp_path) == []


@pytest.mark.skipif(bool(why_unavailable()), reason="this machine cannot run the sandbox")
@pytest.mark.usefixtures("lists")
def test_a_kernel_has_the_list() -> None:
    close_warm_processes()  # that of an earlier test has its own
    notebook = read_notebook(COURSE.release("01_backprop"))
    notebook.cells = [nbformat.v4.new_code_cell(SHOW), *notebook.cells[:2]]
    cells = nbformat.reads(graded("01_backprop", notebook).notebook.decode(), as_version=4).cells
    assert "['Ours']\n" in [output.get("text") for cell in cells for output in cell.get("outputs", ())]
    close_warm_processes()
