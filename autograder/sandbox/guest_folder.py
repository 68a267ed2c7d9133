"""What a kernel can see of the course: its modules, the door of the checks without what is behind it, no more."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent.parent  # autograder/
INSIDE = ("__init__.py", "guest")  # the exercises, the gallery of answers and the grading stay outside
DOOR = "guest/check_stub.py"  # stands in the place of check.py


def make_view(folder: Path, modules: Mapping[str, bytes]) -> Path:
    """Write into the new `folder` what a kernel may import, `modules` by their paths among it, and return it."""
    ignored = shutil.ignore_patterns("__pycache__", "*.pyc")
    for part in INSIDE:
        source, target = PACKAGE / part, folder / "autograder" / part
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, ignore=ignored)
        else:
            shutil.copy(source, target)
    shutil.copy(PACKAGE / DOOR, folder / "autograder" / "check.py")
    for name, content in modules.items():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    return folder
