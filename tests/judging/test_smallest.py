"""The smallest case of a wrong answer can be followed by hand: it is there, it is small, and its numbers differ."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest

from autograder import check
from autograder.exercises import EXERCISES, assignment_of
from autograder.gallery.registry import Answer, answers, called
from autograder.judging.card import as_html, as_text
from autograder.judging.compare import where
from autograder.judging.made_of import made_of
from autograder.judging.part import by_field, part_of
from autograder.judging.seeds import SmallNumbers
from autograder.judging.verdict import Verdict
from autograder.judging.written import NUMBERS_AT_MOST, beside, written

NUMPY_EXERCISES = [name for name in EXERCISES if assignment_of(name) < "07"]
ANSWERS_TRIED = 12  # of an exercise, until one has wrong numbers
NUMBER = re.compile(r"-?(?:\d+\.?\d*(?:e[-+]\d+)?|nan|inf)")


def verdict_on(answer: Answer) -> Verdict:
    """The verdict on an answer, without what takes long."""
    student = called(answer)
    return check.verdict(answer.exercise, student, skip=lambda case, failed: failed or "speed" in case.conventions)


def verdict_with(name: str, function: Any) -> Verdict:
    return check.verdict(name, {name: function}, skip=lambda case, failed: failed)


@pytest.mark.parametrize("exercise", NUMPY_EXERCISES)
def test_each_exercise_has_a_smallest_case_that_can_be_followed(exercise: str) -> None:
    wrong = [answer for answer in answers() if answer.exercise == exercise and not answer.right]
    verdicts = (verdict_on(answer) for answer in wrong[:ANSWERS_TRIED])
    judged = next(v for v in verdicts if v.first_failure and v.first_failure.mismatch)
    failure, example = judged.first_failure, judged.example
    assert failure is not None and failure.mismatch is not None and failure.mismatch.kind in ("value", "shape", "nan")
    assert example is not None
    assert example.expected != example.got
    for text in (*(text for _, text in example.inputs), example.expected, example.got):
        assert "array of shape" not in text
        assert len(NUMBER.findall(text.partition(" = ")[2] or text)) <= NUMBERS_AT_MOST
    assert "The smallest case that still goes wrong" in as_text(judged) and "to follow by hand" in as_html(judged)


def test_numbers_by_hand_are_whole_and_all_different() -> None:
    rng = SmallNumbers()
    few = np.concatenate([rng.standard_normal((2, 2)).ravel(), rng.standard_normal(4), rng.standard_normal(1)])
    assert len(set(np.abs(few))) == 9 and (few < 0).any() and (few > 0).any()
    many = SmallNumbers().standard_normal((3, 4, 2))
    assert many.shape == (3, 4, 2) and len(np.unique(np.abs(many))) == 24
    assert np.array_equal(many, np.round(many)) and 0 not in many


def test_numbers_that_agree_in_their_first_digits_are_written_so_that_they_differ() -> None:
    first, second = beside(np.array([1.0, 2.5571234567]), np.array([1.0, 2.5571234599]))
    assert first != second and "2.5571234" in first
    assert beside(0.1 + 0.2, 0.3)[0] != beside(0.1 + 0.2, 0.3)[1]
    assert beside(3.0, 4.0) == ("3", "4")


def test_rounding_beside_a_real_difference_takes_no_more_digits() -> None:
    assert beside(np.array([1 / 3, 2.0]), np.array([1 / 3 + 1e-16, 5.0])) == ("[0.3333 2.    ]", "[0.3333 5.    ]")


def test_a_small_eps_is_made_large_where_it_is_what_is_wrong() -> None:
    def fuse(w: Any, b: Any, gamma: Any, beta: Any, mean: Any, var: Any, eps: float = 1e-5) -> Any:
        scale = gamma / np.sqrt(var)
        return w * scale[:, None, None, None], (b - mean) * scale + beta

    example = verdict_with("fuse_conv_batchnorm", fuse).example
    assert example is not None and dict(example.inputs)["eps"] == "0.5"


def test_the_cache_is_shown_with_what_it_holds() -> None:
    def conv_backward(dout: Any, cache: Any) -> Any:
        x, w, b, _, _ = cache
        return 0 * x, 0 * w + 1, 0 * b

    example = verdict_with("conv_backward", conv_backward).example
    assert example is not None
    names = [name for name, _ in example.inputs]
    assert names == ["dout", "x in cache", "w in cache", "b in cache", "stride in cache", "padding in cache"]

    def relu_forward(x: Any) -> Any:
        return np.maximum(x, 0), np.maximum(x, 0)

    example = verdict_with("relu_forward", relu_forward).example
    assert example is not None and example.expected.startswith("cache = [") and example.expected != example.got


def test_ties_are_one_fixed_window() -> None:
    def max_pool_backward(dout: Any, cache: Any) -> Any:
        x = cache[0]
        from utils.layers.reference import functions as right

        dx = right.max_pool_backward(dout, cache)
        if dout.shape[2:] == (1, 1):
            dx = (x == x.max(axis=(2, 3), keepdims=True)) * dout
        elif len(np.unique(x)) < x.size:
            dx = dx + 1
        return dx

    example = verdict_with("max_pool_backward", max_pool_backward).example
    assert example is not None
    inputs = dict(example.inputs)
    assert "".join(inputs["x in cache"].split()) == "[[[[2.7.][7.3.]]]]" and inputs["kernel in cache"] == "2"


def test_where_is_told_only_where_it_says_something() -> None:
    border = np.ones((1, 1, 3, 3), bool)
    border[..., 1, 1] = False
    assert where(border, "N C H W") == ""
    one = np.zeros((2, 3, 4, 4), bool)
    one[0, 1, 2, 3] = True
    assert where(one, "N C H W") == ""
    wide = np.ones((1, 1, 5, 5), bool)
    wide[..., 1:-1, 1:-1] = False
    assert where(wide, "N C H W") == "Only numbers on the border are wrong."


def test_a_wrong_number_is_told_with_the_window_that_made_it() -> None:
    exercise = EXERCISES["conv_forward"]
    case = next(case for case in exercise.cases if case.sizes.get("stride") == 2)
    inputs = exercise.challenge(case, np.random.default_rng(0))
    pieces = made_of(lambda q: exercise.expected(q)["out"][0, 1, 2, 1], inputs, exercise.fields)
    assert [name for name, _ in pieces] == ["x[0, :, 4:7, 2:5]", "w[1]", "b[1]"]
    np.testing.assert_array_equal(pieces[0][1], inputs["x"][0, :, 4:7, 2:5])

    def conv_forward(x: Any, w: Any, b: Any, stride: Any = 1, padding: Any = 0) -> Any:
        from utils.layers.reference import functions as right

        out, cache = right.conv_forward(x, w, b, stride, padding)
        out[0, 0, 0, 1] += 1
        return out, cache

    text = as_text(verdict_with("conv_forward", conv_forward))
    assert "out[0, 0, 0, 1] is made of\n      x[0, 0, 0:3, 1:4] = [[" in text


@pytest.mark.parametrize(
    ("exercise", "part", "index", "names"),
    [
        ("linear_forward", "out", (1, 2), ["x[1]", "w[:, 2]", "b[2]"]),
        ("max_pool_forward", "out", (0, 0, 1, 1), ["x[0, 0, 2:4, 2:4]"]),
        ("linear_backward", "dw", (1, 2), ["dout[:, 2]", "x[:, 1] in cache"]),
    ],
)
def test_the_numbers_that_make_one_are_found(exercise: str, part: str, index: Any, names: list[str]) -> None:
    it = EXERCISES[exercise]
    inputs = it.challenge(it.cases[0], np.random.default_rng(1))
    pieces = made_of(lambda q: it.expected(q)[part][index], inputs, it.fields)
    assert [name for name, _ in pieces] == names


def test_parts_are_found_by_the_names_on_the_card() -> None:
    values = {"cache": (np.ones(2), 3), "grads": {"W1": np.zeros(1)}, "loss": 1.0}
    fields = {"cache": ("x", "stride")}
    assert part_of(values, "stride in cache", fields) == 3 == part_of(values, "cache[1]", {})
    assert part_of(values, "grads['W1']", {}) is values["grads"]["W1"]
    assert part_of(values, "no in such", fields) is None and part_of(values, "cache[9]", fields) is None
    assert [name for name, _ in by_field(values, fields)] == ["x in cache", "stride in cache", "grads['W1']", "loss"]
    assert written(values["cache"]) == "[0]: [1. 1.]\n[1]: 3"
