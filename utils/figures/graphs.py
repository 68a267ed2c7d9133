"""Draw computational graphs: values going forward above the wires, gradients coming back below them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from utils.figures.plots import BLUE, GREY, INK, ORANGE

FORWARD, BACKWARD = BLUE, ORANGE
ACROSS, DOWN = 2.3, 1.7  # distance between neighbouring columns and rows
RADIUS = 0.38
GAP = 0.1  # half the distance between the two arrows of a wire

Point = tuple[float, float]


class Operation(NamedTuple):
    """One node of the graph: `out` is computed from `inputs`; `sign` is written in the circle."""

    out: str
    sign: str
    inputs: tuple[str, ...]


def draw_graph(
    operations: Sequence[Operation],
    values: Mapping[str, object],
    gradients: Mapping[str, object] | None = None,
    title: str = "",
    ax: Axes | None = None,
) -> Figure:
    """Draw a graph from left to right, its operations given in the order in which they are computed.

    A name that no operation computes is an input and gets a circle of its own. The first input of an
    operation runs along its row, so a chain of operations is drawn straight; a second input comes from below,
    a third one from above.

    Args:
        operations: for example `Operation("s", "+", ("q", "b"))`.
        values: name → what stands above its wire: a number, an array (its shape is written) or text.
        gradients: name → what stands below its wire, in the same forms; None draws the forward pass alone.
        ax: axes to draw on; by default a new figure of a fitting size.
    """
    places = _places(operations)
    columns = max(x for x, _ in places.values()) / ACROSS + 1
    low, high = min(y for _, y in places.values()), max(y for _, y in places.values())
    if ax is None:
        _, ax = plt.subplots(figsize=(1.36 * columns + 0.4, (high - low) / DOWN + 1.5))
    for operation in operations:
        for name in operation.inputs:
            _wire(ax, places[name], places[operation.out], name, values, gradients)
    last = operations[-1].out
    end = places[last][0] + 0.75 * ACROSS, places[last][1]
    _wire(ax, places[last], end, last, values, gradients)
    ax.text(end[0] - RADIUS + 0.08, end[1], last, style="italic", va="center", fontsize=13)
    signs = {operation.out: operation.sign for operation in operations}
    for name, place in places.items():
        _node(ax, place, signs.get(name, name), is_input=name not in signs)
    ax.set(xlim=(-0.7, end[0] + 0.3), ylim=(low - 0.6, high + 0.75), aspect="equal", title=title)
    ax.axis("off")
    figure = ax.get_figure()
    assert isinstance(figure, Figure)
    return figure


def draw_node() -> Figure:
    """Draw one node, z = f(x, y), with the three gradients that meet in it: upstream, local, downstream."""
    _, ax = plt.subplots(figsize=(8.6, 3.0))
    node, x, y, z = (0.0, 0.0), (-3.7, 1.1), (-3.7, -1.1), (3.6, 0.0)
    for start, end, name in ((x, node, "x"), (y, node, "y"), (node, z, "z")):
        names = {name: f"${name}$"}
        partial = rf"$\frac{{\partial L}}{{\partial {name}}}$"
        _wire(ax, start, end, name, names, {name: partial}, radius=0.85, size=16)
    ax.add_patch(plt.Circle(node, 0.85, facecolor="white", edgecolor=INK, linewidth=1.6, zorder=3))
    ax.text(0, 0.42, "$f$", ha="center", va="center", fontsize=17, zorder=4)
    local = r"$\frac{\partial z}{\partial x}\;\;\frac{\partial z}{\partial y}$"
    ax.text(0, -0.2, local, ha="center", va="center", fontsize=17, color=INK, zorder=4)
    ax.text(0, 1.05, "local gradients", ha="center", va="bottom")
    ax.text(
        z[0] - 0.7,
        0,
        "upstream gradient:\nhow the loss $L$ moves\nwhen $z$ moves",
        va="center",
        color=BACKWARD,
    )
    for (_, height), name in ((x, "x"), (y, "y")):
        product = (
            rf"$\frac{{\partial L}}{{\partial {name}}} = "
            rf"\frac{{\partial L}}{{\partial z}} \cdot \frac{{\partial z}}{{\partial {name}}}$"
        )
        ax.text(-5.6, height, product, va="center", fontsize=17, color=BACKWARD)
    ax.text(-5.6, 0, "downstream gradients:\nupstream × local", va="center", color=BACKWARD)
    ax.set(xlim=(-5.7, 5.2), ylim=(-1.8, 1.8), aspect="equal")
    ax.axis("off")
    figure = ax.get_figure()
    assert isinstance(figure, Figure)
    return figure


def _places(operations: Sequence[Operation]) -> dict[str, Point]:
    """Where each node stands: a column after its inputs, on the row of the first one."""
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


def _wire(
    ax: Axes,
    start: Point,
    end: Point,
    name: str,
    values: Mapping[str, object],
    gradients: Mapping[str, object] | None,
    radius: float = RADIUS,
    size: float = 11,
) -> None:
    """An arrow forward with the value above it; where there is a gradient, an arrow back with it below."""
    a, b = np.array(start), np.array(end)
    along = (b - a) / np.linalg.norm(b - a)
    up = np.array([-along[1], along[0]])
    a, b = a + (radius + 0.05) * along, b - (radius + 0.05) * along
    angle = float(np.degrees(np.arctan2(along[1], along[0])))
    back = gradients is not None and name in gradients
    arrows = [(a, b, FORWARD, +1, values.get(name, ""))]
    if gradients is not None and back:
        arrows.append((b, a, BACKWARD, -1, gradients[name]))
    for tail, head, colour, side, label in arrows:
        shift = side * (GAP if back else 0) * up
        style = {"arrowstyle": "-|>", "color": colour, "linewidth": 1.6, "shrinkA": 0, "shrinkB": 0}
        ax.annotate("", xy=tuple(head + shift), xytext=tuple(tail + shift), arrowprops=style)
        # on a slanted wire nearer its tail, where the wires above are far
        place = a + (0.5 if abs(angle) < 1 else 0.4) * (b - a) + shift + side * 0.06 * up
        ax.text(
            *(float(place[0]), float(place[1]), _written(label)),
            color=colour,
            fontsize=size if len(_written(label)) < 7 or "$" in _written(label) else size - 2,
            ha="center",
            va="bottom" if side > 0 else "top",
            rotation=angle,
            rotation_mode="anchor",
        )


def _node(ax: Axes, place: Point, text: str, is_input: bool) -> None:
    edge, face = (GREY, "#F3F3F3") if is_input else (INK, "white")
    ax.add_patch(plt.Circle(place, RADIUS, facecolor=face, edgecolor=edge, linewidth=1.4, zorder=3))
    style = "italic" if is_input else "normal"
    ax.text(*place, text, ha="center", va="center", fontsize=12 if len(text) < 4 else 10, style=style, zorder=4)


def _written(value: object) -> str:
    """A number in few digits, an array's shape, anything else as it is."""
    if isinstance(value, np.ndarray) and value.ndim:
        return "×".join(str(length) for length in value.shape)
    if isinstance(value, (int, float, np.number, np.ndarray)):
        return f"{float(value):.3g}".replace("-", "−")
    return str(value)
