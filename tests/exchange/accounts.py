"""Accounts of one machine, with an exchange that all of them use: an instructor and students (as root)."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from ordinary_user import as_user
from small_course import REPOSITORY

FIRST_UID = 64_001  # of the accounts; they exist for the processes of a Machine alone
SETTINGS = 'c = get_config()\nc.CourseDirectory.course_id = "convolutional_networks"\nc.Exchange.root = "{}"\n'


def why_no_accounts() -> str:
    """Why this machine cannot run things as other accounts; empty if it can."""
    if os.geteuid():
        return "only root may run things as other accounts"
    if missing := [name for name in ("unshare", "setpriv") if not shutil.which(name)]:
        return f"{' and '.join(missing)} is not installed"
    tried = subprocess.run(["unshare", "--mount", "mount", "--make-rprivate", "/"], capture_output=True, text=True)
    return f"other accounts cannot be used here: {tried.stderr.strip()[-200:]}" if tried.returncode else ""


@dataclass(frozen=True)
class Account:
    """One account: it owns what it makes, and its home is closed to the others."""

    name: str
    uid: int
    machine: Machine

    @property
    def home(self) -> Path:
        return self.machine.root / "home" / self.name

    def run(self, module: str, *arguments: str, folder: Path | None = None) -> tuple[int, str]:
        """The exit status of `python -m MODULE …` in this account's home or `folder`, and what it prints."""
        return self.machine.run(self, [module, *arguments], folder or self.home)

    def nbgrader(self, *arguments: str, folder: Path | None = None) -> str:
        """What nbgrader prints; it has to succeed."""
        status, printed = self.run("nbgrader", *arguments, folder=folder)
        assert status == 0, printed
        return printed

    def own(self, path: Path) -> None:
        """Make a path, and everything in it, this account's."""
        for part in (path, *path.rglob("*")):
            os.chown(part, self.uid, self.uid, follow_symlinks=False)


class Machine:
    """Accounts, and an exchange that an administrator made for all of them in /etc.

    Attributes:
        root: the folder that everything is in.
        exchange: the exchange.
        accounts: name → account.
    """

    def __init__(self, root: Path, *names: str) -> None:
        self.root, self.exchange = root, root / "exchange"
        root.chmod(0o755)
        (root / "etc").mkdir()
        (root / "etc" / "nbgrader_config.py").write_text(SETTINGS.format(self.exchange))
        self.exchange.mkdir()
        self.exchange.chmod(0o777)
        self.accounts = {name: Account(name, uid, self) for uid, name in enumerate(names, start=FIRST_UID)}
        lines = Path("/etc/passwd").read_text()
        for account in self.accounts.values():
            account.home.mkdir(parents=True)
            account.home.chmod(0o700)
            account.own(account.home)
            lines += f"{account.name}:x:{account.uid}:{account.uid}::{account.home}:/bin/sh\n"
        (root / "passwd").write_text(lines)
        (root / "aside").mkdir()
        forks = [sys.executable, str(Path(__file__).with_name("run_as_account.py"))]
        command, environment = as_user(0, forks, root / "aside", str(root / "passwd"))
        environment = os.environ | environment | {"PYTHONPATH": self._python_path}
        pipe = subprocess.PIPE
        self._process = subprocess.Popen(command, env=environment, cwd="/", text=True, stdin=pipe, stdout=pipe)

    def run(self, account: Account, arguments: list[str], folder: Path) -> tuple[int, str]:
        """The exit status of a Python module that an account runs, and what it prints."""
        environment = {
            "HOME": str(account.home),
            "USER": account.name,
            "LOGNAME": account.name,
            "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
            "PYTHONPATH": self._python_path,
            "JUPYTER_CONFIG_PATH": str(self.root / "etc"),  # /etc/jupyter of this machine
            "MPLCONFIGDIR": str(account.home),
        }
        request = {"uid": account.uid, "folder": str(folder), "environment": environment, "arguments": arguments}
        assert self._process.stdin and self._process.stdout
        print(json.dumps(request), file=self._process.stdin, flush=True)
        done = json.loads(self._process.stdout.readline())
        return done["status"], done["printed"]

    def stop(self) -> None:
        assert self._process.stdin and self._process.stdout
        self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()

    @property
    def _python_path(self) -> str:
        return os.pathsep.join([str(REPOSITORY), str(REPOSITORY / "tests"), os.environ.get("PYTHONPATH", "")])


@contextmanager
def machine_with(*names: str) -> Iterator[Machine]:
    """A machine with these accounts; nothing of it is left afterwards."""
    with TemporaryDirectory() as folder:
        machine = Machine(Path(folder), *names)
        try:
            yield machine
        finally:
            machine.stop()
