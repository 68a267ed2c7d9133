"""Which mistake is named, and how surely, when cases speak for it and against it."""

from __future__ import annotations

from autograder.judging.naming import Evidence, Name, names, same_error_same_mistake


def failed(*fits: str, guesses: tuple[str, ...] = (), against: tuple[str, ...] = ()) -> Evidence:
    return Evidence(False, fits, frozenset(guesses), frozenset(against))


def passed(*against: str) -> Evidence:
    return Evidence(True, against=frozenset(against))


def test_a_mistake_that_all_cases_bear_out_is_sure() -> None:
    assert names([failed("flipped"), passed(), failed("flipped")]) == [
        Name("flipped", sure=True),
        Name(),
        Name("flipped", sure=True),
    ]


def test_a_name_that_fits_one_degenerate_case_of_many_is_not_shown() -> None:
    others = [failed(against=("averaged",)) for _ in range(5)]
    assert names([failed("averaged"), *others]) == [Name()] * 6


def test_a_mistake_that_fits_most_cases_is_a_guess_that_says_so() -> None:
    first, *_ = names([failed("transposed"), failed("transposed"), failed(against=("transposed",))])
    assert (first.mistake, first.sure) == ("transposed", False)
    assert "2 of the 3 failed cases" in first.why


def test_a_mistake_in_one_mode_alone_is_a_guess_although_more_cases_pass() -> None:
    first, *_ = names([failed("gamma-forgotten"), passed("gamma-forgotten"), passed("gamma-forgotten")])
    assert (first.mistake, first.sure) == ("gamma-forgotten", False)
    assert "2 more, which pass" in first.why


def test_the_best_supported_of_several_is_named_in_every_case_that_it_fits() -> None:
    evidence = [failed("swapped", "summed"), failed("summed"), failed("summed", against=("swapped",))]
    assert [name.mistake for name in names(evidence)] == ["summed"] * 3


def test_a_shape_or_an_error_alone_is_never_more_than_a_guess() -> None:
    first, _ = names([failed("rounded-up", guesses=("rounded-up",)), passed()])
    assert (first.mistake, first.sure) == ("rounded-up", False) and first.why
    assert names([failed("rounded-up", guesses=("rounded-up",)), passed("rounded-up")])[0] == Name()


def test_the_same_error_where_a_mistake_could_not_raise_it_speaks_against_the_mistake() -> None:
    with_stride = failed("stride-in-window", guesses=("stride-in-window",))
    line_4, line_9 = ("ValueError", 4), ("ValueError", 9)
    same = same_error_same_mistake([with_stride, failed()], [line_4, line_4])
    assert [name.mistake for name in names(same)] == ["", ""]
    wanted = same_error_same_mistake([with_stride, passed()], [line_4, line_4])  # an error that had to be raised
    assert [name.mistake for name in names(wanted)] == ["stride-in-window", ""]
    another = same_error_same_mistake([with_stride, failed()], [line_4, line_9])
    assert [name.mistake for name in names(another)] == ["stride-in-window", ""]
