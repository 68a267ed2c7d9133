"""A student and an instructor of a JupyterHub hand in, collect, grade and give feedback in the browser.

It takes minutes, and needs jupyterhub and its Node proxy, which the course itself does not. CNN_COURSE_SCREENSHOTS
names a folder for pictures of what was seen.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import nbformat
import pytest
from accounts import Machine, machine_with, why_no_accounts
from hub import PASSWORD, hub_of, why_no_hub
from small_course import REPOSITORY

from autograder.authoring.build import build
from autograder.course import Course

if TYPE_CHECKING:
    from playwright.sync_api import Browser, FrameLocator, Page

NAME = "01_backprop"
LONG = 400_000.0  # milliseconds: a server starts, a notebook is run
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
pytestmark = [
    pytest.mark.skipif(bool(why_no_accounts()), reason=why_no_accounts()),
    pytest.mark.skipif(bool(why_no_hub()), reason=why_no_hub()),
    pytest.mark.skipif(CHROMIUM is None, reason="no browser: Chromium is not installed"),
    pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning"),
]


@pytest.fixture
def browser() -> Iterator[Browser]:
    api = pytest.importorskip("playwright.sync_api")
    with api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--disable-gpu"], chromium_sandbox=False)
        yield browser
        browser.close()


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Iterator[Machine]:
    """An instructor's released course in a folder of the home, as nbgrader's guide for one class has it."""
    monkeypatch.delenv("AUTOGRADER_SECRET", raising=False)
    with machine_with("instructor", "ada") as machine:
        instructor = machine.accounts["instructor"]
        root = instructor.home / "course"
        for folder in ("solutions", "notebooks"):
            shutil.copytree(REPOSITORY / folder / NAME, root / folder / NAME)
        shutil.copy(REPOSITORY / "nbgrader_config.py", root)
        build(Course(root), [NAME])
        (instructor.home / ".jupyter").mkdir()
        settings = f"c = get_config()\nc.CourseDirectory.root = {str(root)!r}\n"
        (instructor.home / ".jupyter" / "nbgrader_config.py").write_text(settings)
        instructor.own(instructor.home)
        instructor.nbgrader("release_assignment", NAME, folder=root)
        yield machine


def log_in(browser: Browser, hub: str, name: str) -> Page:
    """JupyterLab of an account, in a session of its own."""
    page = browser.new_context(viewport={"width": 1300, "height": 1000}).new_page()
    page.set_default_timeout(LONG)
    page.goto(f"{hub}/hub/login")
    page.fill("#username_input", name)
    page.fill("#password_input", PASSWORD)
    page.click("#login_submit")
    page.wait_for_selector(".jp-Launcher")
    return page


def open_from_menu(page: Page, name: str) -> None:
    page.locator("#jp-MainMenu .lm-MenuBar-itemLabel", has_text="Nbgrader").click()
    page.locator(".lm-Menu-itemLabel").get_by_text(name, exact=True).click()


def button(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def shown(page: Page, name: str) -> None:
    """Keep a picture of the page, if somebody asked for pictures."""
    if folder := os.environ.get("CNN_COURSE_SCREENSHOTS"):
        time.sleep(1)  # dialogs fade in
        page.screenshot(path=Path(folder) / f"{name}.png")


def dialog(page: Page, formgrader: FrameLocator, name: str) -> str:
    """What formgrader's dialog says; it is closed."""
    opened = formgrader.locator(".modal.in")
    opened.wait_for()
    shown(page, name)
    text = opened.inner_text()
    opened.get_by_role("button", name="OK").click()
    opened.wait_for(state="detached")
    return text


def answer(machine: Machine) -> None:
    """Put the right answers into ada's notebook."""
    solutions = machine.accounts["instructor"].home / "course" / "solutions" / NAME / f"{NAME}.ipynb"
    right = {cell.id: cell.source for cell in nbformat.read(solutions, as_version=4).cells}
    path = machine.accounts["ada"].home / NAME / f"{NAME}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        marks = cell.metadata.get("nbgrader", {})
        if marks.get("solution"):
            cell.source = "I say so." if marks["grade"] else right[cell.id]
    nbformat.write(notebook, path)


def test_the_whole_way_in_the_browser(machine: Machine, browser: Browser) -> None:
    with hub_of(machine) as hub:
        student = log_in(browser, hub, "ada")
        open_from_menu(student, "Assignment List")
        button(student, "Fetch")
        student.get_by_role("button", name="Submit", exact=True).wait_for()
        answer(machine)
        student.locator("#fetched_assignments_list .assignment-notebooks-link").click()
        button(student, "Validate")
        result = student.locator(".jp-Dialog")
        result.wait_for()
        shown(student, "1_validated")
        assert "Success! Your notebook passes all the tests." in result.inner_text()
        result.get_by_role("button", name="Ok").click()
        button(student, "Submit")
        student.get_by_role("button", name="Fetch Feedback", exact=True).wait_for()
        shown(student, "2_submitted")

        instructor = log_in(browser, hub, "instructor")
        grade_in_formgrader(instructor)

        button(student, "Fetch Feedback")
        student.get_by_text("View Feedback").first.wait_for()
        shown(student, "9_feedback")
        pages = list((machine.accounts["ada"].home / NAME / "feedback").rglob("*.html"))
        assert len(pages) == 1 and "I say so." in pages[0].read_text()
        assert "Look at the sign." in pages[0].read_text() and "for-marker" not in pages[0].read_text()


def grade_in_formgrader(page: Page) -> None:
    """Collect, autograde, mark one answer, make and release the feedback."""
    open_from_menu(page, "Formgrader")
    formgrader = page.frame_locator("iframe")
    formgrader.locator("td.collect a").wait_for()
    assert not formgrader.locator(".alert").count()
    formgrader.locator("td.collect a").click()
    assert "Successfully collected" in dialog(page, formgrader, "3_collected")
    formgrader.locator("td.num-submissions a").click()
    formgrader.get_by_text("needs autograding").wait_for()
    formgrader.locator("td.autograde a").click()
    formgrader.get_by_text("Please wait").wait_for()
    shown(page, "4_autograding")
    assert "Successfully autograded" in dialog(page, formgrader, "5_autograded")
    formgrader.get_by_text("needs manual grading").wait_for()
    mark(page, formgrader)
    formgrader.get_by_role("link", name="Manual Grading").click()
    formgrader.get_by_role("link", name="Manage Assignments").click()
    formgrader.locator("td.generate-feedback a").click()
    assert "Successfully generated feedback" in dialog(page, formgrader, "7_generated")
    formgrader.locator("td.release-feedback a").click()
    assert "Successfully released feedback" in dialog(page, formgrader, "8_released")


def mark(page: Page, formgrader: FrameLocator) -> None:
    """Read the model answer of a written answer, and mark it with a comment."""
    formgrader.get_by_role("link", name="Manual Grading").click()
    formgrader.get_by_role("link", name=NAME).click()
    formgrader.get_by_role("link", name=NAME).last.click()
    formgrader.get_by_role("link", name="Submission #1").click()
    box = formgrader.locator("details.for-marker", has_text="Model answer").last
    box.locator("summary").click()
    assert box.locator("p").first.is_visible()
    comment = formgrader.locator("textarea.comment").last
    comment.fill("Look at the sign.")
    comment.blur()
    formgrader.locator("input.score").last.fill("3")
    formgrader.locator("input.score").last.blur()
    page.wait_for_timeout(3000)  # nbgrader saves a mark when its field is left
    shown(page, "6_marked")
