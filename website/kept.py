"""What takes long to make is kept in a file, until something that it depends on changes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from autograder.files import replace_file

DIGITS = 16  # of a version, in a file's name


def kept(folder: Path, assignment: str, version: str, suffix: str, make: Callable[[], str]) -> str:
    """What `make` returned for an assignment, at this version; the files of its other versions are removed."""
    path = folder / f"{assignment}-{version[:DIGITS]}{suffix}"
    if not path.exists():
        text = make()
        folder.mkdir(parents=True, exist_ok=True)
        for older in folder.glob(f"{assignment}-*{suffix}"):
            older.unlink()
        replace_file(path, text.encode())
    return path.read_text(encoding="utf-8")
