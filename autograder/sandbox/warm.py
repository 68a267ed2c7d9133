"""The grader's side of a warm process: start it, have it fork kernels, interrupt and end them, hear how they ended."""

from __future__ import annotations

import contextlib
import json
import shutil
import signal
import socket
import subprocess
import threading
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from autograder.errors import AutograderError
from autograder.guest.paths import KERNEL
from autograder.sandbox.bubblewrap import (
    ENVIRONMENT,
    STUDENTS,
    SandboxUnavailable,
    as_root,
    command,
    command_in_the_open,
)
from autograder.sandbox.folders import new_folder
from autograder.sandbox.guest_folder import make_view
from autograder.sandbox.limits import Limits

PATIENCE = 60.0  # seconds for the imports of a warm process
# imported once, before any student's code runs
NUMPY = (
    "numpy", "numpy.lib.stride_tricks", "matplotlib.pyplot", "matplotlib.animation", "matplotlib_inline.backend_inline",
    "matplotlib.backends.backend_agg", "mpl_toolkits.mplot3d", "IPython.core.interactiveshell",
    "IPython.core.pylabtools", "ipykernel.kernelapp", "ipywidgets", "tqdm.auto", "threadpoolctl", "sklearn.datasets",
    "PIL.Image", "scipy.special", "safetensors.numpy", "autograder.check", "autograder.guest.kernel",
    "utils.figures.animations", "utils.figures.graphs", "utils.figures.plots",
    "utils.data", "utils.gradients", "utils.layers", "utils.lesson",
)  # fmt: skip
TORCH = "torch"
SCRATCHED = ("HOME", "TMPDIR", "MPLCONFIGDIR", "IPYTHONDIR")
UNWANTED = ("debugpy",)  # a debugger costs each kernel more time than all the rest


class WarmProcessGone(AutograderError):
    """The warm process ended while a kernel of it was at work: nothing is to be concluded about the submission."""


@dataclass
class Kernel:
    """A kernel that was forked: its folder, and how it ended once it has."""

    name: str
    folder: Path
    ended: threading.Event = field(default_factory=threading.Event)
    forked: threading.Event = field(default_factory=threading.Event)
    status: int | None = None
    why: str = ""  # what the warm process or the fork said about it


class WarmProcess:
    """A process behind bubblewrap that has imported what notebooks need.

    Args:
        with_torch: whether PyTorch is there; if not, it cannot be imported, and is not on the disk either.
        earlier: Python source of functions that notebooks may import from utils.layers.
        modules: path → content of the course's own Python files that notebooks import.
        walls: False for code that is trusted: no bubblewrap, no namespaces, limits on each process alone.

    Raises:
        SandboxUnavailable: if this machine cannot put up the walls.
        WarmProcessGone: if it was ended from outside while it started.
    """

    def __init__(
        self,
        with_torch: bool = False,
        earlier: str = "",
        modules: Mapping[str, bytes] | None = None,
        walls: bool = True,
    ) -> None:
        self.walls = walls
        self.folder, self._lock_of_folder = new_folder()
        self.kernels: dict[str, Kernel] = {}
        self._count = 0
        self._lock = threading.Lock()
        try:
            self._start(with_torch, earlier, modules or {})
        except BaseException:
            self._remove_folder()
            raise

    def _start(self, with_torch: bool, earlier: str, modules: Mapping[str, bytes]) -> None:
        view = make_view(self.folder / "view", modules)
        (self.folder / "kernels").mkdir()
        ours, theirs = socket.socketpair()
        if self.walls:
            hidden = [] if with_torch else torch_folders()
            arguments = command(view, self.folder / "kernels", hidden, theirs.fileno())
        else:
            arguments = command_in_the_open(view, theirs.fileno())
        self.process = subprocess.Popen(
            arguments,
            pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            cwd=self.folder,
            env=None if self.walls else ENVIRONMENT | dict.fromkeys(SCRATCHED, str(self.folder)),
        )
        theirs.close()
        self.channel = ours
        imports = [*NUMPY, TORCH] if with_torch else list(NUMPY)
        ours.settimeout(PATIENCE)
        self._lines = ours.makefile("rb")
        self.about: dict[str, Any] = {}
        with contextlib.suppress(OSError):  # it ended at once, or takes too long: what it said last tells why
            forbidden = [*UNWANTED, *([] if with_torch else [TORCH])]
            self._order({"import": imports, "forbid": forbidden, "earlier": earlier})
            self.about = json.loads(self._lines.readline() or "{}")
        if "ready" not in self.about:
            if self._was_killed():
                self.process.communicate()
                raise WarmProcessGone
            self.process.kill()
            told = (self.process.communicate()[1] or b"").decode(errors="replace").strip().splitlines()
            raise SandboxUnavailable(told[-1] if told else "the warm process did not start")
        ours.settimeout(None)
        threading.Thread(target=self._listen, name="warm process", daemon=True).start()

    def _was_killed(self) -> bool:
        """Whether a signal ended it; bubblewrap tells that of the process behind it by a status above 128."""
        try:
            status = self.process.wait(1)
        except subprocess.TimeoutExpired:
            return False
        return status < 0 or status > 128

    def inside(self, kernel: Kernel) -> str:
        """The kernel's folder as the kernel sees it."""
        return KERNEL if self.walls else str(kernel.folder)

    @property
    def alive(self) -> bool:
        return self.process.poll() is None

    def folder_for_kernel(self) -> Kernel:
        """A new kernel's name and folder; the folder is the only place that the grader and it share."""
        with self._lock:
            self._count += 1
            name = f"{self._count}-{uuid.uuid4().hex[:8]}"
        folder = self.folder / "kernels" / name
        folder.mkdir()
        kernel = Kernel(name, folder)
        self.kernels[name] = kernel
        return kernel

    def fork(self, kernel: Kernel, connection: dict[str, Any], limits: Limits) -> None:
        """Start a kernel behind walls of its own.

        Raises:
            SandboxUnavailable: if one of them cannot be put up.
            WarmProcessGone: if there is nothing left to fork from.
        """
        user = STUDENTS + int(kernel.name.split("-")[0]) % 4000 if as_root() else None
        place = {"uid": user, "walls": self.walls, "folder": str(kernel.folder)}
        try:
            self._order({"fork": kernel.name, **place, "limits": limits.to_dict(), "connection": connection})
        except OSError:
            raise WarmProcessGone from None
        started = kernel.forked.wait(PATIENCE) and not kernel.ended.is_set()
        if not started and not self.alive:
            raise WarmProcessGone
        if not started:
            raise SandboxUnavailable(f"no kernel could be started: {kernel.why or 'the warm process does not answer'}")

    def signal(self, kernel: Kernel, number: int) -> None:
        """Send a signal to a kernel; SIGKILL ends all that it started too."""
        if not kernel.ended.is_set():
            with contextlib.suppress(OSError):
                self._order({"signal": kernel.name, "number": int(number)})

    def end(self, kernel: Kernel) -> None:
        """End a kernel, if it has not ended, and remove its folder."""
        self.signal(kernel, signal.SIGKILL)
        kernel.ended.wait(10)
        self.kernels.pop(kernel.name, None)
        shutil.rmtree(kernel.folder, ignore_errors=True)

    def close(self) -> None:
        """End everything behind the walls, and remove the folder."""
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
        self._lock_of_folder.close()

    def _order(self, order: dict[str, Any]) -> None:
        with self._lock:
            self.channel.sendall(json.dumps(order).encode() + b"\n")

    def _listen(self) -> None:
        """Note what becomes of kernels, until the warm process is gone."""
        with contextlib.suppress(OSError, ValueError):
            for line in self._lines:
                told = json.loads(line)
                kernel = self.kernels.get(told.get("forked") or told.get("failed") or told.get("ended") or "")
                if kernel is None:
                    continue
                if "forked" not in told:
                    kernel.status, kernel.why = told.get("status"), told.get("why", "")
                    kernel.ended.set()
                kernel.forked.set()
        for kernel in list(self.kernels.values()):
            kernel.why = kernel.why or "the warm process is gone"
            kernel.ended.set()
            kernel.forked.set()


def torch_folders() -> list[Path]:
    """Where PyTorch lies, to be hidden; importing it is no way to find out."""
    import importlib.util

    found = importlib.util.find_spec(TORCH)
    return [Path(folder).resolve() for folder in (found.submodule_search_locations or ())] if found else []
