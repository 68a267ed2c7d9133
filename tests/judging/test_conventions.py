"""What a broken convention costs, and which cases show it."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pytest

from autograder import check
from autograder.exercises import EXERCISES
from autograder.gallery import shares
from autograder.gallery.matrix import verdict_on
from autograder.gallery.registry import Answer, find
from autograder.judging.conventions import COST, SHOWN_BY_NUMBERS, about_numbers, kept_share, right_share


@dataclass(frozen=True)
class Result:
    passed: bool
    convention: str = ""
    weight: float = 1.0


RIGHT, WRONG = Result(True), Result(False)


def looked_at(name: str) -> list[str]:
    """The conventions that the cases of an exercise look at."""
    return sorted({convention for case in EXERCISES[name].cases for convention in case.conventions})


def test_no_convention_costs_more_than_a_third() -> None:
    assert all(0 < cost <= 1 / 3 for cost in COST.values())


@pytest.mark.parametrize("name", EXERCISES)
def test_all_conventions_of_an_exercise_together_cost_less_than_everything(name: str) -> None:
    assert sum(COST[convention] for convention in looked_at(name)) < 1


@pytest.mark.parametrize("convention", COST)
def test_a_broken_convention_costs_the_same_however_many_cases_show_it(convention: str) -> None:
    once = [RIGHT, RIGHT, RIGHT, Result(False, convention)]
    always = [Result(False, convention)] * 4
    assert kept_share(once) == kept_share(always) == pytest.approx(1 - COST[convention])


def test_wrong_numbers_everywhere_earn_nothing() -> None:
    about_ties = Result(True, weight=0)  # such a case says nothing about the numbers
    assert kept_share([WRONG, WRONG, about_ties]) == 0


@pytest.mark.parametrize("name", EXERCISES)
def test_no_combination_earns_more_than_the_numbers_that_are_right(name: str) -> None:
    conventions = looked_at(name)
    for count in range(len(conventions) + 1):
        for broken in combinations(conventions, count):
            cases = [RIGHT, WRONG, *(Result(False, convention) for convention in broken)]
            assert 0 < kept_share(cases) <= right_share(cases)


@pytest.mark.parametrize("name", EXERCISES)
def test_every_convention_has_a_cost_and_a_case(name: str) -> None:
    exercise = EXERCISES[name]
    assert set(looked_at(name)) <= set(COST)
    assert {mistake.convention for mistake in exercise.mistakes} - {""} <= set(looked_at(name))
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
    assert {case.convention for case in failed} == {"cache"}
    assert [mistake.name for mistake in verdict.mistakes] == ["cache-of-pairs-expected"]


COUNTED = "no_grad, counted"
MOVE = "x, y = x.to(device), y.to(device)"
REPLACED = "velocity[name] = momentum * velocity[name] + grads[name]"
# (exercise, right answer, edits, share of right numbers, broken conventions): several mistakes in one answer
COMBINED: list[tuple[str, str, list[tuple[str, str]], float, set[str]]] = [
    # never in eval mode, a tensor is returned, and the weights are changed
    (
        *("evaluate", COUNTED),
        [
            ("    model.eval()\n", ""),
            (".item()", ""),
            ("torch.no_grad():", "torch.no_grad():\n        model.weight += 1"),
        ],
        *(0.6, {"dtype", "memory"}),
    ),
    # a tensor of a percentage
    ("evaluate", COUNTED, [("return right / count", "return torch.tensor(100 * right / count)")], 0.2, {"device"}),
    # the mode is not given back, and a batch is left out
    (
        *("evaluate", COUNTED),
        [("    model.train(was_training)\n", ""), (MOVE, MOVE + "\n            if len(y) < 8:\n                break")],
        *(0.0, {"device", "errors"}),
    ),
    ("to_nchw", "from_numpy, permute", [(".float() / 255", ".float()"), ("(1)", "(1).numpy()")], 3 / 11, set()),
    (
        "load_numpy_weights",
        "copy_ into each",
        [(".T", ".reshape(value.shape[::-1])"), (".copy_", ".requires_grad_(False).copy_")],
        0.0,
        set(),
    ),
    # another error in every case says nothing about the devices that are missing
    ("pick_device", "a list of those that are there", [('["cpu"]', "[nothing]")], 0.0, set()),
    ("pick_device", "a list of those that are there", [("torch.device(there[0])", "there[-1]")], 6 / 11, {"dtype"}),
    # new arrays in the dicts, uphill
    ("sgd_momentum_step", "augmented assignments", [("params[name] -=", "params[name] = params[name] +")], 0.0, set()),
    (
        "time_it",
        "a function that waits",
        [("return statistics.median", "fn()\n    return statistics.fmean")],
        2 / 23,
        {"arguments"},
    ),
    (
        "save_checkpoint",
        "state_dicts by name",
        [("torch.save(", "model.eval()\n    torch.save("), ("model.state_dict()", "0")],
        4 / 7,
        {"memory"},
    ),
]


@pytest.mark.parametrize(("exercise", "style", "edits", "right", "broken"), COMBINED)
def test_several_mistakes_in_one_answer_earn_less_than_its_right_numbers(
    exercise: str,
    style: str,
    edits: list[tuple[str, str]],
    right: float,
    broken: set[str],
) -> None:
    source = find(exercise, style).source
    for old, new in edits:
        assert old in source
        source = source.replace(old, new)
    verdict = verdict_on(Answer(exercise, "several at once", False, False, "", source))
    assert right_share(verdict.cases) == pytest.approx(right)
    assert {case.convention for case in verdict.cases if not case.passed} - {""} == broken
    assert shares.kept(verdict) == pytest.approx(right * (1 - sum(COST[name] for name in broken)))
