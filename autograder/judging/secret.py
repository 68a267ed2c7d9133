"""The secret of a course, from which hidden cases are drawn. Importing this loads no NumPy: every command needs it."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

VARIABLE = "AUTOGRADER_SECRET"  # of the environment
FILE = ".course-secret"  # in the course directory


def course_secret(root: Path) -> str:
    """The secret of the course in folder `root`: from the environment, else from a file that is made at first use.

    It never reaches students. Regrading with the same questions needs the same secret.
    """
    if secret := os.environ.get(VARIABLE):
        return secret
    path = root / FILE
    if not path.exists():
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_hex(16) + "\n")
    return path.read_text().strip()
