"""train: run the student's loop with a recorder in place of a network, or with the student's LeNet5."""

from __future__ import annotations

import numpy as np
from threadpoolctl import threadpool_limits

from autograder.guest.fakes.recording_model import Recorder
from autograder.guest.plain_data import Inputs, PlainData, fresh, plain
from autograder.guest.question import Functions, Question
from autograder.guest.response import Response, capture


def gather(question: Question, functions: Functions) -> Response:
    """With a `schedule` a network is trained; else a recorder, three times: two times alike, then with another seed."""
    response, inputs = Response(), question.inputs
    # on products as small as these, several threads would wait for one another
    with capture(response), threadpool_limits(1):
        if "schedule" in inputs:
            response.answer = _learn(functions, inputs)
        else:
            given = fresh(inputs)
            response.answer = _record(functions, given, 0) | {
                "again": _record(functions, fresh(inputs), 0)["steps"],
                "other": _record(functions, fresh(inputs), 1)["steps"],
            }
            response.inputs = {key: plain(given[key]) for key in ("images", "labels")}
    return response


def _record(functions: Functions, given: Inputs, more: int) -> dict[str, PlainData]:
    """Train a recorder, with the question's seed plus `more`, and tell what it saw and became."""
    recorder, rng = Recorder(given["one_goal"]), np.random.default_rng(given["seed"] + more)
    history = functions["train"](
        recorder, given["images"], given["labels"], given["epochs"], given["batch_size"], given["lr"], rng
    )
    return recorder.told() | {"history": plain(history)}


def _learn(functions: Functions, inputs: Inputs) -> dict[str, PlainData]:
    """Train the student's LeNet-5 and look at images with it."""
    rng = np.random.default_rng(inputs["seed"])
    model = functions["LeNet5"](rng, inputs["images"].dtype.type)
    images, labels = fresh(inputs["images"]), fresh(inputs["labels"])
    histories = [
        plain(functions["train"](model, images, labels, epochs, inputs["batch_size"], lr, rng))
        for epochs, lr in inputs["schedule"]
    ]
    return {"scores": plain(model.scores(fresh(inputs["evaluate_on"]))), "histories": histories}
