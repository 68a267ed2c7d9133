"""The outer wall: the command that starts a warm process under bubblewrap, and whether this machine can put it up."""

from __future__ import annotations

import os
import shutil
import site
import sys
from pathlib import Path

from autograder.errors import AutograderError
from autograder.guest.paths import COURSE, KERNEL, KERNELS, SCRATCH

STUDENTS = 61_000  # as root, each submission runs as a user of its own from here on
SYSTEM = ("/usr", "/bin", "/lib", "/lib32", "/lib64", "/sbin")
SETTINGS = (
    "/etc/ld.so.cache",
    "/etc/ld.so.conf",
    "/etc/ld.so.conf.d",
    "/etc/localtime",
    "/etc/fonts",
    "/etc/alternatives",
)
# what root needs to build walls for another user; the student's own process has none of them
ROOTS = (
    "CAP_SYS_ADMIN", "CAP_SETUID", "CAP_SETGID", "CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_KILL", "CAP_SETPCAP",
    "CAP_SYS_PTRACE",
)  # fmt: skip


class SandboxUnavailable(AutograderError):
    """This machine cannot run students' code safely; the message says why, and what to do."""


def as_root() -> bool:
    return os.geteuid() == 0


def command(view: Path, kernels: Path, hidden: list[Path], channel: int) -> list[str]:
    """The command line of a warm process.

    Args:
        view: the folder that it sees as the course; see view.make_view.
        kernels: the folder in which the grader makes one for each kernel, for its sockets.
        hidden: folders of Python packages that must not be found there.
        channel: the descriptor of the socket over which it takes orders.

    Raises:
        SandboxUnavailable: if bubblewrap is not installed, or this is not Linux.
    """
    return [*wall(view, kernels, hidden), sys.executable, "-I", "-c", START, COURSE, str(channel)]


def command_in_the_open(view: Path, channel: int) -> list[str]:
    """The command line of a process without walls, for code that is trusted."""
    return [sys.executable, "-I", "-c", START, str(view), str(channel)]


# -I ignores the environment and the folder it starts in; the course's folder is all that is put before the packages
START = "import sys; sys.path.insert(0, sys.argv[1]); del sys.argv[1]; import autograder.guest.warm_process as w; w.main()"


def wall(view: Path, kernels: Path, hidden: list[Path]) -> list[str]:
    """bubblewrap and its arguments, up to the program that runs behind it."""
    bubblewrap = shutil.which("bwrap")
    if sys.platform != "linux":
        raise SandboxUnavailable(
            "students' code can be walled off on Linux only: grade in a Linux container or virtual machine"
        )
    if bubblewrap is None:
        raise SandboxUnavailable("bubblewrap is not installed (apt install bubblewrap, dnf install bubblewrap)")
    arguments = [bubblewrap, "--unshare-pid", "--unshare-ipc", "--unshare-net", "--unshare-uts", "--die-with-parent"]
    if as_root():
        arguments += [word for right in ROOTS for word in ("--cap-add", right)]
    else:
        arguments += ["--unshare-user"]
    arguments += ["--new-session", "--hostname", "sandbox", "--clearenv"]
    for name, value in ENVIRONMENT.items():
        arguments += ["--setenv", name, value]
    for path in SYSTEM:
        if os.path.islink(path):
            arguments += ["--symlink", os.readlink(path), path]
        elif os.path.isdir(path):
            arguments += ["--ro-bind", path, path]
    arguments += ["--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp"]
    for path in (*SETTINGS, *python_folders()):  # an environment may lie in /tmp
        arguments += [*_open_folders(path), "--ro-bind-try", path, path]
    for folder in hidden:
        arguments += ["--tmpfs", str(folder)]
    for path in (KERNEL, KERNELS):
        arguments += [*_open_folders(path), "--perms", "0755", "--dir", path]
    arguments += ["--tmpfs", SCRATCH]
    arguments += ["--ro-bind", str(view), COURSE, "--bind", str(kernels), KERNELS]
    # what is left belongs to the user that graded: were it writable, one submission could leave things for the next
    for place in (*map(str, hidden), "/dev", "/tmp", "/"):
        arguments += ["--remount-ro", place]
    return [*arguments, "--chdir", SCRATCH, "--"]


ENVIRONMENT = {
    "HOME": SCRATCH,
    "TMPDIR": SCRATCH,
    "USER": "student",
    "PATH": "/usr/bin:/bin",
    "LANG": "C.UTF-8",
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",
    "MPLCONFIGDIR": SCRATCH,
    "IPYTHONDIR": SCRATCH,
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "PYTHONDONTWRITEBYTECODE": "1",
    "NBGRADER_EXECUTION": "autograde",
}


def _open_folders(path: str) -> list[str]:
    """Arguments that make the folders above `path` so that every user may pass through them."""
    above = [str(folder) for folder in reversed(Path(path).parents) if str(folder) != "/"]
    return [word for folder in above for word in ("--perms", "0755", "--dir", folder)]


def python_folders() -> list[str]:
    """Where Python and its packages are, if not in /usr; parents before what lies in them."""
    found = {Path(folder).resolve() for folder in (sys.prefix, sys.base_prefix, *site.getsitepackages())}
    found |= {Path(sys.prefix)}
    outside = [path for path in sorted(found) if not any(path.is_relative_to(system) for system in SYSTEM)]
    tops = [path for path in outside if not any(other != path and path.is_relative_to(other) for other in outside)]
    return [str(path) for path in tops]
