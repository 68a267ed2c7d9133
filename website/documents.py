"""The documentation as pages: the README leads, the rest is sorted by who reads it."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterable
from pathlib import Path

from website.solved import ROOT

# caption of the list of contents → pages, by their paths without the ending
READERS = {
    "For students": ("docs/students", "docs/self-learners", "docs/anywhere", "docs/tab"),
    "For instructors": (
        *("docs/term", "docs/instructors", "docs/slides", "docs/grading", "docs/lms", "docs/exchange", "docs/similar"),
    ),
    "The checks": ("docs/checks", "mistakes/index"),
    "Reference": ("reference/index", "ARCHITECTURE", "CONTRIBUTING", "benchmarks/README", "CHANGELOG"),
}
OF_THE_ROOT = ("ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md", "benchmarks/README.md")
NOTEBOOK_ROW = re.compile(r"^\| `(\d\d_\w+)` \|", re.MULTILINE)  # in the README's table


def stage(into: Path, assignments: Iterable[str]) -> None:
    """Copy the documentation into the folder `into`, as it lies in the repository, and write its first page."""
    shutil.copytree(ROOT / "docs", into / "docs")
    for name in OF_THE_ROOT:
        (into / name).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, into / name)
    others = {path.relative_to(into).with_suffix("").as_posix() for path in (into / "docs").glob("*.md")}
    (into / "index.md").write_text(first_page((ROOT / "README.md").read_text(), list(assignments), others))


def first_page(readme: str, assignments: list[str], documents: Iterable[str]) -> str:
    """The README with links to the notebooks' pages, followed by the list of all pages.

    documents: those in docs/; one that READERS does not name comes last.
    """
    named = {page for pages in READERS.values() for page in pages}
    contents = {"Notebooks": tuple(f"notebooks/{name}" for name in assignments)} | READERS
    contents["Reference"] = (*contents["Reference"], *sorted(set(documents) - named))
    linked = NOTEBOOK_ROW.sub(lambda row: _linked(row, assignments), readme)
    return "\n\n".join([linked, *(_toctree(caption, pages) for caption, pages in contents.items())]) + "\n"


def _linked(row: re.Match[str], assignments: list[str]) -> str:
    return f"| [`{row[1]}`](notebooks/{row[1]}.ipynb) |" if row[1] in assignments else row[0]


def _toctree(caption: str, pages: Iterable[str]) -> str:
    return "\n".join(["```{toctree}", ":hidden:", f":caption: {caption}", "", *pages, "```"])
