"""A stub names the function that is missing, and a figure that needs it prints one line."""

from __future__ import annotations

import pytest

from utils.lesson import NotWritten, demonstration


def conv_forward() -> None:
    raise NotWritten


class LeNet5:
    def scores(self) -> None:
        raise NotWritten


@pytest.mark.parametrize(("stub", "name"), [(conv_forward, "conv_forward"), (LeNet5().scores, "LeNet5.scores")])
def test_a_stub_names_itself(stub: object, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(NotImplementedError, match=f"^{name} is not written yet"):
        stub()  # type: ignore[operator]
    with demonstration():
        stub()  # type: ignore[operator]
    assert f"waits for your code. {name} is not written yet" in capsys.readouterr().out


def test_a_figure_that_fails_with_the_students_code_says_so_in_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    with demonstration():
        raise ValueError("shapes do not fit")
    (line,) = capsys.readouterr().out.splitlines()
    assert "ValueError: shapes do not fit" in line and "Run its check first" in line


def test_an_interrupt_is_not_caught() -> None:
    with pytest.raises(KeyboardInterrupt), demonstration():
        raise KeyboardInterrupt
