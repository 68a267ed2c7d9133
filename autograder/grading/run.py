"""Run a restored notebook: a student's cells in a sandboxed kernel, the checks here, by questions across the wall."""

from __future__ import annotations

import asyncio
import signal
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from queue import Empty
from typing import Any

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat import NotebookNode

from autograder.card import as_html, as_text
from autograder.examine import examine
from autograder.exercises.exercise import Exercise
from autograder.notebooks import TIMED_OUT as TIMEOUT_ERROR
from autograder.notebooks import error_in, nbgrader
from autograder.sandbox.asking import CRASHED, OUT_OF_MEMORY, TIMED_OUT, KernelGone, Questions
from autograder.sandbox.limits import Limits
from autograder.sandbox.provisioner import SandboxKernelManager
from autograder.sandbox.warm import WarmProcess
from autograder.verdict import MIME, Verdict

RESTARTS = 3  # times that a kernel which died is forked again; then the rest of the notebook is not run
SHOWN = ("text/plain", "image/png", "image/jpeg")  # of what a student's cell shows; the rest could be a page of script
MOST_OUTPUTS = 200
LONGEST_TEXT, LONGEST_IMAGE = 200_000, 4_000_000


@dataclass
class Times:
    """Seconds that a submission took: until its kernel answered, in the student's cells, in checks, in all.

    own: those in which the student's code ran, in cells and while a question was open.
    """

    kernel: float = 0.0
    cells: float = 0.0
    checks: float = 0.0
    total: float = 0.0
    own: float = 0.0


@dataclass
class Judged:
    """What came of one notebook."""

    notebook: NotebookNode
    verdicts: list[Verdict] = field(default_factory=list)
    times: Times = field(default_factory=Times)


def run_notebook(
    notebook: NotebookNode, assignment: str, exercises: Mapping[str, Exercise], warm: WarmProcess, limits: Limits
) -> Judged:
    """Run `notebook` in place: outputs of the student's cells, and in check cells the verdict and the points.

    Args:
        exercises: by name, those whose check cells (`check_NAME`) are judged.
        warm: the process that forks the kernel.

    Raises:
        NoWalls: if no kernel can be started; nothing about the submission is to be concluded from it.
    """
    judged = Judged(notebook)
    started = time.perf_counter()
    SubmissionClient(judged, assignment, exercises, warm, limits).execute()
    judged.times.total = time.perf_counter() - started
    return judged


class SubmissionClient(NotebookClient):
    """nbclient, with a kernel behind walls, and check cells that are judged in this process."""

    def __init__(
        self, judged: Judged, assignment: str, exercises: Mapping[str, Exercise], warm: WarmProcess, limits: Limits
    ) -> None:
        manager = SandboxKernelManager(warm=warm, limits=limits)
        super().__init__(
            judged.notebook,
            km=manager,
            allow_errors=True,
            interrupt_on_timeout=True,
            error_on_timeout={"ename": TIMEOUT_ERROR, "evalue": f"stopped after {limits.cell:g} s", "traceback": []},
            iopub_timeout=5,
            raise_on_iopub_timeout=True,
            timeout_func=self._cell_seconds,
            skip_cells_with_tag="demo",
            store_widget_state=False,
            record_timing=False,
            coalesce_streams=True,
        )
        self.judged, self.assignment, self.exercises = judged, assignment, exercises
        self.warm, self.limits = warm, limits
        self.deadline = time.monotonic() + limits.notebook
        self.done: list[int] = []  # cells that have run, to be run again in a new kernel
        self.fates: dict[str, tuple[str, str]] = {}  # answer cell → what befell it, and the reason in words
        self.restarts = 0
        self.dead = ""  # why the rest of the notebook is not run

    # ----- the kernel

    async def async_start_new_kernel_client(self) -> Any:
        """Connect, and wait no longer than it takes until the kernel's outputs are heard."""
        started = time.perf_counter()
        self.kc = self.km.client()
        self.kc.start_channels()
        for _ in range(100):
            asked = self.kc.kernel_info()
            reply = await self._reply(asked, 0.1 if not self.judged.times.kernel else 0.2)
            if reply is not None and await self._is_heard(asked):
                break
        else:
            raise DeadKernelError("the kernel did not answer")
        self.kc.allow_stdin = False
        if not self.judged.times.kernel:
            self.judged.times.kernel = time.perf_counter() - started
        return self.kc

    async def _is_heard(self, asked: str) -> bool:
        try:
            while True:
                message = await self.kc.iopub_channel.get_msg(timeout=0.2)
                state = message["content"].get("execution_state")
                if message["parent_header"].get("msg_id") == asked and state == "idle":
                    return True
        except Empty:
            return False

    async def _reply(self, asked: str, seconds: float) -> dict[str, Any] | None:
        """The reply to a request on the shell channel; None if none comes."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            try:
                message = await self.kc.shell_channel.get_msg(timeout=left)
            except Empty:
                return None
            if message["parent_header"].get("msg_id") == asked:
                return dict(message)
        return None

    async def _async_cleanup_kernel(self) -> None:
        if self.kc is not None:
            self.kc.stop_channels()
            self.kc = None
        if self.km.has_kernel:
            kernel = self.km.process
            await asyncio.to_thread(self.warm.end, kernel)
            await self.km.cleanup_resources()

    async def _async_poll_kernel_alive(self) -> None:
        """As nbclient's, but noticed at once: the warm process tells."""
        kernel = self.km.process
        while not kernel.ended.is_set():
            await asyncio.sleep(0.02)
        if self.task_poll_for_reply is not None:
            self.task_poll_for_reply.cancel()

    # ----- cells

    async def async_execute_cell(
        self, cell: NotebookNode, cell_index: int, execution_count: int | None = None, store_history: bool = True
    ) -> NotebookNode:
        """Run one cell; a check is judged, a demonstration is skipped, and a dead kernel is replaced."""
        marks = nbgrader(cell)
        exercise = self.exercises.get(str(marks.get("grade_id", "")).removeprefix("check_"))
        if cell.cell_type == "code" and marks.get("grade") and exercise is not None:
            started = time.perf_counter()
            await self._judge(cell, exercise)
            self.judged.times.checks += time.perf_counter() - started
            return cell
        if self.dead or cell.cell_type != "code" or not cell.source.strip() or "demo" in cell.metadata.get("tags", []):
            return cell
        started = time.perf_counter()
        fate = await self._run(cell, cell_index)
        self.judged.times.cells += time.perf_counter() - started
        self.judged.times.own += time.perf_counter() - started
        if fate:
            self.fates[str(marks.get("grade_id") or cell.get("id"))] = fate
            if self.km.process.ended.is_set():
                await self._begin_again()
        else:
            self.done.append(cell_index)
        _tidy(cell)
        return cell

    async def _run(self, cell: NotebookNode, cell_index: int) -> tuple[str, str] | None:
        """Run a student's cell; what befell it if it did not come to an end of its own."""
        try:
            await super().async_execute_cell(cell, cell_index, store_history=False)
        except (DeadKernelError, CellTimeoutError, asyncio.CancelledError) as error:
            fate = self._fate(error)
            cell.outputs = [*cell.get("outputs", []), _error(*fate)]
            if not self.km.process.ended.is_set():
                await self._kill()
            return fate
        if error_in(cell) == TIMED_OUT:
            if not await self._reply(self.kc.kernel_info(), 2.0):
                await self._kill()  # it takes no notice of an interrupt
            return TIMED_OUT, f"its cell was stopped after {self._cell_seconds(cell):.0f} s"
        return None

    def _fate(self, error: BaseException) -> tuple[str, str]:
        kernel = self.km.process
        if kernel.why == OUT_OF_MEMORY:
            return OUT_OF_MEMORY, f"its cell used more than {self.limits.memory >> 20:,} MB of memory"
        if kernel.ended.is_set():
            return CRASHED, f"its cell ended the kernel ({_ending(kernel.status)})"
        return CRASHED, "the kernel did not tell what its cell printed, and was ended"

    async def _kill(self) -> None:
        kernel = self.km.process
        self.warm.signal(kernel, signal.SIGKILL)
        await asyncio.to_thread(kernel.ended.wait, 10)

    async def _begin_again(self) -> None:
        """Fork the kernel again and run what has run before; three times at most."""
        self.restarts += 1
        if self.restarts > RESTARTS or time.monotonic() > self.deadline:
            self.dead = CRASHED if self.restarts > RESTARTS else TIMED_OUT
            return
        await self._async_cleanup_kernel()
        await self.async_start_new_kernel()
        await self.async_start_new_kernel_client()
        for index in list(self.done):
            again = nbformat.v4.new_code_cell(self.nb.cells[index].source)
            if await self._run_quietly(again, index):
                self.done.remove(index)  # it ran once and does not run again: leave it out from now on
                await self._begin_again()
                return

    async def _run_quietly(self, cell: NotebookNode, index: int) -> bool:
        """Run a copy of a cell that has run before; whether it ended the kernel."""
        kept = self.nb.cells[index]
        await self._run(cell, index)
        self.nb.cells[index] = kept
        return self.km.process.ended.is_set()

    def _cell_seconds(self, cell: NotebookNode) -> float:
        return max(0.1, min(self.limits.cell, self.deadline - time.monotonic()))

    # ----- checks

    async def _judge(self, cell: NotebookNode, exercise: Exercise) -> None:
        """Put the verdict and the points into a check's cell: made here, no output of the kernel is believed."""
        loop = asyncio.get_running_loop()

        def snapshot(path: str) -> None:
            asyncio.run_coroutine_threadsafe(self._snapshot(path), loop).result()

        if not self.dead and self.km.process.ended.is_set():
            await self._begin_again()
        inside = self.warm.inside(self.km.process)
        questions = Questions(snapshot, self.km.process.folder, inside, self.limits, self._why_undefined)
        found = await asyncio.to_thread(examine, exercise, self.assignment, questions.ask, True)
        questions.close()
        self.judged.times.own += questions.seconds
        if not self.dead and not self.km.process.ended.is_set():
            await self._snapshot("")
        self.judged.verdicts.append(found)
        cell.outputs = verdict_outputs(found)
        cell.execution_count = None

    async def _snapshot(self, path: str) -> None:
        """Have the kernel fork itself; without a path, only end the fork before."""
        if self.dead:
            raise KernelGone(self.dead)
        message = self.kc.session.msg("snapshot_request", {"socket": path})
        self.kc.shell_channel.send(message)
        waiting = asyncio.ensure_future(self._reply(message["header"]["msg_id"], 10.0))
        while not waiting.done() and not self.km.process.ended.is_set():
            await asyncio.sleep(0.001)
        if not waiting.done() or waiting.result() is None:
            waiting.cancel()
            raise KernelGone(OUT_OF_MEMORY if self.km.process.why == OUT_OF_MEMORY else CRASHED)

    def _why_undefined(self, name: str) -> tuple[str, str]:
        """What to say of a function that is not there."""
        if name in self.fates:
            return self.fates[name]
        cell = next((cell for cell in self.nb.cells if nbgrader(cell).get("grade_id") == name), None)
        error = error_in(cell) if cell is not None else None
        return "raised", f"{name} is not defined" + (f": its cell ended with {error}" if error else "")


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


def _tidy(cell: NotebookNode) -> None:
    """Keep of a cell's outputs what can be looked at without running anything, and no more than is readable."""
    kept = []
    for output in cell.get("outputs", [])[:MOST_OUTPUTS]:
        if output.output_type in ("display_data", "execute_result"):
            output.data = {kind: _cut(kind, data) for kind, data in output.data.items() if kind in SHOWN}
            output.metadata = {}
            if output.data:
                kept.append(output)
        elif output.output_type == "stream":
            output.text = output.text[:LONGEST_TEXT]
            kept.append(output)
        elif output.output_type == "error":
            output.traceback = [str(line)[:2000] for line in output.get("traceback", [])[:50]]
            output.evalue = str(output.get("evalue", ""))[:2000]
            kept.append(output)
    cell.outputs = kept


def _cut(kind: str, data: Any) -> str:
    text = "".join(data) if isinstance(data, list) else str(data)
    if kind == "text/plain":
        return text[:LONGEST_TEXT]
    return text if len(text) <= LONGEST_IMAGE else ""


def _ending(status: int | None) -> str:
    """How a process ended, in words."""
    if status is None:
        return "the process is gone"
    if status >= 128:
        number = status - 128
        known = number in set(signal.Signals)
        return signal.strsignal(number) or "" if known else f"signal {number}"
    return f"exit {status}"
