"""The tables in docs/checks.md are what test_answers proves."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

from autograder.gallery import shares
from autograder.gallery.matrix import markdown, promised
from autograder.gallery.registry import answers
from autograder.judging.conventions import COST

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "checks.md").read_text(encoding="utf-8")


def test_the_published_table_is_up_to_date() -> None:
    table = markdown(promised())
    assert table in PAGE, "run `python -m autograder.gallery.matrix` and put its table into docs/checks.md"


def test_the_page_says_what_a_convention_costs() -> None:
    for convention, cost in COST.items():
        row = next(line for line in PAGE.splitlines() if line.startswith(f"| `{convention}` |"))
        assert row.endswith(f"| {Fraction(cost).limit_denominator(100)} |")


def test_the_shares_of_exactly_these_mistakes_are_published() -> None:
    made = {(answer.exercise, answer.says) for answer in answers() if shares.in_table(answer)}
    assert set(shares.published(PAGE)) == made


def test_the_table_of_shares_is_in_the_form_that_the_command_prints() -> None:
    printed = [
        shares.Row(exercise, mistake, least / 100, most / 100)
        for (exercise, mistake), (least, most) in shares.published(PAGE).items()
    ]
    assert shares.markdown(printed) in PAGE
