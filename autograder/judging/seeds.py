"""The random numbers of a check: the same everywhere in visible cases, from the course's secret in hidden ones."""

from __future__ import annotations

import hashlib
import os
import secrets
from pathlib import Path

import numpy as np

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


def generator(assignment: str, exercise: str, case: str, hidden: bool) -> np.random.Generator:
    """The random generator for one case: within a course, a case has the same numbers each time it is asked."""
    secret = os.environ.get(VARIABLE, "") if hidden else "visible"
    digest = hashlib.sha256("/".join((secret, assignment, exercise, case)).encode()).digest()
    return np.random.default_rng(int.from_bytes(digest[:16], "little"))


class SmallIntegers:
    """A generator that draws from -3 … 3 without 0 in place of the normal distribution, for an example by hand."""

    def __init__(self, seed: int) -> None:
        self._rng = np.random.default_rng(seed)

    def standard_normal(self, size: tuple[int, ...] | int = ()) -> np.ndarray:
        return self._rng.choice(np.array([-3, -2, -1, 1, 2, 3]), size).astype(float)

    def __getattr__(self, name: str) -> object:
        return getattr(self._rng, name)
