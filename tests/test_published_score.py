"""The score of the checks that docs/checks.md publishes is the one they have."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from autograder.demo.gallery import Answer
from autograder.demo.matrix import markdown
from autograder.verdict import Verdict


def test_the_published_table_is_up_to_date(judged: Callable[[Answer], Verdict]) -> None:
    page = (Path(__file__).resolve().parents[1] / "docs" / "checks.md").read_text(encoding="utf-8")
    assert page.endswith(markdown(judged)), (
        "run `python -m autograder.demo.matrix` and put its table into docs/checks.md"
    )
