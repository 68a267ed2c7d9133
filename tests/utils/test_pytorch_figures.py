"""The figures of notebook 08 are drawn and show their numbers."""

from __future__ import annotations

import numpy as np
import pytest
from figure_text import texts

from utils.figures.pytorch import epoch_curves, memory_orders, running_variances, same_network

pytestmark = pytest.mark.usefixtures("course_style")


def test_memory_is_drawn_in_the_order_of_numpy() -> None:
    labels = np.array([[[f"{c}\n{i},{j}" for c in "RGB"] for j in range(3)] for i in range(2)])
    shown = [text for text in texts(memory_orders()) if "\n" in text]
    assert shown == [*labels.ravel(), *labels.transpose(2, 0, 1).ravel()]


def test_the_largest_difference_of_the_scores_is_in_the_title() -> None:
    scores = np.arange(20.0).reshape(2, 10)
    shown = texts(same_network(scores, scores + 0.002, {"conv1.weight": 1e-6, "fc1.bias": 0.0}))
    assert "scores differ by at most 2e-03" in shown and "conv1.weight" in shown and "fc1.bias" in shown


def test_the_title_has_the_last_accuracy() -> None:
    figure = epoch_curves([1.5, 0.2, 0.1], [0.8, 0.95, 0.981], "LeNet-5")
    assert "new images: 98.1 % correct" in texts(figure)
    assert [list(ax.lines[0].get_ydata()) for ax in figure.axes] == [[1.5, 0.2, 0.1], [80.0, 95.0, 98.1]]


def test_both_variances_are_drawn_for_each_batch_size() -> None:
    figure = running_variances((2, 4), (0.5, 0.75), (1.0, 1.0))
    drawn = [list(line.get_ydata()) for line in figure.axes[0].lines]
    assert [0.5, 0.75] in drawn and [1.0, 1.0] in drawn and "4" in texts(figure)
