"""A student's folder with the small course's notebook, and the released one with hints."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode
from small_course import ASSIGNMENTS, NAME, cell, released

from autograder.progress.place import Workplace

HINTS = """<details><summary>Hint 1: begin</summary>

Multiply $x_0 \\times 2$.
</details>
<details><summary>Hint 2: nearly</summary>

`x + x` does it too.
</details>"""


def notebook_with_hints() -> NotebookNode:
    """The students' notebook; its hints come after the answer cell of `double`."""
    notebook = released()
    notebook.cells.insert(3, cell("markdown", "double-hints", HINTS))
    return notebook


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workplace:
    """A student's folder, nothing done."""
    monkeypatch.setattr("autograder.exercises.ASSIGNMENTS", ASSIGNMENTS)
    monkeypatch.setattr("autograder.progress.ladder._READ_HERE", {})
    monkeypatch.setattr("autograder.restoring.pristine.RELEASED", tmp_path / "released")
    for path in (tmp_path / "released" / f"{NAME}.ipynb", tmp_path / "home" / "notebooks" / NAME / f"{NAME}.ipynb"):
        path.parent.mkdir(parents=True)
        nbformat.write(notebook_with_hints(), path)
    return Workplace(tmp_path / "home")


@pytest.fixture
def write(place: Workplace) -> Callable[..., None]:
    """Writes answers into the student's notebook: exercise → the body of its function."""

    def write(**answers: str) -> None:
        path = place.notebook(NAME)
        notebook = nbformat.read(path, as_version=4)
        for one in notebook.cells:
            name = one.metadata.get("nbgrader", {}).get("grade_id")
            if name in answers:
                one.source = f"def {name}(x):\n    {answers[name]}"
        nbformat.write(notebook, path)

    return write
