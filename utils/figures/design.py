"""Figures of notebook 10: the cost of each layer of a design, and the accuracy of several designs against cost."""

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

from utils.accuracy import percent
from utils.data import Dataset
from utils.design.measure import MOST_MULTIPLY_ADDS, MOST_PARAMETERS, RECIPE, Recipe, design
from utils.design.recording import in_small_operations
from utils.figures.alternative import described
from utils.figures.plots import BLUE, GREY, ORANGE, shape_text


@dataclass(frozen=True)
class Layer:
    """A module without submodules, and what it costs."""

    name: str  # in model.named_modules()
    kind: str  # name of its class
    out: tuple[int, ...]  # shape of its output for one image
    parameters: int
    multiply_adds: int  # for one image


@dataclass(frozen=True)
class Result:
    """The cost of a design, and its accuracy after the course's training, or the mean of several trainings."""

    parameters: int
    multiply_adds: int  # for one image
    accuracy: float  # on the held-out images, from 0 to 1; the mean over the seeds
    accuracies: tuple[float, ...] = ()  # of each seed


def layers_of(model: nn.Module) -> list[Layer]:
    """The layers of a model with their costs, in the order in which they run. The model takes (N, 1, 28, 28)."""
    layers = {name: module for name, module in model.named_modules() if _is_layer(name, module)}
    shapes: dict[str, tuple[int, ...]] = {}

    def record_shape(name: str) -> Callable[..., None]:
        return lambda module, inputs, output: shapes.__setitem__(name, _shape(output))

    hooks = [module.register_forward_hook(record_shape(name)) for name, module in layers.items()]
    try:
        with torch.no_grad(), in_small_operations(), FlopCounterMode(display=False) as counter:
            model.eval()(torch.zeros(1, 1, 28, 28))
    finally:
        for hook in hooks:
            hook.remove()
    flops = counter.get_flop_counts()
    root = type(model).__name__
    return [
        Layer(
            name,
            type(layers[name]).__name__.removeprefix("Parametrized"),
            shape,
            sum(p.numel() for p in layers[name].parameters()),
            sum(flops.get(f"{root}.{name}", {}).values()) // 2,
        )
        for name, shape in shapes.items()
    ]


def _is_layer(name: str, module: nn.Module) -> bool:
    """Whether a module is drawn as one layer: it has no submodules, or only some that it does not call as layers."""
    inside = ("parametrizations" in name.split(".")) or name.endswith("out_proj")
    parts = {part for part, _ in module.named_children()}
    return not inside and (not parts - {"parametrizations"} or isinstance(module, nn.MultiheadAttention))


def _shape(output: object) -> tuple[int, ...]:
    """The shape of a layer's output for one image; of the first one where there are several, as of nn.LSTM."""
    while isinstance(output, tuple) and output:
        output = output[0]
    return tuple(output.shape[1:]) if isinstance(output, torch.Tensor) else ()


def show_spending(build_model: Callable[[], nn.Module], title: str = "") -> Figure:
    """Draw the parameters and the multiply-adds of each layer that has any, with the totals and the budget."""
    torch.manual_seed(0)
    layers = [layer for layer in layers_of(build_model()) if layer.parameters or layer.multiply_adds]
    cost = design(build_model).cost
    names = [f"{layer.kind}, out {shape_text(layer.out)}" for layer in layers]
    positions = np.arange(len(layers))[::-1]
    figure, axes = plt.subplots(1, 2, figsize=(9.5, 0.9 + 0.3 * len(layers)), sharey=True)
    for axis, values, colour, total, budget, unit in (
        (axes[0], [x.parameters for x in layers], BLUE, cost.parameters, MOST_PARAMETERS, "parameters"),
        (axes[1], [x.multiply_adds for x in layers], ORANGE, cost.multiply_adds, MOST_MULTIPLY_ADDS, "multiply-adds"),
    ):
        axis.barh(positions, values, color=colour, height=0.65)
        axis.set_title(f"{total:,} {unit}: {total / budget:.0%} of the budget")
        axis.set_xlim(0, 1.25 * max(values, default=1) + 1)
        for y, value in zip(positions, values, strict=True):
            axis.text(value, y, f" {value:,}", va="center", fontsize=9)
        axis.set_xticks([])
    axes[0].set_yticks(positions, names, fontsize=10)
    if title:
        figure.suptitle(title, x=0.01, ha="left")
    rows = (
        f"{name}: {x.parameters:,} parameters, {x.multiply_adds:,} multiply-adds"
        for name, x in zip(names, layers, strict=True)
    )
    return described(
        figure,
        f"{title}." if title else "",
        f"{cost.parameters:,} parameters, {cost.parameters / MOST_PARAMETERS:.0%} of the budget, and "
        f"{cost.multiply_adds:,} multiply-adds, {cost.multiply_adds / MOST_MULTIPLY_ADDS:.0%}. {'; '.join(rows)}.",
    )


def compare(
    designs: Mapping[str, Callable[[], nn.Module]], data: Dataset, recipe: Recipe = RECIPE, seeds: int = 1
) -> dict[str, Result]:
    """Train each design as the check does, and measure its accuracy on the held-out images; name → result.

    Args:
        seeds: how often each design is trained: with seeds 0, 1, … of its weights and of the order of the images.

    Raises:
        ValueError: if seeds is below 1.
    """
    if seeds < 1:
        raise ValueError(f"seeds is {seeds}: at least one training is needed")
    results = {}
    steps = recipe.epochs * (len(data.train_labels) // recipe.batch)
    with tqdm(total=steps * len(designs) * seeds, desc="training", unit="step") as bar:
        for name, build_model in designs.items():
            bar.set_description(name)
            accuracies = []
            for seed in range(seeds):
                model = design(build_model, seed)
                model.train(data.train_images, data.train_labels, seed, recipe, lambda loss: bar.update() and None)
                accuracies.append(model.accuracy(data.test_images, data.test_labels))
            mean = float(np.mean(accuracies))
            results[name] = Result(model.cost.parameters, model.cost.multiply_adds, mean, tuple(accuracies))
    return results


def show_accuracy_against_cost(results: Mapping[str, Result], line: float) -> Figure:
    """Draw accuracy against parameters and against multiply-adds, both on a log scale; of several seeds, the range too.

    Args:
        results: name → result.
        line: the accuracy that the check asks for, drawn dotted; the budgets are dashed.
    """
    figure, axes = plt.subplots(1, 2, figsize=(9.5, 3.6), sharey=True)
    for axis, field, budget in zip(
        axes, ("parameters", "multiply_adds"), (MOST_PARAMETERS, MOST_MULTIPLY_ADDS), strict=True
    ):
        for k, (name, result) in enumerate(results.items()):
            cost = getattr(result, field)
            (marker,) = axis.plot(cost, 100 * result.accuracy, "o^sDvP*"[k % 7], markersize=9, label=name)
            if len(result.accuracies) > 1:
                lowest, highest = 100 * min(result.accuracies), 100 * max(result.accuracies)
                axis.vlines(cost, lowest, highest, color=marker.get_color(), linewidth=2)
        axis.axvline(budget, color=GREY, linestyle="--", linewidth=1.5)
        axis.axhline(100 * line, color=GREY, linestyle=":", linewidth=1.5)
        axis.set(xscale="log", xlabel=field.replace("_", "-") + " (dashed: the budget)", xlim=(None, 2 * budget))
        axis.grid(axis="y")
    axes[0].set_ylabel("accuracy on new digits (%)")
    axes[0].legend(loc="center left", fontsize=9)
    rows = (
        f"{name}: {100 * result.accuracy:.1f} % with {result.parameters:,} parameters and {result.multiply_adds:,} "
        "multiply-adds"
        for name, result in results.items()
    )
    return described(
        figure,
        f"Accuracy on new digits against parameters and against multiply-adds. {'; '.join(rows)}. The line is at "
        f"{100 * line:g} %; the budgets are {MOST_PARAMETERS:,} parameters and {MOST_MULTIPLY_ADDS:,} multiply-adds.",
    )


def results_table(results: Mapping[str, Result]) -> Markdown:
    """The results as a Markdown table, the most accurate first; where there are several seeds, with their range."""
    lines = ["| design | accuracy on new digits | parameters | multiply-adds |", "| --- | ---: | ---: | ---: |"]
    for name, result in sorted(results.items(), key=lambda item: -item[1].accuracy):
        accuracy, seeds = percent(result.accuracy), result.accuracies
        if len(seeds) > 1:
            accuracy = f"{accuracy}, mean of {len(seeds)} seeds ({percent(min(seeds))} to {percent(max(seeds))})"
        lines.append(f"| {name} | {accuracy} | {result.parameters:,} | {result.multiply_adds:,} |")
    return Markdown("\n".join(lines))
