"""Where the modules of notebooks call a student's model, as `autograder.guest.student_call` does for the checks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def call_student(function: Callable[..., Any], /, *arguments: Any, **options: Any) -> Any:
    """Call what a student wrote; `autograder.guest.raised` takes what this raises for the student's doing."""
    return function(*arguments, **options)
