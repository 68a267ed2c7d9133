"""How a check, a submission and a kernel can end."""

from __future__ import annotations

from enum import StrEnum


class Status(StrEnum):
    """What became of a case, an exercise or a whole submission, in the words that people read."""

    PASSED = "passed"
    FAILED = "failed"
    RAISED = "raised"
    NOT_ATTEMPTED = "not attempted"
    TIMED_OUT = "timed out"
    CRASHED = "crashed"
    OUT_OF_MEMORY = "out of memory"
    UNREADABLE = "unreadable"
    NOT_RUN = "not run"  # the check's cell shows no verdict
    MISSING = "missing"  # the check's cell is not in the graded notebook
    TO_BE_MARKED = "to be marked"  # by a person
    MARKED = "marked"  # by a person
    GRADED = "graded"  # a whole submission whose exercises have a status each
    NOT_GRADED = "not graded"  # yet
    COULD_NOT_BE_GRADED = "could not be graded"  # by no fault of the student


class Termination(StrEnum):
    """Why a kernel or a snapshot of it ended early. Each is also the `Status` of the cells that this costs."""

    TIMED_OUT = Status.TIMED_OUT.value
    CRASHED = Status.CRASHED.value
    OUT_OF_MEMORY = Status.OUT_OF_MEMORY.value
