"""What goes to a worker, and what comes back: a submission to grade, and its result to be recorded."""

from __future__ import annotations

from dataclasses import dataclass, field

from autograder.errors import Unreadable
from autograder.guest.status import Status
from autograder.sandbox.limits import Limits


@dataclass(frozen=True)
class Task:
    """One submission to grade, with all that a worker needs for it."""

    assignment: str
    student: str
    submitted: bytes | Unreadable  # the notebook as handed in, or why there is none
    skeleton: bytes  # the released notebook
    earlier: str  # Python source of the functions that it may import from earlier notebooks
    secret: str  # of the course; it draws the hidden cases
    key: str  # a digest of all that the result depends on
    modules: dict[str, bytes] = field(default_factory=dict)  # path → content of the course's files that it imports
    limits: Limits = field(default_factory=Limits)
    sandboxed: bool = True  # False runs the student's code with the grader's rights
    remark: str = ""  # on the submission as a whole, for its result
    files: dict[str, bytes] = field(default_factory=dict)  # path → content of the files beside the notebook


@dataclass(frozen=True)
class Graded:
    """The result of a submission, to be recorded."""

    assignment: str
    student: str
    key: str  # the task's; empty if it should be graded again the next time
    status: Status  # GRADED, or why the whole submission counts zero
    why: str = ""  # the reason where it counts zero
    scores: dict[str, float | None] = field(default_factory=dict)  # grade id → points; None: a person marks it
    notebook: bytes = b""  # the graded notebook, as JSON
    seconds: float = 0.0  # wall time of grading
    own: float = 0.0  # of these, the seconds in which the student's own code ran
    files: dict[str, bytes] = field(default_factory=dict)  # path → content of the files beside the notebook
