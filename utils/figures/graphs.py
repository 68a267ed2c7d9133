"""Draw computational graphs: values going forward above the wires, gradients going back below them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from utils.figures.alternative import described, listed, one_line, pairs
from utils.figures.plots import BLUE, GREY, INK, ORANGE, figure_of, shape_text, with_minus

FORWARD, BACKWARD = BLUE, ORANGE
ACROSS, DOWN = 2.3, 1.7  # distance between neighbouring columns and rows
RADIUS = 0.38  # of a node
GAP = 0.1  # half the distance between the two arrows of a wire

Point = tuple[float, float]


class Operation(NamedTuple):
    """One node of the graph."""

    out: str  # name of the result
    sign: str  # written in the circle
    inputs: tuple[str, ...]  # names of the operands


def draw_graph(
    operations: Sequence[Operation],
    values: Mapping[str, object],
    gradients: Mapping[str, object] | None = None,
    title: str = "",
    ax: Axes | None = None,
) -> Figure:
    """Draw a graph from left to right; its operations are given in the order in which they are computed.

    A name that no operation computes is an input, drawn as a grey circle. The first input of an operation is on the
    same row as the operation, so that a chain is drawn straight; a second input is below, a third one above.

    Args:
        operations: for example `Operation("s", "+", ("q", "b"))`.
        values: name → label above its wire: a number, an array (its shape is written) or text.
        gradients: name → label below its wire, in the same forms; None draws only the forward pass.
        ax: axes to draw on; by default a new figure of suitable size.
    """
    centres = _layout(operations)
    columns = max(x for x, _ in centres.values()) / ACROSS + 1
    low, high = min(y for _, y in centres.values()), max(y for _, y in centres.values())
    if ax is None:
        _, ax = plt.subplots(figsize=(1.36 * columns + 0.4, (high - low) / DOWN + 1.5))

    def wire(name: str, end: Point) -> None:
        back = gradients[name] if gradients is not None and name in gradients else None
        draw_wire(ax, centres[name], end, values.get(name, ""), back)

    for operation in operations:
        for name in operation.inputs:
            wire(name, centres[operation.out])
    last = operations[-1].out
    end = centres[last][0] + 0.75 * ACROSS, centres[last][1]
    wire(last, end)
    ax.text(end[0] - RADIUS + 0.08, end[1], last, style="italic", va="center", fontsize=13)
    signs = {operation.out: operation.sign for operation in operations}
    for name, centre in centres.items():
        draw_circle(ax, centre, signs.get(name, name), is_input=name not in signs)
    ax.set(xlim=(-0.7, end[0] + 0.3), ylim=(low - 0.6, high + 0.75), aspect="equal", title=title)
    ax.axis("off")
    known = {name: _label(value) for name, value in values.items()}
    back = {name: _label(value) for name, value in (gradients or {}).items()}
    steps = (f"{o.out} is {one_line(o.sign)} of {listed(o.inputs)}" for o in operations)
    return described(
        figure_of(ax),
        f"Graph. {title or 'Values'}. {'; '.join(steps)}.",
        f"Values forward: {pairs(list(known), known.values())}.",
        f"Gradients backward: {pairs(list(back), back.values())}." if back else "",
    )


def draw_node() -> Figure:
    """Draw one node, z = f(x, y), with its upstream, local and downstream gradients."""
    figure, ax = plt.subplots(figsize=(8.6, 3.0))
    node, x, y, z = (0.0, 0.0), (-3.7, 1.1), (-3.7, -1.1), (3.6, 0.0)
    for start, end, name in ((x, node, "x"), (y, node, "y"), (node, z, "z")):
        gradient = rf"$\frac{{\partial L}}{{\partial {name}}}$"
        draw_wire(ax, start, end, f"${name}$", gradient, radius=0.85, size=16)
    ax.add_patch(plt.Circle(node, 0.85, facecolor="white", edgecolor=INK, linewidth=1.6, zorder=3))
    ax.text(0, 0.42, "$f$", ha="center", va="center", fontsize=17, zorder=4)
    local = r"$\frac{\partial z}{\partial x}\;\;\frac{\partial z}{\partial y}$"
    ax.text(0, -0.2, local, ha="center", va="center", fontsize=17, color=INK, zorder=4)
    ax.text(0, 1.05, "local gradients", ha="center", va="bottom")
    upstream = "upstream gradient:\nhow the loss $L$ changes\nwhen $z$ changes"
    ax.text(z[0] - 0.7, 0, upstream, va="center", color=BACKWARD)
    for (_, height), name in ((x, "x"), (y, "y")):
        product = (
            rf"$\frac{{\partial L}}{{\partial {name}}} = "
            rf"\frac{{\partial L}}{{\partial z}} \cdot \frac{{\partial z}}{{\partial {name}}}$"
        )
        ax.text(-5.6, height, product, va="center", fontsize=17, color=BACKWARD)
    ax.text(-5.6, 0, "downstream gradients:\nupstream × local", va="center", color=BACKWARD)
    ax.set(xlim=(-5.7, 5.2), ylim=(-1.8, 1.8), aspect="equal")
    ax.axis("off")
    return described(
        figure,
        "One node f with the inputs x and y and the output z. Forward: x and y go in, z comes out. Backward: the "
        "upstream gradient ∂L/∂z, how the loss L changes when z changes, comes in; the node multiplies it by its "
        "local gradients ∂z/∂x and ∂z/∂y, which gives the downstream gradients ∂L/∂x = ∂L/∂z · ∂z/∂x and ∂L/∂y = "
        "∂L/∂z · ∂z/∂y.",
    )


def draw_wire(
    ax: Axes,
    start: Point,
    end: Point,
    value: object,
    gradient: object | None,
    radius: float = RADIUS,
    size: float | None = None,
    slanted_at: float = 0.4,
) -> None:
    """Draw an arrow forward with a value above it and, unless the gradient is None, one back with the gradient below.

    Args:
        start, end: centres of the two nodes.
        radius: of the nodes; the arrows end outside them.
        size: font size in points; by default 11, or 9 for long labels.
        slanted_at: position of the labels on a slanted wire, from 0 (start) to 1 (end). The default is close to the
            start, where the other wires are far away.
    """
    a, b = np.array(start, dtype=float), np.array(end, dtype=float)
    along = (b - a) / np.linalg.norm(b - a)
    up = np.array([-along[1], along[0]])
    a, b = a + (radius + 0.05) * along, b - (radius + 0.05) * along
    angle = float(np.degrees(np.arctan2(along[1], along[0])))
    arrows = [(a, b, FORWARD, +1, value)]
    if gradient is not None:
        arrows.append((b, a, BACKWARD, -1, gradient))
    for tail, head, colour, side, label in arrows:
        shift = side * (GAP if gradient is not None else 0) * up
        style = {"arrowstyle": "-|>", "color": colour, "linewidth": 1.6, "shrinkA": 0, "shrinkB": 0}
        ax.annotate("", xy=tuple(head + shift), xytext=tuple(tail + shift), arrowprops=style)
        centre = a + (0.5 if abs(angle) < 1 else slanted_at) * (b - a) + shift + side * 0.06 * up
        text = _label(label)
        ax.text(
            *(float(centre[0]), float(centre[1]), text),
            color=colour,
            fontsize=size or (11 if len(text) < 7 or "$" in text else 9),
            ha="center",
            va="bottom" if side > 0 else "top",
            rotation=angle,
            rotation_mode="anchor",
        )


def draw_circle(ax: Axes, centre: Point, text: str, is_input: bool, radius: float = RADIUS) -> None:
    """Draw a node with text in it: grey and in italics for an input, black on white for an operation."""
    edge, face = (GREY, "#F3F3F3") if is_input else (INK, "white")
    ax.add_patch(plt.Circle(centre, radius, facecolor=face, edgecolor=edge, linewidth=1.4, zorder=3))
    style = "italic" if is_input else "normal"
    ax.text(*centre, text, ha="center", va="center", fontsize=12 if len(text) < 4 else 10, style=style, zorder=4)


def _layout(operations: Sequence[Operation]) -> dict[str, Point]:
    """The centre of each node: one column after its inputs, on the row of the first one."""
    computed = {operation.out for operation in operations}
    cells: dict[str, tuple[int, int]] = {}  # name → (column, row)

    def put(name: str, column: int, row: int) -> None:
        offsets = (0, 1, -1, *(offset for far in range(2, 99) for offset in (far, -far)))
        free = next(row + offset for offset in offsets if (column, row + offset) not in cells.values())
        cells[name] = (column, free)

    for operation in operations:
        column = 1 + max((cells[name][0] for name in operation.inputs if name in cells), default=0)
        row = cells.get(operation.inputs[0], (0, 0))[1]
        for name in operation.inputs:
            if name not in cells and name not in computed:
                put(name, column - 1, row)
        put(operation.out, column, row)
    return {name: (ACROSS * column, -DOWN * row) for name, (column, row) in cells.items()}


def _label(value: object) -> str:
    """A number in three digits, the shape of an array, anything else as text."""
    if isinstance(value, np.ndarray) and value.ndim:
        return shape_text(value.shape)
    if isinstance(value, (int, float, np.number, np.ndarray)):
        return with_minus(f"{float(value):.3g}")
    return str(value)
