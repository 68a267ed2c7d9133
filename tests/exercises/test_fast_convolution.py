"""The checks of speed and their measurements: right answers pass even on a busy machine, loops never do."""

import itertools

import numpy as np
import pytest

from autograder.check import verdict
from autograder.exercises import EXERCISES
from autograder.exercises.fast_convolution import speed
from autograder.gallery import registry as gallery
from autograder.guest.response import Response
from autograder.judging.seeds import generator
from utils.speed.convolution import ROUNDS, backward_rounds, compare_speed, forward_rounds
from utils.speed.timing import median_seconds, one_thread, seconds_of

FAST = ("conv_forward_fast", "conv_backward_fast")


def written(answer):
    return gallery.functions(answer, ("im2col", "col2im", answer.exercise))[answer.exercise]


def question(name):
    exercise, case = EXERCISES[name], speed.SPEED_CASE
    return exercise, case, exercise.challenge(case, generator("04_fast_convolution", name, case.name, False))


@pytest.mark.parametrize("name", FAST)
def test_the_loops_are_right_and_too_slow(name):
    result = verdict(name, {name: written(gallery.find(name, f"too-slow (the loops of 0{2 + FAST.index(name)})"))})
    assert [case.name for case in result.cases if not case.passed] == [speed.SPEED_CASE.name]
    assert [mistake.name for mistake in result.mistakes] == ["too-slow"]
    assert "times as fast as the course's loops" in result.first_failure.message
    assert result.score == pytest.approx(result.points * 2 / 3, abs=0.01)


@pytest.mark.parametrize("name", FAST)
def test_the_speeds_of_the_gallery_are_far_from_the_threshold(name):
    exercise, _, inputs = question(name)
    for answer in gallery.answers():
        if answer.exercise == name and (answer.right or answer.says == "too-slow"):
            ratio = speed.noted(exercise.respond({name: written(answer)}, inputs).notes)
            # a busy machine may make a quarter of difference
            assert ratio > 1.25 * speed.WANTED if answer.right else ratio < 0.8 * speed.WANTED, (answer.title, ratio)


@pytest.mark.parametrize("name", FAST)
def test_an_answer_that_was_not_measured_does_not_pass(name):
    exercise, case, inputs = question(name)
    right = exercise.reference(inputs)
    answer = tuple(right[part] for part in exercise.returns)
    unmeasured = Response(answer=answer, again=answer, later=answer, inputs=dict(inputs))
    assert "was not measured" in exercise.judge(case, inputs, unmeasured)[0].text
    unmeasured.notes = (speed.note(19.9),)
    assert exercise.judge(case, inputs, unmeasured)[0].mistakes == ("too-slow",)
    unmeasured.notes = (speed.note(20.1),)
    assert exercise.judge(case, inputs, unmeasured) == []


def test_wrong_numbers_are_reported_before_the_speed():
    exercise, case, inputs = question("conv_forward_fast")
    out, cache = exercise.reference(inputs).values()
    findings = exercise.judge(case, inputs, Response(answer=(0 * out, cache), notes=(speed.note(1.0),)))
    assert "numbers in out are wrong" in findings[0].text


def measured(monkeypatch, seconds_of_answers):
    """The ratio when the loops take 1 second and the answers take these times."""
    answers = iter(seconds_of_answers)
    rounds = ROUNDS / np.prod(speed.OUT_SHAPE)
    monkeypatch.setattr(speed, "seconds_of", lambda loops, _: rounds)
    return speed.times_faster(lambda question: next(answers), {"x": np.zeros(3)}, lambda: None)


def test_one_fast_measurement_is_enough(monkeypatch):
    assert measured(monkeypatch, [0.1, 0.1, 0.04, 0.1, 0.1]) == pytest.approx(25)


def test_a_slow_answer_is_measured_again_before_it_fails(monkeypatch):
    assert measured(monkeypatch, [0.06] * 5 + [0.1, 0.04, 0.1, 0.1, 0.1]) == pytest.approx(25)
    assert measured(monkeypatch, [0.06] * 15) == pytest.approx(1 / 0.06)


def test_a_very_slow_answer_is_measured_only_twice(monkeypatch):
    assert measured(monkeypatch, [1.0, 1.1]) == pytest.approx(1)


def test_every_measurement_has_other_numbers():
    seen = []
    inputs = {"x": np.arange(8.0), "cache": (np.arange(6.0), 1)}

    def seconds(question):
        seen.append((question["x"][0], question["cache"][0][0]))
        return 0.0

    speed.times_faster(seconds, inputs, lambda: None)
    assert len(set(seen[:5])) == 5


def test_tasks_take_turns_after_a_warm_up():
    called = []
    medians = median_seconds({name: lambda name=name: called.append(name) for name in "ab"}, repeats=3, warmup=1)
    assert called == list("abababab")
    assert set(medians) == {"a", "b"}


def test_seconds_are_read_from_the_clock():
    ticks = itertools.count(10, 5)
    assert seconds_of(lambda: None, lambda: next(ticks)) == 5


def test_one_thread_restores_the_number_of_threads(torch):
    before = torch.get_num_threads()
    with one_thread():
        assert torch.get_num_threads() == 1
    assert torch.get_num_threads() == before


def test_the_rounds_compute_as_many_sums_as_requested():
    rng = np.random.default_rng(0)
    x, w = rng.standard_normal((1, 2, 6, 6), dtype=np.float32), rng.standard_normal((3, 2, 3, 3), dtype=np.float32)
    sums = forward_rounds(x, w, 7)
    assert sums.shape == (7,)
    assert sums[0] == pytest.approx(np.sum(x[0, :, :3, :3] * w[0]) + w[0, 0, 0, 0], rel=1e-5)
    back = backward_rounds(x, w, 2)
    np.testing.assert_allclose(back[1], x[0, 0, 0, 0] * x[0, :, :3, :3], rtol=1e-5)
    assert not back[2].any()


def test_speeds_are_compared_for_a_students_own_functions(torch):
    forward, backward = (written(gallery.right_answers(name)[0]) for name in FAST)
    speeds = compare_speed(forward, backward, (2, 2, 6, 6), (3, 2, 3, 3), padding=1, repeats=1)
    assert list(speeds) == ["loops", "kernel", "yours", "pytorch", "limit"]
    assert all(one.forward > 0 and one.backward > 0 for one in speeds.values())
