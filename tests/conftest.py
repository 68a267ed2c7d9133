"""Fixtures and hooks of all tests: the longest files run first, so that all workers finish together; options."""

from __future__ import annotations

from collections.abc import Iterator

import matplotlib.pyplot as plt
import pytest
from browser import chromium

import autograder  # noqa: F401  before nbformat, whose import it makes faster
from utils.figures.plots import use_course_style

__all__ = ["chromium"]  # a fixture of tests in several folders
LONG = (
    "test_attacks.py", "test_notebooks.py", "test_faults.py", "test_design_graded.py", "test_nbgrader.py",
    "test_solved_notebooks.py", "test_agreement.py", "test_term.py", "test_exchange.py", "test_demo.py",
    "test_build.py", "test_cli.py",
)  # fmt: skip


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--quick", action="store_true", help="run the core tests and those that the last change reaches")
    parser.addoption("--quick-end", type=float, help="when the last of them may start, in seconds since 1970")
    parser.addoption("--every-style", action="store_true", help="grade the whole gallery in four ways: over an hour")


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("quick"):
        from quick import Quick  # reads every file of the course

        config.pluginmanager.register(Quick(config), "quick")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: LONG.index(item.path.name) if item.path.name in LONG else len(LONG))


@pytest.fixture
def course_style() -> Iterator[None]:
    """Figures in the course's style, drawn into memory and closed afterwards."""
    with plt.rc_context({"backend": "agg"}):
        use_course_style()
        yield
        plt.close("all")
