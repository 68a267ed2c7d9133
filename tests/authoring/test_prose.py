"""What notebooks say of each other and of themselves: titles, the map of the slides, words used everywhere."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest
from nbformat import NotebookNode

from autograder.exercises import ASSIGNMENTS
from autograder.notebooks import read_notebook

ROOT = Path(__file__).resolve().parents[2]
SLIDES = ROOT / "docs" / "slides.md"
# literal translations that a native speaker would not write
REFUSED = r"\b(asked with|hangs? on|walks over|aforementioned)\b"
SPELLING = r"\b(recognis|optimis|normalis|initialis|minimis|maximis|synchronis|organis|memoris|generalis)\w*"


@cache
def notebook(name: str) -> NotebookNode:
    return read_notebook(ROOT / "solutions" / name / f"{name}.ipynb")


def prose(name: str) -> str:
    return "\n\n".join(cell.source for cell in notebook(name).cells if cell.cell_type == "markdown")


def title(name: str) -> str:
    return prose(name).strip().splitlines()[0].removeprefix("# ")


@pytest.mark.parametrize("name", ASSIGNMENTS)
def test_a_notebook_is_called_by_its_title_wherever_it_is_named(name: str) -> None:
    titles = {title(other)[:2]: title(other) for other in ASSIGNMENTS}
    assert re.fullmatch(rf"{name[:2]} · .+", title(name))
    named = re.findall(r"\*\*(\d\d\s·[^*]+)\*\*", prose(name))
    assert [" ".join(words.split()) for words in named] == [titles[words[:2]] for words in named]


@pytest.mark.parametrize("name", list(ASSIGNMENTS)[:-1])
def test_the_end_of_a_notebook_names_the_next(name: str) -> None:
    later = list(ASSIGNMENTS)[list(ASSIGNMENTS).index(name) + 1]
    (end,) = (cell.source for cell in notebook(name).cells if cell.id == "next")
    assert title(later) in " ".join(end.split())


@pytest.mark.parametrize("name", ASSIGNMENTS)
def test_the_prose_has_one_spelling_a_source_and_names_the_lecture(name: str) -> None:
    text = prose(name)
    assert not re.findall(SPELLING, text, re.IGNORECASE)
    assert not re.findall(REFUSED, text, re.IGNORECASE)
    assert "Ranjeet Ranjan Jha" in text
    (sources,) = re.findall(r"\*\*Sources\.\*\*.+?(?=\n\n|\Z)", text, re.DOTALL)
    assert re.search(r"\]\(https://", sources) and sources.rstrip().endswith(".")


@pytest.mark.parametrize("name", ASSIGNMENTS)
def test_every_exercise_has_three_hints(name: str) -> None:
    for cell in notebook(name).cells:
        if cell.id.endswith("-hints"):
            hints = re.findall(
                r"<details><summary>Hint (\d): .+?</summary>\n\n(.+?)\n</details>", cell.source, re.DOTALL
            )
            assert [number for number, _ in hints] == ["1", "2", "3"], cell.id


def test_the_map_of_the_slides_names_cells_that_exist() -> None:
    rows = [row.split("|")[1:-1] for row in SLIDES.read_text(encoding="utf-8").splitlines() if row.startswith("| ")]
    rows = [row for row in rows if "`" in row[2]]
    assert len(rows) > 40
    for says, place, cells in rows:
        names = [name for name in ASSIGNMENTS if f"`{name}`" in place]
        known = {cell.id for name in names for cell in notebook(name).cells}
        assert names and set(re.findall(r"`([^`]+)`", cells)) <= known, says


def test_every_notebook_of_the_lecture_is_on_the_map() -> None:
    assert [name for name in ASSIGNMENTS if f"`{name}`" not in SLIDES.read_text(encoding="utf-8")] == []
