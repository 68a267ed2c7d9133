"""The figures of convolution have their panels and labels, and refuse shapes that do not match."""

import base64
import re
from io import BytesIO

import matplotlib.pyplot as plt
import numpy as np
import pytest
from figure_text import texts
from matplotlib.animation import FuncAnimation
from matplotlib.figure import Figure
from PIL import Image

from utils.figures.animations import play, slide_filter
from utils.figures.convolution import filter_maps, merged_filters, number_grid, one_number, window_places
from utils.figures.fields import field_growth, field_layers
from utils.figures.volumes import layer_volumes, stretched_or_kept

pytestmark = pytest.mark.usefixtures("course_style")


def test_number_grid_redraws_in_place_and_leaves_nan_empty():
    _, ax = plt.subplots()
    show = number_grid(ax, np.array([[1.0, np.nan]]))
    show(np.array([[-0.2, 7.0]]))
    assert [text.get_text() for text in ax.texts] == ["0", "7"]


def test_one_number_shows_every_channel_and_adds_the_bias_once():
    figure = one_number(np.full((3, 2, 2), 0.5), np.ones((3, 2, 2)), bias=-1.0)
    assert len(figure.axes) == 9
    assert "12 products, one number: 6.00 − 1.00 (bias, once) = 5.00" in texts(figure)


@pytest.mark.parametrize(("case", "out"), [((7, 3, 1, 0), 5), ((7, 3, 1, 1), 7), ((7, 3, 2, 0), 3), ((7, 3, 3, 0), 2)])
def test_window_places_counts_as_the_lecture_does(case, out):
    figure = window_places([case])
    assert f"output {out}×{out}" in texts(figure)
    assert len(figure.axes[0].lines) == out**2


def test_cells_that_no_window_reaches_are_hatched():
    hatched = [patch for patch in window_places([(7, 3, 3, 0)]).axes[0].patches if patch.get_hatch()]
    assert len(hatched) == 7 + 6


def test_filter_maps_has_a_panel_for_each_image_and_map():
    images, w = np.random.default_rng(0).random((2, 6, 8)), np.ones((3, 1, 3, 3))
    figure = filter_maps(images, w, np.zeros((2, 3, 4, 6)), ["a", "b", "c"])
    assert len(figure.axes) == 2 * 4
    with pytest.raises(ValueError, match=r"2 images and 3 filters .*\(1, 3, 4, 6\)"):
        filter_maps(images, w, np.zeros((1, 3, 4, 6)), ["a", "b", "c"])


def test_merged_filters_names_the_three_sizes():
    figure = merged_filters(np.ones((3, 3)), np.ones((2, 2)), np.ones((4, 4)))
    assert {"first\n3×3", "second\n2×2", "merged\n4×4"} <= set(texts(figure))


def test_field_layers_counts_what_one_output_sees():
    figure = field_layers([[(3, 1)] * 3, [(3, 2), (3, 2), (3, 1)]])
    counts = [re.findall(r"(\d+) seen", " ".join(text.get_text() for text in ax.texts)) for ax in figure.axes]
    assert counts == [["7", "5", "3"], ["15", "7", "3"]]


def test_field_growth_draws_squares_of_the_given_widths():
    figure = field_growth([np.ones((3, 3)), np.ones((5, 5))], [3, 5])
    assert [ax.patches[0].get_width() for ax in figure.axes] == [3, 5]
    assert figure.axes[1].images[0].get_array().shape == (7, 7)


def test_volumes_are_labelled_with_the_given_shapes():
    labels = texts(layer_volumes((2, 3, 32, 32), (6, 3, 5, 5), (2, 6, 28, 28)))
    assert {"2×3×32×32\ninput", "6×3×5×5\nfilters, 6 biases", "2×6×28×28\noutput"} <= set(labels)
    assert isinstance(layer_volumes((1, 64, 56, 56), (32, 64, 1, 1), (1, 32, 56, 56)), Figure)
    assert "3072 numbers" in texts(stretched_or_kept())


def test_sliding_filter_has_a_frame_for_each_output_and_stays_small():
    animation = slide_filter(np.eye(5), np.ones((3, 3)), np.full((3, 3), 2.0), stride=2, padding=1)
    assert isinstance(animation, FuncAnimation)
    page = play(animation).data
    frames = re.findall(r'frames\[\d+\] = "data:image/png;base64,([^"]+)"', page)
    assert len(frames) == 9
    assert len({Image.open(BytesIO(base64.b64decode(frame))).size for frame in frames}) == 1
    assert len(page) < 200_000
    assert not plt.get_fignums()


def test_sliding_filter_refuses_an_output_that_is_too_large():
    with pytest.raises(ValueError, match=r"output of 4×4 does not fit: a 3×3 window with stride 1"):
        slide_filter(np.eye(5), np.ones((3, 3)), np.ones((4, 4)))
