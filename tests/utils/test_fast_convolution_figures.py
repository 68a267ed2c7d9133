"""The figures of a convolution as a matrix product are drawn and show their numbers."""

import numpy as np
import pytest
from figure_text import texts

from utils.figures.fast_convolution import (
    one_product,
    overlap_counts,
    patches_to_columns,
    price_of_a_round,
    speed_plot,
)
from utils.speed.convolution import Speed

pytestmark = pytest.mark.usefixtures("course_style")


def test_patches_to_columns_draws_the_columns_of_the_student():
    image = np.arange(18.0).reshape(2, 3, 3)
    figure = patches_to_columns(image, 2, np.full((8, 4), 77.0))
    assert texts(figure).count("77") == 32
    assert {"channel 0, 3×3", "channel 1, 3×3", "window 0", "window 3"} <= set(texts(figure))


def test_one_product_names_the_sizes():
    assert "filters\nF × C·K·K\n50 × 500" in texts(one_product(50, 500, 196))


def test_overlap_counts_has_a_panel_for_each_layer():
    figure = overlap_counts([np.ones((4, 4)), 9 * np.ones((4, 4))], ["apart", "overlapping"])
    assert len(figure.axes) == 2
    assert texts(figure).count("9") == 16


def test_price_of_a_round_marks_the_two_known_sizes():
    figure = price_of_a_round([1, 10, 100, 1000], [4e-6, 4e-6, 5e-6, 9e-6], 1e-10)
    assert {"75: the lecture's example", "500: LeNet-5"} <= set(texts(figure))


def test_speed_plot_leaves_out_implementations_that_were_not_measured():
    speeds = {"loops": Speed(0.2, 0.25), "yours": Speed(50, 40), "limit": Speed(80, 80)}
    shown = texts(speed_plot(speeds))
    assert shown.count("limit\n80") == 2
    assert {"0.20", "50", "40"} <= set(shown)
    assert "PyTorch" not in shown
