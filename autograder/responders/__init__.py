"""What runs beside the student's code: asks its functions one question and gathers the answer as plain data.

Everything else of an exercise (what is right, how it is judged, which mistakes are known) stays with the grader, and
cannot be found where this runs.
"""

from __future__ import annotations

import importlib
from typing import Any

from autograder.answer import Functions, Response, ask

# exercises that are asked in a way of their own → the module here whose `gather` does it
OWN = {
    "numerical_gradient": "numerical",
    "batchnorm_backward": "batchnorm",
    "spatial_batchnorm_backward": "batchnorm",
    "LeNet5": "networks",
    "LeNet5BN": "networks",
    "sgd_momentum_step": "momentum",
    "train": "training",
    "pick_device": "timing",
    "time_it": "timing",
    "train_fast": "fast_training",
    "save_checkpoint": "checkpoints",
    "load_checkpoint": "checkpoints",
}


def gather(question: dict[str, Any], functions: Functions) -> Response:
    """The response to a question: {exercise, functions, inputs, keywords, returns, probe} and what its module needs."""
    if own := OWN.get(question["exercise"]):
        response: Response = importlib.import_module(f"autograder.responders.{own}").gather(question, functions)
        return response
    return call(question, functions)


def call(question: dict[str, Any], functions: Functions) -> Response:
    """The response of the function that the exercise is named after."""
    function = functions[question["exercise"]]
    return ask(function, question["inputs"], question["keywords"], question["returns"], question["probe"])
