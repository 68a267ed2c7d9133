"""The reference: a page for the checks, and one for each module of utils that a notebook imports."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from autograder.exercises import ASSIGNMENTS
from autograder.notebooks import read_notebook
from website.solved import released

IMPORTED = re.compile(r"^(?:from|import) (utils[.\w]*)", re.MULTILINE)


def modules() -> list[str]:
    """The modules of utils that some notebook imports."""
    return sorted({module for assignment in ASSIGNMENTS for module in _imported(released(assignment))})


def _imported(path: Path) -> Iterator[str]:
    for cell in read_notebook(path).cells:
        if cell.cell_type == "code":
            yield from IMPORTED.findall(cell.source)


def pages() -> dict[str, str]:
    """File name → text of every page of the reference."""
    names = modules()
    listed = "\n".join(["index-of-checks", *names])
    index = f"# Reference\n\nWhat notebooks import.\n\n```{{toctree}}\n{listed}\n```\n"
    return {"index.md": index, "index-of-checks.md": checks_page()} | {f"{name}.md": _module(name) for name in names}


def _module(name: str) -> str:
    return f"# {name}\n\n```{{eval-rst}}\n.. automodule:: {name}\n   :members:\n   :member-order: bysource\n```\n"


def checks_page() -> str:
    """What `check` offers: the two functions that help, and a check for each exercise."""
    directive = "```{{eval-rst}}\n.. autofunction:: autograder.check.{}\n```\n"
    lines = [
        "# autograder.check\n",
        "```{eval-rst}\n.. automodule:: autograder.check\n```\n",
        *(directive.format(name) for name in ("hint", "progress")),
        "## The checks\n",
        "Each takes the student's functions, shows a card, and returns the points.\n",
        "| notebook | check | points |",
        "| --- | --- | ---: |",
        *_rows(),
        "",
    ]
    return "\n".join(lines)


def _rows() -> Iterable[str]:
    for assignment, exercises in ASSIGNMENTS.items():
        for exercise in exercises:
            call = f"check.{exercise.name}({', '.join(exercise.functions)})"
            yield f"| {assignment} | `{call}` | {exercise.points:g} |"
