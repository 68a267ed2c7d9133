"""08_pytorch: convolution layers of one, two and three dimensions that give asked-for shapes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from math import prod
from typing import Any

from autograder.guest.plain_data import Inputs, PlainData
from autograder.guest.response import Response
from autograder.judging import oracle
from autograder.judging.case import Case, Finding, Sizes, one_of
from autograder.judging.exercise import Exercise, explain_error
from autograder.judging.mistake import Mistake


@dataclass(frozen=True)
class Asked:
    """One layer: nn's name of it, the shape of an image, the arguments of a right one."""

    kind: str
    image: tuple[int, ...]
    arguments: dict[str, Any] = field(default_factory=dict)

    @property
    def ones(self) -> list[int]:
        return [1] * (len(self.image) - 1)


LAYERS: dict[str, Asked] = {
    "same": Asked("Conv2d", (3, 32, 32), {"out_channels": 10, "kernel_size": 5, "padding": 2}),
    "smaller": Asked("Conv2d", (10, 32, 32), {"out_channels": 20, "kernel_size": 3, "stride": 2, "padding": 1}),
    "oblong": Asked(
        "Conv2d", (1, 28, 40), {"out_channels": 8, "kernel_size": (3, 5), "stride": (1, 2), "padding": (1, 2)}
    ),
    "pointwise": Asked("Conv2d", (64, 7, 7), {"out_channels": 16, "kernel_size": 1}),
    "spread": Asked("Conv2d", (8, 20, 20), {"out_channels": 8, "kernel_size": 3, "padding": 2, "dilation": 2}),
    "depthwise": Asked(
        "Conv2d", (32, 14, 14), {"out_channels": 32, "kernel_size": 3, "padding": 1, "groups": 32, "bias": False}
    ),
    "series": Asked("Conv1d", (6, 100), {"out_channels": 12, "kernel_size": 4, "stride": 2, "padding": 1}),
    "volume": Asked(
        "Conv3d", (1, 16, 32, 32), {"out_channels": 8, "kernel_size": 3, "stride": (1, 2, 2), "padding": 1}
    ),
}


@cache
def right_layer(name: str) -> Any:
    """A right layer."""
    asked = LAYERS[name]
    return getattr(oracle.torch().nn, asked.kind)(asked.image[0], **asked.arguments)


def settings(name: str) -> dict[str, Any]:
    """What a right layer has, pairs and the like as lists."""
    layer = right_layer(name)
    names = ("in_channels", "out_channels", "kernel_size", "stride", "dilation", "groups")
    found = {key: getattr(layer, key) for key in names}
    return {key: list(value) if isinstance(value, tuple) else value for key, value in found.items()}


def times(shape: list[int] | tuple[int, ...]) -> str:
    return "×".join(map(str, shape))


class ConvLayers(Exercise):
    name, points = "conv_layers", 10
    responder = "convolutions"
    card_inputs = ("layer",)
    returns = ("layers",)
    cases = (
        *(Case(f"{name}: {asked.kind}", {"layer": name}) for name, asked in LAYERS.items()),
        Case("images of another size", {"layer": one_of(*LAYERS), "more": range(3, 30)}, hidden=True),
    )
    mistakes = (
        Mistake("no-dict", "conv_layers returns a dict: a name, and the layer of that name."),
        Mistake("keys", "The keys of the dict are fixed, so that other code finds its way."),
        Mistake("no-layer", "The values of the dict are layers, such as nn.Conv2d(…), made and not yet called."),
        Mistake("other-dimension", "Conv1d slides along one axis, Conv2d along two, Conv3d along three."),
        Mistake(
            "channels-swapped",
            "The first argument is the number of channels that come in, the second of those that go out.",
        ),
        Mistake("other-channels", "The numbers of channels are those of the shapes before and after."),
        Mistake("other-kernel", "The kernel has another size than was asked for."),
        Mistake("sides-swapped", "Height and width have changed places: pairs are (height, width)."),
        Mistake("no-padding", "Without padding the maps get smaller: K − 1 rows and columns are lost."),
        Mistake("stride-forgotten", "Steps of 1 keep the size; half the size takes steps of 2."),
        Mistake(
            "steps-in-every-axis", "The steps are 2 along some of the axes only: give stride one number for each axis."
        ),
        Mistake(
            "padding-for-the-narrow-kernel",
            "Spread out, the kernel covers 2 more rows and columns, so it takes more padding to keep the size.",
        ),
        Mistake("dilation-forgotten", "The 3×3 weights are to be spread over a 5×5 field: dilation."),
        Mistake("groups-forgotten", "One filter for each channel, which sees this channel alone: groups."),
        Mistake("bias-kept", "This layer is to have no bias."),
        Mistake("bias-missing", "Every layer but the depthwise one has a bias."),
        Mistake("transposed", "A transposed convolution goes the other way: from few places to many."),
    )

    def inputs(self, sizes: Sizes, rng: Any) -> Inputs:
        """The layer, and the shapes of batches to try it on: as asked, and another that tells stride from padding."""
        name = sizes["layer"]
        channels, *image = LAYERS[name].image
        other = [side + sizes.get("more", 3) + k for k, side in enumerate(image)]
        return {"layer": name, "tried": [[2, channels, *image], [1, channels, *other]]}

    def contradicted(self, case: Case, inputs: Inputs) -> set[str]:
        return set()  # each case is about another layer

    def judge(self, case: Case, inputs: Inputs, response: Response) -> list[Finding]:
        if response.error is not None:
            return [Finding(explain_error(response.error))]
        found = response.answer
        if not isinstance(found, dict) or "keys" not in found:
            kind = found.get("kind", "") if isinstance(found, dict) else ""
            if kind == "NoneType":
                return [Finding("conv_layers returned nothing (None).", ("returns-nothing",))]
            return [Finding(f"conv_layers must return a dict; yours returned a {kind}.", ("no-dict",))]
        return list(self._wrong(inputs["layer"], inputs["tried"], found))[:1]

    def _wrong(self, name: str, tried: list[list[int]], found: dict[str, PlainData]) -> Iterator[Finding]:
        asked, right = LAYERS[name], settings(name)
        if name not in found["keys"]:
            yield Finding(f"There is no {name!r}; there are {', '.join(found['keys']) or 'none'}.", ("keys",))
            return
        if not found["module"]:
            yield Finding(f"{name!r} is a {found['type']}, not a layer.", ("no-layer",))
            return
        if found["type"].startswith("ConvTranspose"):
            yield Finding(f"{name!r} is a {found['type']}; a convolution was asked for.", ("transposed",))
        if found["type"] != asked.kind:
            yield Finding(f"{name!r} is a {found['type']}; expected a {asked.kind}.", ("other-dimension",))
            return
        ends = [found["in_channels"], found["out_channels"]]
        wanted = [right["in_channels"], right["out_channels"]]
        if ends != wanted:
            named = "channels-swapped" if ends == wanted[::-1] else "other-channels"
            yield Finding(
                f"{name!r} takes {ends[0]} channels and gives {ends[1]}; expected {wanted[0]} and {wanted[1]}.",
                (named,),
            )
        for key, named in (("kernel_size", "other-kernel"), ("dilation", "dilation-forgotten")):
            if found[key] != right[key]:
                turned = len(set(right[key])) > 1 and found[key] == right[key][::-1]
                text = f"{name!r} has {key} {times(found[key])}; expected {times(right[key])}."
                yield Finding(text, ("sides-swapped" if turned else named,))
        if found["groups"] != right["groups"]:
            yield Finding(f"{name!r} has groups {found['groups']}; expected {right['groups']}.", ("groups-forgotten",))
        yield from self._shapes(name, tried, found)
        bias = right_layer(name).bias is not None
        if found["bias"] != bias:
            text = f"{name!r} has {found['params']} parameters; expected {sum(map(prod, _sizes(name)))}."
            yield Finding(text, ("bias-missing" if bias else "bias-kept",))

    def _shapes(self, name: str, tried: list[list[int]], found: dict[str, PlainData]) -> Iterator[Finding]:
        """Whether the maps have the right sizes, for images of two sizes."""
        torch, right = oracle.torch(), settings(name)
        for shape, got in zip(tried, found["shapes"], strict=True):
            with torch.no_grad():
                wanted = list(right_layer(name)(torch.zeros(shape)).shape)
            if got != wanted:
                told = f"gives {times(got[1:])}" if isinstance(got, list) else f"raised {got}"
                text = f"From an image of {times(shape[1:])}, {name!r} {told}; expected {times(wanted[1:])}."
                yield Finding(text, self._why(name, found, right))

    def _why(self, name: str, found: dict[str, PlainData], right: dict[str, Any]) -> tuple[str, ...]:
        stride, asked = found["stride"], LAYERS[name]
        if stride != right["stride"]:
            if stride == asked.ones:
                return ("stride-forgotten",)
            if stride == right["stride"][::-1]:
                return ("sides-swapped",)
            return ("steps-in-every-axis",) if set(stride) == {2} else ()
        sizes = [shape[2:] for shape in found["shapes"] if isinstance(shape, list)]
        if not sizes:
            return ()
        if name == "spread":
            return ("padding-for-the-narrow-kernel",)
        return ("no-padding",) if self._is_unpadded(name, sizes[0]) else ()

    def _is_unpadded(self, name: str, size: list[int]) -> bool:
        asked = LAYERS[name]
        arguments = {**asked.arguments, "padding": 0}
        layer = getattr(oracle.torch().nn, asked.kind)(asked.image[0], **arguments)
        return list(layer(oracle.torch().zeros(1, *asked.image)).shape[2:]) == size


def _sizes(name: str) -> Iterator[tuple[int, ...]]:
    """The shapes of a right layer's parameters."""
    return (tuple(parameter.shape) for parameter in right_layer(name).parameters())
