"""Every figure has an alternative text with the numbers that it shows, and notebooks show figures with their texts."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
from collections.abc import Callable
from typing import Any, ClassVar

import matplotlib.pyplot as plt
import nbclient
import nbformat
import numpy as np
import pytest
from matplotlib.animation import FuncAnimation
from matplotlib.figure import Figure
from nbconvert import HTMLExporter

from utils import figures
from utils.figures import (
    animations,
    backprop,
    backward_animations,
    batchnorm,
    conv_backward,
    convolution,
    design,
    fast_convolution,
    fields,
    gpu,
    graphs,
    plots,
    pooling,
    pytorch,
    signals,
    training,
    volumes,
)
from utils.figures.alternative import alternative_text, course_of, described, described_further, number, numbers
from utils.speed.convolution import Speed
from utils.training import Watched

pytestmark = pytest.mark.usefixtures("course_style")

X = np.arange(16.0).reshape(4, 4)
W = np.array([[1.0, -2.0], [0.5, 3.0]])
ROWS = [("Conv", (20, 28, 28), (20, 1, 5, 5), 520, 392_000), ("ReLU", (20, 28, 28), None, 0, 0)]
RESULTS = {"a design": design.Result(1234, 56_789, 0.956), "another": design.Result(50_000, 9_000_000, 0.75)}
SPEEDS = {"loops": Speed(0.123, 0.045), "yours": Speed(31, 17), "limit": Speed(62, 62)}


def one_layer() -> Any:
    from torch import nn

    return nn.Sequential(nn.Flatten(), nn.Linear(784, 10))


# function → (how a figure is drawn, what its text must mention)
EXAMPLES: dict[Callable[..., Any], tuple[Callable[[], Any], tuple[str, ...]]] = {
    animations.slide_filter: (
        lambda: animations.slide_filter(X, W, X[:3, :3] - 4.5),
        ("9 steps", "1 −2; 0.5 3", "4×4", "0 1 2 3; 4 5 6 7", "−4.5 −3.5 −2.5"),
    ),
    backprop.flattened_image: (
        lambda: backprop.flattened_image(np.zeros((3, 32, 32))),
        ("3×32×32", "3072", "row 20", "column 14", "654, 1678 and 2702"),
    ),
    backprop.relu_and_gradient: (
        lambda: backprop.relu_and_gradient(
            np.arange(-2.0, 3), np.array([0.0, 0, 0, 1, 2]), np.array([0.0, 0, 7, 1, 1])
        ),
        ("x = −2", "2 at x = 2", "7 at exactly 0"),
    ),
    backprop.softmax_bars: (
        lambda: backprop.softmax_bars(np.array([1.0, -2]), np.array([0.95, 0.05]), np.array([-0.05, 0.05]), 0, 0.0486),
        ("0 is correct", "1 −2", "0.95 0.05", "−0.05 0.05", "0.05"),
    ),
    backward_animations.lay_filters: (
        lambda: backward_animations.lay_filters(
            np.array([[1.0, 2]]), np.array([[3.0, -1]]), np.array([[[3.0, -1, 0]], [[0, 6, -2]]])
        ),
        ("2 steps", "1 2", "3 −1", "3 5 −2"),
    ),
    backward_animations.slide_turned: (
        lambda: backward_animations.slide_turned(np.array([[4.0]]), W, 4 * W),
        ("4 steps", "3 0.5; −2 1", "padding 1", "4 −8; 2 12"),
    ),
    batchnorm.shared_statistics: (batchnorm.shared_statistics, ("N = 5", "D = 4", "N·H·W = 48", "C = 3")),
    batchnorm.batchnorm_graph: (batchnorm.batchnorm_graph, ("x (N, D)", "μ (D,)", "dγ", "dout")),
    batchnorm.columns_before_and_after: (
        lambda: batchnorm.columns_before_and_after({"x": np.array([[1.0, 5], [3, 5]])}, ["first", "second"]),
        ("first mean 2, standard deviation 1", "second mean 5, standard deviation 0"),
    ),
    batchnorm.spread_by_company: (
        lambda: batchnorm.spread_by_company({2: np.array([1.0, -1]), 64: np.array([0.2, 0.3])}, 0.25),
        ("±1.00 with 2 images", "±0.05 with 64 images", "0.25"),
    ),
    batchnorm.channel_maps: (
        lambda: batchnorm.channel_maps(X, np.array([X - 8]), np.array([X / 8])),
        ("1 maps", "before from −8 to 7", "after from 0 to 1.9"),
    ),
    batchnorm.through_the_layers: (
        lambda: batchnorm.through_the_layers({"with": [X, 2 * X], "×2,\nwithout": [X / 100, X]}, (0, 1)),
        ("layers 1 and 2", "with: 4.6 and 9.2", "×2, without: 0.046 and 4.6"),
    ),
    batchnorm.accuracy_grid: (
        lambda: batchnorm.accuracy_grid({"net": [[10, 97.2], [50, 60]]}, (0.1, 1), (0.5, 2)),
        ("net: ×0.5: 10 97; ×2: 50 60", "learning rates 0.1 and 1"),
    ),
    batchnorm.accuracy_bars: (
        lambda: batchnorm.accuracy_bars({"right": 97.31, "wrong": 8}, "right"),
        ("right 97.3", "wrong 8.0"),
    ),
    conv_backward.axis_links: (
        lambda: conv_backward.axis_links([(5, 3, 1, "output", 1), (7, 3, 2, "input", 4)]),
        (
            "output 1 reaches input 1 through w0, input 2 through w1",
            "stride 2: input 4 is used by output 1 with w2 and output 2 with w0",
        ),
    ),
    conv_backward.number_row: (
        lambda: conv_backward.number_row([W, X], ["a", "b\nc"], ("=",)),
        ("joined by =", "a: 1 −2; 0.5 3", "b c: 0 1 2 3"),
    ),
    conv_backward.weight_views: (
        lambda: conv_backward.weight_views(X, np.eye(3), W),
        ("3×3 pixels of the 4×4 image", "dw[0, 1] −2", "dw[1, 1] 3", "1 0 0; 0 1 0; 0 0 1"),
    ),
    conv_backward.window_counts: (
        lambda: conv_backward.window_counts({"K = 2": np.array([[1, 2], [2, 4]])}),
        ("K = 2: 1 2; 2 4",),
    ),
    conv_backward.filters_on_the_way: (
        lambda: conv_backward.filters_on_the_way({"step 0": W}, [3.0, 0.25]),
        ("step 0: 1 −2; 0.5 3", "2 steps", "from 3 to 0.25"),
    ),
    convolution.one_number: (
        lambda: convolution.one_number(np.ones((2, 2, 2)), np.array([W, 2 * W]), -0.5),
        ("2×2×2", "8 products", "channel 0 2.5 and channel 1 5", "7.50 − 0.50 (bias, once) = 7.00"),
    ),
    convolution.window_places: (
        lambda: convolution.window_places([(7, 3, 1, 0), (7, 3, 2, 1)]),
        ("K = 3, S = 1, P = 0: output 5×5", "K = 3, S = 2, P = 1: output 4×4"),
    ),
    convolution.filter_maps: (
        lambda: convolution.filter_maps(X[None], W[None, None], X[None, None, :3, :3] - 5, ["edges"]),
        ("1 image of 4×4", "maps of 3×3", "edges: from −5 to 5"),
    ),
    convolution.merged_filters: (
        lambda: convolution.merged_filters(W, np.eye(2), np.ones((3, 3))),
        ("1 −2; 0.5 3", "3×3: 1 1 1; 1 1 1"),
    ),
    design.show_spending: (
        lambda: design.show_spending(one_layer, "a design"),
        ("a design", "7,850 parameters, 8% of the budget", "7,840 multiply-adds", "Linear, out 10: 7,850 parameters"),
    ),
    design.show_accuracy_against_cost: (
        lambda: design.show_accuracy_against_cost(RESULTS, 0.97),
        ("a design: 95.6 % with 1,234 parameters and 56,789 multiply-adds", "another: 75.0 %", "97 %", "100,000"),
    ),
    fast_convolution.patches_to_columns: (
        lambda: fast_convolution.patches_to_columns(X[None, :3, :3], 2, np.arange(16.0).reshape(4, 4)),
        ("1×3×3", "4 rows and 4 columns", "window 1: 1 5 9 13"),
    ),
    fast_convolution.one_product: (
        lambda: fast_convolution.one_product(50, 500, 196),
        ("50 × 500", "500 × 196", "50 × 196"),
    ),
    fast_convolution.overlap_counts: (
        lambda: fast_convolution.overlap_counts([np.array([[1, 2]])], ["S = 2"]),
        ("S = 2: 1 2",),
    ),
    fast_convolution.price_of_a_round: (
        lambda: fast_convolution.price_of_a_round((1, 75, 500), (3e-6, 4e-6, 5e-6), 2e-11),
        ("1 3, 75 4, 500 5", "2e−05 for 1 to 0.01 for 500"),
    ),
    fast_convolution.speed_plot: (
        lambda: fast_convolution.speed_plot(SPEEDS),
        ("loops over every window* 0.123 and 0.045", "one product 31 and 17", "product: 62"),
    ),
    fields.field_layers: (
        lambda: fields.field_layers([[(3, 1), (3, 2)]]),
        ("(3, 1), (3, 2)", "3 cells after layer 1 and 5 cells of the input"),
    ),
    fields.field_growth: (
        lambda: fields.field_growth([np.ones((3, 3)), np.ones((5, 5))], [3, 5]),
        ("1 layer 3×3 and 2 layers 5×5",),
    ),
    fields.fields_against_depth: (
        lambda: fields.fields_against_depth({1: [1, 3, 5], 2: [1, 3, 7]}, {1: 112, 2: 7}, 224),
        (
            "after 2: 5 pixels; 112 layers see 224 pixels",
            "stride 2: after 0: 1, after 1: 3, after 2: 7 pixels; 7 layers",
        ),
    ),
    gpu.queue_picture: (gpu.queue_picture, ("3 short calls", "3.9", "12.7")),
    gpu.batch_sizes: (
        lambda: gpu.batch_sizes({1: 0.01, 64: 0.1}, "cpu"),
        ("on cpu", "100 with 1 image", "640 with 64 images"),
    ),
    gpu.training_curves: (
        lambda: gpu.training_curves([2.3, 0.1], [0.002, 0.05]),
        ("2 steps", "from 0.002 to 0.05", "from 2.3 to 0.1"),
    ),
    gpu.speed_ladder: (
        lambda: gpu.speed_ladder({"NumPy": 2.5, "PyTorch": 1000.0}, "training"),
        ("training", "NumPy: 2.5; PyTorch: 1,000, 400 times the first"),
    ),
    graphs.draw_graph: (
        lambda: graphs.draw_graph([graphs.Operation("q", "×", ("x", "w"))], {"x": 2, "w": -3, "q": -6}, {"x": -3.5}),
        ("q is × of x and w", "x 2, w −3, q −6", "x −3.5"),
    ),
    graphs.draw_node: (graphs.draw_node, ("∂L/∂x = ∂L/∂z · ∂z/∂x", "upstream gradient")),
    plots.show_images: (
        lambda: plots.show_images([X, X], ["seven", "one\nred"]),
        ("2 images of 4×4 pixels: seven, one red",),
    ),
    plots.show_curves: (
        lambda: plots.show_curves(
            {"loss": [2.3, 0.5], "runs": [[1, 4], [3, 6]]}, "epoch", "loss", title="Two", log="y"
        ),
        (
            "Two: loss against epoch, with a log scale for y",
            "loss from 2.3 to 0.5",
            "runs from 2 to 5 (mean of 2 runs, which end at 4 to 6)",
        ),
    ),
    pooling.pooled_windows: (
        lambda: pooling.pooled_windows(X, {"maximum:": np.array([[5.0, 7], [13, 15]])}, 2, 2),
        ("4×4 input", "2×2 at stride 2", "maximum, 2×2: 5 7; 13 15"),
    ),
    pooling.gradient_routes: (
        lambda: pooling.gradient_routes({"tie": (X, np.ones((1, 1)), X / 15)}, (4,), (1,)),
        ("tie, K = 4, S = 1", "upstream gradient 1", "0.933 1"),
    ),
    pooling.same_scale: (
        lambda: pooling.same_scale({"edges": X, "pooled": X[:2, :2]}),
        ("edges, 4×4 and pooled, 2×2",),
    ),
    pooling.shifted_maps: (
        lambda: pooling.shifted_maps({"map": (np.eye(2), np.eye(2), np.eye(2) / 2)}, ("now", "moved", "difference")),
        ("now, moved and difference", "map: 0.5"),
    ),
    pooling.shift_curves: (
        lambda: pooling.shift_curves({"digits": {"map": [0.52, 0.8], "max": [0.41, 0.6]}}, (1, 2), ["change"]),
        ("shifts of 1 and 2 pixels", "digits: map 0.52 0.8; max 0.41 0.6"),
    ),
    pytorch.memory_orders: (pytorch.memory_orders, ("2×3", "R0,0 G0,0 B0,0 R0,1", "R0,0 R0,1 R0,2 R1,0")),
    pytorch.same_network: (
        lambda: pytorch.same_network(np.ones((2, 10)), np.ones((2, 10)) + 2e-6, {"conv1.weight": 3e-7}),
        ("20 scores", "2e-06", "conv1.weight 3e-07"),
    ),
    pytorch.epoch_curves: (
        lambda: pytorch.epoch_curves([1.5, 0.25], [0.8, 0.9821], "net"),
        ("net", "1.5 0.25", "80.0, 98.2"),
    ),
    pytorch.running_variances: (
        lambda: pytorch.running_variances((2, 64), (0.5, 0.98), (1, 1.01)),
        ("2 and 64", "0.5 0.98", "1 1"),
    ),
    signals.filtered_row: (
        lambda: signals.filtered_row(
            np.tile(np.r_[np.zeros(30), np.ones(30)], (3, 1)),
            np.full(60, 0.4),
            np.r_[np.zeros(30), 0.9, np.zeros(29)],
            15,
        ),
        ("60 positions", "15 positions", "position 30: 0.9", "0.4"),
    ),
    signals.frames_and_changes: (
        lambda: signals.frames_and_changes(np.zeros((3, 4, 5)), np.pad(np.ones((2, 4, 1)), ((0, 0), (0, 0), (3, 1)))),
        ("3 frames of 4×5", "20%", "columns 3 to 3"),
    ),
    training.layer_bars: (
        lambda: training.layer_bars(ROWS),
        ("Conv 20×28×28: 15,680 numbers in the output, 520 parameters, 392,000 multiply-adds", "ReLU 20×28×28: 15,680"),
    ),
    training.valley_paths: (
        lambda: training.valley_paths({"slow": np.array([[-10.0, 2], [-3, 0]])}, lambda a, b: a**2 + b**2),
        ("slow: height 9 after 1 steps",),
    ),
    training.three_kinds: (
        lambda: training.three_kinds(np.ones((10, 28, 28)), np.ones((20, 28, 28)), np.ones((20, 5, 5))),
        ("10 templates of 28×28", "20 templates of 28×28", "20 filters of 5×5", "positive ones in blue"),
    ),
    training.network_maps: (
        lambda: training.network_maps(X, {"ReLU": np.array([[[0.0, 1], [0, 0]]])}, 1),
        ("image of 4×4", "ReLU, 1×2×2: 75% zeros"),
    ),
    training.compare_runs: (
        lambda: training.compare_runs({"LeNet-5": [91.5, 94]}, "accuracy"),
        ("accuracy", "LeNet-5: mean 92.8, 2 runs from 91.5 to 94.0"),
    ),
    training.confusion_matrix: (
        lambda: training.confusion_matrix(np.array([0, 1, 1]), np.array([0, 0, 1]), ["zero", "one"]),
        ("1 of 3 wrong", "one read as zero: 1"),
    ),
    volumes.stretched_or_kept: (volumes.stretched_or_kept, ("3×32×32", "3072", "1×28×28")),
    volumes.layer_volumes: (
        lambda: volumes.layer_volumes((2, 3, 32, 32), (6, 3, 5, 5), (2, 6, 28, 28)),
        ("2×3×32×32", "6×3×5×5", "6 biases", "2×6×28×28"),
    ),
}


def figure_functions() -> set[Callable[..., Any]]:
    """Every public function of utils.figures that draws a figure or an animation."""
    names = [f"{figures.__name__}.{part.name}" for part in pkgutil.iter_modules(figures.__path__)]
    drawn = set()
    for module in map(importlib.import_module, names):
        for name, function in inspect.getmembers(module, inspect.isfunction):
            returns = function.__annotations__.get("return")
            here = function.__module__ == module.__name__ and not name.startswith("_")
            if here and returns in ("Figure", "FuncAnimation") and module.__name__ != "utils.figures.alternative":
                drawn.add(function)
    return drawn - {plots.figure_of}


def test_every_function_that_draws_has_an_example_here() -> None:
    assert figure_functions() == set(EXAMPLES)


@pytest.mark.parametrize("function", EXAMPLES, ids=lambda function: function.__name__)
def test_the_text_mentions_the_numbers_that_the_figure_shows(function: Callable[..., Any]) -> None:
    draw, mentioned = EXAMPLES[function]
    drawn = draw()
    figure = drawn._fig if isinstance(drawn, FuncAnimation) else drawn
    if isinstance(drawn, FuncAnimation):
        drawn._draw_was_started = True  # else matplotlib warns that the animation was not saved
    text = alternative_text(figure)
    assert [part for part in mentioned if part not in text] == [], text
    assert text.endswith(".") and not re.search(r"\n|  |nan|<|object at", text), text


def test_the_figure_of_a_training_has_the_losses_and_accuracies_so_far() -> None:
    class Fixed:
        """A model that classifies three of four images correctly."""

        params: ClassVar[dict[str, np.ndarray]] = {}

        def scores(self, x: np.ndarray) -> np.ndarray:
            return np.eye(10)[: len(x)]

        def loss(self, x: np.ndarray, y: np.ndarray) -> tuple[float, dict[str, np.ndarray]]:
            return 1.25, {}

    watched = Watched(Fixed(), np.zeros((4, 1, 28, 28)), np.array([0, 1, 2, 9]), steps=8, title="LeNet-5")
    watched._evaluate = lambda last=False: watched.accuracies.append((len(watched.losses), 0.75))  # type: ignore[method-assign]
    watched.loss(np.zeros((4, 1, 28, 28)), np.zeros(4, int))
    text = alternative_text(watched.draw())
    assert "LeNet-5, 1 of 8 steps" in text and "1.25" in text and "75.0 %" in text


def test_a_player_has_the_text_of_its_animation() -> None:
    page = animations.play(animations.slide_filter(X[:2, :2], W[:1, :1], X[:2, :2])).data
    (image,) = re.findall(r"<img [^>]*>", page)
    assert 'alt="Animation in 4 steps' in image


def test_a_figure_that_nobody_described_is_named_by_its_titles() -> None:
    figure, ax = plt.subplots()
    ax.set(title="My\nfigure", xlabel="steps")
    assert alternative_text(figure) == "Figure without a description: My figure, steps."


def test_sentences_can_be_added_or_replaced() -> None:
    figure = described(Figure(), "One.", "", "Two.")
    assert alternative_text(described_further(figure, "Three.")) == "One. Two. Three."
    assert alternative_text(described(figure, "Four.")) == "Four."


def test_numbers_are_written_as_they_are_read() -> None:
    assert [number(x) for x in (-1234.5, 0.00012345, -0.0, 98765.0)] == ["−1230", "0.000123", "0", "98800"]
    assert numbers(np.array([[1, np.nan], [-0.5, 2]])) == "1 –; −0.5 2"
    assert numbers(np.arange(100.0).reshape(10, 10)) == "10×10 numbers from 0 to 99"
    assert course_of([3, 1, 2]) == "from 3 to 2, lowest 1" and course_of([3]) == "3" and course_of([]) == "no values"


SETUP = (
    "import matplotlib.pyplot as plt\nfrom utils.figures.plots import show_curves, use_course_style\nuse_course_style()"
)
CELLS = (
    SETUP,
    "show_curves({'a < b': [1, 0.5]});",
    "plt.plot([1, 2]); plt.title('mine');",
    "%config InlineBackend.figure_format = 'retina'\nshow_curves({'sharp': [2, 3]});",
)


def test_a_notebook_shows_a_figure_as_an_image_with_its_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MPLBACKEND", raising=False)  # a kernel draws into the notebook, unless it is told otherwise
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in CELLS])
    nbclient.NotebookClient(notebook, timeout=120, kernel_name="python3").execute()
    curves, mine, sharp = ([o for o in cell.outputs if "data" in o] for cell in notebook.cells[1:])
    assert [len(outputs) for outputs in (curves, mine, sharp)] == [1, 1, 1]
    data = curves[0].data
    assert data["text/html"].startswith('<img src="data:image/png;base64,')
    assert 'alt="Curves: loss against step. a &lt; b from 1 to 0.5."' in data["text/html"]
    # the same drawing, so it was drawn once
    assert data["image/png"].strip() in data["text/html"]
    assert data["text/plain"] == "Curves: loss against step. a < b from 1 to 0.5."
    assert curves[0].metadata["image/png"]["alt"] == data["text/plain"]
    assert "Figure without a description: mine." in mine[0].data["text/html"]
    assert re.search(r'alt="Curves[^"]*" width="\d+" height="\d+"', sharp[0].data["text/html"])
    page, _ = HTMLExporter().from_notebook_node(notebook)
    assert 'alt="Curves: loss against step. a &lt; b from 1 to 0.5."' in page
