"""numerical_gradient: passed an f that notes with which dtypes it is called."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograder.guest.ask import ask
from autograder.guest.question import Functions, Question
from autograder.guest.response import Response
from autograder.guest.student_call import call_student

MIX = np.array([[1.0, -2.0, 0.5, 3.0], [0.0, 1.5, -1.0, 2.0], [2.0, 0.25, 1.0, -0.5]])

# f by name: from an array to an array or a number
FUNCTIONS: dict[str, Callable[[np.ndarray], Any]] = {
    "cube": lambda x: x**3,
    "sine": lambda x: np.sin(x),
    "mix": lambda x: x @ MIX,
    "energy": lambda x: float((x**3).sum()),
    "itself": lambda x: x,
}


def gather(question: Question, functions: Functions) -> Response:
    """The response, with a note "float32" if f was ever called with an array of another dtype than float64."""
    notes: list[str] = []

    def numerical_gradient(f: str, x: np.ndarray, dout: Any, **step: float) -> Any:
        def noted(array: np.ndarray) -> Any:
            if isinstance(array, np.ndarray) and array.dtype != np.float64:
                notes.append("float32")
            return FUNCTIONS[f](array)

        return call_student(functions["numerical_gradient"], noted, x, dout, **step)

    response = ask(numerical_gradient, question.inputs, question.keywords, question.returns)
    response.notes = tuple(dict.fromkeys(notes))
    return response
