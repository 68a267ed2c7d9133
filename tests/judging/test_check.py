"""The call in a graded cell: what it shows, what it returns, and how it judges hostile or careless answers."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from IPython.testing.globalipapp import start_ipython
from nbformat.v4 import new_code_cell, new_output
from nbgrader.utils import determine_grade

from autograder import check
from autograder.exercises import EXERCISES
from autograder.guest.response import Raised
from autograder.judging import examine as examining
from autograder.judging.card import as_html, as_text
from autograder.judging.error_sentence import explain_error


def relu(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return np.maximum(x, 0), x


def not_written(x: np.ndarray) -> None:
    raise NotImplementedError


def absolute(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return np.abs(x), x


def in_place(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    kept = x.copy()
    x[x < 0] = 0
    return x.copy(), kept


class AlwaysEqual(np.ndarray):
    """An array that says it equals everything."""

    def __eq__(self, other: object) -> bool:  # type: ignore[override]
        return True


class Impostor:
    """No array at all, but willing to become one."""

    shape = (7,)
    dtype = np.dtype("float64")

    def __array__(self, dtype: Any = None, copy: Any = None) -> np.ndarray:
        return np.zeros(7)

    def __eq__(self, other: object) -> bool:
        return True


def score_of(function: Any, hidden: bool = False) -> float:
    return check.verdict("relu_forward", {"relu_forward": function}, hidden).score


def test_a_right_answer_scores_full_marks(capsys: pytest.CaptureFixture[str]) -> None:
    score = check.relu_forward(relu, hidden=True)
    assert repr(score) == "5"
    assert "all 7 cases pass" in capsys.readouterr().out


def test_an_empty_exercise_scores_nothing_and_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert repr(check.relu_forward(not_written)) == "0"
    assert "not written yet" in capsys.readouterr().out


def test_part_of_the_cases_gives_part_of_the_points() -> None:
    assert 0 < score_of(in_place) < EXERCISES["relu_forward"].points


@pytest.mark.parametrize("points", ["5", "0", "3.33"])
def test_nbgrader_reads_the_points_off_the_output(points: str) -> None:
    output = new_output("execute_result", {"text/plain": points, "text/html": "<small></small>"}, execution_count=1)
    card = new_output("display_data", {"text/plain": "a card", "text/html": "a card"})
    cell = new_code_cell("check.relu_forward(relu_forward)", outputs=[card, output])
    cell.metadata["nbgrader"] = {"grade": True, "solution": False, "points": 5, "grade_id": "check_relu_forward"}
    assert determine_grade(cell) == (float(points), 5.0)


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (lambda x: None, "returned nothing"),
        (lambda x: np.maximum(x, 0), "must return (out, cache)"),
        (lambda x: (np.maximum(x, 0).tolist(), x), "out must be an array of shape (7,); yours is a list of 7"),
        (lambda x: (np.maximum(x, 0).view(AlwaysEqual), x), "AlwaysEqual"),
        (lambda x: (Impostor(), x), "Impostor"),
        (lambda x: (np.maximum(x, 0).astype(object), x), "dtype object"),
        (lambda x: (np.maximum(x, 0)[:-1], x), "out has shape (6,); expected (7,)"),
        (lambda x: (np.full_like(x, np.nan), x), "got nan"),
        (lambda x: (1 / 0, x), "ZeroDivisionError"),
    ],
)
def test_the_message_says_what_is_wrong_with_the_answer(answer: Any, says: str) -> None:
    verdict = check.verdict("relu_forward", {"relu_forward": answer})
    assert verdict.first_failure is not None
    assert says in verdict.first_failure.message
    assert verdict.score < verdict.points


def test_an_error_is_shown_with_the_students_line_and_without_ours() -> None:
    def relu_forward(x: np.ndarray) -> Any:
        return np.reshape(x, (1000, 1000)), x

    text = as_text(check.verdict("relu_forward", {"relu_forward": relu_forward}))
    assert "np.reshape(x, (1000, 1000))" in text
    assert "autograder" not in text


def test_a_student_who_exits_loses_the_exercise_and_nothing_else() -> None:
    assert score_of(lambda x: exit()) == 0


def test_prints_and_warnings_are_caught_and_shown_on_failure(capsys: pytest.CaptureFixture[str]) -> None:
    def chatty(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        print("looking at", x.shape)
        np.log(np.zeros(1))
        return np.abs(x), x

    verdict = check.verdict("relu_forward", {"relu_forward": chatty})
    caught = capsys.readouterr()
    assert caught.out == caught.err == ""
    assert "looking at (7,)" in as_text(verdict)


def test_a_warning_of_the_judging_itself_is_not_written_to_stderr(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """nbgrader gives no points for a cell that wrote to stderr, and a wrong answer may have earned some."""

    def warns(values: Any) -> str:
        print("RuntimeWarning: overflow encountered in exp", file=sys.stderr)
        return describe(values)

    describe = examining.describe
    monkeypatch.setattr(examining, "describe", warns)
    score = check.relu_forward(absolute)
    assert not score.verdict.passed
    assert capsys.readouterr().err == ""


def test_a_hidden_case_shows_its_name_and_hint_but_no_numbers() -> None:
    def only_small(x: np.ndarray, w: np.ndarray, b: np.ndarray, stride: Any = 1, padding: Any = 0) -> Any:
        from autograder.judging import oracle

        out = oracle.conv2d(x, w, b, stride, padding).astype(x.dtype)
        right = stride != 3 or x.shape[2] < 8  # no visible case of this stride is as high
        return (out if right else out + 1), (x, w, b, stride, padding)

    verdict = check.verdict("conv_forward", {"conv_forward": only_small}, hidden=True)
    failed = [case for case in verdict.cases if not case.passed]
    assert failed and all(case.hidden for case in failed)
    shown = json.dumps(verdict.to_dict()) + as_text(verdict) + as_html(verdict)
    assert failed[0].hint in shown
    assert failed[0].message not in shown


def test_cards_escape_what_students_write() -> None:
    def nasty(x: np.ndarray) -> Any:
        raise ValueError("<script>alert(1)</script>")

    html = as_html(check.verdict("relu_forward", {"relu_forward": nasty}))
    assert "<script>" not in html
    assert "&lt;script&gt;" in html


def test_a_known_mistake_is_named_in_the_card() -> None:
    text = as_text(check.verdict("relu_forward", {"relu_forward": absolute}))
    assert "Negative numbers become 0; yours lose their sign." in text


def test_the_smallest_example_has_one_whole_number() -> None:
    def biasless(x: np.ndarray, w: np.ndarray, b: np.ndarray) -> Any:
        return x.reshape(len(x), -1) @ w, (x, w, b)

    verdict = check.verdict("linear_forward", {"linear_forward": biasless})
    assert verdict.example is not None
    assert dict(verdict.example.inputs)["x"].count(".") == 1  # one number


def test_when_nbgrader_validates_a_failed_check_raises_its_card(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NBGRADER_VALIDATING", "1")
    with pytest.raises(check.CheckFailed, match="lose their sign"):
        check.relu_forward(absolute)
    assert repr(check.relu_forward(relu)) == "5"


def test_a_misused_check_says_how_to_call_it() -> None:
    with pytest.raises(check.CheckMisused, match=r"check.relu_forward\(relu_forward\)"):
        check.relu_forward(relu(np.zeros(3)))  # type: ignore[arg-type]
    with pytest.raises(AttributeError, match=r"did you mean check\.relu_forward"):
        check.relu_foward(relu)


@pytest.fixture
def shell() -> Iterator[Any]:
    """A shell as in a notebook; afterwards a check prints again."""
    yield (shell := start_ipython())
    type(shell).clear_instance()


def test_a_notebook_gets_html_text_and_json(shell: Any) -> None:
    published: list[dict[str, Any]] = []
    shell.display_pub.publish = lambda data, metadata=None, **more: published.append(data)
    check.relu_forward(absolute)
    (bundle,) = published
    assert set(bundle) == {"text/plain", "text/html", "application/vnd.autograder.verdict+json"}
    verdict = bundle["application/vnd.autograder.verdict+json"]
    assert verdict["status"] == "failed"
    assert verdict["mistakes"][0]["name"] == "absolute-value"
    assert len(verdict["sources"]["relu_forward"]) == 64
    json.dumps(verdict)


def test_a_result_kept_from_an_earlier_call_is_named() -> None:
    first: dict[tuple[int, ...], np.ndarray] = {}

    def by_shape(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return np.maximum(first.setdefault(x.shape, x.copy()), 0), x

    verdict = check.verdict("relu_forward", {"relu_forward": by_shape})
    assert not any(case.passed for case in verdict.cases)
    assert [named.name for named in verdict.mistakes] == ["kept-from-before"]
    assert "Right at first, but not when called again with other numbers of the same sizes" in as_text(verdict)


def test_an_answer_without_the_call_in_between_is_wrong() -> None:
    exercise = EXERCISES["relu_forward"]
    case = exercise.cases[0]
    inputs = exercise.challenge(case, np.random.default_rng(0))
    response = exercise.respond({"relu_forward": relu}, inputs)
    assert not exercise.judge(case, inputs, response)
    response.other = None
    assert [finding.mistakes for finding in exercise.judge(case, inputs, response)] == [("kept-from-before",)]


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (
            Raised("ValueError", (), "no  such\naxis", 3, "x.sum(9)"),
            "Your code raised ValueError (no such axis) in line 3: `x.sum(9)`.",
        ),
        (Raised("KeyError", (), ""), "Your code raised KeyError."),
        (
            Raised("crashed", (), "your code ended the process it ran in"),
            "Crashed: your code ended the process it ran in.",
        ),
        (Raised("timed out", (), "the time of the notebook was over"), "Timed out: the time of the notebook was over."),
    ],
)
def test_an_error_is_told_in_one_sentence(error: Raised, sentence: str) -> None:
    assert explain_error(error) == sentence
