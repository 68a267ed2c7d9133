"""The figures of batch normalization are drawn and show their numbers."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from figure_text import texts

from utils.figures.batchnorm import (
    accuracy_bars,
    accuracy_grid,
    batchnorm_graph,
    channel_maps,
    columns_before_and_after,
    shared_statistics,
    spread_by_company,
    through_the_layers,
)
from utils.figures.plots import BLUE, GREY

pytestmark = pytest.mark.usefixtures("course_style")


def test_shared_statistics_counts_the_numbers_of_a_channel():
    figure = shared_statistics(rows=6, images=2, side=3)
    assert {"blue: N = 6 values share\none mean and one variance"} <= set(texts(figure))
    assert {"blue: N·H·W = 18 values share\none mean and one variance"} <= set(texts(figure))
    for ax, count in zip(figure.axes, (6, 18), strict=True):
        assert sum(plt.matplotlib.colors.to_hex(patch.get_facecolor()).upper() == BLUE for patch in ax.patches) == count


def test_the_graph_names_every_gradient_of_the_derivation():
    labels = " ".join(texts(batchnorm_graph()))
    for name in ("dout", "dγ", "dβ", "dx̂", "ds", "dv", "dc, first path", "dc, second path", "dμ", "dx, second path"):
        assert name in labels


def test_columns_share_one_axis():
    figure = columns_before_and_after({"a": np.ones((9, 2)), "b": 5 * np.ones((9, 2))}, ["first", "second"])
    assert len({ax.get_xlim() for ax in figure.axes}) == 1
    assert {"first", "second", "a", "b"} <= set(texts(figure))


def test_spread_is_written_above_each_batch_size():
    labels = texts(spread_by_company({2: np.array([1.0, -1.0]), 8: np.array([0.5, 0.5])}, alone=0.4))
    assert {"±1.00", "±0.00", "2", "8"} <= set(labels)


def test_maps_of_a_row_have_one_scale():
    figure = channel_maps(np.zeros((4, 4)), np.stack([np.eye(4), 9 * np.eye(4)]), np.ones((2, 4, 4)))
    limits = [image.get_clim() for ax in figure.axes[1:3] for image in ax.images]
    assert len(set(limits)) == 1 and limits[0][1] == 9


def test_layers_are_labelled_with_their_standard_deviation():
    signal = np.array([[-1.0, 1.0]])
    figure = through_the_layers({"without": [signal, 1000 * signal], "with": [signal, 1e-4 * signal]}, shown=(0, 1))
    assert {"layer 1", "layer 2", "σ 1", "σ 1000", "σ 0.0001"} <= set(texts(figure))


def test_the_grid_shows_percentages():
    figure = accuracy_grid({"a": [[10.2, 97.0]], "b": [[50.0, np.float64(9.6)]]}, rates=(0.1, 1.0), scales=(3.0,))
    assert {"10", "97", "50", "×3", "0.1", "1"} <= set(texts(figure))


def test_the_right_bar_is_blue():
    figure = accuracy_bars({"test mode": 97.0, "one at a time": 9.3}, right="test mode")
    colours = [plt.matplotlib.colors.to_hex(bar.get_facecolor()).upper() for bar in figure.axes[0].patches]
    assert colours == [GREY, BLUE]
    assert {"97.0", "9.3"} <= set(texts(figure))
