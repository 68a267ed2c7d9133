"""conv_layers: what one layer of the student's dict is, and what it makes of some shapes."""

from __future__ import annotations

import torch
from torch import nn

from autograder.guest.plain_data import PlainData
from autograder.guest.question import Functions, Question
from autograder.guest.response import Response, capture

SETTINGS = ("in_channels", "out_channels", "kernel_size", "stride", "dilation", "groups", "padding_mode", "transposed")


def gather(question: Question, functions: Functions) -> Response:
    """{keys, layer: type and settings, shapes: what comes of those that were tried}; or the problem in a sentence."""
    response, inputs = Response(), question.inputs
    with capture(response):
        layers = functions["conv_layers"]()
        if isinstance(layers, nn.ModuleDict):
            layers = dict(layers.items())
        if type(layers) is not dict:
            response.answer = {"kind": type(layers).__name__}
        else:
            keys = [str(key) for key in layers]
            response.answer = {"keys": keys, **_look(layers.get(inputs["layer"]), inputs["tried"])}
    return response


def _look(layer: object, tried: list[list[int]]) -> dict[str, PlainData]:
    if not isinstance(layer, nn.Module):
        return {"type": type(layer).__name__, "module": False}
    found: dict[str, PlainData] = {"type": type(layer).__name__, "module": True}
    for name in SETTINGS:
        value = getattr(layer, name, None)
        found[name] = list(value) if isinstance(value, tuple) else value
    found["bias"] = getattr(layer, "bias", None) is not None
    found["params"] = sum(parameter.numel() for parameter in layer.parameters())
    found["shapes"] = [_shape(layer, shape) for shape in tried]
    return found


def _shape(layer: nn.Module, shape: list[int]) -> list[int] | str:
    """What comes of an input of this shape, or what is raised."""
    try:
        with torch.no_grad():
            return list(layer(torch.zeros(shape)).shape)
    except Exception as error:
        return f"{type(error).__name__}: {str(error)[:200]}"
