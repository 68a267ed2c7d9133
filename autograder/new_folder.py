"""A student's course folder from an installed package: the notebooks, the students' page, and one for AI helpers."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

from autograder.errors import CourseError
from autograder.restoring.pristine import RELEASED

# path in a student's folder → the page of docs/ that is there; `autograder build` keeps a copy in PAGES
STUDENTS_PAGES = {
    "README.md": "docs/students.md",
    "AGENTS.md": "docs/students-agents.md",
    "images/card.png": "docs/images/card.png",
}
PAGES = Path(__file__).resolve().parent / "pages"


def make_folder(target: Path) -> list[str]:
    """Make a course folder at `target`, whole or not at all; returns the notebooks in it.

    Raises:
        CourseError: if something is there already, or the folder cannot be written.
    """
    if not PAGES.is_dir():
        raise CourseError("this course came as a folder already, with its notebooks in notebooks/")
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise CourseError(f"{target} is there already, and nothing in it was changed: name a folder that is not")
    notebooks = sorted(RELEASED.glob("*.ipynb"))
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=f".{target.name}-") as half:
            made = Path(half) / target.name
            shutil.copytree(PAGES, made)
            for notebook in notebooks:
                (made / "notebooks" / notebook.stem).mkdir(parents=True)
                shutil.copyfile(notebook, made / "notebooks" / notebook.stem / notebook.name)
            os.replace(made, target)
    except OSError as error:
        raise CourseError(f"{target} cannot be written: {error.strerror}") from error
    return [notebook.stem for notebook in notebooks]
