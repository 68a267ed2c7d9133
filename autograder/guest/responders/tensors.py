"""to_nchw: an array of images goes in, and the tensor that comes out is looked at as an array in the same memory."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from autograder.guest.ask import ask
from autograder.guest.question import Functions, Question
from autograder.guest.responders.names import NO_TENSOR
from autograder.guest.response import Response


def gather(question: Question, functions: Functions) -> Response:
    """The response to a function that returns a tensor."""
    notes: list[str] = []

    def looked_at(*given: Any) -> Any:
        value = functions[question.exercise](*given)
        if isinstance(value, np.ndarray):
            notes.append(NO_TENSOR)
        return value.detach().cpu().numpy() if isinstance(value, torch.Tensor) else value

    response = ask(looked_at, question.inputs, (), question.returns, question.repeat)
    response.notes = tuple(dict.fromkeys(notes))
    return response
