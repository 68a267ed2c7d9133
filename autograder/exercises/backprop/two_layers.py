"""01_backprop: a network of two layers that ends in the softmax loss."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.guest.plain_data import Inputs, PlainData
from autograder.judging import oracle
from autograder.judging.case import CONVENTIONS_NAME, Case, Sizes
from autograder.judging.exercise import Exercise
from autograder.judging.mistake import Mistake
from autograder.judging.seeds import by_hand


def two_layer(q: Inputs, **changed: np.ndarray) -> dict[str, PlainData]:
    """The right loss and gradients, or those with some parameters replaced."""
    return dict(zip(("loss", "grads"), oracle.two_layer(q["params"] | changed, q["x"], q["y"]), strict=True))


EARLIER = "This function calls your earlier ones: their checks must pass first."


class TwoLayerLoss(Exercise):
    name, points = "two_layer_loss", 15
    returns = ("loss", "grads")
    axes = {"grads['W1']": "D H", "grads['b1']": "H", "grads['W2']": "H M", "grads['b2']": "M"}
    smallest = {"n": 1, "d": 1, "h": 1, "m": 2}
    cases = (
        Case("the loss", {"n": 3, "d": (5,), "h": 6, "m": 4}, parts=("loss",), hint=EARLIER),
        Case("the gradients", {"n": 3, "d": (5,), "h": 6, "m": 4}, parts=("grads",), hint=EARLIER),
        Case("images, flattened on the way in", {"n": 4, "d": (1, 3, 3), "h": 7, "m": 5}),
        Case(
            "float32 stays float32",
            {"n": 4, "d": (6,), "h": 5, "m": 3},
            dtype="float32",
            conventions=("dtype", "memory"),
        ),
        Case("scores near 1000, fewer hidden numbers than classes", {"n": 3, "d": (4,), "h": 3, "m": 5, "size": 1e3}),
        Case("a hidden number that is exactly 0", {"n": 2, "d": (3,), "h": 2, "m": 3, "whole": True}, hint=EARLIER),
        Case(CONVENTIONS_NAME, {"n": 3, "d": (4,), "h": 5, "m": 3}, strided=True, conventions=("memory",)),
        Case("other sizes", {"n": range(2, 6), "d": (1, 2, 4), "h": range(3, 9), "m": range(2, 7)}, hidden=True),
    )
    mistakes = (
        Mistake(
            "b1-ignored",
            "The first bias b1 is not used.",
            lambda q, right: {"loss": two_layer(q, b1=0 * q["params"]["b1"])["loss"]},
        ),
        Mistake(
            "b2-ignored",
            "The second bias b2 is not used.",
            lambda q, right: {"loss": two_layer(q, b2=0 * q["params"]["b2"])["loss"]},
        ),
        Mistake(
            "relu-forgotten",
            "There is no ReLU between the layers: without it the two layers are equivalent to one.",
            lambda q, right: dict(zip(("loss", "grads"), _variant(q, relu=False, last=False), strict=True)),
            lambda q, right: _relu_backward_alone(q),
        ),
        Mistake(
            "relu-on-scores",
            "There is a ReLU after the second layer: scores may be negative, and go into the loss as they are.",
            lambda q, right: dict(zip(("loss", "grads"), _variant(q, relu=True, last=True), strict=True)),
        ),
        Mistake(
            "relu-backward-forgotten",
            "The gradient does not go back through the ReLU on its way to the first layer.",
            lambda q, right: {"grads": _past_the_relu(q)},
        ),
        Mistake(
            "relu-by-the-gradient",
            "The gradient passes the ReLU where it is positive itself; pass relu_backward the cache of relu_forward.",
            lambda q, right: {"grads": _past_the_relu(q, by_sign=True)},
        ),
        Mistake(
            "averaged-twice",
            "The gradients are divided by N twice: softmax_loss has already done it.",
            lambda q, right: {"grads": {key: grad / len(q["y"]) for key, grad in right["grads"].items()}},
        ),
        Mistake(
            "keys-swapped",
            "The gradients of the two layers have their keys swapped.",
            lambda q, right: {"grads": _swapped(right["grads"])},
        ),
    )

    def inputs(self, sizes: Sizes, rng: Any) -> Inputs:
        n, d, h, m = (sizes[key] for key in "ndhm")
        shrink = 0.1 if by_hand(rng) and not sizes.get("whole") else 1.0  # with large scores a softmax is 0 or 1
        weights = shrink if by_hand(rng) else 0.7
        params = {
            "W1": rng.standard_normal((int(np.prod(d)), h)) * weights,
            "b1": rng.standard_normal(h) * shrink,
            "W2": rng.standard_normal((h, m)) * weights,
            "b2": rng.standard_normal(m) * shrink,
        }
        params["b2"][1:] += sizes.get("size", 0)  # not of the first class, so that no other maximum will do
        x, y = rng.standard_normal((n, *d)), rng.integers(0, m, n)
        if sizes.get("whole"):  # so that the first hidden number of the first image is 0 and not nearly 0
            params, x = {key: np.round(2 * value) for key, value in params.items()}, np.round(2 * x)
            params["b1"][0] = -(x[0].reshape(-1) @ params["W1"][:, 0])
        if sizes.get("size"):
            y[-1] = m - 1  # no index of a hidden number
        return {"params": params, "x": x, "y": y}

    def expected(self, q: Inputs) -> dict[str, PlainData]:
        return two_layer(q)


def _variant(q: Inputs, relu: bool, last: bool) -> tuple[float, dict[str, np.ndarray]]:
    """Loss and gradients without the ReLU between the layers, or with one after the last."""
    return oracle.two_layer(q["params"], q["x"], q["y"], hidden_relu=relu, scores_relu=last)


def _relu_backward_alone(q: Inputs) -> dict[str, PlainData]:
    """Loss and gradients without the ReLU, through which only the gradient goes."""
    params = q["params"]
    before = oracle.linear(q["x"], params["W1"], params["b1"])
    loss, dscores = oracle.cross_entropy(oracle.linear(before, params["W2"], params["b2"]), q["y"])
    dhidden, dw2, db2 = oracle.linear_gradients(dscores, before, params["W2"], params["b2"])
    _, dw1, db1 = oracle.linear_gradients(dhidden * (before > 0), q["x"], params["W1"], params["b1"])
    return {"loss": loss, "grads": {"W1": dw1, "b1": db1, "W2": dw2, "b2": db2}}


def _past_the_relu(q: Inputs, by_sign: bool = False) -> dict[str, np.ndarray]:
    """The gradients when that of the ReLU's output, or what is positive of it, is used as that of its input."""
    params, grads = q["params"], two_layer(q)["grads"]
    hidden = np.maximum(oracle.linear(q["x"], params["W1"], params["b1"]), 0)
    dscores = oracle.cross_entropy(oracle.linear(hidden, params["W2"], params["b2"]), q["y"])[1]
    dhidden = oracle.linear_gradients(dscores, hidden, params["W2"], params["b2"])[0]
    dhidden = np.maximum(dhidden, 0) if by_sign else dhidden
    _, dw, db = oracle.linear_gradients(dhidden, q["x"], params["W1"], params["b1"])
    return grads | {"W1": dw, "b1": db}


def _swapped(grads: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """The gradients with the keys of the two layers swapped."""
    return {"W1": grads["W2"], "b1": grads["b2"], "W2": grads["W1"], "b2": grads["b1"]}
