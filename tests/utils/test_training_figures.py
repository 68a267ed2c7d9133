"""The figures of a trained network are drawn and show their numbers."""

from __future__ import annotations

import numpy as np
import pytest
from figure_text import texts

from autograder.exercises.lenet_numpy.table import rows
from utils.figures.training import (
    compare_runs,
    confusion_matrix,
    layer_bars,
    network_maps,
    print_table,
    three_kinds,
    valley_paths,
)

pytestmark = pytest.mark.usefixtures("course_style")


def test_the_table_ends_with_totals(capsys: pytest.CaptureFixture[str]) -> None:
    print_table(rows())
    printed = capsys.readouterr().out.splitlines()
    assert len(printed) == 13
    assert printed[-1].split() == ["total", "1,256,080", "6,522,000"]
    assert printed[9].split() == ["Linear", "500", "2450×500", "1,225,500", "1,225,000"]


def test_bars_are_labelled_with_every_number_but_zero() -> None:
    labels = texts(layer_bars(rows()))
    assert {"15,680", "1,225,500", "4,900,000", "Conv  50×14×14"} <= set(labels)
    assert "0" not in labels


def test_paths_are_labelled_with_the_final_height() -> None:
    figure = valley_paths({"slow": np.array([[-10.0, 2], [-3, 0]])}, lambda a, b: a**2 + b**2)
    assert "slow: height 9 at the end" in texts(figure)


def test_three_kinds_shows_every_template() -> None:
    figure = three_kinds(np.ones((10, 28, 28)), np.ones((20, 28, 28)), np.ones((20, 5, 5)))
    assert sum(len(ax.images) for ax in figure.axes) == 50


def test_templates_of_one_kind_have_one_scale_around_zero() -> None:
    weights = np.concatenate([np.full((1, 5, 5), 0.1), np.full((19, 5, 5), -2.0)])
    figure = three_kinds(np.ones((10, 28, 28)), np.ones((20, 28, 28)), weights)
    last = [image for ax in figure.axes for image in ax.images][-20:]
    assert {image.get_clim() for image in last} == {(-2.0, 2.0)}


def test_maps_are_drawn_in_rows_labelled_with_their_shapes() -> None:
    figure = network_maps(np.ones((28, 28)), {"conv1": np.ones((20, 28, 28)), "pool": np.ones((4, 14, 14))})
    assert {"input\n1×28×28", "conv1\n20×28×28", "pool\n4×14×14"} <= set(texts(figure))
    assert sum(len(ax.images) for ax in figure.axes) == 1 + 10 + 4


def test_runs_are_drawn_as_dots_with_their_mean() -> None:
    figure = compare_runs({"a": [90.0, 92.0], "b": [97.25]}, "accuracy (%)")
    assert {"91.0", "97.2", "a", "b", "accuracy (%)"} <= set(texts(figure))
    dots = [line for line in figure.axes[0].lines if line.get_marker() == "o"]
    assert [len(line.get_xdata()) for line in dots] == [2, 1]


def test_errors_are_in_the_row_of_the_true_class() -> None:
    figure = confusion_matrix(np.array([0, 0, 1, 2]), np.array([0, 2, 1, 2]), ["zero", "one", "two"])
    (ax,) = figure.axes
    assert "1 of 4 wrong" in texts(figure)
    wrong = [text for text in ax.texts if text.get_fontweight() == "bold"]
    assert [(text.get_position(), text.get_text()) for text in wrong] == [((2, 0), "1")]
