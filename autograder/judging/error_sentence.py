"""The sentence for an error in a student's code, or for the end of the process that it ran in."""

from __future__ import annotations

from autograder.guest.response import Raised
from autograder.guest.status import Termination


def explain_error(error: Raised) -> str:
    """One sentence for an exception in the student's code, with the student's line, or for how its process ended."""
    at = f" in line {error.line_number}: `{error.line}`" if error.line else ""
    message = " ".join(error.message.split())
    if error.type in set(Termination):
        return f"{error.type.capitalize()}: {message}."
    return f"Your code raised {error.type}{f' ({message})' if message else ''}{at}."
