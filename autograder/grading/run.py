"""Run a restored notebook: the student's cells in a sandboxed kernel, the checks in this process, by questions."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Mapping
from functools import partial

import nbformat
from nbformat import NotebookNode

from autograder.guest.status import Status, Termination
from autograder.judging.card import as_html, as_text
from autograder.judging.examine import examine
from autograder.judging.exercise import Exercise
from autograder.judging.verdict import Verdict
from autograder.notebooks import error_in, nbgrader
from autograder.restoring.restore import OWN
from autograder.sandbox.client import SandboxClient
from autograder.sandbox.limits import Limits
from autograder.sandbox.no_result import KernelGone, NoResult
from autograder.sandbox.questions import Host, Questions
from autograder.sandbox.warm import WarmProcess
from utils.layers.students import VERDICT_MIME

RESTARTS_AT_MOST = 3  # of a kernel that died; then the rest of the notebook is not run
# Ends a released cell: to draw the instructor's figures takes half of the time of some notebooks, and nobody looks at
# them here. The cell itself runs, since students may use what it defines.
WITHOUT_FIGURES = '\n(lambda plots: plots and plots.close("all"))(__import__("sys").modules.get("matplotlib.pyplot"))'
SMALLEST_EXAMPLE_SECONDS = 3.0  # in which one is looked for, for the card on the feedback page


def run_notebook(
    notebook: NotebookNode,
    assignment: str,
    exercises: Mapping[str, Exercise],
    warm: WarmProcess,
    limits: Limits,
    files: Mapping[str, bytes],
) -> tuple[float, dict[str, Verdict]]:
    """Run `notebook` in place: student's cells get their outputs, check cells the verdict and the points.

    Args:
        exercises: by name, those whose check cells (`check_NAME`) are judged.
        warm: the process that forks the kernel.
        files: path → content of what lies in the kernel's scratch folder.

    Returns:
        The seconds of wall time that the student's code took, in cells and in questions; the verdicts, by exercise.

    Raises:
        SandboxUnavailable, WarmProcessGone: if no kernel can be started, which says nothing about the submission.
    """
    client = SubmissionClient(notebook, assignment, exercises, warm, limits, files)
    client.execute()
    return client.own_seconds, client.verdicts


class SubmissionClient(SandboxClient):
    """Runs the student's cells in the sandbox, and judges the check cells in this process."""

    def __init__(
        self,
        notebook: NotebookNode,
        assignment: str,
        exercises: Mapping[str, Exercise],
        warm: WarmProcess,
        limits: Limits,
        files: Mapping[str, bytes],
    ) -> None:
        super().__init__(notebook, warm, limits, files)
        self.assignment, self.exercises = assignment, exercises
        self.own_seconds = 0.0  # of wall time that the student's code took
        self.verdicts: dict[str, Verdict] = {}  # by exercise
        self.completed: list[int] = []  # indices of cells that ran to their end, to be run again in a new kernel
        self.no_results: dict[str, NoResult] = {}  # by grade id or cell id, for cells that did not run to their end
        self.restarts = 0
        self.dead: Termination | None = None  # why the rest of the notebook is not run

    async def async_execute_cell(
        self, cell: NotebookNode, cell_index: int, execution_count: int | None = None, store_history: bool = True
    ) -> NotebookNode:
        """Run one cell; a check is judged, a demonstration is skipped, and a dead kernel is replaced."""
        marks = nbgrader(cell)
        exercise = self.exercises.get(str(marks.get("grade_id", "")).removeprefix("check_"))
        if cell.cell_type == "code" and marks.get("grade") and exercise is not None:
            await self._judge(cell, exercise)
            return cell
        if cell.cell_type != "code" or not cell.source.strip() or "demo" in cell.metadata.get("tags", []):
            return cell
        await self._keep_alive()
        if self.dead:
            return cell
        started = time.perf_counter()
        source = cell.source
        if not marks.get("solution") and not str(cell.get("id")).startswith(OWN):
            cell.source += WITHOUT_FIGURES
        no_result = await self.run_cell(cell, cell_index)
        cell.source = source
        self.own_seconds += time.perf_counter() - started
        if no_result:
            cell.outputs = [*cell.outputs, _error_output(no_result)]
            self.no_results[str(marks.get("grade_id") or cell.get("id"))] = no_result
        else:
            self.completed.append(cell_index)
        cell.execution_count = None
        return cell

    async def _keep_alive(self) -> None:
        """If the kernel has ended, fork another and run the completed cells again; RESTARTS_AT_MOST times in all."""
        while self.ended and not self.dead:
            self.restarts += 1
            too_often = self.restarts > RESTARTS_AT_MOST
            if too_often or time.monotonic() > self.deadline:
                self.dead = Termination.CRASHED if too_often else Termination.TIMED_OUT
                return
            await self.stop()
            await self.start()
            for index in list(self.completed):
                original = self.nb.cells[index]
                no_result = await self.run_cell(nbformat.v4.new_code_cell(original.source), index)
                self.nb.cells[index] = original  # nbclient put the copy there, whose outputs are not wanted
                if no_result:
                    self.completed.remove(index)  # it ran once but not again: leave it out from now on
                if self.ended:
                    break

    async def _judge(self, cell: NotebookNode, exercise: Exercise) -> None:
        """Put the verdict and the points into a check's cell. Both are made here, from no output of the kernel."""
        loop = asyncio.get_running_loop()

        def take_snapshot(path: str) -> None:
            if self.dead:
                raise KernelGone(self.dead)
            asyncio.run_coroutine_threadsafe(self.snapshot(path), loop).result()

        for _ in range(2):
            await self._keep_alive()
            kernel = self.kernel
            questions = Questions(
                Host(
                    take_snapshot,
                    partial(self.warm.freeze, kernel),
                    partial(self.warm.thaw, kernel),
                    partial(self.warm.seconds_waited, kernel),
                ),
                kernel.folder,
                self.warm.guest_folder(kernel),
                self.limits,
                self._why_undefined,
                self.deadline,
            )
            verdict = await asyncio.to_thread(
                examine, exercise, self.assignment, questions.ask, hidden=True, patience=SMALLEST_EXAMPLE_SECONDS
            )
            questions.close()
            self.own_seconds += questions.seconds
            self.extend(questions.waited)
            if questions.begun or self.dead or not self.ended:
                break  # otherwise the kernel ended because of an earlier cell, not of this check: try once more
        if not self.dead and not self.ended:
            with contextlib.suppress(KernelGone):  # the next cell replaces the kernel
                await self.snapshot("")
        self.verdicts[exercise.name] = verdict
        cell.outputs = verdict_outputs(verdict)
        cell.execution_count = None

    def _why_undefined(self, name: str) -> NoResult:
        """Why the kernel does not define a function."""
        if name in self.no_results:
            return self.no_results[name]
        if self.dead:
            return NoResult(Status(self.dead), "the kernel ended too often, and the rest was not run")
        cell = next((cell for cell in self.nb.cells if nbgrader(cell).get("grade_id") == name), None)
        error = error_in(cell) if cell is not None else None
        if not error:
            return NoResult(Status.RAISED, f"{name} is not defined")
        out_of_memory = "MemoryError" in error.split(":")[0]
        status = Status.OUT_OF_MEMORY if out_of_memory else Status.RAISED
        return NoResult(status, f"{name} is not defined: its cell ended with {error}")


def verdict_outputs(verdict: Verdict) -> list[NotebookNode]:
    """A check's card, and the points where nbgrader reads them."""
    data = {"text/plain": as_text(verdict), "text/html": as_html(verdict), VERDICT_MIME: verdict.to_dict()}
    return [
        nbformat.v4.new_output("display_data", data),
        nbformat.v4.new_output("execute_result", {"text/plain": f"{verdict.score:g}"}, execution_count=None),
    ]


def _error_output(no_result: NoResult) -> NotebookNode:
    status, reason = no_result.status, no_result.reason
    return nbformat.v4.new_output(
        "error", ename=status.title().replace(" ", ""), evalue=reason, traceback=[f"{status}: {reason}"]
    )
