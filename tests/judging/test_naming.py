"""Which mistake is named, and how surely, when cases speak for it and against it."""

from __future__ import annotations

from autograder.judging.mistake import Form
from autograder.judging.naming import Evidence, Hypothesis, Name, names, same_error_same_mistake


def failed(
    *fits: str, guesses: tuple[str, ...] = (), against: tuple[Hypothesis, ...] = (), forms: tuple[Form, ...] = ()
) -> Evidence:
    return Evidence(False, fits, frozenset(guesses), frozenset(against), forms=frozenset(forms))


def passed(*against: Hypothesis) -> Evidence:
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


def test_passing_cases_in_which_it_would_show_speak_against_a_guess_too() -> None:
    assert names([failed("db-one-number"), *7 * [passed("db-one-number")]])[0] == Name()
    first, *_ = names([failed("one-sided"), failed("one-sided"), passed("one-sided")])
    assert (first.mistake, first.sure) == ("one-sided", False)
    assert "1 more, which pass" in first.why


def test_a_form_of_a_mistake_that_all_cases_bear_out_is_sure() -> None:
    always, at_test_time = Form("gamma-forgotten", 0), Form("gamma-forgotten", 1)
    training = passed("gamma-forgotten", always)
    first, *_ = names([failed("gamma-forgotten", forms=(always, at_test_time)), training, training])
    assert first == Name("gamma-forgotten", sure=True)
    assert names([failed("gamma-forgotten", forms=(always,)), training, training])[0] == Name()
    mixed = [failed("unsummed", forms=(Form("unsummed", k),), against=(Form("unsummed", 1 - k),)) for k in (0, 1)]
    assert names(mixed)[0] == Name("unsummed", sure=True)


def test_a_name_that_leaves_most_wrong_numbers_unexplained_is_not_shown() -> None:
    assert names([failed("one-side-for-both"), *3 * [failed()]])[0] == Name()
    assert names([failed("averaged"), failed("averaged"), failed()])[0] == Name("averaged", sure=True)
    of_two = names([failed("averaged"), failed("flipped"), failed("flipped")])
    assert of_two[0] == Name("averaged", sure=True)


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
