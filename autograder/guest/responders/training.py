"""train: run the student's loop with a model that records its steps, or with the student's LeNet5."""

from __future__ import annotations

import cProfile
import math
import time
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from autograder.guest.fakes.recording_model import RecordingModel
from autograder.guest.plain_data import Inputs, fresh, identical, plain
from autograder.guest.question import Functions, Question
from autograder.guest.responders.probes import Observed, WrongInterface, observe
from autograder.guest.response import Response
from autograder.guest.student_call import call_student
from utils.layers import ORIGIN

MOST_SECONDS = 120.0  # of processor time for one training; the course's layers need ten


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
    _refuse_slow_layers(functions, inputs)
    rng = np.random.default_rng(inputs["seed"])
    model = call_student(functions["LeNet5"], rng, inputs["images"].dtype.type)
    images, labels = fresh(inputs["images"]), fresh(inputs["labels"])
    histories = [
        plain(call_student(functions["train"], model, images, labels, epochs, inputs["batch_size"], lr, rng))
        for epochs, lr in inputs["schedule"]
    ]
    return {"scores": plain(call_student(model.scores, fresh(inputs["evaluate_on"]))), "histories": histories}


def _refuse_slow_layers(functions: Functions, inputs: Inputs) -> None:
    """Raise WrongInterface if the training would take more than MOST_SECONDS, by one step of another network."""
    model = call_student(functions["LeNet5"], np.random.default_rng(inputs["seed"]), inputs["images"].dtype.type)
    size = inputs["batch_size"]
    images, labels = fresh(inputs["images"][:size]), fresh(inputs["labels"][:size])
    started = time.process_time()
    call_student(model.loss, images, labels)
    step = time.process_time() - started
    steps = sum(epochs for epochs, _ in inputs["schedule"]) * math.ceil(len(inputs["labels"]) / size)
    if step * steps > MOST_SECONDS:
        text = (
            f"One step of training takes your LeNet5 {step:.2g} seconds of processor time, so the {steps} steps of "
            f"this case would take {step * steps / 60:.1f} minutes: it was not trained."
        )
        raise WrongInterface(f"{text}{_slowest_layer(model, images, labels)}", "slow-layers")


def _slowest_layer(model: Any, images: np.ndarray, labels: np.ndarray) -> str:
    """A sentence on the function of an earlier notebook that takes most of a step; empty if none is called."""
    profile = cProfile.Profile()
    try:
        profile.runcall(call_student, model.loss, images, labels)
    except ValueError:  # another profiler is running
        return ""
    profile.create_stats()
    rows = profile.stats.items()  # (file, line, name) → calls, …, seconds with those inside
    seconds = {name: row[3] for (_, _, name), row in rows if name in ORIGIN}
    if not seconds:
        return ""
    slowest = max(seconds, key=lambda name: float(seconds[name]))
    whole = max(row[3] for _, row in rows)
    return (
        f" {seconds[slowest] / whole:.0%} of that is {slowest}. If it is your own, out of {ORIGIN[slowest]}, let NumPy "
        "compute many windows at once there; or set the environment variable CNN_COURSE_LAYERS to stand-ins and "
        "restart. When your notebook is graded, the course's own functions are used in place of those of earlier "
        "notebooks."
    )
