"""A check that runs long says so, in which case it is, and how to stop it."""

from __future__ import annotations

import time

import pytest

from autograder import check
from autograder.progress.long_check import CheckStopped, announced


def test_a_long_check_says_so_once(capsys: pytest.CaptureFixture[str]) -> None:
    with announced("f", usual=42.0, quiet=0.05) as running:
        running.case = "stride 2"
        time.sleep(0.2)
    (line,) = capsys.readouterr().out.splitlines()
    assert "check.f has been running for 0 s in the case “stride 2”. The last time it took 42 s. To stop it" in line


def test_a_short_check_says_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    with announced("f"):
        pass
    assert capsys.readouterr().out == ""


def test_an_interrupted_check_names_its_case() -> None:
    def relu_forward(x: object) -> None:
        raise KeyboardInterrupt

    with pytest.raises(CheckStopped, match=r"check\.relu_forward was stopped after \d+ s in the case “"):
        check.relu_forward(relu_forward)


def test_the_check_module_offers_hints_and_progress() -> None:
    assert {"hint", "progress", "conv_forward"} <= set(dir(check))
