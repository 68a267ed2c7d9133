"""The figures of pooling are drawn and show their numbers."""

from __future__ import annotations

import numpy as np
import pytest
from figure_text import texts

from utils.figures.pooling import gradient_routes, pooled_windows, same_scale, shift_curves, shifted_maps

X = np.arange(16.0).reshape(4, 4)


pytestmark = pytest.mark.usefixtures("course_style")


def test_windows_and_their_pooled_values_have_the_same_colours() -> None:
    figure = pooled_windows(X, {"largest:": np.array([[5.0, 7], [13, 15]])}, kernel=2, stride=2)
    before, after = ([patch.get_facecolor() for patch in ax.patches] for ax in figure.axes)
    assert [before[k] for k in (0, 2, 8, 10)] == after
    assert len(set(after)) == 4
    assert {"input 4×4", "largest: 2×2", "13"} <= set(texts(figure))


def test_cells_that_no_window_reaches_are_white() -> None:
    figure = pooled_windows(np.zeros((5, 5)), {"largest:": np.zeros((2, 2))}, kernel=2, stride=2)
    white = [patch.get_facecolor()[:3] == (1, 1, 1) for patch in figure.axes[0].patches]
    assert sum(white) == 9


def test_routes_show_a_window_for_each_upstream_element_and_the_downstream_gradient() -> None:
    dx = np.zeros((4, 4))
    dx[1, 1], dx[3, 3] = 10, 2.5
    figure = gradient_routes({"overlap": (X, np.ones((2, 2)), dx), "none": (X, np.ones((1, 1)), 0 * X)}, (3, 4), (1, 4))
    windows = [patch for patch in figure.axes[0].patches if not patch.get_fill()]
    assert len(windows) == 4 and len(figure.axes) == 6
    assert {"overlap", "10.00", "2.50", "downstream gradient"} <= set(texts(figure))


def test_maps_are_drawn_at_one_scale() -> None:
    figure = same_scale({"map": np.ones((40, 40)), "pooled": np.ones((20, 20))})
    left, right, bottom, top = np.array([image.get_extent() for image in figure.axes[0].images]).T
    np.testing.assert_allclose(right - left, [40, 20])
    np.testing.assert_allclose(bottom - top, [40, 20])
    assert left[1] > right[0]
    assert "pooled\n20×20" in texts(figure)


def test_shifted_maps_have_a_panel_for_each_map_and_difference() -> None:
    figure = shifted_maps({"map": (X, X + 1, X), "pooled": (X, X, 0 * X)}, ("as it was", "moved", "difference"))
    assert len(figure.axes) == 6
    assert [ax.images[0].get_cmap().name for ax in figure.axes[:3]] == ["gray", "gray", "RdBu"]


def test_curves_share_one_legend() -> None:
    curves = {"map": [0.5, 0.8], "max": [0.4, 0.6]}
    figure = shift_curves({"digits": curves, "photographs": curves}, (1, 2), ["relative change"])
    assert [len(ax.lines) for ax in figure.axes] == [2, 2]
    assert texts(figure).count("map") == 1
