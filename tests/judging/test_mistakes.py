"""Every known mistake is failed by its check and named, and the reference itself passes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from autograder.exercises import ASSIGNMENTS, EXERCISES, assignment_of
from autograder.exercises.fast_convolution import speed
from autograder.guest.plain_data import Inputs, PlainData, perturbed, plain
from autograder.guest.response import Raised, Response
from autograder.judging.case import Case, MustRaise
from autograder.judging.examine import examine
from autograder.judging.exercise import Exercise
from autograder.judging.mistake import Mistake, NotFinite, OfShape
from autograder.judging.secret import VARIABLE

FAST = (speed.note(1000.0),)  # the note that a fast answer leaves in its response
RAISED_FAST = {"pair-not-accepted", "slice-end-without-stride", "too-slow"}
RAISED_BACKWARD = {"matrix-product", "pair-not-accepted", "window-end-without-stride", "padding-forgotten"}
# recognised by what the student's code raised or did, not by the numbers it gave
BY_BEHAVIOUR = {
    "max_pool_forward": {"only-side-by-side", "pair-not-accepted"},
    "max_pool_backward": {"only-side-by-side", "pair-not-accepted", "cache-of-pairs-expected"},
    "avg_pool_forward": {"only-side-by-side", "pair-not-accepted"},
    "avg_pool_backward": {"only-side-by-side", "pair-not-accepted", "cache-of-pairs-expected"},
    "linear_forward": {"not-stretched", "flattened-with-the-batch"},
    "conv_output_size": {
        *("stride-not-checked", "fitting-size-refused", "refused-by-assert", "message-without-sizes"),
    },
    "conv_forward": {
        *("pair-not-accepted", "window-end-without-stride", "padding-in-every-axis"),
        *("padded-on-one-axis", "kernel-as-square"),
    },
    "numerical_gradient": {"float32", "x-left-changed"},
    "batchnorm_backward": {"forward-wrong", "cache-changed"},
    "spatial_batchnorm_backward": {"forward-wrong", "cache-changed", "gamma-along-width"},
    "conv_backward_weight": RAISED_BACKWARD,
    "conv_backward_input": RAISED_BACKWARD,
    "conv_backward": RAISED_BACKWARD | {"cache-of-pairs-expected"},
    "im2col": RAISED_FAST,
    "col2im": RAISED_FAST,
    "conv_forward_fast": RAISED_FAST | {"bias-along-places"},
    "conv_backward_fast": RAISED_FAST | {"product-does-not-fit", "cache-of-pairs-expected"},
    "conv1d_forward": {"still-four-axes", "cache-too"},
    "conv3d_forward": {"still-four-axes", "cache-too"},
    "sgd_momentum_step": {"replaced"},
    "to_nchw": {"no-tensor", "not-float32"},
    "Conv2dFunction": {
        *("pytorchs-own-convolution", "no-own-backward", "kept-outside-ctx", "view-of-pieces"),
        *("gradient-not-returned", "gradients-in-another-order", "nothing-left-without-padding"),
    },
    "load_numpy_weights": {"frozen", "no-parameter", "dtype-changed", "left-on-the-cpu", "params-changed"},
}
# hand_filters has several right answers and lenet_table is judged by columns (see test_answers); the right answer of a
# network or a training loop depends on what it reports (see test_lenet_numpy, test_pytorch, test_design_your_own)
JUDGED_OTHERWISE = {"hand_filters", "lenet_table", "LeNet5", "LeNet5BN", "train"}
JUDGED_OTHERWISE |= {"conv_layers", "08_pytorch/LeNet5", "train_one_epoch", "evaluate", "08_pytorch/LeNet5BN"}
JUDGED_OTHERWISE |= {exercise.name for exercise in ASSIGNMENTS["09_gpu"]}  # by what they do to a fake GPU
JUDGED_OTHERWISE |= {"build_model"}


def filled(value: Any) -> Any:
    """Numbers for a placeholder."""
    if isinstance(value, OfShape):
        return np.zeros(value.shape)
    return float("nan") if isinstance(value, NotFinite) else value


def one_answer_each(mistake: Mistake) -> list[Mistake]:
    """The mistake with each of its wrong answers alone."""
    return [Mistake(mistake.name, mistake.says, answer) for answer in mistake.answers] or [mistake]


def answering(mistake: Mistake | None, differs: list[bool]) -> Any:
    """A student who gives one wrong answer wherever it differs from the right one, and is right elsewhere."""

    def answer(exercise: Exercise, inputs: Inputs) -> tuple[PlainData, Inputs]:
        right = exercise.reference(inputs)
        every = (*exercise.returns, *exercise.mutates)
        wrong = next(mistake.wrong_answers(inputs, right, every), {}) if mistake else {}
        differs.append(bool(wrong))
        updated = {name: filled(wrong.get(name, right[name])) for name in exercise.mutates}
        parts = [filled(wrong.get(part, right[part])) for part in exercise.returns]
        return plain(tuple(parts) if len(parts) > 1 else parts[0]), inputs | updated

    def ask(exercise: Exercise, inputs: Inputs) -> Response:
        first = exercise.reference(inputs)[exercise.returns[0]]
        if isinstance(first, MustRaise):
            return Response(error=Raised(first.type, (first.type,), f"these sizes do not fit: {inputs}"))
        parts, after = answer(exercise, inputs)
        other = answer(exercise, perturbed(inputs))
        return Response(answer=parts, other=other, later=parts, again=parts, inputs=after, notes=FAST)

    return ask


@pytest.mark.parametrize("name", [name for name in EXERCISES if name not in JUDGED_OTHERWISE])
def test_the_reference_passes(name: str) -> None:
    verdict = examine(EXERCISES[name], assignment_of(name), answering(None, []), hidden=True)
    assert verdict.passed, verdict.first_failure
    assert verdict.score == EXERCISES[name].points


# with and without hidden cases one after the other: what is known of a question is kept for the next
@pytest.mark.parametrize("hidden", [False, True])
@pytest.mark.parametrize(
    ("name", "mistake"),
    [
        pytest.param(name, single, id=f"{name}: {mistake.name}")
        for name, exercise in EXERCISES.items()
        for mistake in exercise.mistakes
        for single in one_answer_each(mistake)
        if name not in JUDGED_OTHERWISE and mistake.name not in BY_BEHAVIOUR.get(name, set())
    ],
)
def test_a_mistake_is_failed_and_named(name: str, mistake: Mistake, hidden: bool) -> None:
    differs: list[bool] = []
    verdict = examine(EXERCISES[name], assignment_of(name), answering(mistake, differs), hidden)
    assert any(differs), "no case has inputs for which this answer is wrong"
    assert not verdict.passed
    assert verdict.score < verdict.points
    assert mistake.name in [named.name for named in verdict.mistakes]
    assert all(named.says for named in verdict.mistakes)


def test_a_mistake_is_named_where_it_makes_some_numbers_infinite(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "course 17")  # draws as many images as classes, with large scores
    (mistake,) = (each for each in EXERCISES["softmax_loss"].mistakes if each.name == "keepdims-forgotten")
    for single in one_answer_each(mistake):
        verdict = examine(EXERCISES["softmax_loss"], "01_backprop", answering(single, []), hidden=True)
        assert any("got inf" in case.message or "got nan" in case.message for case in verdict.cases)
        assert [named.name for named in verdict.mistakes] == ["keepdims-forgotten"]


@pytest.mark.parametrize("name", EXERCISES)
def test_a_mistake_has_one_sentence(name: str) -> None:
    sentences: dict[str, str] = {}
    for mistake in EXERCISES[name].mistakes:
        assert sentences.setdefault(mistake.name, mistake.says) == mistake.says


@pytest.mark.parametrize("name", EXERCISES)
def test_each_case_has_a_unique_name(name: str) -> None:
    names = [case.name for case in EXERCISES[name].cases]
    assert len(names) == len(set(names))
    assert any(not case.hidden for case in EXERCISES[name].cases)


@pytest.mark.parametrize("name", EXERCISES)
def test_hidden_questions_stay_the_same_in_a_course_and_differ_between_courses(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    inputs_of: dict[str, list[str]] = {}
    for secret in ("one", "one again", "two"):
        monkeypatch.setenv(VARIABLE, secret.split()[0])
        seen: list[str] = []

        def ask(exercise: Exercise, inputs: Inputs, seen: list[str] = seen) -> Response:
            seen.append(repr(inputs))
            return Response()

        examine(EXERCISES[name], assignment_of(name), ask, hidden=True)
        inputs_of[secret] = seen
    hidden = [k for k, case in enumerate(EXERCISES[name].cases) if case.hidden]
    visible = [k for k, case in enumerate(EXERCISES[name].cases) if not case.hidden]
    one, again, two = inputs_of.values()
    assert one == again
    assert [one[k] for k in visible] == [two[k] for k in visible]
    assert not hidden or [one[k] for k in hidden] != [two[k] for k in hidden]


def test_a_case_draws_within_its_ranges() -> None:
    case = Case("drawn", {"n": range(2, 4), "k": 3})
    drawn = [case.draw(np.random.default_rng(seed)) for seed in range(20)]
    assert {sizes["n"] for sizes in drawn} == {2, 3}
    assert {sizes["k"] for sizes in drawn} == {3}
