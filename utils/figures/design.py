"""Figures of notebook 10: where a design spends its budget, and what designs get for theirs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import matplotlib.pyplot as plt
import numpy as np
import torch
from IPython.display import Markdown
from matplotlib.figure import Figure
from torch import nn
from torch.utils.flop_counter import FlopCounterMode
from tqdm.auto import tqdm

from utils.data import Dataset
from utils.design.measure import MOST_MULTIPLY_ADDS, MOST_PARAMETERS, RECIPE, Recipe, design
from utils.figures.plots import BLUE, GREY, ORANGE


@dataclass(frozen=True)
class Layer:
    """One module without modules inside: name, kind, output shape for one image, parameters, multiply-adds."""

    name: str
    kind: str
    out: tuple[int, ...]
    parameters: int
    multiply_adds: int


@dataclass(frozen=True)
class Result:
    """What a design costs, and the share of held-out images that it got right after the course's training."""

    parameters: int
    multiply_adds: int
    accuracy: float


def layers_of(model: nn.Module) -> list[Layer]:
    """The layers of a model in the order in which they run, each with what it costs for one image."""
    leaves = {name: module for name, module in model.named_modules() if not list(module.children())}
    shapes: dict[str, tuple[int, ...]] = {}

    def note(name: str) -> Callable[..., None]:
        return lambda module, inputs, output: shapes.__setitem__(name, tuple(output.shape[1:]))

    hooks = [module.register_forward_hook(note(name)) for name, module in leaves.items()]
    try:
        with torch.no_grad(), FlopCounterMode(display=False) as counter:
            model.eval()(torch.zeros(1, 1, 28, 28))
    finally:
        for hook in hooks:
            hook.remove()
    counts = counter.get_flop_counts()
    top = type(model).__name__
    return [
        Layer(
            name,
            type(leaves[name]).__name__,
            shape,
            sum(p.numel() for p in leaves[name].parameters()),
            sum(counts.get(f"{top}.{name}", {}).values()) // 2,
        )
        for name, shape in shapes.items()
    ]


def show_spending(build_model: Callable[[], nn.Module], title: str = "") -> Figure:
    """Draw the parameters and the multiply-adds of each layer that has any, and the total against the budget."""
    torch.manual_seed(0)
    layers = [layer for layer in layers_of(build_model()) if layer.parameters or layer.multiply_adds]
    cost = design(build_model).cost
    names = [f"{layer.kind}, out {'×'.join(map(str, layer.out))}" for layer in layers]
    places = np.arange(len(layers))[::-1]
    figure, axes = plt.subplots(1, 2, figsize=(9.5, 0.9 + 0.3 * len(layers)), sharey=True)
    for axis, values, colour, total, most, what in (
        (axes[0], [x.parameters for x in layers], BLUE, cost.parameters, MOST_PARAMETERS, "parameters"),
        (axes[1], [x.multiply_adds for x in layers], ORANGE, cost.multiply_adds, MOST_MULTIPLY_ADDS, "multiply-adds"),
    ):
        axis.barh(places, values, color=colour, height=0.65)
        axis.set_title(f"{total:,} {what}: {total / most:.0%} of the budget")
        axis.set_xlim(0, 1.25 * max(values, default=1) + 1)
        for place, value in zip(places, values, strict=True):
            axis.text(value, place, f" {value:,}", va="center", fontsize=9)
        axis.set_xticks([])
    axes[0].set_yticks(places, names, fontsize=10)
    if title:
        figure.suptitle(title, x=0.01, ha="left")
    return figure


def compare(
    designs: Mapping[str, Callable[[], nn.Module]], data: Dataset, recipe: Recipe = RECIPE
) -> dict[str, Result]:
    """Train each design as the check does, and judge it by the held-out images."""
    results = {}
    steps = recipe.epochs * (len(data.train_labels) // recipe.batch)
    with tqdm(total=steps * len(designs), desc="training", unit="step") as bar:
        for name, build_model in designs.items():
            bar.set_description(name)
            made = design(build_model)
            made.train(data.train_images, data.train_labels, recipe=recipe, watch=lambda loss: bar.update() and None)
            share = made.accuracy(data.test_images, data.test_labels)
            results[name] = Result(made.cost.parameters, made.cost.multiply_adds, share)
    return results


def show_accuracy_against_cost(results: Mapping[str, Result], line: float) -> Figure:
    """Draw accuracy over parameters and over multiply-adds, both on a log scale, with budget and line."""
    figure, axes = plt.subplots(1, 2, figsize=(9.5, 3.6), sharey=True)
    for axis, field, most in zip(
        axes, ("parameters", "multiply_adds"), (MOST_PARAMETERS, MOST_MULTIPLY_ADDS), strict=True
    ):
        for k, (name, result) in enumerate(results.items()):
            axis.plot(getattr(result, field), 100 * result.accuracy, "o^sDvP*"[k % 7], markersize=9, label=name)
        axis.axvline(most, color=GREY, linestyle="--", linewidth=1.5)
        axis.axhline(100 * line, color=GREY, linestyle=":", linewidth=1.5)
        axis.set(xscale="log", xlabel=field.replace("_", "-") + " (dashed: the budget)", xlim=(None, 2 * most))
        axis.grid(axis="y")
    axes[0].set_ylabel("new digits right (%)")
    axes[0].legend(loc="center left", fontsize=9)
    return figure


def results_table(results: Mapping[str, Result]) -> Markdown:
    """The results as a table, the most accurate first."""
    lines = ["| design | new digits right | parameters | multiply-adds |", "| --- | ---: | ---: | ---: |"]
    for name, result in sorted(results.items(), key=lambda pair: -pair[1].accuracy):
        lines.append(f"| {name} | {result.accuracy:.1%} | {result.parameters:,} | {result.multiply_adds:,} |")
    return Markdown("\n".join(lines))
