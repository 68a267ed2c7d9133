"""The limits of one submission."""

from __future__ import annotations

from dataclasses import dataclass, fields

from autograder.guest.limits import MB, KernelLimits

__all__ = ["MB", "Limits"]


@dataclass(frozen=True)
class Limits(KernelLimits):
    """What the guest enforces on a kernel, and what the host enforces on a notebook. Times are wall time in seconds."""

    cell: float = 60.0  # one of the student's cells
    notebook: float = 600.0  # the whole notebook, its questions included
    question: float = 20.0  # one question; an exercise that states more time (Exercise.seconds) gets that
    answer: int = 64 * MB  # bytes of the response to one question

    def for_kernel(self) -> KernelLimits:
        """The part that the guest enforces."""
        return KernelLimits(**{field.name: getattr(self, field.name) for field in fields(KernelLimits)})
