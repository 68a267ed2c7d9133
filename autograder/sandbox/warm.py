"""The host's side of a warm process: start it, have it fork kernels, send them signals, learn how they ended.

Covered: a warm process that cannot start, is killed, or stops answering; kernels that end at any time.
Not covered: a warm process that lies. It runs no student's code, so its reports are checked for their form only.
"""

from __future__ import annotations

import contextlib
import shutil
import signal
import socket
import subprocess
import threading
import uuid
from collections.abc import Mapping
from queue import Empty

from autograder.errors import AutograderError
from autograder.guest import orders
from autograder.guest.errors import Garbled
from autograder.guest.paths import FILES, KERNEL
from autograder.guest.status import Termination
from autograder.sandbox.bubblewrap import (
    ENVIRONMENT,
    STUDENTS,
    SandboxUnavailable,
    as_root,
    command,
    command_without_sandbox,
)
from autograder.sandbox.folders import new_folder
from autograder.sandbox.fonts import write_font_lists
from autograder.sandbox.guest_folder import write_files, write_guest_folder
from autograder.sandbox.kernel import Kernel
from autograder.sandbox.limits import Limits
from autograder.sandbox.no_result import KernelGone
from autograder.sandbox.preloaded import MODULES, TORCH, UNWANTED, WITH_TORCH, torch_folders
from autograder.sandbox.processes import pid_in_sandbox

START_SECONDS = 60.0  # for a warm process to import everything, and for a kernel to start
FREEZE_SECONDS = 30.0  # for the processes of a kernel to be stopped, or to go on
ENDING_SECONDS = 5.0  # for a kernel that can no longer be frozen to be reported as ended
USERS = 4000  # user ids from STUDENTS on that kernels take in turn
FOLDER_VARIABLES = ("HOME", "TMPDIR", "MPLCONFIGDIR", "IPYTHONDIR")  # environment variables that name a scratch folder


class WarmProcessGone(AutograderError):
    """The warm process ended while a kernel of it was running, which says nothing about the submission."""


def _gone(kernel: Kernel) -> KernelGone:
    return KernelGone(Termination.OUT_OF_MEMORY if kernel.out_of_memory else Termination.CRASHED)


class WarmProcess:
    """A process that imports what notebooks need, in the sandbox.

    It is started at once and waited for when the first kernel is forked, so that its starter can do other work.

    Args:
        with_torch: whether PyTorch can be imported. If not, its files are hidden too. Neither are there stand-ins then,
            because they answer the exercises of these notebooks.
        stand_ins: Python source of functions that notebooks may import from utils.layers.
        modules: path → content of the course's own Python files that notebooks import.
        sandboxed: False for code that is trusted: no bubblewrap, no namespaces, limits on each process alone.

    Raises:
        SandboxUnavailable: if this machine has no bubblewrap.
    """

    def __init__(
        self,
        with_torch: bool = False,
        stand_ins: str = "",
        modules: Mapping[str, bytes] | None = None,
        sandboxed: bool = True,
    ) -> None:
        self.sandboxed = sandboxed
        self.folder, self._folder_lock = new_folder()
        self.kernels: dict[str, Kernel] = {}  # by name, those that were not ended from here
        self._count = 0  # of kernels, for their names
        self._lock = threading.Lock()  # held while an order is written
        self._ready = False  # whether it has imported everything
        try:
            self._start(with_torch, stand_ins, modules or {})
        except BaseException:
            self._remove_folder()
            raise

    def _start(self, with_torch: bool, stand_ins: str, modules: Mapping[str, bytes]) -> None:
        course = write_guest_folder(self.folder / "course", modules, with_reference=with_torch)
        (self.folder / "kernels").mkdir()
        fonts = write_font_lists(self.folder)
        self.channel, guest_end = socket.socketpair()
        if self.sandboxed:
            hidden = [] if with_torch else torch_folders()
            arguments = command(course, self.folder / "kernels", hidden, fonts, guest_end.fileno())
        else:
            arguments = command_without_sandbox(course, guest_end.fileno())
        self.process = subprocess.Popen(
            arguments,
            pass_fds=[guest_end.fileno()],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            cwd=self.folder,
            env=None if self.sandboxed else ENVIRONMENT | dict.fromkeys(FOLDER_VARIABLES, str(self.folder)),
        )
        guest_end.close()
        self._reports = self.channel.makefile("rb")
        wanted, unwanted = ((*MODULES, *WITH_TORCH), UNWANTED) if with_torch else (MODULES, (*UNWANTED, TORCH))
        with contextlib.suppress(OSError):  # it has ended; its last words say why
            self._send(orders.ImportOrder(wanted, unwanted, stand_ins))

    def wait_until_ready(self) -> None:
        """Wait until it has imported everything.

        Raises:
            SandboxUnavailable: if this machine cannot run the sandbox.
            WarmProcessGone: if it was killed while it started.
        """
        if self._ready:
            return
        report: orders.Report | None = None
        self.channel.settimeout(START_SECONDS)
        with contextlib.suppress(OSError, Garbled):  # it has ended or takes too long; its last words say why
            report = orders.decode_report(self._reports.readline())
        self.channel.settimeout(None)
        if isinstance(report, orders.Ready):
            self._ready = True
            threading.Thread(target=self._listen, name="warm process", daemon=True).start()
            return
        self._remove_folder()
        if self._was_killed():
            self.process.communicate()
            raise WarmProcessGone
        self.process.kill()
        stderr_lines = (self.process.communicate()[1] or b"").decode(errors="replace").strip().splitlines()
        raise SandboxUnavailable(stderr_lines[-1] if stderr_lines else "the warm process did not start")

    def _was_killed(self) -> bool:
        """Whether a signal ended it. bubblewrap exits with 128 + the signal that ended the process inside."""
        try:
            status = self.process.wait(1)
        except subprocess.TimeoutExpired:
            return False
        return status < 0 or status > 128

    def guest_folder(self, kernel: Kernel) -> str:
        """The kernel's folder as the kernel sees it."""
        return KERNEL if self.sandboxed else str(kernel.folder)

    @property
    def alive(self) -> bool:
        return self.process.poll() is None

    def new_kernel(self, files: Mapping[str, bytes] | None = None) -> Kernel:
        """A kernel to fork: its name, and the one folder that host and kernel share, with `files` for its scratch."""
        with self._lock:
            self._count += 1
            name = f"{self._count}-{uuid.uuid4().hex[:8]}"
        folder = self.folder / "kernels" / name
        folder.mkdir()
        write_files(folder / FILES, files or {})
        kernel = Kernel(name, folder)
        self.kernels[name] = kernel
        return kernel

    def fork(self, kernel: Kernel, connection: orders.Connection, limits: Limits) -> None:
        """Start a kernel, isolated from the others.

        Raises:
            SandboxUnavailable: if this machine cannot run the sandbox, or a namespace, mount or limit cannot be set up.
            WarmProcessGone: if the warm process has ended.
        """
        self.wait_until_ready()
        uid = STUDENTS + int(kernel.name.split("-")[0]) % USERS if as_root() else None
        try:
            self._send(
                orders.ForkOrder(
                    kernel=kernel.name,
                    folder=str(kernel.folder),
                    uid=uid,
                    sandboxed=self.sandboxed,
                    limits=limits.for_kernel(),
                    connection=connection,
                )
            )
        except OSError:
            raise WarmProcessGone from None
        started = kernel.forked.wait(START_SECONDS) and not kernel.ended.is_set()
        if not started and not self.alive:
            raise WarmProcessGone
        if not started:
            error = kernel.error or "the warm process does not answer"
            raise SandboxUnavailable(f"no kernel could be started: {error}")

    def signal(self, kernel: Kernel, number: int) -> None:
        """Send a signal to a kernel. SIGKILL ends everything that it started too."""
        if not kernel.ended.is_set():
            with contextlib.suppress(OSError):
                self._send(orders.SignalOrder(kernel.name, int(number)))

    def freeze(self, kernel: Kernel, snapshot: int) -> None:
        """Stop all processes of a kernel but its snapshot, whose pid is `snapshot`, and give that folders of its own.

        Without the sandbox nothing is stopped, and the snapshot writes where the kernel does.

        Raises:
            SandboxUnavailable: if the folders cannot be mounted.
            KernelGone: if the kernel has ended.
        """
        if self.sandboxed:
            self._obeyed(kernel, orders.FreezeOrder(kernel.name, pid_in_sandbox(snapshot)))

    def thaw(self, kernel: Kernel) -> None:
        """End the snapshot and all that it started; the kernel goes on, with its folders as they were."""
        if self.sandboxed:
            with contextlib.suppress(KernelGone):
                self._obeyed(kernel, orders.ThawOrder(kernel.name))

    def seconds_waited(self, kernel: Kernel, anew: bool = False) -> float:
        """How long a kernel waited for a processor since the last call that was `anew`; 0 if that is not known."""
        with contextlib.suppress(KernelGone):
            reply = self._obeyed(kernel, orders.WaitedOrder(kernel.name, anew)) if self.sandboxed else None
            return reply.seconds if isinstance(reply, orders.Waited) else 0.0
        return 0.0

    def _obeyed(
        self, kernel: Kernel, order: orders.FreezeOrder | orders.ThawOrder | orders.WaitedOrder
    ) -> orders.Frozen | orders.Thawed | orders.Waited:
        """The report that an order to a kernel was carried out; KernelGone if the kernel ends first."""
        reply = None
        if not kernel.ended.is_set():
            with contextlib.suppress(OSError, Empty):
                self._send(order)
                reply = kernel.replies.get(timeout=FREEZE_SECONDS)
        if reply is None:
            raise _gone(kernel)
        if not isinstance(reply, orders.Waited) and reply.error:
            # a kernel that is ending cannot mount folders either; that it has ended is reported next
            if kernel.ended.wait(ENDING_SECONDS):
                raise _gone(kernel)
            raise SandboxUnavailable(f"a snapshot has no folders of its own: {reply.error}")
        return reply

    def end(self, kernel: Kernel) -> None:
        """End a kernel, if it has not ended, and remove its folder."""
        self.signal(kernel, signal.SIGKILL)
        kernel.ended.wait(10)
        self.kernels.pop(kernel.name, None)
        shutil.rmtree(kernel.folder, ignore_errors=True)

    def close(self) -> None:
        """End the warm process and all its kernels, and remove its folder."""
        with contextlib.suppress(OSError):
            self.channel.shutdown(socket.SHUT_RDWR)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(5)
        self.process.kill()
        self.process.wait()
        if self.process.stderr:
            self.process.stderr.close()
        self._remove_folder()

    def _remove_folder(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)
        self._folder_lock.close()

    def _send(self, order: orders.Order) -> None:
        with self._lock:
            self.channel.sendall(orders.encode(order))

    def _listen(self) -> None:
        """Record what becomes of kernels, until the warm process has ended."""
        with contextlib.suppress(OSError, ValueError):
            for line in self._reports:
                self._record(orders.decode_report(line))
        for kernel in list(self.kernels.values()):
            kernel.error = kernel.error or "the warm process is gone"
            kernel.ended.set()
            kernel.forked.set()
            kernel.replies.put(None)

    def _record(self, report: orders.Report) -> None:
        kernel = None if isinstance(report, orders.Ready) else self.kernels.get(report.kernel)
        if kernel is None:
            return
        if isinstance(report, orders.NotForked):
            kernel.error = report.reason
        elif isinstance(report, orders.Ended):
            kernel.exit_status, kernel.out_of_memory = report.exit_status, report.out_of_memory
        elif isinstance(report, (orders.Frozen, orders.Thawed, orders.Waited)):
            kernel.replies.put(report)
            return
        if not isinstance(report, orders.Forked):
            kernel.ended.set()
            kernel.replies.put(None)
        kernel.forked.set()
