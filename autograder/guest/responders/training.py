"""train: run the student's loop with a model that records its steps, or with the student's LeNet5."""

from __future__ import annotations

import numpy as np
from threadpoolctl import threadpool_limits

from autograder.guest.fakes.recording_model import RecordingModel
from autograder.guest.plain_data import Inputs, fresh, identical, plain
from autograder.guest.question import Functions, Question
from autograder.guest.responders.probes import Observed, observe
from autograder.guest.response import Response
from autograder.guest.student_call import call_student


def gather(question: Question, functions: Functions) -> Response:
    """If there is a `schedule`, what a network learned in the loop; else what the loop did with a RecordingModel."""
    probe = _train if "schedule" in question.inputs else _record
    # on matrix products as small as these, several threads would wait for one another
    with threadpool_limits(1):
        return observe(lambda: probe(functions, question.inputs))


def _record(functions: Functions, inputs: Inputs) -> Observed:
    """What one run with a RecordingModel did, with changed_inputs: names; and the steps of two more runs.

    same_seed: of a run with the same seed; other_seed: with another. If the inputs say `again`, what a second call with
    the model of the first and the other seed did: steps, params, history, and start: its parameters before.
    """
    arguments, model = fresh(inputs), RecordingModel(inputs["same_target"])
    observed = _run(functions, arguments, inputs["seed"], model)
    if inputs.get("again"):
        start, model.calls = model.row(), []
        observed["again"] = _run(functions, fresh(inputs), inputs["seed"] + 1, model) | {"start": start}
    return observed | {
        "changed_inputs": [key for key in ("images", "labels") if not identical(inputs[key], plain(arguments[key]))],
        "same_seed": _run(functions, fresh(inputs), inputs["seed"])["steps"],
        "other_seed": _run(functions, fresh(inputs), inputs["seed"] + 1)["steps"],
    }


def _run(functions: Functions, arguments: Inputs, seed: int, model: RecordingModel | None = None) -> Observed:
    """Train a RecordingModel, a new one by default: its observations, and the history as returned."""
    model, rng = model or RecordingModel(arguments["same_target"]), np.random.default_rng(seed)
    settings = (arguments[name] for name in ("images", "labels", "epochs", "batch_size", "lr"))
    history = call_student(functions["train"], model, *settings, rng)
    return model.observations() | {"history": plain(history)}


def _train(functions: Functions, inputs: Inputs) -> Observed:
    """Train the student's LeNet-5; scores: of the images in `evaluate_on`; histories: one for each (epochs, lr)."""
    rng = np.random.default_rng(inputs["seed"])
    model = call_student(functions["LeNet5"], rng, inputs["images"].dtype.type)
    images, labels = fresh(inputs["images"]), fresh(inputs["labels"])
    histories = [
        plain(call_student(functions["train"], model, images, labels, epochs, inputs["batch_size"], lr, rng))
        for epochs, lr in inputs["schedule"]
    ]
    return {"scores": plain(call_student(model.scores, fresh(inputs["evaluate_on"]))), "histories": histories}
