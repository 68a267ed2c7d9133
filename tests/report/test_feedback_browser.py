"""Feedback pages and cards in a browser: on a phone, in both themes, and for those who use no mouse."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import pytest
from browser import open_page, violations
from small_course import EXERCISES, NAME

from autograder.course import Course
from autograder.exercises import EXERCISES as REAL
from autograder.judging.card import as_html
from autograder.judging.examine import examine, in_process
from utils.layers.stand_ins import conv_forward

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")
THEMES = Path(sys.prefix) / "share/jupyter/lab/themes/@jupyterlab"
SCHEMES: tuple[Literal["light"], Literal["dark"]] = ("light", "dark")


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("student", ["mia", "lea", "zoe"])
def test_a_page_can_be_read_on_a_phone_in_either_theme(
    course_with_pages: Course, chromium: Browser, student: str, scheme: Literal["light", "dark"]
) -> None:
    with open_page(chromium, course_with_pages.feedback(NAME, student), 400, scheme) as page:
        assert page.evaluate("document.documentElement.scrollWidth") <= 400
        assert violations(page) == []


def test_hints_fold_with_a_triangle(course_with_pages: Course, chromium: Browser) -> None:
    with open_page(chromium, course_with_pages.feedback(NAME, "mia"), 400) as page:
        hint = page.locator("details", has_text="Hint").first
        assert not hint.locator("p").is_visible()
        assert hint.locator("summary").evaluate("e => getComputedStyle(e).display") == "list-item"
        hint.locator("summary").click()
        assert hint.locator("p").is_visible()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_card_can_be_read_in_jupyterlab_in_either_theme(
    tmp_path: Path, chromium: Browser, theme: Literal["light", "dark"]
) -> None:
    def one_wrong(*arguments: object) -> object:
        out, cache = conv_forward(*arguments)  # type: ignore[arg-type]
        out[0, 0, 0, 0] += 1
        return out, cache

    def not_written(x: float) -> float:
        raise NotImplementedError("double is not written yet")

    cards = [
        as_html(examine(REAL["conv_forward"], "02_convolution", in_process({"conv_forward": one_wrong}))),
        as_html(examine(EXERCISES[0], NAME, in_process({"double": not_written}))),
        as_html(examine(EXERCISES[0], NAME, in_process({"double": lambda x: 2 * x}))),
    ]
    assert "<svg" in cards[0] and "The smallest case" in cards[0]
    css = (THEMES / f"theme-{theme}-extension" / "index.css").read_text(encoding="utf-8")
    path = tmp_path / "cards.html"
    path.write_text(
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>Cards</title><style>{css}</style>'
        '<body style="background: var(--jp-layout-color0); color: var(--jp-content-font-color1)">'
        f"<main><h1>Cards</h1>{''.join(cards)}</main>",
        encoding="utf-8",
    )
    with open_page(chromium, path, 400, theme) as page:
        assert violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= 400
