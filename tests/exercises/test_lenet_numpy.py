"""The checks of LeNet5, LeNet5BN and train: their reference, the mistakes they share, and when they train."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from autograder import check
from autograder.exercises import ASSIGNMENTS, EXERCISES
from autograder.exercises.lenet_numpy.budget import HELD_OUT, OVERFIT
from autograder.exercises.lenet_numpy.model import SHARED_MISTAKES
from autograder.exercises.lenet_numpy.networks import NetworkExercise
from autograder.exercises.shared.digits import digits
from autograder.exercises.shared.lenet import answer
from autograder.gallery.registry import find, functions, right_answers
from autograder.guest import wire
from autograder.guest.plain_data import Inputs
from autograder.guest.question import Question
from autograder.guest.responders import gather, training
from autograder.guest.responders.networks import before_overwrite, overwrite
from autograder.guest.response import Response
from autograder.judging.case import Case
from autograder.judging.examine import examine, in_process
from autograder.judging.exercise import Exercise
from autograder.judging.mistake import Mistake

LENET = "07_lenet_numpy"
NOTEBOOK = tuple(exercise.name for exercise in ASSIGNMENTS[LENET])
NETWORKS = {name: EXERCISES[name] for name in ("LeNet5", "LeNet5BN")}
RIGHT = functions(right_answers("train")[0], NOTEBOOK)
NUMBERS = [mistake for mistake in SHARED_MISTAKES if mistake.name not in ("params-not-live", "flatten-order")]


def arrays(exercise: NetworkExercise, dtype: Any) -> dict[str, dict[str, np.ndarray]]:
    """The arrays of a network of this kind: small weights, running variances above 0."""
    rng = np.random.default_rng(3)
    kept = {
        name: {key: 0.05 * rng.standard_normal(shape) for key, shape in shapes.items()}
        for name, shapes in exercise.shapes.items()
    }
    for key, value in kept.get("running", {}).items():
        value += key.endswith("var")
    return {name: {key: value.astype(dtype) for key, value in group.items()} for name, group in kept.items()}


def answering(mistake: Mistake | None, differs: list[bool]) -> Any:
    """A network that makes one mistake in its numbers, where that makes a difference."""

    def ask(exercise: Exercise, inputs: Inputs) -> Response:
        assert isinstance(exercise, NetworkExercise)
        kept = arrays(exercise, inputs["x"].dtype)
        case = Case("", parts=exercise.returns)
        q = exercise.reported(case, inputs | {"calls": ("scores", "loss")}, kept)
        right = exercise.right(q)
        wrong = next(mistake.wrong_answers(q, right, exercise.returns), {}) if mistake else {}
        differs.append(bool(wrong))
        return Response(answer=kept | right | wrong)

    return ask


@pytest.fixture
def only_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the cases that compare numbers."""
    for exercise in NETWORKS.values():
        cases = [c for c in exercise.cases if "calls" in c.sizes and not c.sizes.get("digits") and not c.hidden]
        monkeypatch.setattr(type(exercise), "cases", tuple(cases))


@pytest.mark.parametrize("name", NETWORKS)
def test_the_reference_network_passes(name: str, only_numbers: None) -> None:
    verdict = examine(NETWORKS[name], LENET, answering(None, []))
    assert verdict.passed, verdict.first_failure


@pytest.mark.parametrize("mistake", NUMBERS, ids=lambda mistake: mistake.name)
def test_a_shared_mistake_fails_and_is_named_with_batchnorm_too(mistake: Mistake, only_numbers: None) -> None:
    differs: list[bool] = []
    verdict = examine(NETWORKS["LeNet5BN"], LENET, answering(mistake, differs))
    if not any(differs):  # recognised by what was raised or by what happened to the arrays, or hidden by batchnorm
        assert mistake.name in BY_BEHAVIOUR | HIDDEN_BY_NORM
        return
    assert not verdict.passed and mistake.name in [named.name for named in verdict.mistakes]


BY_BEHAVIOUR = {
    "padding-forgotten",
    "gradients-kept",
    "params-changed",
    "rng-ignored",
    "networks-share",
    "weights-all-alike",
    "weights-transposed",
    "keys",
    "scores-change-x",
    "scores-change-params",
}
HIDDEN_BY_NORM = {"bias-unused"}  # batchnorm subtracts the bias of a convolution again


def test_the_reference_is_pytorchs_own_network(torch: Any) -> None:
    kept = arrays(NETWORKS["LeNet5BN"], np.float64)
    x, y = np.random.default_rng(0).uniform(0, 1, (3, 1, 28, 28)), np.array([3, 0, 9])
    net = torch.nn.Sequential(
        *(torch.nn.Conv2d(1, 20, 5, padding=2), torch.nn.BatchNorm2d(20), torch.nn.ReLU(), torch.nn.MaxPool2d(2)),
        *(torch.nn.Conv2d(20, 50, 5, padding=2), torch.nn.BatchNorm2d(50), torch.nn.ReLU(), torch.nn.MaxPool2d(2)),
        *(torch.nn.Flatten(), torch.nn.Linear(2450, 500), torch.nn.ReLU(), torch.nn.Linear(500, 10)),
    ).double()
    layers = {"conv1": 0, "bn1": 1, "conv2": 4, "bn2": 5, "fc1": 9, "fc2": 11}
    with torch.no_grad():
        for key, value in kept["params"].items():
            layer, end = key.split(".")
            theirs = getattr(net[layers[layer]], end)
            theirs[...] = torch.tensor(value.T if layer.startswith("fc") else value)
    loss = torch.nn.functional.cross_entropy(net(torch.tensor(x)), torch.tensor(y))
    loss.backward()
    ours = answer(kept["params"], x, y, NETWORKS["LeNet5BN"].variant)
    assert ours["loss"] == pytest.approx(loss.item())
    for key, grad in ours["grads"].items():
        layer, end = key.split(".")
        theirs = getattr(net[layers[layer]], end).grad.numpy()
        np.testing.assert_allclose(grad, theirs.T if layer.startswith("fc") else theirs, atol=1e-12)


def test_overwriting_can_be_undone() -> None:
    kept = arrays(NETWORKS["LeNet5BN"], np.float64)["params"]
    changed = {key: value.copy() for key, value in kept.items()}
    overwrite(changed, seed=5)
    assert all((changed[key] != kept[key]).all() for key in kept)
    for key, value in before_overwrite(changed, seed=5).items():
        np.testing.assert_allclose(value, kept[key], atol=1e-12)


@pytest.mark.parametrize("name", NOTEBOOK)
def test_questions_and_responses_can_cross_the_sandbox(name: str) -> None:
    """As when grading: both ways as bytes, and with nothing but what runs beside the student's code."""

    def crossing(exercise: Exercise, inputs: Inputs) -> Response:
        def ask(question: Inputs) -> tuple[Response, float]:
            received = Question.from_plain(wire.decode(*wire.encode(exercise.question(question).to_plain())))
            response = gather(received, functions(right_answers(name)[0], NOTEBOOK))
            assert response.error is None, response.error
            fields = {key: value for key, value in vars(response).items() if key != "error"}
            return Response(**wire.decode(*wire.encode(fields))), 0.0

        return exercise.ask_remotely(ask, inputs)

    verdict = examine(EXERCISES[name], LENET, crossing, hidden=True, skip=lambda case, failed: case.costly)
    assert verdict.passed, verdict.first_failure


def test_no_network_is_trained_with_a_loop_that_fails_its_trial() -> None:
    wrong = functions(find("train", "uphill"), NOTEBOOK)
    trained: list[int] = []

    class Counting(RIGHT["LeNet5"]):  # type: ignore[misc]
        def loss(self, x: Any, y: Any) -> Any:
            trained.append(len(y))
            return super().loss(x, y)

    verdict = check.verdict("train", {"train": wrong["train"], "LeNet5": Counting})
    assert not trained
    messages = [case.message for case in verdict.cases if not case.passed][-2:]
    assert all(message.startswith("No network was trained") for message in messages)


@pytest.mark.parametrize(("right", "passes"), [(HELD_OUT.least, True), (HELD_OUT.least - 0.01, False)])
def test_the_threshold_for_held_out_digits(right: float, passes: bool) -> None:
    exercise = EXERCISES["train"]
    case = next(case for case in exercise.cases if case.parts == ("accuracy",))
    inputs = exercise.challenge(case, np.random.default_rng(0))
    labels = digits().test_labels.copy()
    wrong = len(labels) - int(np.ceil(right * len(labels)))
    labels[:wrong] = (labels[:wrong] + 1) % 10
    observed = {"scores": np.eye(10, dtype=np.float32)[labels], "histories": [[0.1]]}
    assert (exercise.judge(case, inputs, Response(answer=observed)) == []) is passes


def test_the_budgets_are_those_that_the_benchmark_used() -> None:
    """benchmarks/lenet_thresholds.json was made with these budgets, and gave this threshold."""
    kept = json.loads((Path(__file__).resolve().parents[2] / "benchmarks" / "lenet_thresholds.json").read_text())
    for name, budget in (("overfit", OVERFIT), ("held out", HELD_OUT)):
        assert kept["budgets"][name] == [budget.images, budget.batch, [list(pair) for pair in budget.schedule]]
    assert kept["threshold"] == HELD_OUT.least
    assert kept["failed by nothing"] == []
    assert all(row["seeds"] >= 30 for row in kept["right"].values())


def slow_max_pool_forward(x: np.ndarray, kernel: int, stride: int | None = None) -> Any:
    """Max pooling by one call of NumPy for each number of the output."""
    N, C, H, W = x.shape
    out = np.zeros((N, C, H // kernel, W // kernel), x.dtype)
    for n, c, i, j in np.ndindex(out.shape):
        out[n, c, i, j] = np.max(x[n, c, i * kernel : (i + 1) * kernel, j * kernel : (j + 1) * kernel])
    return out, (x, kernel, kernel)


def test_layers_that_are_too_slow_to_train_are_named_before_the_training(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(training, "MOST_SECONDS", 10.0)
    exercise, student = (
        EXERCISES["train"],
        functions(right_answers("train")[0], ("LeNet5", "sgd_momentum_step", "train")),
    )
    case = next(case for case in exercise.cases if case.parts == ("accuracy",))
    inputs = exercise.challenge(case, np.random.default_rng(0))
    slow = slow_max_pool_forward
    slow.__code__ = slow.__code__.replace(co_name="max_pool_forward")  # as a student's own is called
    monkeypatch.setitem(student["LeNet5"].__init__.__globals__, "max_pool_forward", slow)
    (finding,) = exercise.judge(case, inputs, exercise.respond(student, inputs))
    assert "the 280 steps of this case would take" in finding.text and "it was not trained" in finding.text
    assert "of that is max_pool_forward. If it is your own, out of 05_pooling," in finding.text


@pytest.mark.parametrize(
    ("kept", "says"),
    [("velocity-kept", "velocity"), ("history-on-the-model", "history"), ("order-on-the-model", "order")],
)
def test_what_a_loop_keeps_on_the_model_shows_in_a_second_call(kept: str, says: str) -> None:
    answer = find("train", kept)
    exercise, student = EXERCISES["train"], functions(answer, ("LeNet5", "sgd_momentum_step", "train"))
    verdict = examine(
        exercise, "07_lenet_numpy", in_process(student), False, lambda case, failed: "memory" not in case.conventions
    )
    (failed,) = [case for case in verdict.cases if not case.passed]
    assert failed.name.startswith("a second call with the same model")
    assert says in failed.message or [each.name for each in verdict.mistakes] == [kept]
