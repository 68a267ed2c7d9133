"""The gradient comparison: its measure of error, the element it points at, and what it prints."""

from __future__ import annotations

import numpy as np
import pytest

from utils.gradients import compare_gradients, relative_error, worst_element


def test_relative_error_is_relative_element_by_element() -> None:
    error = relative_error([100.0, 1.0, 0.0], [101.0, 1.0, 0.0])
    np.testing.assert_allclose(error, [1 / 101, 0, 0])
    assert error.dtype == np.float64


def test_rounding_around_zero_does_not_count() -> None:
    assert relative_error(0.0, 1e-12) < 1e-6
    assert relative_error(0.0, 1e-3) == 1


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_what_is_not_finite_is_infinitely_wrong(bad: float) -> None:
    assert relative_error([bad], [1.0]) == np.inf
    assert relative_error([bad], [bad]) == np.inf


def test_shapes_must_agree() -> None:
    with pytest.raises(ValueError, match=r"shape \(2, 3\), the numerical one \(3, 2\)"):
        relative_error(np.zeros((2, 3)), np.zeros((3, 2)))


def test_worst_element_is_found_with_both_values() -> None:
    numeric = np.arange(1.0, 7.0).reshape(2, 3)
    analytic = numeric.copy()
    analytic[1, 2] *= 1.5
    analytic[0, 1] += 1e-9
    worst = worst_element(analytic, numeric)
    assert worst.place == (1, 2) and worst.analytic == 9.0 and worst.numeric == 6.0
    assert worst.error == pytest.approx(1 / 3)
    assert worst_element(np.float64(2.0), np.float64(2.0)) == ((), 2.0, 2.0, 0.0)
    assert worst_element(np.zeros((0, 3)), np.zeros((0, 3))).error == 0


def test_table_names_what_agrees_and_what_differs(capsys: pytest.CaptureFixture[str]) -> None:
    good, wrong = np.array([[1.0, -2.0]]), np.array([3.0, 5.0])
    compare_gradients({"dx": good, "db": wrong}, {"dx": good, "db": np.array([3.0, 4.0])})
    header, dx, db = capsys.readouterr().out.splitlines()
    assert "worst error" in header
    assert dx.startswith("dx") and "(1, 2)" in dx and dx.endswith("agrees")
    assert "[1]" in db and "+5" in db and "+4" in db and "2.0e-01" in db and db.endswith("differs")


def test_arrays_take_names_and_shapes_are_reported(capsys: pytest.CaptureFixture[str]) -> None:
    compare_gradients((np.zeros((2, 3)), np.zeros(2)), (np.zeros((3, 2)), np.zeros(2)), names=["dw", "db"])
    out = capsys.readouterr().out
    assert "the numerical one has shape (3, 2)" in out and "db" in out
    compare_gradients(np.ones(2), np.ones(2))
    assert "gradient 0" in capsys.readouterr().out


def test_float32_is_remarked_on(capsys: pytest.CaptureFixture[str]) -> None:
    compare_gradients(np.ones(2, np.float32), np.ones(2), names=["dx"])
    assert "dx: float32 keeps 7 digits" in capsys.readouterr().out


def test_names_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ValueError, match="are W1, the numerical ones W2"):
        compare_gradients({"W1": 1.0}, {"W2": 1.0})
    with pytest.raises(ValueError, match="2 gradients and 1 names"):
        compare_gradients([1.0, 2.0], [1.0, 2.0], names=["dx"])
