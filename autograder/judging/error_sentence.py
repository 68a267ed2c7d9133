"""The sentence for an error: in a student's code, in the course's own, or for the end of the process it ran in."""

from __future__ import annotations

import re

from autograder.guest.raised import Frame, Raised
from autograder.guest.status import Termination
from autograder.judging.verdict import NOT_YOURS


def explain_error(error: Raised) -> str:
    """One sentence for an exception, with every line of the student's, or for how the student's process ended."""
    message = " ".join(error.message.split())
    if error.type in set(Termination):
        return f"{error.type.capitalize()}: {message}."
    what = f"{error.type}{f' ({message})' if message else ''}"
    if error.ours and (missing := _missing_package(error)):
        return (
            f"The check could not run, because {missing}, restart the kernel, and run the check again. "
            "It costs no points."
        )
    if error.ours:
        return f"The check itself failed: {what} in {error.ours}. {NOT_YOURS}"
    if error.used:
        return f"Your {error.used} could not be used as the exercise says: {what}."
    if error.inside:
        return (
            f"{error.inside}, which belongs to the course, raised {what} when your code called it{_trail(error)}. "
            "Compare what you pass with what it takes; if that is right, report this: it is not your mistake then."
        )
    return f"Your code raised {what}{_trail(error)}."


def _missing_package(error: Raised) -> str | None:
    """Which package of the course's the check lacks, and what installs it; None if the error has another reason."""
    named = re.match(r"No module named '(\w+)", error.message) if error.type == "ModuleNotFoundError" else None
    if named is None:
        return None
    try:
        from autograder.installed import how_to_install  # loads packaging, which no other sentence needs

        return how_to_install(named.group(1))
    except ImportError:  # the course itself is not installed
        return None


def _trail(error: Raised) -> str:
    """The student's lines, the innermost first."""
    if not error.frames:
        return f" in line {error.line_number}: `{error.line}`" if error.line else ""
    lines = [_line(frame) for frame in reversed(error.frames)]
    if error.left_out:
        lines.insert(len(lines) // 2, f"{error.left_out} more lines of yours")
    first, *callers = lines
    return f" in {first}" + "".join(f", called from {caller}" for caller in callers)


def _line(frame: Frame) -> str:
    where = f"line {frame.number}"
    where += f" of {frame.function}" if frame.function else ""
    where += f" in {frame.file}" if frame.file else ""
    where += f" ({frame.times} times)" if frame.times > 1 else ""
    return f"{where}: `{frame.line}`" if frame.line else where
