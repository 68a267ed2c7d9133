"""nbclient with a kernel behind walls, which may say anything or nothing, and end at any time."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from queue import Empty
from typing import Any

from nbclient import NotebookClient
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat import NotebookNode

from autograder.notebooks import TIMED_OUT as TIMEOUT_ERROR
from autograder.sandbox import channels
from autograder.sandbox.limits import Limits
from autograder.sandbox.outputs import Outputs
from autograder.sandbox.provisioner import SandboxKernelManager
from autograder.sandbox.questions import CRASHED, OUT_OF_MEMORY, TIMED_OUT, KernelGone
from autograder.sandbox.warm import Kernel, WarmProcess, WarmProcessGone

SNAPSHOT = 10.0  # seconds in which a kernel takes one
Fate = tuple[str, str]  # what befell a cell, and the reason in words


class SandboxClient(NotebookClient):
    """Runs the cells of a notebook in kernels out of a warm process; nothing that a kernel says is believed."""

    def __init__(self, notebook: NotebookNode, warm: WarmProcess, limits: Limits) -> None:
        super().__init__(
            notebook,
            allow_errors=True,
            interrupt_on_timeout=True,
            error_on_timeout={"ename": TIMEOUT_ERROR, "evalue": "", "traceback": []},
            iopub_timeout=4,
            raise_on_iopub_timeout=True,
            timeout_func=self.cell_seconds,
            skip_cells_with_tag="demo",
            store_widget_state=False,
            record_timing=False,
        )
        self.clear_before_next_output = False
        self.warm, self.limits = warm, limits
        self.deadline = time.monotonic() + limits.notebook

    async def async_execute(self, **kwargs: Any) -> NotebookNode:
        """Run all cells. SandboxUnavailable if no kernel can be started, WarmProcessGone if it ends under them."""
        try:
            await self.start()
            for index, cell in enumerate(self.nb.cells):
                await self.async_execute_cell(cell, index)
        finally:
            await self.stop()
        return self.nb

    def execute(self) -> NotebookNode:
        """As `async_execute`, in an event loop of its own, which is closed afterwards with the threads that it used."""
        with ThreadPoolExecutor(1) as thread:  # there may be a loop in this one already, such as formgrader's
            found: NotebookNode = thread.submit(lambda: asyncio.run(self.async_execute())).result()
            return found

    @property
    def kernel(self) -> Kernel:
        """The kernel that runs now, or the last that did."""
        return self.km.process

    @property
    def ended(self) -> bool:
        """Whether the kernel has ended; WarmProcessGone if it was not the student's code that ended it."""
        if not self.warm.alive:
            raise WarmProcessGone
        return self.kernel.ended.is_set()

    async def start(self) -> None:
        """Start a kernel, and wait no longer than it takes until its outputs are heard."""
        self._context = channels.context()
        self.km = SandboxKernelManager(warm=self.warm, limits=self.limits, context=self._context)
        await self.km.start_kernel()
        self.kc = self.km.client(context=self._context)
        self.kc.start_channels(hb=False)  # whether it lives is known here, and a heart that stops would block
        self.kc.allow_stdin = False
        for _ in range(100):
            asked = self.kc.kernel_info()
            if await self.reply(asked, 0.1) is not None and await self._is_heard(asked):
                return
        raise DeadKernelError("the kernel did not answer")

    async def stop(self) -> None:
        """End the kernel and all that it started."""
        if self.kc is not None:
            self.kc.stop_channels()
            self.kc = None
        if self.km is not None and self.km.has_kernel:
            await asyncio.to_thread(self.warm.end, self.kernel)
            await self.km.cleanup_resources()
            self._context.destroy(linger=0)

    async def kill(self) -> None:
        """End a kernel that is of no use any more."""
        self.warm.signal(self.kernel, signal.SIGKILL)
        await asyncio.to_thread(self.kernel.ended.wait, 10)

    async def _is_heard(self, asked: str) -> bool:
        with contextlib.suppress(Empty):
            while True:
                message = await self.kc.iopub_channel.get_msg(timeout=0.2)
                state = message["content"].get("execution_state")
                if message["parent_header"].get("msg_id") == asked and state == "idle":
                    return True
        return False

    async def reply(self, asked: str, seconds: float) -> dict[str, Any] | None:
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

    async def snapshot(self, path: str) -> None:
        """Have the kernel fork itself, to answer at the socket `path`; without a path, end the fork before.

        Raises:
            KernelGone: if it does not do so; it is ended then.
        """
        message = self.kc.session.msg("snapshot_request", {"socket": path})
        self.kc.shell_channel.send(message)
        seconds = min(SNAPSHOT, self.limits.cell)
        waiting = asyncio.ensure_future(self.reply(message["header"]["msg_id"], seconds))
        while not waiting.done() and not self.ended:
            await asyncio.sleep(0.001)
        if waiting.done() and waiting.result() is not None:
            return
        waiting.cancel()
        fate = OUT_OF_MEMORY if self.kernel.why == OUT_OF_MEMORY else CRASHED if self.ended else TIMED_OUT
        await self.kill()
        raise KernelGone(fate)

    # ----- a cell

    async def run_cell(self, cell: NotebookNode, index: int) -> Fate | None:
        """Run a student's cell; what befell it, if it did not come to an end of its own."""
        self._outputs, self._stopped = Outputs(cell), False
        try:
            await super().async_execute_cell(cell, index, store_history=False)
        except (DeadKernelError, CellTimeoutError, asyncio.CancelledError):
            fate = self._fate()
            if not self.ended:
                await self.kill()
            return fate
        if self._stopped:
            if not await self.reply(self.kc.kernel_info(), 2.0):
                await self.kill()  # it takes no notice of an interrupt
            return TIMED_OUT, f"its cell was stopped after {self.cell_seconds(cell):.0f} s"
        return None

    def _fate(self) -> Fate:
        if self.kernel.why == OUT_OF_MEMORY:
            return OUT_OF_MEMORY, f"its cell used more than {self.limits.memory >> 20:,} MB of memory"
        if self.ended:
            return CRASHED, f"its cell ended the kernel ({_ending(self.kernel.status)})"
        if self._stopped:
            return TIMED_OUT, f"its cell was stopped after {self.limits.cell:g} s"
        return CRASHED, "the kernel did not tell what its cell printed, and was ended"

    def cell_seconds(self, cell: NotebookNode) -> float:
        """How long a cell may run."""
        return max(0.1, min(self.limits.cell, self.deadline - time.monotonic()))

    # ----- what nbclient does otherwise

    async def _async_handle_timeout(self, timeout: int, cell: NotebookNode | None = None) -> dict[str, Any] | None:
        self._stopped = True
        found: dict[str, Any] | None = await super()._async_handle_timeout(timeout, cell)
        return found

    async def _async_poll_kernel_alive(self) -> None:
        """Notice the kernel's end at once: the warm process tells."""
        while not self.kernel.ended.is_set():
            await asyncio.sleep(0.02)
        if self.task_poll_for_reply is not None:
            self.task_poll_for_reply.cancel()

    def output(self, outs: Any, msg: dict[str, Any], display_id: str | None, cell_index: int) -> None:
        """Keep what a cell shows, as far as there is room."""
        if self.clear_before_next_output:
            self.clear_before_next_output = False
            self._outputs.clear()
        self._outputs.add(msg, display_id)

    def clear_output(self, outs: Any, msg: dict[str, Any], cell_index: int) -> None:
        """Clear a cell's outputs, now or when the next one comes."""
        if msg["content"].get("wait"):
            self.clear_before_next_output = True
        else:
            self._outputs.clear()

    def _update_display_id(self, display_id: str, msg: dict[str, Any]) -> None:
        if msg["msg_type"] == "update_display_data":
            self._outputs.update(msg, display_id)


def _ending(status: int | None) -> str:
    """How a process ended, in words."""
    if status is None:
        return "the process is gone"
    if status >= 128:
        number = status - 128
        known = number in set(signal.Signals)
        return signal.strsignal(number) or "" if known else f"signal {number}"
    return f"exit {status}"
