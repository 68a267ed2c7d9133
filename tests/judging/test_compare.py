"""What a comparison says about wrong numbers: which, where, and what they have in common."""

from __future__ import annotations

import numpy as np
import pytest

from autograder.guest.plain_data import UnsupportedType, fresh, perturbed, plain, strided
from autograder.judging.compare import Mismatch, differences

RNG = np.random.default_rng(0)
RIGHT = RNG.standard_normal((2, 3, 4, 5))


def first(got: object, expected: object = RIGHT) -> Mismatch:
    return next(differences("out", expected, got, {"out": "N F H' W'"}))


def test_equal_arrays_have_no_difference() -> None:
    assert not list(differences("out", RIGHT, RIGHT + 1e-13))


def test_the_first_wrong_element_is_named() -> None:
    got = RIGHT.copy()
    got[1, 2, 0, 3] += 1
    found = first(got)
    assert found.text.startswith("1 of 120 numbers in out are wrong; the first is out[1, 2, 0, 3]: expected ")
    assert found.where == "Only numbers on the border are wrong."


@pytest.mark.parametrize(
    ("region", "says"),
    [
        ((1,), "Wrong only where N = 1."),
        ((slice(None), 2), "Wrong only where F = 2."),
        ((slice(None), slice(None), slice(1, -1), slice(1, -1)), "Only numbers in the interior are wrong"),
        ((0, slice(None), slice(None), -1), "Only numbers on the border are wrong."),
    ],
)
def test_where_the_wrong_numbers_lie(region: tuple, says: str) -> None:
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
        (RIGHT.astype(np.float32).astype(float), "is a part of it computed in float32"),
        (np.zeros_like(RIGHT), "Every number of yours is 0"),
    ],
)
def test_what_the_wrong_numbers_have_in_common(got: np.ndarray, says: str) -> None:
    assert says in first(got).pattern


def test_axes_in_another_order_are_recognised() -> None:
    found = first(RIGHT.transpose(0, 2, 3, 1))
    assert found.kind == "shape"
    assert "axes in the order N, H', W', F" in found.pattern


def test_nan_is_never_right() -> None:
    got = RIGHT.copy()
    got[0, 0, 0, 0] = np.nan
    assert first(got).kind == "nan"


def test_dtype_counts_when_the_numbers_are_right() -> None:
    assert first(RIGHT.astype(np.float32), RIGHT.astype(np.float64) * 0 + RIGHT.astype(np.float32)).kind == "dtype"


@pytest.mark.parametrize("expected", [3, True, "same", None])
def test_other_values_must_be_equal_and_of_one_type(expected: object) -> None:
    assert not list(differences("n", expected, expected))
    assert list(differences("n", expected, 3.0))


def test_a_loss_may_be_any_number() -> None:
    for got in (2.0, 2, np.array(2.0)):
        assert not list(differences("loss", 2.0, plain(got)))
    assert list(differences("loss", 2.0, float("nan")))


def test_plain_keeps_data_and_refuses_the_rest() -> None:
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
    apart = strided(RIGHT)
    assert np.array_equal(apart, RIGHT) and not apart.flags.c_contiguous
    assert not np.shares_memory(apart, apart.reshape(-1))
    assert not fresh(apart).flags.c_contiguous
    assert not np.shares_memory(fresh(apart), apart)


def test_other_inputs_keep_their_shapes_and_kinds() -> None:
    given = {"x": RIGHT, "y": np.array([0, 1, 2]), "stride": (1, 2), "cache": (RIGHT.astype(np.float32), 2)}
    changed = perturbed(given)
    assert changed["x"].shape == RIGHT.shape and not np.array_equal(changed["x"], RIGHT)
    assert sorted(changed["y"]) == [0, 1, 2]
    assert changed["stride"] == (1, 2)
    assert changed["cache"][0].dtype == np.float32
