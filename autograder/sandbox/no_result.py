"""Why a cell or a question has no result."""

from __future__ import annotations

from dataclasses import dataclass

from autograder.errors import AutograderError
from autograder.guest.status import Status, Termination


@dataclass(frozen=True)
class NoResult:
    """Why a student's cell did not run to its end, a function is not defined or a question was not answered."""

    status: Status
    reason: str  # for the student, without a full stop


class KernelGone(AutograderError):
    """A kernel answers no more questions."""

    def __init__(self, termination: Termination) -> None:
        super().__init__(termination.value)
        self.termination = termination
