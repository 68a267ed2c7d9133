"""Check a notebook again each time it is saved, and show the first check that fails.

The file's time is polled: one file, twice a second, costs nothing, and it works where no events arrive, such as on a
network drive, in a container or under WSL. What a save leaves as it was is not run again: only a changed source counts,
demonstrations are left out, and a check that nothing before it changed for keeps its verdict.
"""

from __future__ import annotations

import asyncio
import contextlib
import copy
import hashlib
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import nbformat
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from rich.console import Console

from autograder.errors import CourseError, Unreadable
from autograder.guest.status import Status
from autograder.notebook_check import ENVIRONMENT, CheckedNotebook, checked, client_for, restored
from autograder.notebooks import graded_cells, nbgrader
from autograder.outcome import Outcome
from autograder.restoring.alignment import grade_id
from autograder.tables import card_lines
from autograder.tutoring import keep_outcomes

EVERY = 0.5  # seconds between two looks at the file
QUIET = 10.0  # seconds that a run may take before it says where it is
LAST = "Watching {}: save it to check it again. Ctrl+C ends this."
TO_DO = (Status.NOT_ATTEMPTED, Status.NOT_RUN)


def watch_notebook(path: Path, timeout: float) -> None:
    """Watch until Ctrl+C.

    Args:
        timeout: seconds for one cell.

    Raises:
        Unreadable: if `path` holds no notebook when this begins.
        CourseError: if it has no checks.
    """
    if not graded_cells(restored(path)[0]):
        raise CourseError(f"{path.name} has no graded cells: is it a notebook of the course?")
    console = Console()
    with contextlib.suppress(KeyboardInterrupt):  # the usual end
        asyncio.run(_Watch(path, timeout, lambda text: _say(console, text)).forever())


def _say(console: Console, text: str) -> None:
    console.print(text, markup=False, highlight=False, soft_wrap=True)


@dataclass
class _Watch:
    """Watches one notebook."""

    path: Path
    timeout: float  # seconds for one cell
    say: Callable[[str], None]
    # check → (digest of all that ran before it, its outputs), of the last run
    before: dict[str, tuple[str, list[Any]]] = field(default_factory=dict)
    unchanged: str = ""  # digest of the notebook's code when it was last looked at
    time: int = 0  # of the file then, in ns
    at: str = "the start of its kernel"  # what is running

    async def forever(self) -> None:
        """Check now and after every save. A save while a check runs ends that run."""
        await self._changed()
        while True:
            self.say(f"\n── {self.path.name} · {datetime.now():%H:%M:%S} · checking …")
            others = asyncio.all_tasks()
            checking = asyncio.create_task(self._check())
            saved = asyncio.create_task(self._changed())
            done, _ = await asyncio.wait({checking, saved}, timeout=QUIET, return_when=asyncio.FIRST_COMPLETED)
            if not done:
                self.say(f"   still at {self.at}. Saving the notebook begins anew, Ctrl+C ends this.")
                await asyncio.wait({checking, saved}, return_when=asyncio.FIRST_COMPLETED)
            if not checking.done():
                await _end(checking, but={*others, saved})
                continue
            if checking.cancelled():  # Ctrl+C, which the run has taken for itself
                raise KeyboardInterrupt
            self.say(checking.result())
            await saved

    async def _changed(self) -> None:
        """Wait until the file is saved with other code in it, and whole."""
        while True:
            with contextlib.suppress(OSError, Unreadable):  # it may be replaced or half written at this moment
                time = self.path.stat().st_mtime_ns
                if time != self.time:
                    digest = _digest([cell.source for cell in restored(self.path)[0].cells if cell.cell_type == "code"])
                    self.time = time
                    if digest != self.unchanged:
                        self.unchanged = digest
                        return
            await asyncio.sleep(EVERY)

    async def _check(self) -> str:
        """Run what has to run; returns what to show."""
        try:
            notebook, _ = restored(self.path)
        except Unreadable as error:
            return str(error)
        digests = self._digests(notebook)
        kept = {name: self.before[name][1] for name, digest in digests.items() if self._is_kept(name, digest)}
        part = _part(notebook, set(kept))
        crashed = await self._run(part) if part.cells else False
        outputs = {grade_id(cell): cell.outputs for cell in part.cells if cell.cell_type == "code"} | kept
        for cell in notebook.cells:
            if cell.cell_type == "code":
                cell.outputs = copy.deepcopy(outputs.get(grade_id(cell), []))
        self.before = {name: (digest, outputs.get(name, [])) for name, digest in digests.items()}
        result = checked(notebook, crashed, [])
        notice = keep_outcomes(self.path, result)
        return "\n".join(part for part in (in_words(result), notice, LAST.format(self.path.name)) if part)

    def _is_kept(self, name: str, digest: str) -> bool:
        """Whether a check has a verdict, and all that ran before it is as it was."""
        before, outputs = self.before.get(name, ("", []))
        return digest == before and any(output.output_type == "display_data" for output in outputs)

    def _digests(self, notebook: NotebookNode) -> dict[str, str]:
        """Check → digest of all code before it, and of the modules beside the notebook."""
        beside = sorted((path.name, path.stat().st_mtime_ns) for path in self.path.parent.glob("*.py"))
        sources, digests = [str(beside)], {}
        for cell in notebook.cells:
            if _is_check(cell):
                digests[grade_id(cell)] = _digest([*sources, cell.source])
            elif _runs(cell):
                sources.append(cell.source)
        return digests

    async def _run(self, notebook: NotebookNode) -> bool:
        """Run these cells; true if the kernel died on the way."""

        def note(cell: NotebookNode) -> None:
            self.at = f"cell {grade_id(cell) or cell.get('id')}"

        client = client_for(notebook, self.path.parent, self.timeout, note)
        client.shutdown_kernel = "immediate"  # nothing of it is needed any more
        try:
            await client.async_execute(env=os.environ | ENVIRONMENT)
        except (DeadKernelError, CellTimeoutError, asyncio.CancelledError):
            task = asyncio.current_task()
            if client.stopped or (task is not None and task.cancelling()):
                raise asyncio.CancelledError from None
            return True
        return False


async def _end(checking: asyncio.Task[str], but: set[asyncio.Task[Any]]) -> None:
    """End a run, and what nbclient leaves waiting for its kernel."""
    checking.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await checking
    left = asyncio.all_tasks() - but
    for task in left:
        task.cancel()
    await asyncio.gather(*left, return_exceptions=True)


def in_words(result: CheckedNotebook) -> str:
    """How many checks pass, and the card of the first that fails; of the first that is empty if none fails."""
    checks = [outcome for outcome in result.outcomes if outcome.status is not Status.TO_BE_MARKED]
    failing = [outcome for outcome in checks if outcome.lost and outcome.status not in TO_DO]
    empty = [outcome for outcome in checks if outcome.lost and outcome.status in TO_DO]
    passing = len(checks) - len(failing) - len(empty)
    counts = [f"{passing} of {len(checks)} checks pass"]
    counts += [f"{len(one)} {what}" for one, what in ((failing, "failing"), (empty, "empty")) if one]
    head = ", ".join(counts) + "."
    if failing:
        return f"{head}\n\n{_card(failing[0], result)}\n"
    return f"{head} Next: {empty[0].exercise}." if empty else f"{head} All done here."


def _card(outcome: Outcome, result: CheckedNotebook) -> str:
    if card := result.cards.get(outcome.exercise):
        return card_lines(card)
    return card_lines(f"! {outcome.exercise}: {outcome.status}\n   {outcome.why}")


def _part(notebook: NotebookNode, kept: set[str]) -> NotebookNode:
    """The cells that have to run: no demonstration, no check that is kept, nothing after the last other check."""
    cells = [cell for cell in notebook.cells if _runs(cell) and grade_id(cell) not in kept]
    last = max((k for k, cell in enumerate(cells) if _is_check(cell)), default=-1)
    part = nbformat.v4.new_notebook(metadata=notebook.metadata)
    part.cells = [copy.deepcopy(cell) for cell in cells[: last + 1]]
    return part


def _runs(cell: NotebookNode) -> bool:
    """Whether a cell runs here; what a demonstration defines is used nowhere else, a rule for solution notebooks."""
    return cell.cell_type == "code" and "demo" not in cell.metadata.get("tags", [])


def _is_check(cell: NotebookNode) -> bool:
    return cell.cell_type == "code" and bool(nbgrader(cell).get("grade"))


def _digest(sources: list[str]) -> str:
    return hashlib.sha256("\0".join(sources).encode()).hexdigest()
