"""The score of the checks that docs/checks.md publishes is the one they have."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograder.demo.matrix import markdown
from autograder.seeds import VARIABLE


def test_the_published_table_is_up_to_date(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    page = (Path(__file__).resolve().parents[1] / "docs" / "checks.md").read_text(encoding="utf-8")
    assert page.endswith(markdown()), "run `python -m autograder.demo.matrix` and put its table into docs/checks.md"
