"""Long tests come first, so that the two workers end together and not after one last notebook."""

from __future__ import annotations

import pytest

LONG = ("test_attacks.py", "test_nbgrader.py", "test_notebooks.py", "test_demo.py", "test_build.py", "test_cli.py")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: LONG.index(item.path.name) if item.path.name in LONG else len(LONG))
