"""conv_layers: the settings of one layer of the student's dict, and the shapes that it gives."""

from __future__ import annotations

from collections import OrderedDict
from contextlib import suppress

import torch
from torch import nn

from autograder.guest.question import Functions, Question
from autograder.guest.responders.probes import Observed, WrongInterface, observe
from autograder.guest.response import Response
from autograder.guest.student_call import call_student
from utils.lazy import with_sizes, without_sizes

SETTINGS = ("in_channels", "out_channels", "kernel_size", "stride", "dilation", "groups", "padding_mode", "transposed")


def gather(question: Question, functions: Functions) -> Response:
    """keys: of the student's dict; and what `_describe` says of its layer `inputs["layer"]`."""
    inputs = question.inputs

    def probe() -> Observed:
        layers = call_student(functions["conv_layers"])
        if isinstance(layers, nn.ModuleDict) or type(layers) is OrderedDict:
            layers = dict(layers.items())
        if layers is None:
            raise WrongInterface("conv_layers returned nothing (None).", "returned-nothing")
        if type(layers) is not dict:
            raise WrongInterface(
                f"conv_layers must return a dict; yours returned a {type(layers).__name__}.", "no-dict"
            )
        return {"keys": [str(key) for key in layers], **_describe(layers.get(inputs["layer"]), inputs["shapes"])}

    return observe(probe)


def _describe(layer: object, shapes: list[list[int]]) -> Observed:
    """type, and whether it is a module; its settings, bias (has it one), params (how many), shapes (of its outputs)."""
    if not isinstance(layer, nn.Module):
        return {"type": type(layer).__name__, "module": False}
    with suppress(Exception):  # what the call raises is reported with the shapes
        with_sizes(layer, tuple(shapes[0]))
    observed: Observed = {"type": type(layer).__name__, "module": True}
    for name in SETTINGS:
        value = getattr(layer, name, None)
        observed[name] = list(value) if isinstance(value, tuple) else value
    observed["bias"] = getattr(layer, "bias", None) is not None
    observed["params"] = 0 if without_sizes(layer) else sum(parameter.numel() for parameter in layer.parameters())
    observed["shapes"] = [_output_shape(layer, shape) for shape in shapes]
    return observed


def _output_shape(layer: nn.Module, shape: list[int]) -> list[int] | str:
    """The shape of the output for an input of this shape; the error in words if one is raised."""
    try:
        with torch.no_grad():
            return list(layer(torch.zeros(shape)).shape)
    except Exception as error:
        return f"{type(error).__name__}: {str(error)[:200]}"
