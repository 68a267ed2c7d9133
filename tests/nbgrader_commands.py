"""nbgrader's own commands, run in a course as an instructor runs them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from small_course import REPOSITORY


def nbgrader(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "nbgrader", *arguments]
    scripts = str(Path(sys.executable).parent)  # where nbgrader looks for alembic
    path = os.pathsep.join([scripts, os.environ["PATH"]])
    environment = {name: value for name, value in os.environ.items() if name != "AUTOGRADER_SECRET"}
    environment |= {"PATH": path, "PYTHONPATH": os.pathsep.join([str(REPOSITORY), os.environ.get("PYTHONPATH", "")])}
    return subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True)
