"""Chromium without a window, for tests of the pages that people open; they are skipped where it is not installed."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
QUIET = ("--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-sync")
# what does not depend on the taste of a design; rules for good practice are among them
RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice")


def installed() -> str | None:
    """The path of this machine's Chromium; None if it has none."""
    return next((path for path in map(shutil.which, NAMES) if path), None)


# of a module, not of a session: while Playwright runs, nothing else in the process can run an event loop
@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """The browser."""
    executable = installed()
    if executable is None:
        pytest.skip(f"no browser: none of {', '.join(NAMES)} is installed")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=[*QUIET], chromium_sandbox=False)
        yield browser
        browser.close()


@contextmanager
def open_page(
    chromium: Browser, path: Path, width: int = 1000, scheme: Literal["light", "dark"] = "light", height: int = 900
) -> Iterator[Page]:
    """A page from a file, in a window of `width` pixels. Errors in its script, and requests for more, are failures."""
    page = chromium.new_page(viewport={"width": width, "height": height}, color_scheme=scheme)
    errors, requests = list[str](), list[str]()
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("request", lambda request: requests.append(request.url))
    page.goto(path.resolve().as_uri())
    yield page
    page.close()
    assert not errors
    assert [url for url in requests if not url.startswith("file:")] == []


def violations(page: Page) -> list[str]:
    """What axe-core finds wrong with a page for people who use a keyboard or a screen reader: rule, elements."""
    from axe_playwright_python.sync_playwright import Axe

    response = Axe().run(page, options={"runOnly": {"type": "tag", "values": [*RULES]}}).response
    return [
        f"{found['id']}: {found['help']}: {[node['html'][:150] for node in found['nodes'][:3]]}"
        for found in response["violations"]
    ]
