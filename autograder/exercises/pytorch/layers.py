"""08_pytorch: convolution layers in one, two and three dimensions, by their settings and the shapes that they give."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import islice
from math import prod
from typing import Any

from autograder.guest.plain_data import Inputs
from autograder.guest.responders.probes import Observed
from autograder.judging.case import Case, Finding, Sizes, one_of
from autograder.judging.mistake import Mistake
from autograder.judging.observed import ObservedExercise
from autograder.judging.oracle import pytorch as oracle


@dataclass(frozen=True)
class Layer:
    """One of the layers to be made."""

    kind: str  # the name of its class in torch.nn
    image: tuple[int, ...]  # shape of one input, channels first
    arguments: dict[str, Any] = field(default_factory=dict)  # of a right one, after in_channels


LAYERS: dict[str, Layer] = {
    "same": Layer("Conv2d", (3, 32, 32), {"out_channels": 10, "kernel_size": 5, "padding": 2}),
    "smaller": Layer("Conv2d", (10, 32, 32), {"out_channels": 20, "kernel_size": 3, "stride": 2, "padding": 1}),
    "oblong": Layer(
        "Conv2d", (1, 28, 40), {"out_channels": 8, "kernel_size": (3, 5), "stride": (1, 2), "padding": (1, 2)}
    ),
    "pointwise": Layer("Conv2d", (64, 7, 7), {"out_channels": 16, "kernel_size": 1}),
    "spread": Layer("Conv2d", (8, 20, 20), {"out_channels": 8, "kernel_size": 3, "padding": 2, "dilation": 2}),
    "depthwise": Layer(
        "Conv2d", (32, 14, 14), {"out_channels": 32, "kernel_size": 3, "padding": 1, "groups": 32, "bias": False}
    ),
    "series": Layer("Conv1d", (6, 100), {"out_channels": 12, "kernel_size": 4, "stride": 2, "padding": 1}),
    "volume": Layer(
        "Conv3d", (1, 16, 32, 32), {"out_channels": 8, "kernel_size": 3, "stride": (1, 2, 2), "padding": 1}
    ),
}


@cache
def right_layer(name: str) -> Any:
    """A right layer of this name."""
    layer = LAYERS[name]
    return getattr(oracle.torch().nn, layer.kind)(layer.image[0], **layer.arguments)


def settings(name: str) -> dict[str, Any]:
    """The settings of a right layer, tuples as lists."""
    names = ("in_channels", "out_channels", "kernel_size", "stride", "dilation", "groups", "padding_mode")
    values = {key: getattr(right_layer(name), key) for key in names}
    return {key: list(value) if isinstance(value, tuple) else value for key, value in values.items()}


def times(shape: Sequence[int]) -> str:
    """`3×32×32`."""
    return "×".join(map(str, shape))


class ConvLayers(ObservedExercise):
    name, points = "conv_layers", 10
    responder = "convolutions"
    card_inputs = ("layer",)
    returns = ("layers",)
    problems = {"returned-nothing": "returns-nothing", "no-dict": "no-dict"}
    cases = (
        *(Case(f"{name}: {layer.kind}", {"layer": name}) for name, layer in LAYERS.items()),
        Case("images of another size", {"layer": one_of(*LAYERS), "more": range(3, 30)}, hidden=True),
    )
    mistakes = (
        Mistake("no-dict", "conv_layers returns a dict from names to layers."),
        Mistake("keys", "The keys of the dict are fixed, because other code looks them up."),
        Mistake(
            "no-layer",
            "The values of the dict are layers, such as nn.Conv2d(…), not the classes and not their outputs.",
        ),
        Mistake("other-dimension", "Conv1d slides along one axis, Conv2d along two, Conv3d along three."),
        Mistake(
            "channels-swapped",
            "The first argument is the number of input channels, the second the number of output channels.",
        ),
        Mistake("other-channels", "The numbers of channels must be those of the input and output shapes."),
        Mistake("other-kernel", "The kernel has another size than the table says."),
        Mistake("sides-swapped", "Height and width are swapped: pairs are (height, width)."),
        Mistake("no-padding", "Without padding the maps get smaller: K − 1 rows and columns are lost."),
        Mistake("stride-forgotten", "A stride of 1 keeps the size; half the size needs a stride of 2."),
        Mistake("steps-in-every-axis", "The stride is 2 along some of the axes only: pass one number for each axis."),
        Mistake(
            "padding-for-the-narrow-kernel",
            "With dilation 2 the kernel covers 2 more rows and columns, so it needs more padding to keep the size.",
        ),
        Mistake("dilation-forgotten", "The 3×3 weights must be spread over a 5×5 window: use dilation."),
        Mistake("groups-forgotten", "Each filter must see one channel only: use groups."),
        Mistake(
            "padding-mode",
            "The padding consists of zeros, as in the lecture; another padding_mode takes pixels of the image.",
        ),
        Mistake("bias-kept", "This layer must have no bias."),
        Mistake("bias-missing", "Every layer but the depthwise one has a bias."),
        Mistake("transposed", "A transposed convolution goes the other way: it makes maps larger."),
    )

    def inputs(self, sizes: Sizes, rng: Any) -> Inputs:
        """The layer, and the shapes of two inputs: its own, and one that tells wrong strides from wrong padding."""
        name = sizes["layer"]
        channels, *image = LAYERS[name].image
        other = [side + sizes.get("more", 3) + k for k, side in enumerate(image)]
        return {"layer": name, "shapes": [[2, channels, *image], [1, channels, *other]]}

    def judge_aspects(
        self, aspects: Sequence[str], case: Case, inputs: Inputs, observed: Observed
    ) -> Iterator[Finding]:
        """The first thing that is wrong with the layer."""
        return islice(self._judge_layer(inputs["layer"], inputs["shapes"], observed), 1)

    def _judge_layer(self, name: str, shapes: list[list[int]], observed: Observed) -> Iterator[Finding]:
        layer, right = LAYERS[name], settings(name)
        if name not in observed["keys"]:
            keys = ", ".join(observed["keys"]) or "none"
            yield Finding(f"The key {name!r} is missing; the keys are {keys}.", ("keys",))
            return
        kind = observed["type"]
        if not observed["module"]:
            yield Finding(f"{name!r} is a {kind}, not a layer.", ("no-layer",))
            return
        if kind.startswith("ConvTranspose"):
            yield Finding(f"{name!r} is a {kind}; expected a {layer.kind}.", ("transposed",))
        if kind != layer.kind:
            yield Finding(f"{name!r} is a {kind}; expected a {layer.kind}.", ("other-dimension",))
            return
        channels = [observed["in_channels"], observed["out_channels"]]
        expected = [right["in_channels"], right["out_channels"]]
        if channels != expected:
            mistake = "channels-swapped" if channels == expected[::-1] else "other-channels"
            text = f"{name!r} takes {channels[0]} channels and gives {channels[1]}; "
            yield Finding(f"{text}expected {expected[0]} and {expected[1]}.", (mistake,))
        for key, mistake in (("kernel_size", "other-kernel"), ("dilation", "dilation-forgotten")):
            if observed[key] != right[key]:
                swapped = len(set(right[key])) > 1 and observed[key] == right[key][::-1]
                text = f"{name!r} has {key} {times(observed[key])}; expected {times(right[key])}."
                yield Finding(text, ("sides-swapped" if swapped else mistake,))
        if observed["groups"] != right["groups"]:
            text = f"{name!r} has groups {observed['groups']}; expected {right['groups']}."
            yield Finding(text, ("groups-forgotten",))
        yield from self._judge_shapes(name, shapes, observed)
        if observed["padding_mode"] != right["padding_mode"]:
            text = f"{name!r} has padding_mode {observed['padding_mode']!r}; expected {right['padding_mode']!r}."
            yield Finding(text, ("padding-mode",))
        has_bias = right_layer(name).bias is not None
        if observed["bias"] != has_bias:
            text = f"{name!r} has {observed['params']} parameters; expected {_parameters(name)}."
            yield Finding(text, ("bias-missing" if has_bias else "bias-kept",))

    def _judge_shapes(self, name: str, shapes: list[list[int]], observed: Observed) -> Iterator[Finding]:
        """Whether the outputs have the right shapes, for inputs of two sizes."""
        torch = oracle.torch()
        for shape, got in zip(shapes, observed["shapes"], strict=True):
            with torch.no_grad():
                expected = list(right_layer(name)(torch.zeros(shape)).shape)
            if got != expected:
                outcome = f"gives {times(got[1:])}" if isinstance(got, list) else f"raised {got}"
                text = f"From an image of {times(shape[1:])}, {name!r} {outcome}; expected {times(expected[1:])}."
                yield Finding(text, self._why_wrong_shape(name, observed))

    def _why_wrong_shape(self, name: str, observed: Observed) -> tuple[str, ...]:
        """The mistake that a wrong shape comes from, if it is known."""
        stride, right = observed["stride"], settings(name)["stride"]
        if stride != right:
            if stride == [1] * len(right):
                return ("stride-forgotten",)
            if stride == right[::-1]:
                return ("sides-swapped",)
            return ("steps-in-every-axis",) if set(stride) == {2} else ()
        sizes = [shape[2:] for shape in observed["shapes"] if isinstance(shape, list)]
        if not sizes:
            return ()
        if name == "spread":
            return ("padding-for-the-narrow-kernel",)
        return ("no-padding",) if sizes[0] == _unpadded_size(name) else ()


def _unpadded_size(name: str) -> list[int]:
    """The size of the maps that the layer gives without padding."""
    layer = LAYERS[name]
    unpadded = getattr(oracle.torch().nn, layer.kind)(layer.image[0], **{**layer.arguments, "padding": 0})
    return list(unpadded(oracle.torch().zeros(1, *layer.image)).shape[2:])


def _parameters(name: str) -> int:
    """The number of parameters of a right layer."""
    return sum(prod(parameter.shape) for parameter in right_layer(name).parameters())
