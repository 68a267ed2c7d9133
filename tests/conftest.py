"""Fixtures and hooks of all tests: which run first, and which one worker runs together; options."""

from __future__ import annotations

from collections.abc import Iterator

import matplotlib.pyplot as plt
import pytest
import without_pytorch
from browser import chromium
from without_pytorch import torch

import autograder  # noqa: F401  before nbformat, whose import it makes faster
from utils.figures.plots import use_course_style

__all__ = ["chromium", "torch"]  # fixtures of tests in several folders
LONG = (
    "test_attacks.py", "test_notebooks.py", "test_faults.py", "test_design_graded.py", "test_nbgrader.py",
    "test_solved_notebooks.py", "test_agreement.py", "test_term.py", "test_exchange.py", "test_demo.py",
    "test_build.py", "test_cli.py", "test_fresh_environment.py", "test_site.py", "test_browser.py",
    "test_formgrader.py",
)  # fmt: skip


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--quick", action="store_true", help="run the core tests and those that the last change reaches")
    parser.addoption("--quick-end", type=float, help="when the last of them may start, in seconds since 1970")
    parser.addoption("--every-style", action="store_true", help="grade the whole gallery in four ways: over an hour")


def pytest_configure(config: pytest.Config) -> None:
    if without_pytorch.MISSING:
        config.pluginmanager.register(without_pytorch.Skipping(), "without-pytorch")
    if config.getoption("quick"):
        from quick import Quick  # reads every file of the course

        config.pluginmanager.register(Quick(config), "quick")


@pytest.hookimpl(tryfirst=True)  # pytest-xdist reads the marks
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest files run first, so that all workers finish together; tests that share a fixture share a worker."""
    items.sort(key=lambda item: LONG.index(item.path.name) if item.path.name in LONG else len(LONG))
    for item in items:
        if group := shared_by(item):
            item.add_marker(pytest.mark.xdist_group(group))


def shared_by(item: pytest.Item) -> str:
    """The folder or file whose tests share a fixture that this test names; empty if it shares none."""
    information = getattr(item, "_fixtureinfo", None)  # pytest has no public name for the scopes of a test's fixtures
    definitions = information.name2fixturedefs.values() if information else ()
    own = {definition[-1].scope for definition in definitions if definition[-1].baseid}  # pytest's own have no base
    if "session" in own:
        return item.path.parent.name
    return item.path.stem if "module" in own else ""


@pytest.fixture
def course_style() -> Iterator[None]:
    """Figures in the course's style, drawn into memory and closed afterwards."""
    with plt.rc_context({"backend": "agg"}):
        use_course_style()
        yield
        plt.close("all")
