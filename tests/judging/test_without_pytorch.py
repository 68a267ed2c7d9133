"""Checks of 01 to 07 work where PyTorch cannot be imported, and where it can they do not import it."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

from autograder.exercises import EXERCISES, assignment_of
from autograder.guest.limits import PYTORCH_FROM

ON_NUMPY = [key for key in EXERCISES if assignment_of(key) < PYTORCH_FROM]
NETWORKS = ("LeNet5", "LeNet5BN")  # a single answer to each takes seconds

# judges answers of the gallery, leaves out what takes long, prints {title: [right, passed]}
JUDGE = """
import json, sys
sys.modules["torch"] = None
from autograder.gallery.matrix import verdict_without
from autograder.gallery.registry import answers
passed = {}
for key, (right, wrong) in json.loads(sys.argv[1]).items():
    every = [answer for answer in answers() if answer.exercise == key]
    chosen = [answer for answer in every if answer.right][:right]
    chosen += [answer for answer in every if not answer.right][:wrong]
    for answer in chosen:
        verdict = verdict_without(
            answer, lambda case, failed: failed or case.costly or (case.hidden and key.startswith("LeNet5"))
        )
        passed[answer.title] = [answer.right, verdict.passed]
print(json.dumps(passed))
"""

FIRST_CHECK = """
import json, sys
from autograder import check
def relu_forward(x):
    return x * (x > 0), x
assert check.verdict("relu_forward", {"relu_forward": relu_forward}, hidden=True).passed
assert not check.verdict("relu_forward", {"relu_forward": lambda x: (abs(x), x)}).passed
print(json.dumps([name for name in ("torch", "nbgrader", "pandas", "distributed") if name in sys.modules]))
"""


def run(*arguments: str) -> Any:
    done = subprocess.run([sys.executable, "-c", *arguments], capture_output=True, text=True, check=False)
    assert not done.returncode, done.stderr
    return json.loads(done.stdout)


def test_a_check_of_01_imports_neither_pytorch_nor_a_grader() -> None:
    assert run(FIRST_CHECK) == []


@pytest.fixture(scope="module")
def judged() -> dict[str, list[bool]]:
    """Title → whether the answer is right, and whether it passed."""
    amounts = {key: (1, 1) if key in NETWORKS else (2, 1) for key in ON_NUMPY}
    judged: dict[str, list[bool]] = run(JUDGE, json.dumps(amounts))
    return judged


@pytest.mark.parametrize("exercise", ON_NUMPY)
def test_right_and_wrong_answers_are_told_apart_without_pytorch(exercise: str, judged: dict[str, list[bool]]) -> None:
    own = [both for title, both in judged.items() if title.startswith(f"{exercise}: ")]
    assert {right for right, _ in own} == {True, False}
    assert all(right is passed for right, passed in own), judged
