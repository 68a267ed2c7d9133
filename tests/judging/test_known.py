"""The right and wrong answers to a question are worked out once for that question, and not kept forever."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from autograder.exercises import EXERCISES
from autograder.guest.plain_data import strided
from autograder.judging import known as module
from autograder.judging.known import content, known

CONV = EXERCISES["conv_forward"]
X, W = np.arange(9.0).reshape(1, 1, 3, 3), np.ones((1, 1, 2, 2))
QUESTION: dict[str, Any] = {"x": X, "w": W, "b": np.zeros(1)}


def test_the_same_question_is_answered_once() -> None:
    first = known(CONV, ("out",), QUESTION)
    again = known(CONV, ("out",), {"x": strided(X), "w": W.copy(), "b": np.zeros(1)})
    assert again is first and again.right is first.right
    assert first.right["out"].tolist() == [[[[8, 12], [20, 24]]]]
    names = {form.mistake for form, _ in first.wrong}
    assert "averaged" in names and "bias-forgotten" not in names  # the bias is 0


@pytest.mark.parametrize(
    "other",
    [
        QUESTION | {"x": X + 1},
        QUESTION | {"x": X.astype("float32")},
        QUESTION | {"x": X.reshape(1, 1, 1, 9)},
        QUESTION | {"stride": 1},
        QUESTION | {"stride": 1.0},
        QUESTION | {"stride": (1, 1)},
        QUESTION | {"stride": [1, 1]},
    ],
)
def test_another_question_is_another(other: dict[str, Any]) -> None:
    assert content(other) != content(QUESTION)
    assert len({content(each) for each in (other, QUESTION, QUESTION | {"stride": True})}) == 3


def test_other_parts_and_other_exercises_are_kept_apart() -> None:
    assert known(CONV, ("out",), QUESTION) is not known(CONV, ("out", "cache"), QUESTION)
    assert known(CONV, ("out",), QUESTION) is not known(EXERCISES["conv_forward_fast"], ("out",), QUESTION)


def test_old_questions_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_kept", type(module._kept)())
    monkeypatch.setattr(module, "KEPT", 2)
    first, second = (known(CONV, ("out",), QUESTION | {"stride": k}) for k in (1, 2))
    assert known(CONV, ("out",), QUESTION | {"stride": 1}) is first
    known(CONV, ("out",), QUESTION | {"stride": 3})
    assert known(CONV, ("out",), QUESTION | {"stride": 1}) is first
    assert known(CONV, ("out",), QUESTION | {"stride": 2}) is not second
