"""The figures of the backward pass have their panels and labels, and refuse shapes that do not match."""

from __future__ import annotations

import re

import numpy as np
import pytest
from figure_text import texts

from utils.figures.animations import play
from utils.figures.backward_animations import lay_filters, slide_turned
from utils.figures.conv_backward import axis_links, filters_on_the_way, number_row, weight_views, window_counts

pytestmark = pytest.mark.usefixtures("course_style")


def test_links_of_an_input_carry_the_weights_in_reverse() -> None:
    figure = axis_links([(5, 3, 1, "output", 1), (5, 3, 1, "input", 2), (7, 3, 2, "input", 4)])
    labels = [[text.get_text() for text in ax.texts if "w_" in text.get_text()] for ax in figure.axes]
    assert labels == [["$w_0$", "$w_1$", "$w_2$"], ["$w_2$", "$w_1$", "$w_0$"], ["$w_2$", "$w_0$"]]
    with pytest.raises(ValueError, match="a kernel of 5 has more weights than there are colours"):
        axis_links([(7, 5, 1, "input", 0)])


def test_a_row_of_numbers_has_signs_between_matrices_and_boxes_in_them() -> None:
    figure = number_row([np.eye(2), np.eye(3)], ["a", "b"], ("=",), {1: [(0, 1, 2, 2)]})
    assert {"a", "b", "="} <= set(texts(figure))
    assert [len(ax.patches) for ax in figure.axes] == [0, 1]


def test_each_weight_has_a_panel_with_its_gradient() -> None:
    figure = weight_views(np.ones((4, 4)), np.ones((3, 3)), np.array([[4.0, 7.0], [-4.0, 0.5]]))
    assert len(figure.axes) == 5
    assert {"dw[0, 1] = 7", "dw[1, 0] = −4", "seen by w[1, 1]"} <= set(texts(figure))
    with pytest.raises(ValueError, match=r"have no filter of shape \(3, 3\)"):
        weight_views(np.ones((4, 4)), np.ones((3, 3)), np.ones((3, 3)))


def test_counts_and_filters_have_a_panel_for_each_name() -> None:
    assert len(window_counts({"one": np.ones((3, 3)), "two": np.ones((4, 4))}).axes) == 2
    figure = filters_on_the_way({"step 0": np.ones((3, 3)), "step 5": np.eye(3)}, [1.0, 0.1])
    assert len(figure.axes) == 3 and figure.axes[-1].get_yscale() == "log"


def test_laying_filters_has_a_frame_for_each_element_of_dout_and_adds_up() -> None:
    dout, w = np.array([[1.0, 2.0]]), np.array([[3.0, -1.0]])
    shares = np.array([[[3.0, -1.0, 0.0]], [[0.0, 6.0, -2.0]]])
    animation = lay_filters(dout, w, shares)
    animation._draw_frame(1)
    right = animation._fig.axes[2]
    assert [text.get_text() for text in right.texts] == ["3", "5", "−2"]
    assert len(re.findall(r"frames\[\d+\] =", play(animation).data)) == 2
    with pytest.raises(ValueError, match="2 elements, which need as many shares, got 1"):
        lay_filters(dout, w, shares[:1])


def test_the_rotated_filter_slides_over_dout() -> None:
    animation = slide_turned(np.array([[1.0]]), np.arange(4.0).reshape(2, 2), np.arange(4.0).reshape(2, 2))
    labels = texts(animation._fig)
    assert {"dout, padding 1", "filter, rotated", "dx"} <= set(labels)
    assert [text.get_text() for text in animation._fig.axes[1].texts] == ["3", "2", "1", "0"]
    play(animation)
