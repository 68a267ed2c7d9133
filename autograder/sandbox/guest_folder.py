"""The folder that a kernel may import from: the guest's code, the course's modules, and nothing of the host."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent.parent  # autograder/
COPIED = ("__init__.py", "guest")  # exercises, gallery and grading must not be readable there
CHECK_STUB = "guest/check_stub.py"  # takes the place of check.py
REFERENCE = "utils/layers/reference/"  # answers the exercises of 01 to 07


def write_guest_folder(folder: Path, modules: Mapping[str, bytes], with_reference: bool) -> Path:
    """Write into the new `folder` what a kernel may import, and return the folder.

    Args:
        modules: path in the folder → content of the course's own files.
        with_reference: whether those in REFERENCE are among them.
    """
    ignored = shutil.ignore_patterns("__pycache__", "*.pyc")
    for part in COPIED:
        source, target = PACKAGE / part, folder / "autograder" / part
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, ignore=ignored)
        else:
            shutil.copy(source, target)
    shutil.copy(PACKAGE / CHECK_STUB, folder / "autograder" / "check.py")
    write_files(folder, {path: text for path, text in modules.items() if with_reference or REFERENCE not in path})
    return folder


def write_files(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write path → content below `folder`, which the host alone can write to."""
    for path, content in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
