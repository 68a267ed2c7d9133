"""01_backprop: the numerical gradient, of functions whose central differences are known in closed form."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from autograder.guest.plain_data import Inputs, PlainData
from autograder.guest.responders.numerical import FUNCTIONS, MIX
from autograder.guest.response import Response
from autograder.judging.case import CONVENTIONS_NAME, Case, Finding, Sizes
from autograder.judging.exercise import Exercise
from autograder.judging.mistake import Mistake, also_where


def difference(name: str, x: np.ndarray, dout: Any, h: float) -> np.ndarray:
    """The central difference of sum(f(x) · dout), (f(x + h) − f(x − h)) / 2h, simplified by hand for each f."""
    if name == "cube":
        return (3 * x**2 + h**2) * dout
    if name == "sine":
        return np.cos(x) * np.sin(h) / h * dout
    if name == "mix":
        return np.einsum("nm,dm->nd", dout, MIX)
    if name == "itself":
        return np.asarray(dout)
    return (3 * x**2 + h**2) * float(dout)


def one_sided(name: str, x: np.ndarray, dout: Any, h: float) -> np.ndarray:
    """The forward difference (f(x + h) − f(x)) / h."""
    if name in ("cube", "energy"):
        return (3 * x**2 + 3 * x * h + h**2) * dout
    if name == "sine":
        return (np.sin(x + h) - np.sin(x)) / h * dout
    return difference(name, x, dout, h)


def _arguments(q: Inputs, **changed: Any) -> dict[str, Any]:
    """The arguments of `difference` for these inputs, with some of them changed."""
    return {"name": q["f"], "x": q["x"], "dout": q["dout"], "h": q.get("h", 1e-5)} | changed


def _moved_as_a_whole(q: Inputs) -> dict[str, PlainData]:
    """The central difference where all numbers of x are moved by h at once, times dout."""
    if q["f"] == "mix":
        return {"grad": MIX.sum(0) * q["dout"]}
    right = difference(**_arguments(q))
    return {"grad": float(right.sum()) if q["f"] == "energy" else right}


def _ones(q: Inputs) -> Any:
    return np.ones_like(q["dout"]) if isinstance(q["dout"], np.ndarray) else 1.0


class NumericalGradient(Exercise):
    name, points = "numerical_gradient", 15
    responder = "numerical"
    returns = ("grad",)
    keywords = ("h",)
    tolerance_factor = 3000.0  # a difference of two nearly equal numbers loses digits
    smallest, clearer = {"shape": 1}, {"h": 0.5}
    cases = (
        Case("f cubes every number of a 2×3 array", {"f": "cube", "shape": (2, 3)}),
        Case("f is a matrix product: its output has another shape", {"f": "mix", "shape": (2, 3)}),
        Case("f gives one number", {"f": "energy", "shape": (4,)}),
        Case("a large step, h = 0.1", {"f": "cube", "shape": (3,), "h": 0.1}),
        Case("three axes", {"f": "sine", "shape": (2, 2, 3)}),
        Case(
            "f returns x itself",
            {"f": "itself", "shape": (2, 3)},
            hint="What f returns may be the array that the next step changes: take a number out of it first.",
        ),
        Case(
            CONVENTIONS_NAME + "; x put back bit for bit",
            {"f": "sine", "shape": (2, 3)},
            strided=True,
            conventions=("memory",),
        ),
        Case("other numbers, another step", {"f": "sine", "shape": (2, 4), "h": 0.05}, hidden=True),
        Case("another matrix product", {"f": "mix", "shape": (4, 3)}, hidden=True),
    )
    mistakes = (
        Mistake(
            "upstream-ignored",
            "The upstream gradient dout is not used: the gradient must be that of sum(f(x) · dout).",
            lambda q, right: {"grad": difference(**_arguments(q, dout=_ones(q)))},
        ),
        Mistake(
            "not-divided-by-2h",
            "The difference between x + h and x − h is divided by h; the two are 2h apart.",
            lambda q, right: {"grad": 2 * difference(**_arguments(q))},
        ),
        Mistake(
            "not-divided-at-all",
            "The difference is not divided by 2h.",
            lambda q, right: {"grad": 2 * q.get("h", 1e-5) * difference(**_arguments(q))},
        ),
        Mistake(
            "not-divided-by-h",
            "The difference is divided by 2, not by 2h.",
            lambda q, right: {"grad": q.get("h", 1e-5) * difference(**_arguments(q))},
        ),
        Mistake(
            "multiplied-by-h",
            "`/ 2 * h` divides by 2 and multiplies by h: write `/ (2 * h)`.",
            lambda q, right: {"grad": q.get("h", 1e-5) ** 2 * difference(**_arguments(q))},
        ),
        Mistake(
            "one-sided",
            "This is the one-sided difference (f(x + h) − f(x)) / h; the central one is far more accurate.",
            lambda q, right: {"grad": one_sided(**_arguments(q))},
            lambda q, right: {"grad": one_sided(**_arguments(q, h=-q.get("h", 1e-5)))},
        ),
        Mistake(
            "sign",
            "The difference has the wrong sign: the values at x + h and at x − h are swapped.",
            lambda q, right: {"grad": -difference(**_arguments(q))},
        ),
        Mistake(
            "step-hard-coded",
            "The step h that was passed is not used.",
            lambda q, right: {"grad": difference(**_arguments(q, h=1e-5))} if "h" in q else {},
        ),
        Mistake(
            "all-elements-at-once",
            "All elements are changed at once; each needs its own step.",
            lambda q, right: {"grad": np.full_like(right["grad"], right["grad"].sum())},
        ),
        Mistake(
            "as-if-elementwise",
            "x is moved as a whole, which is right only where every number of f depends on one number of x: each needs "
            "a step of its own.",
            lambda q, right: _moved_as_a_whole(q),
        ),
        Mistake(
            "step-not-seen",
            "The gradient is 0: both calls of f saw the same x. Change x itself between them, by its index: a "
            "reshaped x may be a copy.",
            *also_where(lambda q, right: {"grad": 0 * right["grad"]}, lambda q: not q["x"].flags.c_contiguous),
        ),
        Mistake(
            "value-taken-late",
            "f may return x itself, which the next step changes: take the number out of what f returned before x is "
            "changed again.",
            lambda q, right: {"grad": 0 * right["grad"]} if q["f"] == "itself" else {},
        ),
        Mistake(
            "float32",
            "f was called with float32 numbers: a difference of two nearly equal numbers needs float64.",
        ),
        Mistake(
            "x-left-changed",
            "x is left changed: store each number before its step and write it back (+ h − h leaves a rounding error).",
            convention="memory",
        ),
    )

    def inputs(self, sizes: Sizes, rng: Any) -> Inputs:
        x = rng.standard_normal(sizes["shape"])
        value = FUNCTIONS[sizes["f"]](x)
        dout = rng.standard_normal(value.shape) if isinstance(value, np.ndarray) else 1.5
        step = {"h": sizes["h"]} if "h" in sizes else {}
        return {"f": sizes["f"], "x": x, "dout": dout, **step}

    def expected(self, q: Inputs) -> dict[str, PlainData]:
        return {"grad": difference(**_arguments(q))}

    def judge(self, case: Case, inputs: Inputs, response: Response) -> list[Finding]:
        """As usual, but a float32 argument of f or a changed x is named first: it explains the wrong numbers."""
        findings = super().judge(case, inputs, response)
        first = findings[0] if findings else None
        if first is None or response.error:
            return findings
        if "float32" in response.notes:
            return [replace(first, mistakes=("float32",))]
        if "input-modified" in first.mistakes:
            return [replace(first, mistakes=("x-left-changed",))]
        return findings
