"""What all tests share: long ones run first, so that the two workers end together; figures are drawn in memory."""

from __future__ import annotations

from collections.abc import Iterator

import matplotlib.pyplot as plt
import pytest

from utils.figures.plots import use_course_style

LONG = ("test_attacks.py", "test_nbgrader.py", "test_notebooks.py", "test_demo.py", "test_build.py", "test_cli.py")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: LONG.index(item.path.name) if item.path.name in LONG else len(LONG))


@pytest.fixture
def course_style() -> Iterator[None]:
    """Figures in the course's style, drawn into memory and closed afterwards."""
    with plt.rc_context({"backend": "agg"}):
        use_course_style()
        yield
        plt.close("all")
