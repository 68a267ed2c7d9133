"""The pages of the gallery of mistakes: one for each notebook, and one that leads to them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from autograder.judging.verdict import GUESS, SURE
from website.examples import Shown

INTRODUCTION = """\
# The gallery of mistakes

Each check knows the mistakes that students make in its exercise. For each mistake, these pages show the sentence that
explains it, how it shows in the numbers, and the card that appears in the notebook. The cards come from wrong answers
that test the checks ([how well the checks work](../docs/checks.md)). Those answers are not shown, since they are nearly
solutions. A mistake that only hidden cases tell apart from others is not listed.
"""
SPECIAL = re.compile(r"([\\*_$<>\[\]{}|#~^&])")


def index_page(counts: Mapping[str, Mapping[str, int]]) -> str:
    """The page that leads to the others; `counts` is assignment → exercise → number of mistakes."""
    rows = []
    for assignment, exercises in counts.items():
        names = ", ".join(f"`{name}`" for name in exercises)
        rows.append(f"| [{assignment}]({assignment}.md) | {names} | {sum(exercises.values())} |")
    table = ["| notebook | exercises | mistakes |", "| --- | --- | ---: |", *rows]
    toctree = ["```{toctree}", ":hidden:", "", *counts, "```"]
    return "\n".join([INTRODUCTION, *table, "", *toctree, ""])


def assignment_page(assignment: str, examples: Mapping[str, Sequence[Shown]]) -> str:
    """The page of one notebook: exercise → its mistakes."""
    lines = [
        f"# Mistakes in {assignment}",
        "",
        f"The exercises are those of [](../notebooks/{assignment}.ipynb).",
        "",
    ]
    for exercise, shown in examples.items():
        lines += [f"## `{exercise}`", ""]
        for one in shown:
            lines += _section(exercise, one)
        if not shown:
            lines += ["No mistake of this exercise is named without the hidden cases.", ""]
    return "\n".join(lines)


def _section(exercise: str, one: Shown) -> list[str]:
    certainty = SURE if one.sure else GUESS
    return [
        f"### {one.mistake}",
        "",
        f"**{certainty}.** {as_markdown(one.says)}",
        "",
        f"**What it looks like.** {as_markdown(' '.join(filter(None, [one.happened, one.where])))}",
        "",
        "````{raw} html",
        f'<details class="of-a-mistake"><summary>The card of <code>{exercise}</code></summary>{one.card}</details>',
        "````",
        "",
    ]


def as_markdown(sentence: str) -> str:
    """A card's sentence, in which only the backticks are marks."""
    pieces = " ".join(sentence.split()).split("`")
    return "".join(f"`{piece}`" if k % 2 else SPECIAL.sub(r"\\\1", piece) for k, piece in enumerate(pieces))
