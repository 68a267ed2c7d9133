"""Grade attacks as a user without rights and print the results: python ordinary_user.py NAME … (as root)."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

NOBODY = 65_534
# Python may be in a folder that only root may enter: mount a folder in memory over it, with Python alone in it
SCRIPT = """
set -e
mount --make-rprivate /
if [ -n "$ACCOUNTS" ]; then mount --bind "$ACCOUNTS" /etc/passwd; fi
if [ -n "$BLOCKED" ]; then
  mount --bind "$PYTHON" "$ASIDE"
  mount -t tmpfs -o mode=755 none "$BLOCKED"
  mkdir -p "$PYTHON"
  mount --bind "$ASIDE" "$PYTHON"
fi
exec setpriv --reuid="$AS_USER" --regid="$AS_USER" --clear-groups --inh-caps=-all "$@"
"""


def as_user(user: int, command: list[str], aside: Path, accounts: str = "") -> tuple[list[str], dict[str, str]]:
    """The command that runs `command` as another user, and what its environment has to have (as root).

    aside: an empty folder that anybody may enter. accounts: a file to have in place of /etc/passwd.
    """
    aside.chmod(0o755)
    python = Path(sys.base_prefix)
    blocked = next((str(folder) for folder in reversed(python.parents) if not folder.stat().st_mode & 0o001), "")
    environment = {"BLOCKED": blocked, "PYTHON": str(python), "ASIDE": str(aside), "ACCOUNTS": accounts}
    environment |= {"AS_USER": str(user), "PYTHONDONTWRITEBYTECODE": "1"}
    return ["unshare", "--mount", "bash", "-c", SCRIPT, "bash", *command], environment


def run(names: list[str]) -> dict[str, dict[str, object]]:
    """The result of `graded` for each attack, graded as the user nobody."""
    with tempfile.TemporaryDirectory() as aside:
        command, environment = as_user(NOBODY, [sys.executable, __file__, *names], Path(aside))
        environment = os.environ | environment | {"HOME": "/nonexistent", "MPLCONFIGDIR": "/nonexistent"}
        graded = subprocess.run(command, env=environment, capture_output=True, text=True)
    if graded.returncode:
        raise RuntimeError(graded.stderr)
    results: dict[str, dict[str, object]] = json.loads(graded.stdout.splitlines()[-1])
    return results


def graded(name: str) -> dict[str, object]:
    """Grade one attack: its status, its points, and everything that was printed."""
    import nbformat

    from autograder.course import Course
    from autograder.demo.hostile import ATTACKS
    from autograder.demo.hostile.attack import ASSIGNMENT
    from autograder.grading.submission import Task, grade_submission
    from autograder.sandbox.limits import MB, Limits

    root = Path(__file__).resolve().parent.parent
    released = (root / "notebooks" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb").read_bytes()
    submitted = ATTACKS[name].submission(nbformat.reads(released.decode(), as_version=4))
    limits = Limits(memory=1024 * MB, cell=10.0)
    modules = Course(root).modules(ASSIGNMENT)
    result = grade_submission(Task(ASSIGNMENT, name, submitted, released, "", "secret", "", modules, limits))
    cells = nbformat.reads(result.notebook.decode(), as_version=4).cells
    outputs = [output for cell in cells for output in cell.get("outputs", [])]
    printed = "".join(str(output.get("text", "")) + str(output.get("evalue", "")) for output in outputs)
    points = sum(score or 0 for score in result.scores.values())
    return {"status": result.status, "points": points, "printed": printed, "user": os.geteuid()}


if __name__ == "__main__":
    os.environ.setdefault("AUTOGRADER_SECRET", "for tests")
    print(json.dumps({name: graded(name) for name in sys.argv[1:]}))
