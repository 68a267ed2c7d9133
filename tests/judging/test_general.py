"""What is named in any exercise: answers of another type, rounded ones, errors with one reason, second calls."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from autograder import check

Answer = Callable[..., Any]


def named(exercise: str, answer: Answer) -> tuple[str, bool] | None:
    first = check.verdict(exercise, {exercise: answer}, False).named
    return (first.mistake, first.sure) if first else None


def linear(change: Callable[[np.ndarray], Any]) -> Answer:
    """linear_forward whose right output is changed."""
    return lambda x, w, b: (change(x.reshape(len(x), -1) @ w + b), (x, w, b))


@pytest.mark.filterwarnings("ignore:the matrix subclass")
@pytest.mark.parametrize(
    ("mistake", "change"),
    [
        ("no-array", lambda out: out.tolist()),
        ("no-array", np.asmatrix),
        ("whole-numbers", lambda out: out.astype(int)),
        ("whole-numbers", lambda out: np.rint(out).astype(out.dtype)),
        ("rounded", lambda out: out.round(3)),
        ("computed-in-float32", lambda out: out.astype(np.float32).astype(out.dtype)),
        ("short-axes-dropped", np.squeeze),
    ],
)
def test_an_answer_that_is_right_but_for_its_form_is_named_surely(mistake: str, change: Any) -> None:
    assert named("linear_forward", linear(change)) == (mistake, True)


@pytest.mark.parametrize("change", [lambda out: out * (1 + 1e-7), lambda out: 0 * out])
def test_other_small_errors_are_not_taken_for_rounding(change: Any) -> None:
    assert named("linear_forward", linear(change)) is None


def test_a_result_without_the_cache_and_a_cache_without_an_item_are_named() -> None:
    right = linear(lambda out: out)
    assert named("linear_forward", lambda x, w, b: right(x, w, b)[0]) == ("cache-forgotten", True)
    assert named("linear_forward", lambda x, w, b: (right(x, w, b)[0], (x, w))) == ("cache-incomplete", True)


@pytest.mark.parametrize(
    ("mistake", "answer"),
    [
        ("float-for-an-int", lambda x, w, b: x.reshape(len(x), int(w.size) / len(b)) @ w),
        ("name-unknown", lambda x, w, b: missing @ w),  # type: ignore[name-defined]  # noqa: F821
    ],
)
def test_an_error_that_has_one_reason_is_named_surely(mistake: str, answer: Answer) -> None:
    assert named("linear_forward", answer) == (mistake, True)


def test_an_answer_that_is_wrong_for_some_numbers_is_not_said_to_be_kept() -> None:
    def large_ones_doubled(x: np.ndarray, w: np.ndarray, b: np.ndarray) -> Any:
        out = x.reshape(len(x), -1) @ w + b
        return (2 * out if x.flat[0] > 1 else out), (x, w, b)

    verdict = check.verdict("linear_forward", {"linear_forward": large_ones_doubled}, False)
    assert any(case.message.startswith("Right at first") for case in verdict.cases)
    assert verdict.named is None


def test_random_answers_are_named_but_not_those_that_are_not_finite() -> None:
    rng = np.random.default_rng(1)
    assert named("linear_forward", linear(lambda out: out + rng.random())) == ("not-repeatable", True)
    assert named("linear_forward", linear(lambda out: np.nan * out)) is None
    nan_beside = linear(lambda out: np.where(np.arange(out.shape[1]) == 0, np.nan, out + rng.random()))
    assert named("linear_forward", nan_beside) == ("not-repeatable", True)
