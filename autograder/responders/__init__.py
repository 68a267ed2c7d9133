"""What runs beside the student's code: asks its functions one question and gathers the answer as plain data.

Everything else of an exercise (what is right, how it is judged, which mistakes are known) stays with the grader.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from autograder.answer import Functions, Response, ask


def respond(question: dict[str, Any], functions: Functions) -> dict[str, Any]:
    """The response to a question {exercise, inputs, keywords, returns}, as plain data to send back."""
    response = ask(functions[question["exercise"]], question["inputs"], question["keywords"], question["returns"])
    return as_plain(response)


def as_plain(response: Response) -> dict[str, Any]:
    found = {name: getattr(response, name) for name in response.__dataclass_fields__}
    return found | {"error": asdict(response.error) if response.error else None}
