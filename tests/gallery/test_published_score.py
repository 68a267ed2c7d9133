"""The table in docs/checks.md is the score that test_answers proves."""

from __future__ import annotations

from pathlib import Path

from autograder.gallery.matrix import markdown, promised


def test_the_published_table_is_up_to_date() -> None:
    page = (Path(__file__).resolve().parents[2] / "docs" / "checks.md").read_text(encoding="utf-8")
    table = markdown(promised())
    assert page.endswith(table), "run `python -m autograder.gallery.matrix` and put its table into docs/checks.md"
