"""Where the check itself fails: the card says so, no points are lost, and while grading a person has to look."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from nbformat.v4 import new_code_cell

from autograder.grading.submission import _points
from autograder.guest.plain_data import Inputs
from autograder.guest.raised import Raised
from autograder.guest.status import Status
from autograder.installed import extra_with, install_command
from autograder.judging.card import as_html, as_text
from autograder.judging.case import Case, Sizes
from autograder.judging.error_sentence import explain_error
from autograder.judging.examine import examine, in_process
from autograder.judging.exercise import Exercise
from autograder.judging.verdict import Verdict


class Half(Exercise):
    """An exercise that is broken where x is 5."""

    name, points, returns = "half", 10, ("out",)
    cases = (
        Case("x = 5", {"x": 5.0}),
        Case("x = 2", {"x": 2.0}),
        Case("x = 3", {"x": 3.0}),
        Case("x = 5 again", {"x": 5.0}, hidden=True),
    )

    def inputs(self, sizes: Sizes, rng: Any) -> Inputs:
        return {"x": sizes["x"]}

    def expected(self, q: Inputs) -> dict[str, Any]:
        return {"out": {2.0: 1.0, 3.0: 1.5, 1.0: 0.5}[q["x"]]}


class Unasked(Half):
    """An exercise that cannot make its inputs."""

    def inputs(self, sizes: Sizes, rng: Any) -> Inputs:
        raise ZeroDivisionError("no inputs")


class WithoutPackage(Half):
    """An exercise that needs a package which is not installed."""

    def expected(self, q: Inputs) -> dict[str, Any]:
        raise ModuleNotFoundError("No module named 'torch'", name="torch")


def verdict(function: Any, exercise: Exercise | None = None, hidden: bool = False) -> Verdict:
    return examine(exercise or Half(), "01_small", in_process({"half": function}), hidden)


def test_a_right_answer_keeps_its_points_and_a_person_has_to_look() -> None:
    judged = verdict(lambda x: x / 2)
    assert judged.status is Status.TO_BE_MARKED and judged.score == 10
    assert [case.status for case in judged.cases] == [Status.TO_BE_MARKED, Status.PASSED, Status.PASSED]
    text = as_text(judged)
    assert "2 of 3 cases pass; in 1 the check itself failed" in text
    assert "The check itself failed: KeyError (5.0) in" in text and "This is not your mistake" in text
    assert "Your code raised" not in text and "Your code raised" not in as_html(judged)


def test_a_missing_package_is_named_with_what_installs_it() -> None:
    judged = verdict(lambda x: x / 2, WithoutPackage())
    assert judged.status is Status.TO_BE_MARKED
    wanted = (
        f"The check could not run, because torch is not installed: run `{install_command('torch')}` in the course "
        "folder, restart the kernel, and run the check again."
    )
    assert wanted in " ".join(as_text(judged).split())


@pytest.mark.parametrize("module", ["matplotlib.pyplot", "PIL.Image", "torch.nn"])
def test_a_module_is_told_by_the_extra_that_has_it(module: str) -> None:
    name = module.partition(".")[0]
    error = Raised("ModuleNotFoundError", ("ModuleNotFoundError",), f"No module named '{module}'", ours="a.py, line 1")
    assert f"{name} is not installed: run `{install_command(extra_with(name) or '')}`" in explain_error(error)


@pytest.mark.parametrize("module", ["utils.layers", "autograder.sandbox", "no_such_package"])
def test_a_module_that_the_course_does_not_ask_for_is_a_fault_of_the_check(module: str) -> None:
    error = Raised("ModuleNotFoundError", ("ModuleNotFoundError",), f"No module named '{module}'", ours="a.py, line 1")
    assert explain_error(error).startswith("The check itself failed: ModuleNotFoundError (No module named")


def test_where_the_course_is_not_installed_a_missing_package_is_a_fault_of_the_check(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("autograder.installed.PROJECT", "not-installed-anywhere")
    error = Raised("ModuleNotFoundError", ("ModuleNotFoundError",), "No module named 'torch'", ours="a.py, line 1")
    assert explain_error(error).startswith("The check itself failed: ModuleNotFoundError (No module named 'torch')")


def test_a_wrong_answer_is_still_explained() -> None:
    judged = verdict(lambda x: x)
    assert judged.score == 0 and judged.first_failure is not None and judged.first_failure.name == "x = 2"
    assert "out: expected 1, got 2." in as_text(judged)
    assert "In “x = 5”" in as_text(judged)


def test_an_error_in_making_the_inputs_is_ours_too() -> None:
    judged = verdict(lambda x: x / 2, Unasked())
    assert judged.status is Status.TO_BE_MARKED and judged.score == 0
    assert "ZeroDivisionError (no inputs)" in as_text(judged)


def test_a_hidden_case_says_no_more_than_that() -> None:
    judged = verdict(lambda x: x / 2, hidden=True)
    message = judged.to_dict()["cases"][-1]["message"]
    assert message.startswith("The check itself failed on this case.") and "5.0" not in message
    assert judged.behaviour is not None and "KeyError" in judged.behaviour.message  # for the instructor


@pytest.mark.parametrize(("function", "points"), [(lambda x: x / 2, None), (lambda x: x / 0, None)])
def test_while_grading_the_points_wait_for_a_person(function: Any, points: float | None) -> None:
    cell = new_code_cell("check.half(half)")
    cell.metadata["nbgrader"] = {"grade_id": "check_half", "grade": True, "points": 10, "solution": False}
    assert _points(cell, {}, {"half": verdict(function)}) == points


def test_a_mistake_is_still_named_where_the_check_failed_in_another_case() -> None:
    class Named(Half):
        from autograder.judging.mistake import Mistake

        mistakes = (Mistake("doubled", "This is two times x.", lambda q, right: {"out": 2 * q["x"]}),)

    assert "What is wrong: This is two times x." in as_text(verdict(lambda x: np.float64(2 * x), Named()))
