"""01_backprop: the linear layer, forward and backward."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.exercises.shared.orders import returned_in_another_order
from autograder.guest.plain_data import Inputs, PlainData
from autograder.judging import oracle
from autograder.judging.case import CONVENTIONS_NAME, Case, Sizes, one_of
from autograder.judging.clash import cores
from autograder.judging.exercise import Exercise
from autograder.judging.mistake import Mistake, NoAnswer, also_where

LINEAR_CACHE = {"cache": ("x", "w", "b")}


def linear_arrays(sizes: Sizes, rng: Any) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """x (N, d1 … dk), w (D, M), b (M,)."""
    n, d, m = sizes["n"], sizes["d"], sizes["m"]
    d = d if isinstance(d, tuple) else (d,)
    return rng.standard_normal((n, *d)), rng.standard_normal((int(np.prod(d)), m)), rng.standard_normal(m)


def _by_columns(q: Inputs) -> np.ndarray:
    """The output where the first axis of an image changes fastest in its row."""
    return oracle.linear(q["x"].reshape(len(q["x"]), -1, order="F"), q["w"], q["b"])


def _square(w: np.ndarray) -> np.ndarray:
    """w, if its transpose has its shape. Raises ValueError if not."""
    if w.shape != w.shape[::-1]:
        raise ValueError("the transpose does not fit")
    return w


class LinearForward(Exercise):
    name, points = "linear_forward", 10
    returns = ("out", "cache")
    fields = LINEAR_CACHE
    axes = {"out": "N M"}
    smallest = {"n": 1, "m": 1, "d": 1}
    cases = (
        Case("two vectors of three numbers", {"n": 2, "d": 3, "m": 4}),
        Case("as many outputs as inputs", {"n": 3, "d": 4, "m": 4}),
        Case("images (2, 3, 4, 5), each flattened to 60 numbers", {"n": 2, "d": (3, 4, 5), "m": 4}),
        Case("float32 stays float32", {"n": 3, "d": (2, 3), "m": 5}, dtype="float32", conventions=("dtype", "memory")),
        Case("the cache is (x, w, b), x in its own shape", {"n": 2, "d": (2, 3), "m": 4}, conventions=("cache",)),
        Case("one image, one output: still a matrix", {"n": 1, "d": 3, "m": 1}),
        Case(CONVENTIONS_NAME, {"n": 2, "d": (2, 2, 3), "m": 4}, strided=True, conventions=("memory",)),
        Case(
            "other sizes",
            {"n": range(2, 6), "d": one_of(5, (2, 3), (2, 3, 4)), "m": range(2, 7)},
            hidden=True,
        ),
        Case(
            "other sizes, float32",
            {"n": range(1, 6), "d": one_of((1, 6), (3, 3)), "m": range(1, 7)},
            hidden=True,
            dtype="float32",
            strided=True,
        ),
    )
    mistakes = (
        Mistake(
            "bias-forgotten",
            "The bias b is not added: out = x·w + b.",
            lambda q, right: {"out": oracle.linear(q["x"], q["w"], 0 * q["b"])},
        ),
        Mistake(
            "weights-transposed",
            "w is used transposed: row d of w belongs to input d, so out[n, m] sums x[n, d] · w[d, m] over d.",
            lambda q, right: {"out": oracle.linear(q["x"], _square(q["w"]).T, q["b"])},
            error=lambda q, raised: cores(raised) == {*q["w"].shape},
        ),
        Mistake(
            "bias-subtracted",
            "The bias is subtracted; it must be added.",
            lambda q, right: {"out": oracle.linear(q["x"], q["w"], -q["b"])},
        ),
        Mistake(
            "not-stretched",
            "Each image must be flattened to one row of D numbers before the product: x becomes (N, D).",
            error=lambda q, raised: q["x"].ndim > 2 and cores(raised) == {q["x"].shape[-1], len(q["w"])},
        ),
        Mistake(
            "stretched-in-other-order",
            "The numbers of an image are flattened in another order than they have in memory: use reshape(N, -1).",
            *also_where(lambda q, right: {"out": _by_columns(q)}, lambda q: not q["x"].flags.c_contiguous),
        ),
        Mistake(
            "cache-holds-stretched-x",
            "The cache must hold x in its original shape: the backward pass must return dx in that shape.",
            lambda q, right: {"cache": (q["x"].reshape(len(q["x"]), -1), q["w"], q["b"])},
            convention="cache",
        ),
        Mistake(
            "flattened-with-the-batch",
            "All images are flattened into one row: the batch is an axis of its own, and x becomes (N, D).",
            # with more images an error is raised: numbers speak against it
            lambda q, right: {"out": right["out"][0] if len(q["x"]) == 1 else NoAnswer()},
            error=lambda q, raised: cores(raised) == {q["x"].size, len(q["w"])},
        ),
    )

    def inputs(self, sizes: Sizes, rng: Any) -> Inputs:
        return dict(zip(("x", "w", "b"), linear_arrays(sizes, rng), strict=True))

    def expected(self, q: Inputs) -> dict[str, PlainData]:
        return {"out": oracle.linear(**q), "cache": (q["x"], q["w"], q["b"])}


def linear_backward(q: Inputs) -> dict[str, np.ndarray]:
    """The right dx, dw, db."""
    return dict(zip(("dx", "dw", "db"), oracle.linear_gradients(q["dout"], *q["cache"]), strict=True))


class LinearBackward(Exercise):
    name, points = "linear_backward", 15
    returns = ("dx", "dw", "db")
    fields = LINEAR_CACHE
    axes = {"dw": "D M", "db": "M"}
    smallest = {"n": 1, "m": 1, "d": 1}
    cases = (
        Case("db", {"n": 3, "d": 2, "m": 4}, parts=("db",)),
        Case("dw", {"n": 3, "d": 2, "m": 4}, parts=("dw",)),
        Case("dx", {"n": 3, "d": 2, "m": 4}, parts=("dx",)),
        Case("as many images as inputs and outputs", {"n": 3, "d": 3, "m": 3}),
        Case("images: dx in the shape of x", {"n": 2, "d": (3, 2, 4), "m": 3}, parts=("dx",)),
        Case("float32 stays float32", {"n": 4, "d": (2, 3), "m": 5}, dtype="float32", conventions=("dtype", "memory")),
        Case("one image, one output: every axis stays", {"n": 1, "d": (1, 3), "m": 1}, conventions=("memory",)),
        Case(CONVENTIONS_NAME, {"n": 2, "d": (2, 3), "m": 4}, strided=True, conventions=("memory",)),
        Case(
            "other sizes",
            {"n": range(2, 6), "d": one_of(5, (2, 3), (2, 3, 4)), "m": range(2, 7)},
            hidden=True,
        ),
        Case(
            "other sizes, float32",
            {"n": range(1, 6), "d": one_of((1, 6), (3, 3)), "m": range(1, 7)},
            hidden=True,
            dtype="float32",
            strided=True,
        ),
    )
    mistakes = (
        Mistake(
            "db-averaged",
            "db is averaged over the batch; every image contributes to it, so it is a sum.",
            lambda q, right: {"db": right["db"] / len(q["dout"])},
        ),
        Mistake(
            "db-wrong-axis",
            "db is summed over the wrong axis: b[m] affects out[n, m] for every n, so sum over n.",
            lambda q, right: {"db": q["dout"].sum(1)},
        ),
        Mistake(
            "db-not-summed",
            "db must have the shape of b, (M,): sum dout over the batch.",
            lambda q, right: {"db": q["dout"]},
            lambda q, right: {"db": right["db"][None]},
        ),
        Mistake(
            "upstream-ignored",
            "The upstream gradient dout is not used: downstream = local gradient × dout.",
            lambda q, right: linear_backward(q | {"dout": np.ones_like(q["dout"])}),
            lambda q, right: {"db": np.full_like(right["db"], len(q["dout"]))},
        ),
        Mistake(
            "dw-transposed",
            "dw is transposed: it must have the shape of w, (D, M).",
            lambda q, right: {"dw": right["dw"].T},
            lambda q, right: {"dw": right["dw"].T.reshape(right["dw"].shape)},
        ),
        Mistake(
            "dw-averaged",
            "dw is divided by N. Only the loss averages over the batch; here the images' contributions are added.",
            lambda q, right: {"dw": right["dw"] / len(q["dout"])},
        ),
        Mistake(
            "dx-weights-not-transposed",
            "dx uses w as it is; in the backward pass w is transposed: dx = dout · wᵀ.",
            lambda q, right: {
                "dx": linear_backward({"dout": q["dout"], "cache": (q["cache"][0], q["cache"][1].T, q["cache"][2])})[
                    "dx"
                ]
            },
        ),
        Mistake(
            "dx-not-reshaped",
            "dx is still flattened: give it the shape of x.",
            lambda q, right: {"dx": right["dx"].reshape(len(q["dout"]), -1)},
        ),
        Mistake(
            "dx-averaged",
            "dx is divided by N; each image has its own gradient.",
            lambda q, right: {"dx": right["dx"] / len(q["dout"])},
        ),
        returned_in_another_order("dx", "dw", "db"),
    )

    def inputs(self, sizes: Sizes, rng: Any) -> Inputs:
        cache = linear_arrays(sizes, rng)
        return {"dout": rng.standard_normal((sizes["n"], sizes["m"])), "cache": cache}

    def expected(self, q: Inputs) -> dict[str, PlainData]:
        return dict(linear_backward(q))
