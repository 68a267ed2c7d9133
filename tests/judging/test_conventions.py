"""What a broken convention costs, and which cases show it."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pytest

from autograder import check
from autograder.exercises import EXERCISES
from autograder.judging.conventions import COST, SHOWN_BY_NUMBERS, about_numbers, kept_share, right_share


@dataclass(frozen=True)
class Result:
    passed: bool
    convention: str = ""
    weight: float = 1.0


RIGHT, WRONG = Result(True), Result(False)


def test_no_convention_costs_more_than_a_third_and_all_together_not_everything() -> None:
    assert all(0 < cost <= 1 / 3 for cost in COST.values())
    assert sum(COST.values()) < 1


@pytest.mark.parametrize("convention", COST)
def test_a_broken_convention_costs_the_same_however_many_cases_show_it(convention: str) -> None:
    once = [RIGHT, RIGHT, RIGHT, Result(False, convention)]
    always = [Result(False, convention)] * 4
    assert kept_share(once) == kept_share(always) == pytest.approx(1 - COST[convention])


def test_wrong_numbers_everywhere_earn_nothing() -> None:
    about_ties = Result(True, weight=0)  # such a case says nothing about the numbers
    assert kept_share([WRONG, WRONG, about_ties]) == 0


def test_no_combination_earns_more_than_the_numbers_that_are_right() -> None:
    for count in range(len(COST) + 1):
        for broken in combinations(COST, count):
            cases = [RIGHT, WRONG, *(Result(False, convention) for convention in broken)]
            assert kept_share(cases) <= right_share(cases)


@pytest.mark.parametrize("name", EXERCISES)
def test_every_convention_has_a_cost_and_a_case(name: str) -> None:
    exercise = EXERCISES[name]
    looked_at = {convention for case in exercise.cases for convention in case.conventions}
    assert looked_at <= set(COST)
    assert {mistake.convention for mistake in exercise.mistakes} - {""} <= looked_at
    assert any(about_numbers(case.conventions) for case in exercise.cases)
    assert any(about_numbers(case.conventions) and not case.hidden for case in exercise.cases)


@pytest.mark.parametrize("name", EXERCISES)
def test_a_visible_case_shows_every_convention_that_is_graded(name: str) -> None:
    cases = EXERCISES[name].cases
    shown = {convention for case in cases if not case.hidden for convention in case.conventions}
    assert {convention for case in cases for convention in case.conventions} <= shown


def test_a_case_about_numbers_does_not_look_at_the_dtype_or_for_a_cache() -> None:
    def linear_forward(x: np.ndarray, w: np.ndarray, b: np.ndarray) -> np.ndarray:
        return x.reshape(len(x), -1).astype(float) @ w + b

    verdict = check.verdict("linear_forward", {"linear_forward": linear_forward}, hidden=True)
    failed = {case.name: case.convention for case in verdict.cases if not case.passed}
    assert failed == {"float32 stays float32": "dtype", "the cache is (x, w, b), x in its own shape": "cache"}
    assert verdict.score == pytest.approx(0.8 * verdict.points)


def test_a_case_about_a_convention_wants_right_numbers_too() -> None:
    def linear_forward(x: np.ndarray, w: np.ndarray, b: np.ndarray) -> tuple[np.ndarray, tuple[np.ndarray, ...]]:
        return x.reshape(len(x), -1) @ w, (x, w, b)

    verdict = check.verdict("linear_forward", {"linear_forward": linear_forward}, hidden=True)
    assert verdict.score == 0 and not any(case.convention for case in verdict.cases)


def test_ties_that_go_elsewhere_count_in_the_cases_about_ties_alone() -> None:
    def relu_backward(dout: np.ndarray, cache: np.ndarray) -> np.ndarray:
        return (dout * (cache >= 0)).astype(np.float64)

    verdict = check.verdict("relu_backward", {"relu_backward": relu_backward}, hidden=True)
    broken = {case.convention for case in verdict.cases if not case.passed}
    assert broken == {"zeros", "dtype"} and "zeros" in SHOWN_BY_NUMBERS
    assert verdict.score == pytest.approx(0.8 * verdict.points)


def test_an_answer_that_needs_pairs_in_the_cache_is_judged_with_pairs() -> None:
    def avg_pool_backward(dout: np.ndarray, cache: tuple) -> np.ndarray:  # type: ignore[type-arg]
        x, (kh, kw), (sh, sw) = cache
        dx = np.zeros_like(x)
        for n, c, i, j in np.ndindex(dout.shape):
            dx[n, c, i * sh : i * sh + kh, j * sw : j * sw + kw] += dout[n, c, i, j] / (kh * kw)
        return dx

    verdict = check.verdict("avg_pool_backward", {"avg_pool_backward": avg_pool_backward}, hidden=True)
    failed = [case for case in verdict.cases if not case.passed]
    assert [case.convention for case in failed] == ["cache"]
    assert [mistake.name for mistake in verdict.mistakes] == ["cache-of-pairs-expected"]
