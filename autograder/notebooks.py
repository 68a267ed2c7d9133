"""Read a notebook file that may hold anything, and find nbgrader's cells and the verdicts of checks in it."""

from __future__ import annotations

import json
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autograder.errors import Unreadable
from autograder.files import LARGEST, decoded, read_bytes
from autograder.guest.status import Status
from autograder.judging.verdict import NamedMistake
from utils.layers.students import VERDICT_MIME

if TYPE_CHECKING:
    from nbformat import NotebookNode

LONGEST = 2_000  # characters kept of a text out of a student's kernel

CONFLICT = "\n<<<<<<< "  # with this git marks where two versions differ
TIMED_OUT = "CellTimeoutError"  # the name of the error that nbgrader leaves in a cell that it stopped


@dataclass(frozen=True)
class VerdictSummary:
    """What is read back of a verdict that was stored in a notebook."""

    exercise: str
    points: float
    score: float
    hidden: bool  # whether hidden cases were asked
    status: Status
    message: str  # of the first failed case
    mistakes: tuple[NamedMistake, ...]  # the most frequent first
    figures: dict[str, float]  # for a leaderboard


def read_notebook(path: Path, largest: int = LARGEST) -> NotebookNode:
    """The notebook at `path`, as format 4.

    Raises:
        Unreadable: if it is missing, too large, empty, cut short, not JSON, or not a notebook.
    """
    return parse_notebook(read_bytes(path, largest), path.name)


def parse_notebook(content: bytes, name: str) -> NotebookNode:
    """The notebook in these bytes, as format 4; `name` is for the message.

    Raises:
        Unreadable: if they are empty, cut short, not JSON, or not a notebook.
    """
    import nbformat  # slow to import, and much is done without parsing a notebook
    from nbformat.warnings import DuplicateCellId

    try:
        text = decoded(content)
        if not text.strip():
            raise Unreadable(f"{name} is empty")
        parsed = json.loads(text)
        _require_notebook(parsed, name)
        # characters that cannot be written again would stop the grading half-way
        text = json.dumps(parsed, ensure_ascii=False)
        text.encode("utf-8")
        with warnings.catch_warnings():  # restoring handles a duplicated cell, so nobody needs the warning
            warnings.simplefilter("ignore", DuplicateCellId)
            return _with_plain_line_ends(nbformat.reads(text, as_version=4))
    except Unreadable:
        raise
    except UnicodeError:
        raise Unreadable(f"{name} is not text in UTF-8 or UTF-16") from None
    except json.JSONDecodeError as error:
        if CONFLICT in text:
            reason = "it holds two versions that git could not merge: keep one of them and save it again"
            raise Unreadable(f"{name} is not JSON: {reason}") from None
        cut = error.pos >= len(text.rstrip()) - 1 or error.msg.startswith("Unterminated")
        reason = "it looks cut short" if cut else f"line {error.lineno}: {error.msg}"
        raise Unreadable(f"{name} is not JSON: {reason}") from None
    except Exception as error:  # nbformat's own, and RecursionError from deep nesting
        raise Unreadable(f"{name} is not a notebook: {type(error).__name__}: {str(error)[:200]}") from None


def _with_plain_line_ends(notebook: NotebookNode) -> NotebookNode:
    """Every cell's lines end as Python's do, whatever system wrote them."""
    for cell in notebook.cells:
        cell.source = str(cell.source).replace("\r\n", "\n").replace("\r", "\n")
    return notebook


def _require_notebook(content: Any, name: str) -> None:
    """Raise Unreadable unless the notebook has the parts that running it relies on.

    nbformat forgives the rest, except for missing metadata and ids that are not text: those are repaired here.
    """
    if not isinstance(content, dict) or not isinstance(content.get("nbformat"), int):
        raise Unreadable(f"{name} is JSON, but not a notebook: it has no nbformat")
    if content["nbformat"] != 4:
        return  # an older notebook is converted, which finds what is wrong with it
    cells = content.get("cells")
    if not isinstance(cells, list) or not isinstance(content.get("metadata", {}), dict):
        raise Unreadable(f"{name} is JSON, but not a notebook: it has no list of cells")
    for number, cell in enumerate(cells, start=1):
        source = cell.get("source") if isinstance(cell, dict) else None
        lines = source if isinstance(source, list) else [source]
        if not all(isinstance(line, str) for line in lines):
            raise Unreadable(f"{name}: cell {number} has no source")
        if not isinstance(cell.setdefault("metadata", {}), dict) or not isinstance(cell.get("cell_type"), str):
            raise Unreadable(f"{name}: cell {number} has no type or its metadata are damaged")
        if not isinstance(cell.get("id", ""), str):
            del cell["id"]


def nbgrader(cell: NotebookNode | dict[str, Any]) -> dict[str, Any]:
    """nbgrader's metadata of a cell, parsed or as JSON has it; empty if it has none."""
    marks = cell.get("metadata", {}).get("nbgrader", {})
    return marks if isinstance(marks, dict) else {}


def graded_cells(notebook: NotebookNode) -> list[NotebookNode]:
    """The cells that carry points, in order: checks, written answers, and tasks, whose answers are cells after them."""
    marked = [cell for cell in notebook.cells if nbgrader(cell).get("grade") or nbgrader(cell).get("task")]
    return [cell for cell in marked if nbgrader(cell).get("grade_id")]


def short_name(grade_id: str) -> str:
    """The exercise's name for a check, the grade id itself for a written answer."""
    return str(grade_id).removeprefix("check_")


def verdict_in(cell: NotebookNode, exercise: str | None = None) -> VerdictSummary | None:
    """The verdict that counts in a cell's outputs: the last one, one with hidden cases before one without."""
    verdicts = [verdict for verdict in map(summarise, verdict_data(cell)) if verdict is not None]
    verdicts = [verdict for verdict in verdicts if exercise in (None, verdict.exercise)]
    return max(enumerate(verdicts), key=lambda pair: (pair[1].hidden, pair[0]))[1] if verdicts else None


def error_in(cell: NotebookNode) -> str | None:
    """The error that a cell ended with, in one line: `timed out` if it was stopped, None if it had none."""
    errors = [output for output in cell.get("outputs", []) if output.get("output_type") == "error"]
    names = [str(output.get("ename", "error")) for output in errors]
    if TIMED_OUT in names:
        return Status.TIMED_OUT
    return one_line(f"{names[0]}: {errors[0].get('evalue', '')}".removesuffix(": ")) if errors else None


def verdict_data(cell: NotebookNode) -> list[Any]:
    """The verdicts that a cell shows, as JSON has them, in order: not validated."""
    outputs = [output for output in cell.get("outputs", []) if output.get("output_type") == "display_data"]
    return [output["data"][VERDICT_MIME] for output in outputs if VERDICT_MIME in output.get("data", {})]


def summarise(data: Any) -> VerdictSummary | None:
    """A verdict out of its JSON; None if it is not one: the kernel that ran a student's code may show anything."""
    try:
        failed = [case for case in data["cases"] if not case["passed"]]
        mistakes = [
            NamedMistake(one_line(item["name"]), one_line(item["says"]), item.get("sure") is not False)
            for item in data["mistakes"]
        ]
        return VerdictSummary(
            exercise=str(data["exercise"]),
            points=float(data["points"]),
            score=float(data["score"]),
            hidden=bool(data["hidden"]),
            status=Status(data["status"]),
            message=one_line(failed[0]["message"]) if failed else "",
            mistakes=tuple(mistakes),
            figures={one_line(name): float(value) for name, value in dict(data.get("figures", {})).items()},
        )
    except (KeyError, TypeError, ValueError, AttributeError, IndexError):
        return None


def one_line(text: object) -> str:
    """One line of at most LONGEST characters, without control characters."""
    flat = " ".join(str(text)[: 2 * LONGEST].split())
    return "".join(letter for letter in flat if letter.isprintable())[:LONGEST]
