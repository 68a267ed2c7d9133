"""Takes the place of `autograder.check` while a submission is graded: a check does nothing, the host runs its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

NO_CHECKS = ("hint", "progress")  # what the module offers beside checks; a student may have left a call in a cell


class LeftToTheGrader:
    """What a check returns while a submission is graded."""

    def __repr__(self) -> str:
        return "The grader runs this check itself."


def __getattr__(name: str) -> Callable[..., LeftToTheGrader | None]:
    if name.startswith("_"):
        raise AttributeError(name)
    if name in NO_CHECKS:
        return lambda *arguments, **options: None

    def check(*functions: Any, hidden: bool = False) -> LeftToTheGrader:
        return LeftToTheGrader()

    return check
