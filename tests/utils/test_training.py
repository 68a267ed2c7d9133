"""Watched passes calls on, evaluates on held-out images and draws; predictions, accuracy, stored results."""

from __future__ import annotations

from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.figure import Figure

from utils import training
from utils.training import Watched, accuracy, moving_average, predict, shelf


class Brightest:
    """Classifies each image by its brightest pixel; records the number of images in each call."""

    def __init__(self) -> None:
        self.params = {"weight": np.ones(1)}
        self.seen: list[int] = []

    def scores(self, x: Any) -> Any:
        self.seen.append(len(x))
        return x.reshape(len(x), -1)[:, :10]

    def loss(self, x: Any, y: Any) -> Any:
        return np.float32(len(x)), {"weight": np.zeros(1)}


@pytest.fixture
def images() -> np.ndarray:
    return np.eye(10)[np.arange(25) % 10].reshape(25, 1, 2, 5)


def test_predict_takes_images_in_batches(images: np.ndarray) -> None:
    model = Brightest()
    np.testing.assert_array_equal(predict(model, images, batch_size=10), np.arange(25) % 10)
    assert model.seen == [10, 10, 5]


def test_accuracy_is_a_fraction(images: np.ndarray) -> None:
    labels = np.arange(25) % 10
    labels[:5] += 1
    assert accuracy(Brightest(), images, labels) == 0.8


def test_a_watched_model_passes_calls_on_and_draws_its_training(
    images: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[str] = []

    class Place:
        def update(self, figure: Figure) -> None:
            drawn.append("again")

    def display(figure: Figure, display_id: bool) -> Place:
        drawn.append("first")
        return Place()

    monkeypatch.setattr(training, "display", display)
    model, labels = Brightest(), np.arange(25) % 10
    with plt.rc_context({"backend": "agg"}), Watched(model, images, labels, steps=6, every=2, title="Test") as watched:
        assert watched.params is model.params
        for k in range(6):
            value, grads = watched.loss(images[: k + 1], labels[: k + 1])
            assert value == k + 1 and set(grads) == {"weight"}
    assert watched.losses == [1, 2, 3, 4, 5, 6]
    assert watched.accuracies == [(0, 1.0), (2, 1.0), (4, 1.0), (6, 1.0)]
    assert drawn == ["first", "again"]  # replaced in place, and at most once a second
    with plt.rc_context({"backend": "agg"}):
        left, right = watched.draw().axes
    assert left.get_title(loc="left") + left.get_title() == "Test: loss of each batch"
    assert "100.0 % correct" in right.get_title(loc="left") + right.get_title()
    plt.close("all")


def test_an_error_in_the_training_loop_is_raised(images: np.ndarray) -> None:
    with pytest.raises(ZeroDivisionError), Watched(Brightest(), images, np.arange(25) % 10, steps=1):
        raise ZeroDivisionError


def test_the_moving_average_is_the_mean_of_the_last_values() -> None:
    np.testing.assert_allclose(moving_average([4.0, 2.0, 6.0, 0.0], width=2), [4, 3, 4, 3])
    assert moving_average([]).shape == (0,)


def test_a_missing_result_is_reported_as_that_of_an_earlier_cell() -> None:
    with pytest.raises(NotImplementedError, match="the trained net from an earlier cell"):
        shelf["the trained net"]
