"""Lines of solutions, model answers and mark schemes: no page may show one."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from autograder.notebooks import nbgrader, read_notebook

SHORTEST = 14  # characters of a line of code that gives something away: `return out` does not
SHORTEST_WORDS = 30  # of a piece of text between two marks of Markdown
# hidden tests are calls of checks alone, which the documentation explains
SECRET = re.compile(r"### BEGIN (SOLUTION|MARK SCHEME)\n(.*?)### END \1", re.DOTALL)
MARKS = re.compile(r"[*_`$|\[\]()<>]+")
SILENT = re.compile(r"<(script|style)\b.*?</\1>", re.DOTALL)
TAG = re.compile(r"<[^>]*>")


def secret_lines(solutions: Iterable[Path], released: Iterable[Path]) -> dict[str, str]:
    """Line → notebook, of all that no released notebook shows."""
    public = "\n".join(_squeezed(cell.source) for path in released for cell in read_notebook(path).cells)
    return {line: path.stem for path in solutions for line in _lines(path) if line not in public}


def leaks(page: str, secrets: Iterable[str]) -> list[str]:
    """The secrets that are in a page's HTML."""
    text = _squeezed(html.unescape(TAG.sub("", SILENT.sub("", page))))
    return [secret for secret in secrets if secret in text]


def _lines(path: Path) -> Iterator[str]:
    for cell in read_notebook(path).cells:
        regions = [found[2] for found in SECRET.finditer(cell.source)]
        if cell.cell_type == "code":
            lines = (_squeezed(line) for region in regions for line in region.splitlines())
            yield from (line for line in lines if len(line) >= SHORTEST and any(sign.isalpha() for sign in line))
            continue
        if nbgrader(cell).get("solution"):
            regions.append(cell.source)
        pieces = (_squeezed(piece) for region in regions for line in region.splitlines() for piece in MARKS.split(line))
        yield from (piece for piece in pieces if len(piece) >= SHORTEST_WORDS)


def _squeezed(text: str) -> str:
    return " ".join(text.split())
