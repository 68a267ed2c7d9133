"""The command that starts a warm process under bubblewrap, or without the sandbox.

Covered: the warm process has pid, IPC, network and UTS namespaces of its own (and a user namespace, unless the host is
root), read-only system and Python folders, no home, no course directory, and a fixed environment. Each kernel is
isolated further, and from the other kernels; see guest.supervisor.
Not covered: systems other than Linux; anything that is world-readable in /usr or in Python's own folders.
"""

from __future__ import annotations

import os
import shutil
import site
import sys
from pathlib import Path

from autograder.errors import AutograderError
from autograder.guest.paths import COURSE, KERNEL, KERNELS, SCRATCH

STUDENTS = 61_000  # the first of the user ids that kernels run as, where the host is root
SYSTEM_FOLDERS = ("/usr", "/bin", "/lib", "/lib32", "/lib64", "/sbin")
SYSTEM_SETTINGS = (
    "/etc/ld.so.cache",
    "/etc/ld.so.conf",
    "/etc/ld.so.conf.d",
    "/etc/localtime",
    "/etc/fonts",
    "/etc/alternatives",
)
# what a warm process needs, as root, to isolate a kernel that runs as another user; the kernel itself has none of them
CAPABILITIES = (
    "CAP_SYS_ADMIN", "CAP_SETUID", "CAP_SETGID", "CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_KILL", "CAP_SETPCAP",
    "CAP_SYS_PTRACE",
)  # fmt: skip
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
# run with -I, which ignores the environment and the current folder, so that only this folder precedes the packages
START = (
    "import sys; sys.path.insert(0, sys.argv[1]); del sys.argv[1]; import autograder.guest.warm_process as w; w.main()"
)


class SandboxUnavailable(AutograderError):
    """This machine cannot isolate students' code. The message says why, and what to do."""


def as_root() -> bool:
    return os.geteuid() == 0


def command(course: Path, kernels: Path, hidden: list[Path], scratch: list[Path], channel: int) -> list[str]:
    """The command line of a warm process in the sandbox.

    Args:
        course: the folder that kernels import from; see guest_folder.write_guest_folder.
        kernels: the folder in which the host makes one for each kernel.
        hidden: folders of Python packages that must not be readable.
        scratch: files for the scratch folder of the warm process itself.
        channel: the descriptor of the socket for orders.

    Raises:
        SandboxUnavailable: if bubblewrap is not installed, or this is not Linux.
    """
    return [*_bubblewrap(course, kernels, hidden, scratch), sys.executable, "-I", "-c", START, COURSE, str(channel)]


def command_without_sandbox(course: Path, channel: int) -> list[str]:
    """The command line of a warm process without the sandbox, for code that is trusted."""
    return [sys.executable, "-I", "-c", START, str(course), str(channel)]


def _bubblewrap(course: Path, kernels: Path, hidden: list[Path], scratch: list[Path]) -> list[str]:
    """bubblewrap and its arguments, up to the program that it runs."""
    program = shutil.which("bwrap")
    if sys.platform != "linux":
        raise SandboxUnavailable(
            "students' code can be isolated on Linux only: grade in a Linux container or virtual machine"
        )
    if program is None:
        raise SandboxUnavailable("bubblewrap is not installed (apt install bubblewrap, dnf install bubblewrap)")
    arguments = [program, "--unshare-pid", "--unshare-ipc", "--unshare-net", "--unshare-uts", "--die-with-parent"]
    if as_root():
        arguments += [word for capability in CAPABILITIES for word in ("--cap-add", capability)]
    else:
        arguments += ["--unshare-user"]
    arguments += ["--new-session", "--hostname", "sandbox", "--clearenv"]
    for name, value in ENVIRONMENT.items():
        arguments += ["--setenv", name, value]
    for path in SYSTEM_FOLDERS:
        if os.path.islink(path):
            arguments += ["--symlink", os.readlink(path), path]
        elif os.path.isdir(path):
            arguments += ["--ro-bind", path, path]
    arguments += ["--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp"]
    for path in (*SYSTEM_SETTINGS, *python_folders()):  # after /tmp, where a virtual environment may be
        arguments += [*_accessible_parents(path), "--ro-bind-try", path, path]
    for folder in hidden:
        arguments += ["--tmpfs", str(folder)]
    for path in (KERNEL, KERNELS):
        arguments += [*_accessible_parents(path), "--perms", "0755", "--dir", path]
    arguments += ["--tmpfs", SCRATCH]
    for file in scratch:
        arguments += ["--ro-bind", str(file), f"{SCRATCH}/{file.name}"]
    arguments += ["--ro-bind", str(course), COURSE, "--bind", str(kernels), KERNELS]
    # these belong to the user who grades: if they were writable, one submission could leave files for the next
    for path in (*map(str, hidden), "/dev", "/tmp", "/"):
        arguments += ["--remount-ro", path]
    return [*arguments, "--chdir", SCRATCH, "--"]


def _accessible_parents(path: str) -> list[str]:
    """Arguments that make the parent folders of `path`, accessible to every user."""
    parents = [str(folder) for folder in reversed(Path(path).parents) if str(folder) != "/"]
    return [word for folder in parents for word in ("--perms", "0755", "--dir", folder)]


def python_folders() -> list[str]:
    """The folders of Python and its packages that are not in SYSTEM_FOLDERS, without those inside another of them."""
    folders = {Path(folder).resolve() for folder in (sys.prefix, sys.base_prefix, *site.getsitepackages())}
    folders |= {Path(sys.prefix)}
    outside = [path for path in sorted(folders) if not any(path.is_relative_to(system) for system in SYSTEM_FOLDERS)]
    tops = [path for path in outside if not any(other != path and path.is_relative_to(other) for other in outside)]
    return [str(path) for path in tops]
