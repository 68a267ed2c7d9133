"""Run a notebook from top to bottom, as grading does, and collect the outcome of each graded cell."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat import NotebookNode

from autograder.grading_rules import warnings_about
from autograder.notebooks import TIMED_OUT, graded_cells, nbgrader, read_notebook, verdict_data
from autograder.outcome import Outcome, outcome
from autograder.progress.record import SWITCH
from autograder.restoring.pristine import pristine_notebook
from autograder.restoring.restore import restore
from autograder.restoring.which_assignment import likeliest_assignment
from utils.layers.students import VERDICT_MIME


@dataclass(frozen=True)
class CheckedNotebook:
    """A notebook that was run, and what its checks said."""

    outcomes: list[Outcome]  # of each graded cell
    warnings: list[str]  # a line for each thing that works here and not while it is graded
    verdicts: dict[str, dict[str, Any]]  # exercise → its verdict as JSON, where its check showed one
    cards: dict[str, str]  # exercise → its check's card as text


StartsCell = Callable[[NotebookNode], None]  # called with each code cell that is about to run


def check_notebook(
    path: Path, timeout: float, save: Path | None = None, on_cell: StartsCell | None = None
) -> CheckedNotebook:
    """Run the notebook at `path`; the file stays as it is.

    As in grading, the answers are put into the released notebook first, so a check that was copied, deleted or changed
    counts as it does there.

    Args:
        timeout: seconds for one cell.
        save: where to write the notebook with its outputs, if anywhere.

    Raises:
        Unreadable: if `path` holds no notebook.
        KeyboardInterrupt: if Ctrl+C was pressed.
    """
    notebook, pristine = restored(path)
    warnings = warnings_about(notebook, likeliest_assignment(notebook) or path.stem, pristine)
    crashed = run(notebook, path.parent, timeout, on_cell)
    if save is not None:
        nbformat.write(notebook, save)
    return checked(notebook, crashed, warnings)


def restored(path: Path) -> tuple[NotebookNode, NotebookNode | None]:
    """The notebook at `path` with its answers in the released one, and that; None if it is not one of the course's.

    Raises:
        Unreadable: if `path` holds no notebook.
    """
    notebook = read_notebook(path)
    pristine = pristine_notebook(notebook, path.stem)
    return (notebook if pristine is None else restore(pristine, notebook)), pristine


def checked(notebook: NotebookNode, crashed: bool, warnings: list[str]) -> CheckedNotebook:
    """What the checks of a notebook said that was run; `crashed`: whether the kernel died on the way."""
    verdicts, cards = {}, {}
    for cell in graded_cells(notebook):
        name = str(nbgrader(cell)["grade_id"]).removeprefix("check_")
        shown = [one for one in _shown(cell) if one[0].get("exercise") == name]
        visible = [one for one in shown if not one[0].get("hidden")]
        if shown:
            verdicts[name], cards[name] = (visible or shown)[-1]
    return CheckedNotebook([outcome(cell, crashed) for cell in graded_cells(notebook)], warnings, verdicts, cards)


def _shown(cell: NotebookNode) -> list[tuple[dict[str, Any], str]]:
    """The verdicts that a cell shows, each with its card as text."""
    shown = [output.data for output in cell.get("outputs", []) if VERDICT_MIME in output.get("data", {})]
    cards = [str(data.get("text/plain", "")) for data in shown]
    return [(data, card) for data, card in zip(verdict_data(cell), cards, strict=False) if isinstance(data, dict)]


def run(notebook: NotebookNode, folder: Path, timeout: float, on_cell: StartsCell | None = None) -> bool:
    """Run every cell in place, in `folder`, going on after errors. True if the kernel died on the way.

    Raises:
        KeyboardInterrupt: if Ctrl+C was pressed.
    """
    client = client_for(notebook, folder, timeout, on_cell)
    try:
        client.execute(env=os.environ | ENVIRONMENT)
    except (DeadKernelError, CellTimeoutError, asyncio.CancelledError):
        if client.stopped:
            raise KeyboardInterrupt from None
        return True
    return False


# as in grading, breakpoint() left in an answer does nothing, and figures are drawn into the notebook, whatever the
# surroundings ask matplotlib for; whoever runs a notebook keeps its verdicts, not its kernel
ENVIRONMENT = {
    "PYTHONBREAKPOINT": "0",
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",
    SWITCH: "off",
}


class Client(NotebookClient):
    """Runs a notebook, and ends with its kernel on Ctrl+C, which nbclient takes for a dead kernel."""

    stopped = False  # whether Ctrl+C was pressed

    @contextlib.asynccontextmanager
    async def async_setup_kernel(self, **kwargs: Any) -> AsyncGenerator[None, None]:
        loop, task = asyncio.get_running_loop(), asyncio.current_task()

        def stop() -> None:
            self.stopped, self.shutdown_kernel = True, "immediate"
            if task is not None:
                task.cancel()

        async with super().async_setup_kernel(**kwargs):
            with contextlib.suppress(RuntimeError):  # Windows, or no main thread: KeyboardInterrupt comes by itself
                loop.add_signal_handler(signal.SIGINT, stop)
            yield


def client_for(notebook: NotebookNode, folder: Path, timeout: float, on_cell: StartsCell | None = None) -> Client:
    """What runs the notebook, its old outputs gone; see `run`."""
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    return Client(
        notebook,
        timeout=timeout,
        allow_errors=True,
        interrupt_on_timeout=True,
        error_on_timeout={"ename": TIMED_OUT, "evalue": f"stopped after {timeout:g} s", "traceback": []},
        on_cell_execute=None if on_cell is None else lambda cell, cell_index: on_cell(cell),
        on_cell_executed=_note_timeout,
        kernel_name="python3",
        extra_arguments=["--IPKernelApp.log_level=40"],  # errors only: its warnings are not for students
        resources={"metadata": {"path": str(folder)}},
    )


def _note_timeout(cell: NotebookNode, cell_index: int, execute_reply: dict[str, Any]) -> None:
    """Keep a timeout among the cell's outputs, where nbclient leaves only the interrupt."""
    content = execute_reply["content"]
    if content.get("ename") == TIMED_OUT:
        fields = {key: content[key] for key in ("ename", "evalue", "traceback")}
        cell.outputs.append(nbformat.v4.new_output("error", **fields))
