"""Files that lie beside a notebook: helper modules, pictures and small data, handed in or released with it.

Covered: links, hidden files, caches, other notebooks and nbgrader's own files, which are left out; a limit on the
number and the size of the files; names that a browser would run as a page.
Not covered: what is in a file; only the sandboxed kernel opens one.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from autograder.files import read_bytes, replace_file

MB = 1_000_000
LARGEST_TOGETHER = 20 * MB  # bytes of all files of one submission
MOST = 500  # files
MOST_FOLDERS = 2_000  # that are looked into
NBGRADERS = ("timestamp.txt", "submission_secret.txt")  # written by submitting, needed to release feedback
CACHES = ("__pycache__",)
# files that may lie where an instructor's browser opens them: none of these runs as a page of formgrader's
SHOWN = (
    ".png", ".jpg", ".jpeg", ".gif", ".webp", ".bmp", ".txt", ".md", ".csv", ".tsv", ".json", ".log", ".yaml", ".py",
    ".npy", ".npz", ".pt", ".pth", ".safetensors", ".pkl", ".mat", ".h5", ".gz", ".zip",
)  # fmt: skip


def files_beside(notebook: Path) -> tuple[dict[str, bytes], str]:
    """Path → content of the files in a notebook's folder and below, and a remark if they are not used."""
    folder = notebook.parent
    paths = [path for path in files_below(folder) if not is_notebook(path) and path.name not in NBGRADERS]
    size = sum(path.lstat().st_size for path in paths)
    if size > LARGEST_TOGETHER:
        most = f"at most {LARGEST_TOGETHER // MB} MB are used"
        return {}, f"the files beside the notebook have {size / MB:,.0f} MB; {most}, so none were"
    if len(paths) > MOST:
        return {}, f"there are more than {MOST} files beside the notebook, so none were used"
    return {path.relative_to(folder).as_posix(): read_bytes(path, LARGEST_TOGETHER) for path in paths}, ""


def files_below(folder: Path, deepest: int | None = None) -> list[Path]:
    """The files in a folder and at most `deepest` folders below it that a person put there, in order; no links.

    At most MOST_FOLDERS folders are looked into, and about ten times MOST files are found.
    """
    found: list[Path] = []
    for count, (parent, folders, names) in enumerate(os.walk(folder)):
        too_deep = deepest is not None and len(Path(parent).relative_to(folder).parts) >= deepest
        folders[:] = [] if too_deep else sorted(name for name in folders if by_a_person(name) and name not in CACHES)
        found += [Path(parent) / name for name in sorted(names) if by_a_person(name)]
        if count == MOST_FOLDERS or len(found) > 10 * MOST:
            break
    return [path for path in found if path.is_file() and not path.is_symlink()]


def by_a_person(name: str) -> bool:
    """Whether a file or folder of this name is not one that a system or an editor made by itself."""
    return not name.startswith((".", "~", "__MACOSX"))


def is_notebook(path: Path) -> bool:
    return path.suffix.lower() == ".ipynb"


def write_files(folder: Path, files: Mapping[str, bytes] | Mapping[PurePosixPath, bytes]) -> None:
    """Write files below `folder`, each whole or not at all, over read-only ones too."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        replace_file(path, content)


def may_be_shown(name: str) -> bool:
    """Whether a file may lie beside a graded notebook, where formgrader shows it to an instructor's browser."""
    return Path(name).suffix.lower() in SHOWN
