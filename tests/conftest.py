"""Fixtures and hooks of all tests: which run first, and which one worker runs together; options."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import matplotlib.pyplot as plt
import pytest
import without_pytorch
from browser import chromium
from without_pytorch import torch

import autograder  # noqa: F401  before nbformat, whose import it makes faster
from autograder.judging.secret import VARIABLE
from utils.figures.plots import use_course_style

__all__ = ["chromium", "torch"]  # fixtures of tests in several folders
LONG = (
    "test_attacks.py", "test_notebooks.py", "test_faults.py", "test_design_graded.py", "test_nbgrader.py",
    "test_solved_notebooks.py", "test_agreement.py", "test_term.py", "test_exchange.py", "test_demo.py",
    "test_build.py", "test_cli.py", "test_fresh_environment.py", "test_site.py", "test_browser.py",
    "test_formgrader.py",
)  # fmt: skip
# Files and folders whose tests share what takes seconds to make, such as a graded class or a browser: one worker makes
# it, and runs them all.
TOGETHER = (
    "tests/demo/", "tests/doors/test_agreement.py", "tests/doors/test_cli.py",
    "tests/exchange/test_broken_submissions.py", "tests/exchange/test_exchange.py", "tests/exchange/test_formgrader.py",
    "tests/gallery/test_mutation.py",
    "tests/grading/test_design_graded.py", "tests/grading/test_files_beside.py", "tests/grading/test_results.py",
    "tests/installs/test_fresh_environment.py", "tests/judging/test_without_pytorch.py", "tests/lms/",
    "tests/report/test_browser.py", "tests/report/test_feedback", "tests/report/test_groups.py",
    "tests/report/test_report.py", "tests/sandbox/test_asking.py", "tests/sandbox/test_attacks.py",
    "tests/sandbox/test_everyday.py", "tests/similar/", "tests/utils/test_speedrun.py", "tests/website/",
)  # fmt: skip


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--quick", action="store_true", help="run the core tests and those that the last change reaches")
    parser.addoption("--quick-end", type=float, help="when the last of them may start, in seconds since 1970")
    parser.addoption("--every-style", action="store_true", help="grade the whole gallery in four ways: hours")


def pytest_configure(config: pytest.Config) -> None:
    if without_pytorch.MISSING:
        config.pluginmanager.register(without_pytorch.Skipping(), "without-pytorch")
    if config.getoption("quick"):
        from quick import Quick  # reads every file of the course

        config.pluginmanager.register(Quick(config), "quick")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: LONG.index(item.path.name) if item.path.name in LONG else len(LONG))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """One test after another goes to the next free worker, those that share a fixture as one."""
    if config.option.dist != "loadscope":
        return None
    from xdist.scheduler import LoadScopeScheduling

    class BySharedFixture(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return next((path for path in TOGETHER if nodeid.startswith(path)), nodeid)

    return BySharedFixture(config, log)


@pytest.fixture(autouse=True, scope="module")
def _no_secret_left() -> Iterator[None]:
    """Hidden cases are the same in every run: the secret of a course that a test grades ends with the test's file."""
    os.environ.pop(VARIABLE, None)
    yield
    os.environ.pop(VARIABLE, None)


@pytest.fixture
def course_style() -> Iterator[None]:
    """Figures in the course's style, drawn into memory and closed afterwards."""
    with plt.rc_context({"backend": "agg"}):
        use_course_style()
        yield
        plt.close("all")
