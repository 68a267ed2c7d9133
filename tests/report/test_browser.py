"""The instructor's page in a browser: it loads fast, and is found, sorted and read with the keyboard alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import pytest
from browser import open_page, violations
from large_class import HOSTILE, LONGEST, large_class

from autograder.report.page import render

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

SECONDS = 2.0  # of the page's own processor time; the clock would measure what else the machine does
OPENED = "#n1"  # the notebook that is opened
NAMES = ".map tbody tr[data-s]:not([hidden]) th b"


@pytest.fixture(scope="module")
def write(tmp_path_factory: pytest.TempPathFactory) -> Callable[[int], Path]:
    """The page of a class of this size, as a file."""
    folder = tmp_path_factory.mktemp("page")

    def written(count: int) -> Path:
        path = folder / f"{count}.html"
        if not path.exists():
            path.write_text(render("convolutional_networks", large_class(count)))
        return path

    return written


@pytest.fixture
def page(chromium: Browser, write: Callable[[int], Path]) -> Iterator[Page]:
    with open_page(chromium, write(30)) as page:
        yield page


def names(page: Page) -> list[str]:
    """The students in the map, from top to bottom."""
    found: list[str] = page.locator(NAMES).all_text_contents()
    return found


def column(page: Page, number: int) -> list[float]:
    """A column of the map, from top to bottom; -1 for a square without a score."""
    script = f'rows => rows.map(row => Number(row.cells[{number}].dataset.v ?? "-1"))'
    values: list[float] = page.locator(".map tbody tr[data-s]").evaluate_all(script)
    return values


def test_300_students_in_ten_notebooks_load_in_under_two_seconds(
    chromium: Browser, write: Callable[[int], Path]
) -> None:
    page = chromium.new_page(viewport={"width": 1600, "height": 900})
    protocol = page.context.new_cdp_session(page)
    protocol.send("Performance.enable", {"timeDomain": "threadTicks"})
    page.goto(write(300).as_uri())
    assert page.locator(NAMES).count() == 300
    page.screenshot()  # so that it has been painted
    metrics = {each["name"]: each["value"] for each in protocol.send("Performance.getMetrics")["metrics"]}
    page.close()
    assert metrics["TaskDuration"] < SECONDS


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_is_hard_to_use_or_to_read(
    chromium: Browser, write: Callable[[int], Path], scheme: Literal["light", "dark"]
) -> None:
    with open_page(chromium, write(4), 1000, scheme) as page:  # axe takes a second for a hundred squares
        page.evaluate(f"document.querySelectorAll('{OPENED}, article details').forEach(each => each.open = true)")
        page.locator(f"{OPENED} td").first.wait_for()
        page.locator(".map td[tabindex='0']").focus()
        assert violations(page) == []


@pytest.mark.parametrize("width", [400, 1600])
def test_no_name_is_cut_and_only_the_tables_scroll_sideways(
    chromium: Browser, write: Callable[[int], Path], width: int
) -> None:
    with open_page(chromium, write(30), width) as page:
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        name = page.get_by_role("rowheader").filter(has_text=LONGEST[:20]).first
        assert name.evaluate("cell => cell.scrollWidth <= cell.clientWidth && cell.scrollHeight <= cell.clientHeight")


def test_dark_is_dark(chromium: Browser, write: Callable[[int], Path]) -> None:
    brightness = "Math.max(...getComputedStyle(document.body).backgroundColor.match(/\\d+/g).slice(0, 3))"
    for scheme, dark in (("light", False), ("dark", True)):
        with open_page(chromium, write(10), 1000, scheme) as page:  # type: ignore[arg-type]
            assert (page.evaluate(brightness) < 60) is dark


def test_text_of_students_stays_text(page: Page) -> None:
    page.locator(f"{OPENED} > summary").click()
    page.get_by_label("Find").fill("s-hostile")
    page.locator(".map tbody tr:not([hidden]) td[tabindex]").first.click()
    assert HOSTILE in page.locator("#reason").inner_text()
    assert page.title() != "hacked" and page.locator("img").count() == 0


def test_finding_a_student_filters_all_of_it(page: Page) -> None:
    page.locator(f"{OPENED} > summary").click()
    page.keyboard.press("Tab")
    page.get_by_label("Find").focus()
    page.keyboard.type("ELIF s00")  # without the accent, as on another keyboard
    found = names(page)
    assert found and all(name.startswith("Élif") for name in found)
    assert page.locator("#shown").inner_text() == f"{len(found)} of 30 students"
    exercises = page.locator(f"{OPENED} tbody tr:not([hidden]) th b").all_text_contents()
    assert exercises and set(exercises) <= set(found)
    listed = page.locator("#wrong article:not([hidden]), #mark article:not([hidden])")
    assert listed.count() > 0
    for text in listed.locator(".n").all_text_contents():
        assert int(text.split()[0]) <= len(found)
    page.get_by_label("Find").fill("nobody of this name")
    assert names(page) == [] and page.locator("article:not([hidden])").count() == 0
    page.get_by_label("Find").fill("")
    assert len(names(page)) == 30 and page.locator("#shown").inner_text() == ""


def test_columns_sort_with_the_keyboard(page: Page) -> None:
    before = names(page)
    page.get_by_role("button", name="total").focus()
    page.keyboard.press("Enter")
    heading = page.locator(".map thead th").nth(1)
    assert heading.get_attribute("aria-sort") == "descending"
    assert column(page, 1) == sorted(column(page, 1), reverse=True)
    page.keyboard.press("Space")
    assert heading.get_attribute("aria-sort") == "ascending"
    scores = [score for score in column(page, 1) if score >= 0]
    assert scores == sorted(scores) and column(page, 1)[: len(scores)] == scores  # those without one come last
    page.get_by_role("button", name="student").first.click()
    assert names(page) == before


def test_reasons_open_on_a_click_and_with_the_arrow_keys(page: Page) -> None:
    reason = page.locator("#reason")
    cells = page.locator(".map tbody tr[data-s]").nth(2).locator("td")
    assert not reason.is_visible()
    cells.nth(1).click()
    student = names(page)[2]
    assert reason.inner_text().startswith(f"{student} · 01_backprop\n")
    page.keyboard.press("ArrowRight")
    assert "02_convolution" in reason.inner_text()
    page.keyboard.press("ArrowDown")
    assert names(page)[3] in reason.inner_text()
    page.keyboard.press("Escape")
    assert not reason.is_visible()
    page.keyboard.press("Home")
    assert "total" in reason.inner_text()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.getAttribute('href')").startswith("feedback/")
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.tagName") == "TD"


def test_a_table_is_one_stop_of_the_tab_key(page: Page) -> None:
    stops: Any = page.locator('.map tbody [tabindex="0"]').count()
    page.locator(".map tbody tr[data-s] td").nth(40).click()
    assert stops == page.locator('.map tbody [tabindex="0"]').count() == 1


def test_headings_stick(chromium: Browser, write: Callable[[int], Path]) -> None:
    with open_page(chromium, write(30), 400, height=600) as page:
        heading, box = page.locator(".map thead th").nth(3), page.locator("#class .scroll")
        box.evaluate("box => box.scrollTo(200, 500)")
        inside = "(cell, box) => cell.getBoundingClientRect().top - box.getBoundingClientRect().top"
        assert abs(heading.evaluate(inside, box.element_handle())) < 3
        first = page.locator(".map tbody tr[data-s] th").nth(12)
        assert abs(first.evaluate(inside.replace("top", "left"), box.element_handle())) < 3


def test_the_answer_of_a_group_can_be_copied_for_the_gallery(page: Page) -> None:
    group = page.locator(".group").first
    group.locator("summary", has_text="for the gallery").click()
    text = group.locator("pre").last.inner_text()
    assert text.startswith('@wrong("to-be-named-12", named=False)\ndef ')
    group.get_by_role("button", name="Copy").click()
    page.wait_for_function("document.querySelector('.group .copy').textContent === 'Copied'")
