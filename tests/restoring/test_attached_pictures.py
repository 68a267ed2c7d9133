"""The pictures of written answers and of a student's own text: shown, or a line says which was left out and why."""

from __future__ import annotations

import time
from typing import Any

import nbformat
import pytest
from pictures import bomb, decoded, encoded
from small_course import released, solved

from autograder.notebooks import nbgrader
from autograder.report.markdown import markdown2html
from autograder.restoring.pictures import attach_pictures
from autograder.restoring.restore import restore
from autograder.restoring.safe_pictures import SVG, Allowance

PNG = encoded("PNG")
DRAWING = "PHN2ZyB4bWxucz0iaHR0cDovL3d3dy53My5vcmcvMjAwMC9zdmciLz4="  # an empty SVG


def text_cell(source: str, **attachments: Any) -> nbformat.NotebookNode:
    cell = nbformat.v4.new_markdown_cell(source)
    if attachments:
        cell.attachments = {name.replace("_", "."): content for name, content in attachments.items()}
    return cell


def attached(source: str, **attachments: Any) -> nbformat.NotebookNode:
    cell = nbformat.v4.new_markdown_cell(source)
    attach_pictures(cell, [text_cell(source, **attachments)], Allowance())
    return cell


def page(cell: Any) -> str:
    """The cell's text as the feedback page shows it."""
    return markdown2html({"cell": cell}, cell.source)


@pytest.mark.parametrize(
    ("content", "kept"),
    [
        ({"image/png": PNG}, "image/png"),
        ({"image/webp": encoded("WEBP")}, "image/png"),
        ({SVG: DRAWING}, SVG),
        ({SVG: "AAAA", "image/png": PNG}, "image/png"),
    ],
)
def test_a_picture_that_can_be_shown_is_attached_and_shown(content: Any, kept: str) -> None:
    cell = attached("![a](attachment:a.x)", a_x=content)
    assert list(cell.attachments["a.x"]) == [kept] and cell.source == "![a](attachment:a.x)"
    assert f'<img src="data:{kept};base64,' in page(cell)


def test_a_huge_picture_is_scaled_down() -> None:
    cell = attached("![a](attachment:a.png)", a_png={"image/png": encoded("PNG", 2600, 2000, noise=True)})
    (data,) = cell.attachments["a.png"].values()
    assert max(decoded(data).size) == 1600


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ({"image/png": PNG[:50]}, "is damaged"),
        ({"image/png": "%%%"}, "is damaged"),
        ({SVG: "AAAA"}, "is damaged"),
        ({"image/heic": "AAAA"}, "is of a kind that is not shown"),
        ({"image/png": bomb()}, "has more than 50 million pixels"),
        ({}, "is damaged"),
        ("image", "is damaged"),
        (None, "is damaged"),
    ],
)
@pytest.mark.parametrize(
    "reference",
    [
        "![a b](attachment:a.x)",
        "![a](<attachment:a.x> 'title')",
        "<img width=3 src='attachment:a.x'>",
        "![a [b]](attachment:a.x)",
        "![a][r]\n\n[r]: attachment:a.x",
    ],
)
def test_a_picture_that_cannot_be_shown_leaves_a_line(content: Any, why: str, reference: str) -> None:
    cell = attached(f"Before {reference} after.", a_x=content)
    assert f"[a picture was left out: a.x {why}" in cell.source and "attachment:" not in cell.source
    assert "attachments" not in cell and "a picture was left out: a.x" in page(cell)


def test_a_picture_that_is_not_attached_leaves_a_line() -> None:
    cell = attached("![a](attachment:a.png) and ![b](attachment:b.png)", b_png={"image/png": PNG})
    assert cell.source == ("[a picture was left out: a.png is not attached to its cell] and ![b](attachment:b.png)")


def test_two_pictures_of_one_name_are_not_mixed_up_in_silence() -> None:
    cells = [text_cell("![](attachment:i.png)", i_png={"image/png": data}) for data in (PNG, encoded("PNG", 31, 20))]
    cell = text_cell("![](attachment:i.png)")
    attach_pictures(cell, cells, Allowance())
    assert cell.attachments["i.png"]["image/png"] == PNG and "i.png has the name of another" in cell.source


def test_words_about_attachments_stay() -> None:
    words = "See attachment: none. `attachment:x`"
    assert attached(words).source == words


@pytest.mark.parametrize(
    "source", ["![](attachment:" + " " * 500_000, "![" * 400_000, "<img " * 200_000, "![](" * 9999]
)
def test_a_long_text_takes_no_long_time(source: str) -> None:
    started = time.process_time()
    attached(source + "attachment:")
    assert time.process_time() - started < 5


def test_a_picture_in_the_cell_of_the_question_comes_with_its_words() -> None:
    submitted = solved()
    place = next(k for k, cell in enumerate(submitted.cells) if nbgrader(cell).get("grade_id") == "answer_why")
    submitted.cells[place - 1].source += "\n\n![mine](attachment:mine.png)"
    submitted.cells[place - 1].attachments = {"mine.png": {"image/png": PNG}}
    restored = restore(released(), submitted)
    answer = next(cell for cell in restored.cells if nbgrader(cell).get("grade_id") == "answer_why")
    assert answer.attachments == {"mine.png": {"image/png": PNG}} and "attachment:mine.png" in answer.source


def test_an_own_cell_with_a_broken_picture_can_be_shown() -> None:
    submitted = solved()
    submitted.cells.insert(2, text_cell("![mine](attachment:mine.png)"))
    restored = restore(released(), submitted)
    assert any(
        cell.source == "[a picture was left out: mine.png is not attached to its cell]" for cell in restored.cells
    )


# ---- notebooks that were graded by other means


@pytest.mark.parametrize("attachments", [{}, {"a.png": {}}, {"a.png": "x"}, "x", {"a.png": {"image/png": "x"}}, None])
def test_a_page_shows_a_line_for_a_reference_that_leads_nowhere(attachments: Any) -> None:
    shown = markdown2html({"cell": {"attachments": attachments}}, "Before ![a](attachment:a.png) after.")
    assert "a picture was left out: a.png" in shown and "after." in shown


def test_a_page_finds_a_picture_whose_name_has_a_blank() -> None:
    cell = {"attachments": {"my picture.png": {"image/png": PNG}}}
    assert f"data:image/png;base64,{PNG}" in markdown2html({"cell": cell}, "![a](attachment:my%20picture.png)")


def test_a_text_that_cannot_be_converted_is_shown_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(self: Any, source: str) -> str:
        raise RecursionError

    monkeypatch.setattr("autograder.report.markdown.MarkdownWithMath.render", failing)
    shown = markdown2html({"cell": {}}, "<b>words</b>")
    assert "&lt;b&gt;words&lt;/b&gt;" in shown and "RecursionError" in shown
