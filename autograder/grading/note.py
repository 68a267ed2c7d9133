"""What grading keeps in the metadata of a graded notebook: how it ended, and the verdict of each check as data."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from nbformat import NotebookNode

from autograder.guest.status import Status
from autograder.judging.behaviour import Behaviour
from autograder.judging.verdict import Verdict
from autograder.notebooks import VerdictSummary, parse_notebook, summarise

FIELD = "autograder"  # of the notebook's metadata
METADATA = b'\n "metadata": {'  # how they begin in a file of nbformat's; text in a cell has no such line of its own


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
    # exercise → Behaviour.to_dict(), of wrong answers without a name; tells of hidden cases, so for instructors alone
    behaviours: Mapping[str, dict[str, Any]] = field(default_factory=dict)

    @classmethod
    def of(cls, verdicts: Mapping[str, Verdict], key: str = "", unsafe: bool = False, remark: str = "") -> Note:
        """The note of a submission whose checks were judged."""
        behaviours = {name: verdict.behaviour.to_dict() for name, verdict in verdicts.items() if verdict.behaviour}
        data = {name: verdict.to_dict() for name, verdict in verdicts.items()}
        return cls(Status.GRADED, remark, key, unsafe, data, behaviours)

    def write_into(self, notebook: NotebookNode) -> None:
        """Put the note into the notebook's metadata."""
        data: dict[str, Any] = {"key": self.key, "status": self.status.value, "why": self.why}
        if self.unsafe:
            data["unsafe"] = True
        if self.behaviours:
            data["behaviours"] = dict(self.behaviours)
        notebook.metadata[FIELD] = data | {"verdicts": dict(self.verdicts)}

    def verdict(self, exercise: str) -> VerdictSummary | None:
        """The verdict on an exercise; None if the note has none, as in a notebook that stock nbgrader graded."""
        return summarise(self.verdicts.get(exercise))

    def behaviour(self, exercise: str) -> Behaviour | None:
        """What a wrong answer without a name did; None for other answers, and where an earlier version graded."""
        return Behaviour.from_dict(self.behaviours.get(exercise))


def read_note(notebook: NotebookNode) -> Note:
    """The note in a graded notebook; a bare `graded` where stock nbgrader graded it."""
    return _note(notebook.metadata)


def note_of(content: bytes, name: str) -> Note:
    """The note in the bytes of a graded notebook; `name` is for the message.

    Raises:
        Unreadable: if it is no notebook.
    """
    return note_in(content) or read_note(parse_notebook(content, name))


def note_in(content: bytes) -> Note | None:
    """The note in the bytes of a graded notebook, as it is written: metadata last. None if they are anything else.

    The cells are not read: a class has thousands of notebooks, with figures in them.
    """
    start = content.rfind(METADATA)
    if start < 0:
        return None
    try:
        data = json.loads(b"{" + content[start:])
        return _note(data["metadata"]) if "nbformat" in data else None
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return None


def _note(metadata: Mapping[str, Any]) -> Note:
    data = metadata.get(FIELD)
    if not isinstance(data, dict):
        return Note(Status.GRADED)
    try:
        status = Status(data.get("status", Status.GRADED))
    except ValueError:
        status = Status.GRADED
    verdicts, behaviours = data.get("verdicts"), data.get("behaviours")
    return Note(
        status,
        str(data.get("why", "")),
        str(data.get("key", "")),
        bool(data.get("unsafe")),
        verdicts if isinstance(verdicts, dict) else {},
        behaviours if isinstance(behaviours, dict) else {},
    )
