"""The released notebooks as students got them; `autograder build` writes them here, beside notebooks/ to work in."""

from __future__ import annotations

from pathlib import Path

from nbformat import NotebookNode

from autograder.notebooks import read_notebook
from autograder.restoring.which_assignment import likeliest_assignment

RELEASED = Path(__file__).resolve().parent / "released"


def pristine_notebook(submitted: NotebookNode, stem: str) -> NotebookNode | None:
    """The released notebook that a student's was made from; None if it is not one of the course's.

    Args:
        stem: the name of the student's file without its suffix, which counts where the content does not tell.

    Raises:
        Unreadable: if the course's own copy is damaged.
    """
    return released_notebook(likeliest_assignment(submitted) or stem)


def released_notebook(assignment: str) -> NotebookNode | None:
    """The notebook of an assignment as students got it; None if there is none of that name.

    Raises:
        Unreadable: if the course's own copy is damaged.
    """
    path = RELEASED / f"{assignment}.ipynb"
    return read_notebook(path) if path.is_file() else None
