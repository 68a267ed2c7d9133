"""The comparison and the check of gradients: relative errors, the worst element, kinks, the printed table."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from utils.gradients import check_gradients, compare_gradients, relative_error, worst_element
from utils.layers.stand_ins import numerical_gradient


def test_relative_error_is_relative_element_by_element() -> None:
    error = relative_error([100.0, 1.0, 0.0], [101.0, 1.0, 0.0])
    np.testing.assert_allclose(error, [1 / 101, 0, 0])
    assert error.dtype == np.float64


def test_rounding_errors_around_zero_are_not_differences() -> None:
    assert relative_error(0.0, 1e-12) < 1e-6
    assert relative_error(0.0, 1e-3) == 1


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_a_value_that_is_not_finite_has_infinite_error(bad: float) -> None:
    assert relative_error([bad], [1.0]) == np.inf
    assert relative_error([bad], [bad]) == np.inf


def test_different_shapes_are_refused() -> None:
    with pytest.raises(ValueError, match=r"shape \(2, 3\), the numerical one \(3, 2\)"):
        relative_error(np.zeros((2, 3)), np.zeros((3, 2)))


def test_worst_element_returns_its_place_and_both_values() -> None:
    numeric = np.arange(1.0, 7.0).reshape(2, 3)
    analytic = numeric.copy()
    analytic[1, 2] *= 1.5
    analytic[0, 1] += 1e-9
    worst = worst_element(analytic, numeric)
    assert worst.place == (1, 2) and worst.analytic == 9.0 and worst.numeric == 6.0
    assert worst.error == pytest.approx(1 / 3)
    assert worst_element(np.float64(2.0), np.float64(2.0)) == ((), 2.0, 2.0, 0.0)
    assert worst_element(np.zeros((0, 3)), np.zeros((0, 3))).error == 0


def test_the_table_says_which_gradients_agree_and_which_differ(capsys: pytest.CaptureFixture[str]) -> None:
    good, wrong = np.array([[1.0, -2.0]]), np.array([3.0, 5.0])
    compare_gradients({"dx": good, "db": wrong}, {"dx": good, "db": np.array([3.0, 4.0])})
    header, dx, db = capsys.readouterr().out.splitlines()
    assert "worst error" in header
    assert dx.startswith("dx") and "(1, 2)" in dx and dx.endswith("agrees")
    assert "[1]" in db and "+5" in db and "+4" in db and "2.0e-01" in db and db.endswith("differs")


def test_arrays_are_given_names_and_different_shapes_are_reported(capsys: pytest.CaptureFixture[str]) -> None:
    compare_gradients((np.zeros((2, 3)), np.zeros(2)), (np.zeros((3, 2)), np.zeros(2)), names=["dw", "db"])
    out = capsys.readouterr().out
    assert "the numerical one has shape (3, 2)" in out and "db" in out
    compare_gradients(np.ones(2), np.ones(2))
    assert "gradient 0" in capsys.readouterr().out


def test_float32_gradients_are_reported(capsys: pytest.CaptureFixture[str]) -> None:
    compare_gradients(np.ones(2, np.float32), np.ones(2), names=["dx"])
    assert "dx: float32 keeps 7 digits" in capsys.readouterr().out


def test_names_that_do_not_match_are_refused() -> None:
    with pytest.raises(ValueError, match="are W1, the numerical ones W2"):
        compare_gradients({"W1": 1.0}, {"W2": 1.0})
    with pytest.raises(ValueError, match="2 gradients and 1 names"):
        compare_gradients([1.0, 2.0], [1.0, 2.0], names=["dx"])


def table(capsys: pytest.CaptureFixture[str]) -> dict[str, str]:
    """The rows that were printed, by name."""
    return {line.split()[0]: line for line in capsys.readouterr().out.splitlines()[1:]}


def mixed(x: np.ndarray, w: np.ndarray) -> tuple[np.ndarray, tuple[np.ndarray, np.ndarray]]:
    return np.sin(x) @ w, (x, w)


def mixed_backward(dout: np.ndarray, cache: tuple[np.ndarray, np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    x, w = cache
    return np.cos(x) * (dout @ w.T), np.sin(x).T @ dout


def test_a_right_backward_pass_agrees_and_the_wrong_element_of_another_is_printed(
    capsys: pytest.CaptureFixture[str],
) -> None:
    rng = np.random.default_rng(0)
    inputs = {"x": rng.standard_normal((3, 4)).astype(np.float32), "w": rng.standard_normal((4, 2))}
    check_gradients(mixed, mixed_backward, inputs, numerical_gradient, title="a linear layer")
    rows = table(capsys)
    assert rows["gradient"].startswith("gradient  shape")  # below the title
    assert rows["dx"].endswith("agrees") and rows["dw"].endswith("agrees")

    def one_wrong(dout: np.ndarray, cache: tuple[np.ndarray, np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
        dx, dw = mixed_backward(dout, cache)
        dw[2, 1] *= 1.01
        return dx, dw

    check_gradients(mixed, one_wrong, inputs, numerical_gradient)
    rows = table(capsys)
    assert rows["dx"].endswith("agrees") and rows["dw"].endswith("differs") and "[2, 1]" in rows["dw"]


def test_an_error_that_an_upstream_gradient_of_ones_hides_is_detected(capsys: pytest.CaptureFixture[str]) -> None:
    check_gradients(lambda x: (2 * x, x), lambda dout, cache: 2 * dout[::-1], {"x": np.arange(3.0)}, numerical_gradient)
    assert table(capsys)["dx"].endswith("differs")


def relu(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return np.maximum(x, 0), x


def test_elements_on_a_kink_are_counted_and_left_out(capsys: pytest.CaptureFixture[str]) -> None:
    x = np.arange(-30.0, 30.0).reshape(6, 10) / 7
    x[2, 4] = 0
    check_gradients(relu, lambda dout, x: dout * (x > 0), {"x": x}, numerical_gradient)
    assert table(capsys)["dx"].endswith("agrees; 2 of 60 elements lie on a kink and were left out")
    check_gradients(relu, lambda dout, x: dout * (x > 0), {"x": x[3:]}, numerical_gradient)
    assert table(capsys)["dx"].endswith("agrees; 1 of 30 elements lies on a kink and was left out")


def test_on_a_kink_only_values_between_the_two_slopes_are_accepted_and_only_there(
    capsys: pytest.CaptureFixture[str],
) -> None:
    x = np.array([-1.0, 0.0, 1.0])
    check_gradients(relu, lambda dout, x: dout, {"x": x}, numerical_gradient)
    row = table(capsys)["dx"]
    assert "[0]" in row and row.endswith("differs; 1 of 3 elements lies on a kink and was left out")
    check_gradients(relu, lambda dout, x: dout * (x > 0) + 2.0 * (x == 0), {"x": x}, numerical_gradient)
    row = table(capsys)["dx"]
    assert "[1]" in row and row.endswith("differs")


@pytest.mark.parametrize("f", [np.square, np.cosh, lambda x: 0 * x, lambda x: 1000 * x**4])
def test_a_smooth_curve_is_not_taken_for_a_kink(
    f: Callable[[np.ndarray], np.ndarray], capsys: pytest.CaptureFixture[str]
) -> None:
    check_gradients(lambda x: (f(x), None), lambda dout, _: 1e-3 * dout, {"x": np.zeros(2)}, numerical_gradient)
    assert table(capsys)["dx"].endswith("differs")


def test_inputs_are_not_changed_and_wrong_shapes_and_counts_are_reported(capsys: pytest.CaptureFixture[str]) -> None:
    x, w = np.ones((3, 4)), np.ones((4, 2))
    check_gradients(mixed, lambda dout, cache: (np.ones(3), np.ones((4, 2))), {"x": x, "w": w}, numerical_gradient)
    assert "the numerical one has shape (3, 4)" in table(capsys)["dx"]
    assert (x == 1).all() and (w == 1).all()
    with pytest.raises(ValueError, match="1 gradients and 2 names"):
        check_gradients(mixed, lambda dout, cache: dout, {"x": x, "w": w}, numerical_gradient)
