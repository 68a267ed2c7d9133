"""Put the empty exercise back into a student's notebook; the old answer is kept in a file beside it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.errors import CourseError
from autograder.files import decoded, read_bytes, replace_file
from autograder.notebooks import parse_notebook
from autograder.progress.naming import Named
from autograder.progress.place import Workplace
from autograder.progress.sources import digests_in
from autograder.progress.state import forget
from autograder.restoring.alignment import align, grade_id, text
from autograder.restoring.pristine import released_notebook


@dataclass(frozen=True)
class Reset:
    """What was done."""

    notebook: Path
    kept: Path | None  # the file with the old answer; None if there was none to keep
    was: str  # "written", "empty" or "missing": the exercise's cell before
    elsewhere: tuple[int, ...]  # numbers of other cells that define the function, and are left as they were
    notice: str = ""  # what went wrong with keeping the progress

    def in_words(self) -> str:
        """What was done, in lines for the student."""
        name = self.notebook.name
        lines = {
            "written": [
                f"The empty exercise is back in {name}. Your answer is beside it, in {self.kept and self.kept.name}."
            ],
            "missing": [f"The exercise's cell was missing from {name}: it is back, empty."],
            "empty": [f"The exercise was empty already in {name}; it begins anew, with its first hint."],
        }[self.was]
        if self.elsewhere:
            cells = ", ".join(map(str, self.elsewhere))
            lines.append(f"Left as it was: cell {cells} of the notebook, which defines it too.")
        lines.append(
            "If the notebook is open in JupyterLab, choose File > Reload Notebook from Disk, and do not save first."
        )
        return "\n".join(lines)

    def to_dict(self) -> dict[str, Any]:
        return {
            "notebook": str(self.notebook),
            "kept": str(self.kept) if self.kept else None,
            "was": self.was,
            "elsewhere": list(self.elsewhere),
        }


def reset(named: Named, place: Workplace) -> Reset:
    """Put the stub of an exercise into the notebook, and forget its verdict and the hints that were read.

    The cells' other copies and outputs of the check go, too: a verdict that is shown there is about the old answer.

    Raises:
        CourseError: if the notebook is not there or cannot be written, or the stub is not in this installation.
        Unreadable: if it is no notebook.
    """
    path = place.notebook(named.assignment)
    if not path.is_file():
        raise CourseError(f"there is no {path}: copy it from the course's zip")
    content = read_bytes(path)
    parsed = parse_notebook(content, path.name)
    pristine = released_notebook(named.assignment)
    stub = next((cell for cell in pristine.cells if grade_id(cell) == named.name), None) if pristine else None
    if pristine is None or stub is None:
        raise CourseError(f"the released notebook of {named.assignment} is missing: unpack the course again")
    match = align(pristine.cells, parsed.cells)
    answer_place = next(k for k, cell in enumerate(pristine.cells) if cell is stub)
    copies = [k for k, at in enumerate(match) if at == answer_place]
    written = [text(parsed.cells[k]) for k in copies if text(parsed.cells[k]) not in ("", text(stub))]
    others = tuple(
        k + 1
        for k, cell in enumerate(parsed.cells)
        if k not in copies and cell.cell_type == "code" and named.name in digests_in(text(cell))
    )
    kept = _keep(path, named.name, written) if written else None
    raw = json.loads(decoded(content))  # as it is, so that nothing changes but these cells
    checks = [
        k for k, at in enumerate(match) if at is not None and grade_id(pristine.cells[at]) == f"check_{named.name}"
    ]
    _put_back(raw, stub, copies, checks, _place_for(match, answer_place))
    try:
        replace_file(path, (json.dumps(raw, indent=1, ensure_ascii=False) + "\n").encode(), lasting=True)
    except OSError as error:
        raise CourseError(f"{path} cannot be written ({error.strerror}); it is as it was") from None
    was = "written" if written else "empty" if copies else "missing"
    return Reset(path, kept, was, others, forget(place.state, named.key))


def _place_for(match: list[int | None], answer_place: int) -> int:
    """Where the exercise's cell belongs in a notebook that has lost it: after the cells that come before it."""
    before = [k for k, at in enumerate(match) if at is not None and at < answer_place]
    return max(before, default=-1) + 1


def _put_back(raw: dict[str, Any], stub: Any, copies: list[int], checks: list[int], missing_at: int) -> None:
    cells = raw["cells"]
    for k in (*copies, *checks):
        if cells[k].get("cell_type") == "code":
            cells[k] |= {"outputs": [], "execution_count": None}
    if copies:
        first = cells[copies[0]]
        first["source"] = stub.source.splitlines(keepends=True)
        if first.get("cell_type") != "code":  # turned into text by mistake
            first |= {"cell_type": "code", "outputs": [], "execution_count": None}
            first.pop("attachments", None)
        for k in reversed(copies[1:]):
            del cells[k]
    else:
        new = json.loads(json.dumps(stub)) | {"source": stub.source.splitlines(keepends=True)}
        cells.insert(missing_at, new)


def _keep(notebook: Path, name: str, answers: list[str]) -> Path:
    """Write the old answers into a new file beside the notebook; returns it."""
    number = 1
    while (target := notebook.with_name(f"{name}.before-reset-{number}.txt")).exists():
        number += 1
    try:
        with target.open("x", encoding="utf-8") as file:
            file.write("\n\n\n".join(answers) + "\n")
    except OSError as error:
        reason = f"{target.name} cannot be written ({error.strerror})"
        raise CourseError(f"nothing was reset, since the old answer could not be kept: {reason}") from None
    return target
