"""nbclient for a kernel in the sandbox, which may send anything or nothing and may end at any time.

Covered: a kernel that dies, ignores an interrupt, runs out of memory or time, never replies, sends forged replies or
changes the outputs of other cells. Only the warm process is asked whether a kernel is running, never the kernel itself.
Not covered: what a student's code shows as its own cell's output; sandbox.outputs keeps only the harmless part.
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from queue import Empty
from typing import Any

from nbclient import NotebookClient
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat import NotebookNode

from autograder.guest.status import Status, Termination
from autograder.notebooks import TIMED_OUT as TIMEOUT_ERROR
from autograder.sandbox import channels
from autograder.sandbox.kernel import Kernel
from autograder.sandbox.limits import Limits
from autograder.sandbox.no_result import KernelGone, NoResult
from autograder.sandbox.outputs import Outputs
from autograder.sandbox.own_time import BACKSTOP, NOTICEABLE, OwnTime
from autograder.sandbox.provisioner import SandboxKernelManager
from autograder.sandbox.warm import WarmProcess, WarmProcessGone

SNAPSHOT_SECONDS = 10.0  # for a kernel to fork a snapshot
START_ATTEMPTS = 100  # requests sent to a starting kernel, 0.1 s or more apart, before giving up


class SandboxClient(NotebookClient):
    """Runs the cells of a notebook in kernels forked from a warm process."""

    def __init__(
        self, notebook: NotebookNode, warm: WarmProcess, limits: Limits, files: Mapping[str, bytes] | None = None
    ) -> None:
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
        self.warm, self.limits, self.files = warm, limits, files or {}
        self.deadline = time.monotonic() + limits.notebook
        self._last_deadline = time.monotonic() + limits.notebook * BACKSTOP

    async def async_execute(self, **kwargs: Any) -> NotebookNode:
        """Run all cells.

        Raises:
            SandboxUnavailable: if no kernel can be started.
            WarmProcessGone: if the warm process ends meanwhile.
        """
        try:
            await self.start()
            for index, cell in enumerate(self.nb.cells):
                await self.async_execute_cell(cell, index)
        finally:
            await self.stop()
        return self.nb

    def execute(self) -> NotebookNode:
        """As `async_execute`, in a new event loop; this thread may have one already, such as formgrader's."""
        with ThreadPoolExecutor(1) as executor:
            notebook: NotebookNode = executor.submit(lambda: asyncio.run(self.async_execute())).result()
            return notebook

    @property
    def kernel(self) -> Kernel:
        """The kernel that runs now, or else the last one."""
        return self.km.process

    @property
    def ended(self) -> bool:
        """Whether the kernel has ended. WarmProcessGone if it ended because the warm process did."""
        if not self.warm.alive:
            raise WarmProcessGone
        return self.kernel.ended.is_set()

    async def start(self) -> None:
        """Start a kernel, and wait until it replies and its outputs arrive."""
        self._context = channels.context()
        self.km = SandboxKernelManager(
            warm=self.warm, limits=self.limits, files=dict(self.files), context=self._context
        )
        await self.km.start_kernel()
        self.kc = self.km.client(context=self._context)
        # no heartbeat: the warm process reports when the kernel ends, and a heartbeat that stops would block
        self.kc.start_channels(hb=False)
        self.kc.allow_stdin = False
        for _ in range(START_ATTEMPTS):
            request_id = self.kc.kernel_info()
            if await self.reply(request_id, 0.1) is not None and await self._outputs_arrive(request_id):
                return
        raise DeadKernelError("the kernel did not answer")

    async def stop(self) -> None:
        """End the kernel and everything that it started."""
        if self.kc is not None:
            self.kc.stop_channels()
            self.kc = None
        if self.km is not None and self.km.has_kernel:
            await asyncio.to_thread(self.warm.end, self.kernel)
            await self.km.cleanup_resources()
            self._context.destroy(linger=0)

    async def kill(self) -> None:
        """End a kernel that cannot be used any more."""
        self.warm.signal(self.kernel, signal.SIGKILL)
        await asyncio.to_thread(self.kernel.ended.wait, 10)

    async def _outputs_arrive(self, request_id: str) -> bool:
        """Whether the channel of outputs says that this request is done."""
        with contextlib.suppress(Empty):
            while True:
                message = await self.kc.iopub_channel.get_msg(timeout=0.2)
                state = message["content"].get("execution_state")
                if message["parent_header"].get("msg_id") == request_id and state == "idle":
                    return True
        return False

    async def reply(self, request_id: str, seconds: float) -> dict[str, Any] | None:
        """The reply to a request on the shell channel; None if none arrives in time."""
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            try:
                message = await self.kc.shell_channel.get_msg(timeout=left)
            except Empty:
                return None
            if message["parent_header"].get("msg_id") == request_id:
                return dict(message)
        return None

    async def snapshot(self, path: str) -> None:
        """Have the kernel fork a snapshot that connects to the socket `path`; end the previous one.

        Args:
            path: as the kernel sees it; if empty, the previous snapshot is ended and no new one is forked.

        Raises:
            KernelGone: if the kernel does not reply. The kernel has then been killed.
        """
        request = self.kc.session.msg("snapshot_request", {"socket": path})
        self.kc.shell_channel.send(request)
        seconds = min(SNAPSHOT_SECONDS, self.limits.cell)
        reply = asyncio.ensure_future(self.reply(request["header"]["msg_id"], seconds))
        while not reply.done() and not self.ended:
            await asyncio.sleep(0.001)
        if reply.done() and reply.result() is not None:
            return
        reply.cancel()
        termination = Termination.TIMED_OUT
        if self.kernel.out_of_memory:
            termination = Termination.OUT_OF_MEMORY
        elif self.ended:
            termination = Termination.CRASHED
        await self.kill()
        raise KernelGone(termination)

    async def run_cell(self, cell: NotebookNode, index: int) -> NoResult | None:
        """Run a student's cell. None if it ran to its end, with or without an exception; otherwise why it did not."""
        started = time.monotonic()
        try:
            return await self._run_cell(cell, index)
        finally:
            if time.monotonic() - started > NOTICEABLE:
                self.extend(await asyncio.to_thread(self.warm.seconds_waited, self.kernel))

    def extend(self, waited: float) -> None:
        """Give the notebook more time by what its kernel waited for a processor; BACKSTOP times its limit at most."""
        self.deadline = min(self.deadline + waited, self._last_deadline)

    async def _run_cell(self, cell: NotebookNode, index: int) -> NoResult | None:
        self._outputs, self._stopped = Outputs(cell), False
        await asyncio.to_thread(self.warm.seconds_waited, self.kernel, True)
        self._own_time = OwnTime(self.cell_seconds(cell), lambda: self.warm.seconds_waited(self.kernel))
        try:
            await super().async_execute_cell(cell, index, store_history=False)
        except (DeadKernelError, CellTimeoutError, asyncio.CancelledError):
            no_result = self._why_it_stopped()
            if not self.ended:
                await self.kill()
            return no_result
        if self._stopped:
            if not await self.reply(self.kc.kernel_info(), 2.0):
                await self.kill()  # it ignored the interrupt
            return NoResult(Status.TIMED_OUT, f"its cell was stopped after {self.cell_seconds(cell):.0f} s")
        return None

    def _why_it_stopped(self) -> NoResult:
        if self.kernel.out_of_memory:
            memory = f"{self.limits.memory >> 20:,} MB"
            return NoResult(Status.OUT_OF_MEMORY, f"its cell used more than {memory} of memory")
        if self.ended:
            return NoResult(Status.CRASHED, f"its cell ended the kernel ({_in_words(self.kernel.exit_status)})")
        if self._stopped:
            return NoResult(Status.TIMED_OUT, f"its cell was stopped after {self.limits.cell:g} s")
        return NoResult(Status.CRASHED, "the kernel did not send what its cell printed, and was ended")

    def cell_seconds(self, cell: NotebookNode) -> float:
        """How long a cell may run."""
        return max(0.1, min(self.limits.cell, self.deadline - time.monotonic()))

    # overridden methods of NotebookClient, which would otherwise trust the kernel

    async def _async_handle_timeout(self, timeout: int, cell: NotebookNode | None = None) -> dict[str, Any] | None:
        while self._own_time.left() > 0:  # a busy machine kept it waiting
            if self.ended:
                raise DeadKernelError("the kernel ended")
            if await self.kc.shell_channel.msg_ready():
                return None  # nbclient reads it
            await asyncio.sleep(0.05)
        self._stopped = True
        reply: dict[str, Any] | None = await super()._async_handle_timeout(timeout, cell)
        return reply

    async def _async_poll_kernel_alive(self) -> None:
        """Stop waiting for a reply as soon as the warm process reports that the kernel has ended."""
        while not self.kernel.ended.is_set():
            await asyncio.sleep(0.02)
        if self.task_poll_for_reply is not None:
            self.task_poll_for_reply.cancel()

    def output(self, outs: Any, msg: dict[str, Any], display_id: str | None, cell_index: int) -> None:
        """Keep an output of the cell that runs, if there is room."""
        if self.clear_before_next_output:
            self.clear_before_next_output = False
            self._outputs.clear()
        self._outputs.add(msg, display_id)

    def clear_output(self, outs: Any, msg: dict[str, Any], cell_index: int) -> None:
        """Clear the cell's outputs, now or when the next one arrives."""
        if msg["content"].get("wait"):
            self.clear_before_next_output = True
        else:
            self._outputs.clear()

    def _update_display_id(self, display_id: str, msg: dict[str, Any]) -> None:
        if msg["msg_type"] == "update_display_data":
            self._outputs.update(msg, display_id)


def _in_words(exit_status: int | None) -> str:
    """How a process ended."""
    if exit_status is None:
        return "the process is gone"
    if exit_status >= 128:
        number = exit_status - 128
        return (signal.strsignal(number) or "") if number in set(signal.Signals) else f"signal {number}"
    return f"exit {exit_status}"
