"""What grading keeps in the metadata of a graded notebook: how it ended, and the verdict of each check as data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from nbformat import NotebookNode

from autograder.guest.status import Status
from autograder.judging.verdict import Verdict
from autograder.notebooks import VerdictSummary, summarise

FIELD = "autograder"  # of the notebook's metadata


@dataclass(frozen=True)
class Note:
    """The outcome of grading one submission.

    It is written into the notebook that is put into autograded/, so the two can never disagree. A submission cannot
    bring a note of its own: `restore` takes all metadata from the released notebook.
    """

    status: Status
    why: str = ""  # the reason, where the whole submission counts zero; else a remark on it, empty as a rule
    key: str = ""  # of the Task; the same key means the same result, and an empty one matches none
    unsafe: bool = False  # graded without the sandbox
    verdicts: Mapping[str, dict[str, Any]] = field(default_factory=dict)  # exercise → Verdict.to_dict()

    @classmethod
    def of(cls, verdicts: Mapping[str, Verdict], key: str = "", unsafe: bool = False, remark: str = "") -> Note:
        """The note of a submission whose checks were judged."""
        return cls(Status.GRADED, remark, key, unsafe, {name: verdict.to_dict() for name, verdict in verdicts.items()})

    def write_into(self, notebook: NotebookNode) -> None:
        """Put the note into the notebook's metadata."""
        data: dict[str, Any] = {"key": self.key, "status": self.status.value, "why": self.why}
        if self.unsafe:
            data["unsafe"] = True
        notebook.metadata[FIELD] = data | {"verdicts": dict(self.verdicts)}

    def verdict(self, exercise: str) -> VerdictSummary | None:
        """The verdict on an exercise; None if the note has none, as in a notebook that stock nbgrader graded."""
        return summarise(self.verdicts.get(exercise))


def read_note(notebook: NotebookNode) -> Note:
    """The note in a graded notebook; a bare `graded` where stock nbgrader graded it."""
    data = notebook.metadata.get(FIELD)
    if not isinstance(data, dict):
        return Note(Status.GRADED)
    try:
        status = Status(data.get("status", Status.GRADED))
    except ValueError:
        status = Status.GRADED
    verdicts = data.get("verdicts")
    return Note(
        status,
        str(data.get("why", "")),
        str(data.get("key", "")),
        bool(data.get("unsafe")),
        verdicts if isinstance(verdicts, dict) else {},
    )
