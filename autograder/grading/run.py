"""Run a restored notebook: a student's cells in a sandboxed kernel, the checks here, by questions across the wall."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Mapping

import nbformat
from nbformat import NotebookNode

from autograder.judging.card import as_html, as_text
from autograder.judging.examine import examine
from autograder.judging.exercise import Exercise
from autograder.judging.verdict import MIME, Verdict
from autograder.notebooks import error_in, nbgrader
from autograder.sandbox.asking import CRASHED, OUT_OF_MEMORY, TIMED_OUT, KernelGone, Questions
from autograder.sandbox.client import Fate, SandboxClient
from autograder.sandbox.limits import Limits
from autograder.sandbox.warm import WarmProcess

RESTARTS = 3  # times that a kernel which died is forked again; then the rest of the notebook is not run


def run_notebook(
    notebook: NotebookNode, assignment: str, exercises: Mapping[str, Exercise], warm: WarmProcess, limits: Limits
) -> tuple[float, dict[str, Verdict]]:
    """Run `notebook` in place: outputs of the student's cells, and in check cells the verdict and the points.

    Returns the seconds in which the student's code ran, in cells and while a question was open; and the verdicts, by
    exercise.

    Args:
        exercises: by name, those whose check cells (`check_NAME`) are judged.
        warm: the process that forks the kernel.

    Raises:
        SandboxUnavailable, WarmProcessGone: if no kernel can be started; this says nothing about the submission.
    """
    client = SubmissionClient(notebook, assignment, exercises, warm, limits)
    client.execute()
    return client.own_seconds, client.verdicts


class SubmissionClient(SandboxClient):
    """Runs the student's cells behind the walls, and judges the check cells in this process."""

    def __init__(
        self,
        notebook: NotebookNode,
        assignment: str,
        exercises: Mapping[str, Exercise],
        warm: WarmProcess,
        limits: Limits,
    ) -> None:
        super().__init__(notebook, warm, limits)
        self.assignment, self.exercises = assignment, exercises
        self.own_seconds = 0.0
        self.verdicts: dict[str, Verdict] = {}  # by exercise
        self.done: list[int] = []  # cells that have run, to be run again in a new kernel
        self.fates: dict[str, Fate] = {}  # by the grade id of an answer's cell
        self.restarts = 0
        self.dead = ""  # why the rest of the notebook is not run

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
        fate = await self.run_cell(cell, cell_index)
        self.own_seconds += time.perf_counter() - started
        if fate:
            cell.outputs = [*cell.outputs, _error(*fate)]
            self.fates[str(marks.get("grade_id") or cell.get("id"))] = fate
        else:
            self.done.append(cell_index)
        cell.execution_count = None
        return cell

    async def _keep_alive(self) -> None:
        """If the kernel has ended, fork it again and run what has run before; three times at most."""
        while self.ended and not self.dead:
            self.restarts += 1
            if self.restarts > RESTARTS or time.monotonic() > self.deadline:
                self.dead = CRASHED if self.restarts > RESTARTS else TIMED_OUT
                return
            await self.stop()
            await self.start()
            for index in list(self.done):
                again = nbformat.v4.new_code_cell(self.nb.cells[index].source)
                kept = self.nb.cells[index]
                fate = await self.run_cell(again, index)
                self.nb.cells[index] = kept
                if fate:
                    self.done.remove(index)  # it ran once and does not run again: leave it out from now on
                if self.ended:
                    break

    async def _judge(self, cell: NotebookNode, exercise: Exercise) -> None:
        """Put the verdict and the points into a check's cell: made here, no output of the kernel is believed."""
        loop = asyncio.get_running_loop()

        def snapshot(path: str) -> None:
            if self.dead:
                raise KernelGone(self.dead)
            asyncio.run_coroutine_threadsafe(self.snapshot(path), loop).result()

        for _ in range(2):
            await self._keep_alive()
            inside = self.warm.inside(self.kernel)
            questions = Questions(snapshot, self.kernel.folder, inside, self.limits, self._why_undefined, self.deadline)
            found = await asyncio.to_thread(examine, exercise, self.assignment, questions.ask, True)
            questions.close()
            self.own_seconds += questions.seconds
            if questions.begun or self.dead or not self.ended:
                break  # else the kernel ended by itself, after the cell before: this check has nothing to do with it
        if not self.dead and not self.ended:
            with contextlib.suppress(KernelGone):  # the next cell finds another kernel
                await self.snapshot("")
        self.verdicts[exercise.name] = found
        cell.outputs = verdict_outputs(found)
        cell.execution_count = None

    def _why_undefined(self, name: str) -> Fate:
        """What to say of a function that is not there."""
        if name in self.fates:
            return self.fates[name]
        if self.dead:
            return self.dead, "the kernel ended too often, and the rest was not run"
        cell = next((cell for cell in self.nb.cells if nbgrader(cell).get("grade_id") == name), None)
        error = error_in(cell) if cell is not None else None
        fate = OUT_OF_MEMORY if error and "MemoryError" in error.split(":")[0] else "raised"
        return fate, f"{name} is not defined" + (f": its cell ended with {error}" if error else "")


def verdict_outputs(found: Verdict) -> list[NotebookNode]:
    """A check's card, and the points as nbgrader reads them."""
    data = {"text/plain": as_text(found), "text/html": as_html(found), MIME: found.to_dict()}
    return [
        nbformat.v4.new_output("display_data", data),
        nbformat.v4.new_output("execute_result", {"text/plain": f"{found.score:g}"}, execution_count=None),
    ]


def _error(fate: str, why: str) -> NotebookNode:
    return nbformat.v4.new_output(
        "error", ename=fate.title().replace(" ", ""), evalue=why, traceback=[f"{fate}: {why}"]
    )
