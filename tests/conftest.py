"""Verdicts on the gallery's answers, each made once for all tests."""

from __future__ import annotations

import hashlib
import os
import pickle
from collections.abc import Callable

import pytest

from autograder.demo.gallery import Answer
from autograder.demo.matrix import verdict_on
from autograder.seeds import VARIABLE
from autograder.verdict import Verdict


@pytest.fixture(scope="session")
def judged(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Answer], Verdict]:
    """The verdict on an answer; the workers of one run share what each has found out."""
    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent

    def judge(answer: Answer) -> Verdict:
        kept = folder / f"verdict-{hashlib.sha256(answer.title.encode()).hexdigest()}"
        if kept.exists():
            found: Verdict = pickle.loads(kept.read_bytes())
            return found
        # a course that another test loaded leaves its secret in the environment; here hidden cases are always the same
        with pytest.MonkeyPatch.context() as patch:
            patch.delenv(VARIABLE, raising=False)
            found = verdict_on(answer)
        written = kept.with_suffix(f".{os.getpid()}")  # whole or not at all, for the others
        written.write_bytes(pickle.dumps(found))
        written.rename(kept)
        return found

    return judge
