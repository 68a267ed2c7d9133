"""What the commands share: their common options, and how they print results, messages and progress."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterator, Sized
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    SpinnerColumn,
    Task,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.table import Table
from rich.text import Text

FAILED = 1  # exit status of a command that found something wrong

CourseOption = Annotated[Path, typer.Option("--course", metavar="DIR", help="The course directory.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON, for a program to read.")]
HERE = Path(".")


def say(line: str) -> None:
    """Print a message about the work, not its result: to standard error."""
    error_console().print(line, markup=False, highlight=False, soft_wrap=True)


def error_console() -> Console:
    """A console on standard error."""
    return Console(stderr=True)


def show(table: Table) -> None:
    """Print a table to standard output."""
    Console().print(table)


def show_markdown(text: str) -> None:
    """Print Markdown to standard output."""
    from rich.markdown import Markdown

    console = Console()
    console.print(Markdown(text))
    console.print()


@contextlib.contextmanager
def running(name: str) -> Iterator[Callable[[Any], None]]:
    """Say on standard error that the notebook `name` runs, in which cell, for how long, and how to stop it.

    Gives what has to be called with each cell that is about to run.
    """
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn(), TextColumn("Ctrl+C stops it"))
    with Progress(*columns, console=error_console(), transient=True) as shown:
        task = shown.add_task(name)

        def on_cell(cell: Any) -> None:
            where = cell.metadata.get("nbgrader", {}).get("grade_id") or cell.get("id", "")
            shown.update(task, description=f"{name}: {where}")

        yield on_cell


def print_json(value: Any) -> None:
    """Print a result for a program to read."""
    print(json.dumps(value, indent=2, ensure_ascii=False))


def count(things: Sized, name: str) -> str:
    """`1 file`, `2 files`."""
    return f"{len(things)} {name}{'' if len(things) == 1 else 's'}"


def progress_bar() -> Progress:
    """A progress bar on standard error, which disappears at the end."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), _Rate(), TimeElapsedColumn())
    return Progress(*columns, TextColumn("left"), TimeRemainingColumn(), console=error_console(), transient=True)


class _Rate(ProgressColumn):
    """How many are done per minute."""

    def render(self, task: Task) -> Text:
        return Text(f"{60 * task.speed:.0f}/min" if task.speed else "")
