"""The built site: links lead somewhere, nothing comes from another host, and it can be read on any screen."""

from __future__ import annotations

import re
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING, Literal
from urllib.parse import unquote, urlsplit

import pytest
from browser import open_page, violations

from autograder.authoring.build import LEAKS
from autograder.exercises import ASSIGNMENTS
from website.leaks import leaks, secret_lines
from website.solved import released, solution

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    Scheme = Literal["light", "dark"]

LOADED = {"script": "src", "img": "src", "link": "href", "iframe": "src", "source": "src", "video": "src"}
NOTEBOOK, MISTAKES = "notebooks/02_convolution.html", "mistakes/02_convolution.html"
OPENED = 6  # of the hints or cards on a page; the others are like them, and axe takes long
STYLE_URL = re.compile(r"url\(\s*[\"']?(?!data:)([^\"')]+)|@import\s+[\"']([^\"']+)")


class Reader(HTMLParser):
    """What a page refers to: `loaded` with the page, and `linked`; and its anchors."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.loaded, self.linked, self.anchors = list[str](), list[str](), set[str]()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        self.anchors |= {values[name] for name in ("id", "name") if name in values}
        if tag in LOADED and values.get("rel") not in ("canonical", "next", "prev", "search", "index"):
            self.loaded.append(values.get(LOADED[tag], ""))
        if tag == "a":
            self.linked.append(values.get("href", ""))


@cache
def read(path: Path) -> Reader:
    return Reader(path.read_text())


def pages(site: Path) -> list[Path]:
    return sorted(path for path in site.rglob("*.html") if path.relative_to(site).parts[0] != "_static")


def test_there_is_a_page_for_everybody(site: Path) -> None:
    wanted = ["index", "search", "docs/students", "docs/self-learners", "docs/term", "docs/instructors", "docs/checks"]
    wanted += ["mistakes/index", "mistakes/02_convolution", "reference/index", "reference/utils.data", "ARCHITECTURE"]
    assert [name for name in wanted if not (site / f"{name}.html").is_file()] == []


def test_every_link_within_the_site_leads_somewhere(site: Path) -> None:
    broken = []
    for page in pages(site):
        for address in (*read(page).linked, *read(page).loaded):
            parts = urlsplit(address)
            if parts.scheme or address == "#":
                continue
            target = (page.parent / unquote(parts.path)).resolve() if parts.path else page
            anchor = unquote(parts.fragment)
            if not target.is_file() or (anchor and target.suffix == ".html" and anchor not in read(target).anchors):
                broken.append(f"{page.relative_to(site)}: {address}")
    assert broken == []


def test_nothing_is_loaded_from_another_host(site: Path) -> None:
    foreign = [(page.name, address) for page in pages(site) for address in read(page).loaded if "//" in address[:8]]
    for style in site.rglob("*.css"):
        urls = ("".join(found) for found in STYLE_URL.findall(style.read_text()))
        foreign += [(style.name, url) for url in urls if "//" in url[:8]]
    assert foreign == []


def test_signatures_have_arrays_as_in_the_source(site: Path) -> None:
    text = "".join(path.read_text() for path in site.glob("reference/*.html"))
    assert "ndarray" in text and "dtype</span>" not in text and "dtype[" not in text


def test_no_page_shows_a_line_of_a_solution(site: Path) -> None:
    secrets = secret_lines(map(solution, ASSIGNMENTS), map(released, ASSIGNMENTS))
    assert len(secrets) > 500 and set(secrets.values()) == set(ASSIGNMENTS)
    shown = {page.name: leaks(page.read_text(), secrets) for page in pages(site)}
    assert {name: lines for name, lines in shown.items() if lines} == {}
    assert [marker for marker in LEAKS if marker in (site / NOTEBOOK).read_text()] == []


def test_figures_have_alternative_texts_and_hints_are_folded(site: Path) -> None:
    text = (site / NOTEBOOK).read_text()
    figures = re.findall(r'<img src="\.\./_static/figures/[^>]*>', text)
    assert len(figures) > 10 and all(re.search(r' alt="[^"]{20}', figure) for figure in figures)
    assert text.count("<details><summary>Hint") > 10 and "<details open><summary>Hint" not in text


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", ["index.html", NOTEBOOK, MISTAKES])
def test_nothing_is_hard_to_use_or_to_read(chromium: Browser, site: Path, name: str, scheme: Scheme) -> None:
    with open_page(chromium, site / name, 1200, scheme) as page:
        page.evaluate(f"[...document.querySelectorAll('main details')].slice(0, {OPENED}).forEach(e => e.open = true)")
        assert violations(page) == []


# pages with a table, or with a name or a path that is longer than a line of a telephone
LONG_WORDS = (
    "index.html", MISTAKES, "ARCHITECTURE.html", "genindex.html", "docs/anywhere.html", "docs/checks.html",
    "docs/lms.html", "docs/term.html", "reference/index-of-checks.html",
    "reference/utils.figures.backward_animations.html",
)  # fmt: skip


@pytest.mark.parametrize("width", [400, 900, 1500])
def test_a_page_does_not_scroll_sideways(chromium: Browser, site: Path, width: int) -> None:
    for name in (NOTEBOOK, *(LONG_WORDS if width == 400 else ())):
        with open_page(chromium, site / name, width) as page:
            assert page.evaluate("document.documentElement.scrollWidth") <= width, name


def test_formulas_are_drawn(chromium: Browser, site: Path) -> None:
    with open_page(chromium, site / NOTEBOOK) as page:
        page.locator("mjx-container").first.wait_for()
        page.wait_for_function("MathJax.startup.promise.then(() => true)")
        assert page.locator("mjx-container").count() == page.locator(".math").count() > 50
        assert page.locator("mjx-merror").count() == 0


def test_search_finds_an_exercise(chromium: Browser, site: Path) -> None:
    page = chromium.new_page()
    page.goto((site / "search.html").as_uri() + "?q=receptive")
    page.locator("#search-results li a").first.wait_for()
    assert "02 · Convolution, forward" in page.locator("#search-results").inner_text()
    page.close()
