"""load_numpy_weights: fill the layers of a module of the check's own, and read what is in them afterwards."""

from __future__ import annotations

import warnings
from typing import Any

import torch
from torch import nn

from autograder.guest.ask import ask
from autograder.guest.question import Functions, Question
from autograder.guest.responders.notes import DEVICE, DTYPE, FROZEN, KEYS_CHANGED, NO_PARAMETER
from autograder.guest.response import Response
from autograder.guest.student_call import call_student
from autograder.guest.tensor_data import array_in_place

LAYERS = ("conv1", "conv2", "fc1", "fc2")


class Layers(nn.Module):
    """The four layers of a LeNet-5, in the sizes of the weights that are to be loaded."""

    def __init__(self, params: dict[str, Any]) -> None:
        super().__init__()
        for name in LAYERS:
            shape = params[f"{name}.weight"].shape
            conv = len(shape) == 4
            layer = nn.Conv2d(shape[1], shape[0], shape[2:]) if conv else nn.Linear(*shape)
            setattr(self, name, layer)


def gather(question: Question, functions: Functions) -> Response:
    """The weights afterwards, by name, in their own memory; and notes about anything else that is wrong with them."""
    notes: list[str] = []

    def loaded(params: dict[str, Any], kind: str, device: str) -> Any:
        torch.manual_seed(0)
        model = Layers(params).to(getattr(torch, kind)).to(device)
        keys = list(params)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # copying to the device "meta" copies nothing, and that is intended
            call_student(functions["load_numpy_weights"], model, params)
        if list(params) != keys:
            notes.append(KEYS_CHANGED)
        weights = {}
        for name in LAYERS:
            for end in ("weight", "bias"):
                value = getattr(getattr(model, name), end)
                if not isinstance(value, nn.Parameter):
                    notes.append(NO_PARAMETER)
                elif not value.requires_grad:
                    notes.append(FROZEN)
                if value.dtype != getattr(torch, kind):
                    notes.append(f"{DTYPE}{value.dtype}")
                if value.device.type != device:
                    notes.append(f"{DEVICE}{value.device}")
                weights[f"{name}.{end}"] = array_in_place(value) if value.device.type == "cpu" else None
        return weights

    response = ask(loaded, question.inputs, (), question.returns, question.repeat)
    response.notes = tuple(dict.fromkeys(notes))
    return response
