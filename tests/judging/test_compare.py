"""What a comparison says about wrong numbers: which they are, where they lie, how they relate to the right ones."""

from __future__ import annotations

import numpy as np
import pytest

from autograder.guest.plain_data import UnsupportedType, fresh, perturbed, plain, strided
from autograder.judging.close import Tolerance, all_close, close
from autograder.judging.compare import Mismatch, differences, same

RNG = np.random.default_rng(0)
RIGHT = RNG.standard_normal((2, 3, 4, 5))


def first(got: object, expected: object = RIGHT) -> Mismatch:
    return next(differences("out", expected, got, {"out": "N F H' W'"}))


def test_equal_arrays_have_no_difference() -> None:
    assert not list(differences("out", RIGHT, RIGHT + 1e-13))


def test_the_first_wrong_element_is_reported() -> None:
    got = RIGHT.copy()
    got[1, 2, 0, 3] += 1
    mismatch = first(got)
    assert mismatch.text.startswith("1 of 120 numbers in out are wrong; the first is out[1, 2, 0, 3]: expected ")
    assert mismatch.where == "" and mismatch.first == (1, 2, 0, 3)  # its index is in the text


@pytest.mark.parametrize(
    ("region", "says"),
    [
        ((1,), "Wrong only where N = 1."),
        ((slice(None), 2), "Wrong only where F = 2."),
        ((slice(None), slice(None), slice(1, -1), slice(1, -1)), "Only numbers in the interior are wrong"),
        ((0, slice(None), slice(None), -1), "Only numbers on the border are wrong."),
    ],
)
def test_the_region_of_the_wrong_numbers_is_described(region: tuple, says: str) -> None:
    got = RIGHT.copy()
    got[region] += 1
    assert first(got).where.startswith(says)


@pytest.mark.parametrize(
    ("got", "says"),
    [
        (-RIGHT, "opposite sign"),
        (RIGHT / 2, "1/2 times"),
        (RIGHT * 3, "3 times"),
        (RIGHT + 0.25, "off by +0.25 everywhere"),
        (RIGHT[:, :, ::-1], "reverse order along H'"),
        (RIGHT[::-1], "reverse order along N"),
        (RIGHT.astype(np.float32).astype(float), "is part of the computation done in float32"),
        (np.zeros_like(RIGHT), "All of your numbers are 0"),
    ],
)
def test_a_relation_between_wrong_and_right_numbers_is_described(got: np.ndarray, says: str) -> None:
    assert says in first(got).pattern


def test_axes_in_another_order_are_recognised() -> None:
    mismatch = first(RIGHT.transpose(0, 2, 3, 1))
    assert mismatch.kind == "shape"
    assert "axes in the order N, H', W', F" in mismatch.pattern


def test_nan_is_never_right() -> None:
    got = RIGHT.copy()
    got[0, 0, 0, 0] = np.nan
    assert first(got).kind == "nan"


def test_numbers_that_a_known_mistake_makes_infinite_do_not_hide_the_others() -> None:
    wrong, got = np.array([1.0, np.inf, 3.0]), np.array([1.0, np.nan, 3.0])
    assert same(wrong, got) and same(wrong, wrong)  # whether inf or nan comes depends on how the mistake is written
    assert not same(wrong, np.array([1.0, np.inf, 4.0]))
    assert not same(wrong, np.array([1.0, 2.0, 3.0])) and not same(np.array([1.0, 2.0, 3.0]), wrong)
    assert same(np.inf, np.nan) and not same(np.inf, 1.0) and not same(1.0, np.inf)


def test_a_wrong_dtype_counts_when_the_numbers_are_right() -> None:
    assert first(RIGHT.astype(np.float32), RIGHT.astype(np.float64) * 0 + RIGHT.astype(np.float32)).kind == "dtype"


@pytest.mark.parametrize("expected", [3, True, "same", None])
def test_other_values_must_be_equal_and_of_one_type(expected: object) -> None:
    assert not list(differences("n", expected, expected))
    assert list(differences("n", expected, 3.0))


def test_a_number_may_be_a_float_an_int_or_an_array_without_axes() -> None:
    for got in (2.0, 2, np.array(2.0)):
        assert not list(differences("loss", 2.0, plain(got)))
    assert list(differences("loss", 2.0, float("nan")))


def test_plain_data_holds_only_a_few_types() -> None:
    assert plain((1, [2.0, None], {"a": "b"})) == (1, [2.0, None], {"a": "b"})
    assert plain(np.float32(0.5)) == 0.5 and type(plain(np.float32(0.5))) is float
    assert isinstance(plain(np.ma.masked_array([1.0])), UnsupportedType)
    assert isinstance(plain(np.array(["text"])), UnsupportedType)
    assert isinstance(plain(object()), UnsupportedType)
    assert isinstance(plain({1: 2}), UnsupportedType)


def test_plain_data_shares_no_memory_with_the_answer() -> None:
    array = np.zeros(3)
    copied = plain((array,))[0]
    array += 1
    assert not copied.any()


def test_a_strided_copy_has_the_numbers_but_no_flat_view() -> None:
    spaced = strided(RIGHT)
    assert np.array_equal(spaced, RIGHT) and not spaced.flags.c_contiguous
    assert not np.shares_memory(spaced, spaced.reshape(-1))
    assert not fresh(spaced).flags.c_contiguous
    assert not np.shares_memory(fresh(spaced), spaced)


def test_perturbed_inputs_keep_their_shapes_and_types() -> None:
    inputs = {"x": RIGHT, "y": np.array([0, 1, 2]), "stride": (1, 2), "cache": (RIGHT.astype(np.float32), 2)}
    changed = perturbed(inputs)
    assert changed["x"].shape == RIGHT.shape and not np.array_equal(changed["x"], RIGHT)
    assert sorted(changed["y"]) == [0, 1, 2]
    assert changed["stride"] == (1, 2)
    assert changed["cache"][0].dtype == np.float32


def test_of_large_arrays_a_sample_decides_nothing_that_all_numbers_would_not() -> None:
    expected = np.random.default_rng(0).normal(size=(150, 200)) * 1e-3
    expected[0, 1] = 50.0  # no number of the sample, and the scale of the absolute tolerance
    tolerance = Tolerance(0.0, 1e-6)
    assert all_close(expected, expected + 4e-5, tolerance)
    assert not all_close(expected, expected + 6e-5, tolerance)
    for place in ((0, 0), (0, 1), (149, 199)):
        got = expected.copy()
        got[place] += 1e-3
        assert not all_close(expected, got, tolerance) and close(expected, got, tolerance).sum() == got.size - 1
    assert all_close(expected.T, expected.T.copy(), tolerance) and not all_close(expected.T, -expected.T, tolerance)
