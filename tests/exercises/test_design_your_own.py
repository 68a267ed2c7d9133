"""The check of 10: a model is counted, trained and judged from a recording, whatever model or recording claim."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as F

from autograder.exercises import EXERCISES
from autograder.exercises.design_your_own import measurement, model
from autograder.exercises.design_your_own.measurement import LEAST
from autograder.gallery.registry import functions, right_answers
from autograder.grading.results import SubmissionResult
from autograder.guest import wire
from autograder.guest.plain_data import Inputs
from autograder.guest.question import Question
from autograder.guest.responders import gather
from autograder.guest.response import Response
from autograder.judging.examine import examine
from autograder.judging.exercise import Exercise
from autograder.outcome import Outcome
from autograder.report.leaderboard import leaderboard
from utils.accuracy import percent
from utils.design import measure
from utils.design.recording import NotRecorded, record
from utils.design.replay import Replay
from utils.design.scattered import scattered_digits
from utils.figures.design import compare, results_table

DESIGN = "10_design_your_own"
RIGHT = right_answers("build_model")
X = torch.rand(50, 1, 28, 28, generator=torch.Generator().manual_seed(0))


class Forward(nn.Module):
    """A model whose forward pass is a function."""

    def __init__(self, function: Any) -> None:
        super().__init__()
        self.function = function

    def forward(self, x: torch.Tensor) -> Any:
        return self.function(x)


def recorded(function: Any) -> measure.Design:
    return measure.Design(record(Forward(function), X))


@pytest.mark.parametrize("answer", RIGHT, ids=lambda answer: answer.says)
def test_a_recording_gives_the_scores_and_the_gradients_of_the_model(answer: Any) -> None:
    torch.manual_seed(3)
    model = functions(answer, ("build_model",))["build_model"]()
    with torch.no_grad():
        scores = model.eval()(X)
    recording = record(model, X)  # which moves batchnorm's running statistics
    np.testing.assert_allclose(measure.Design(recording).scores(X.numpy()), scores, atol=1e-5)
    kept = [torch.from_numpy(np.array(one["array"])).requires_grad_(one["trained"]) for one in recording["kept"]]
    if "dropout" in str(recording["training"]) or "bernoulli" in str(recording["training"]):
        return
    Replay(recording["training"], random=True).run(X, kept).square().mean().backward()
    fresh = record(model, X)["kept"]
    for parameter, one in zip(model.parameters(), fresh, strict=False):
        assert tuple(parameter.shape) == one["array"].shape
    model.train()
    for name, buffer in model.named_buffers():
        buffer.copy_(torch.from_numpy(np.array(next(o["array"] for o in recording["kept"] if o["name"] == name))))
    model(X).square().mean().backward()
    for parameter, twin in zip(model.parameters(), kept, strict=False):
        torch.testing.assert_close(parameter.grad, twin.grad, atol=1e-5, rtol=1e-3)


def test_costs_are_those_of_notebook_02() -> None:
    cost = measure.design(lambda: nn.Sequential(nn.Conv2d(1, 10, 5, padding=2), nn.ReLU(), nn.Flatten())).cost
    assert (cost.parameters, cost.multiply_adds) == (10 * 25 + 10, 10 * 28 * 28 * 25)


def written_out(x: torch.Tensor) -> torch.Tensor:
    patches = F.unfold(x, 3, padding=1).transpose(1, 2)
    return (patches[:, :, None] * torch.ones(4, 9)).sum(-1)


HIDDEN = torch.ones(4, 1, 3, 3)
MACS = 4 * 9 * 28 * 28


@pytest.mark.parametrize(
    "way",
    [
        lambda x: F.conv2d(x, HIDDEN, padding=1),
        lambda x: F.unfold(x, 3, padding=1).transpose(1, 2) @ HIDDEN.reshape(4, 9).T,
        lambda x: torch.einsum("ncl,fc->nfl", F.unfold(x, 3, padding=1), HIDDEN.reshape(4, 9)),
        written_out,
    ],
    ids=["functional", "matrix product", "einsum", "products and sums"],
)
def test_a_convolution_costs_the_same_however_it_is_written(way: Any) -> None:
    cost = recorded(way).cost
    assert cost.multiply_adds == MACS
    assert cost.parameters in (36, 0)  # none where the ones are made anew in forward


def test_writes_beyond_the_free_part_count() -> None:
    cost = recorded(lambda x: (x.repeat(1, 2000, 1, 1) + 1).mean((1, 2, 3))[:, None]).cost
    assert 1_100_000 < cost.multiply_adds < 1_200_000
    with pytest.raises(measure.Refused, match="writes more than"):
        recorded(lambda x: (x.repeat(1, 8000, 1, 1) + 1).mean((1, 2, 3))[:, None])


@pytest.mark.parametrize(
    ("forward", "says"),
    [
        (lambda x: x * float(x.mean()), "Python number"),
        (lambda x: None, "nothing"),
        (lambda x: [x], "a list"),
        (lambda x: x @ torch.ones(28, 50_000), None),
    ],
)
def test_a_model_that_cannot_be_recorded_gets_a_reason(forward: Any, says: str | None) -> None:
    if says is None:
        with pytest.raises(NotRecorded, match="1,000,000"):
            big = torch.ones(28, 50_000)
            record(Forward(lambda x: x @ big), X)
        return
    with pytest.raises(NotRecorded, match=says):
        record(Forward(forward), X)


def test_a_design_without_products_costs_nothing() -> None:
    cost = recorded(lambda x: x.mean((1, 2))[:, :10]).cost
    assert (cost.multiply_adds, cost.parameters, cost.by_operation) == (0, 0, {})


def test_attention_is_counted_by_its_products() -> None:
    class Attention(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.patches = nn.Conv2d(1, 32, 4, 4)
            self.layer = nn.TransformerEncoderLayer(32, 4, 64, dropout=0.0, batch_first=True)
            self.linear = nn.Linear(32, 10)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return self.linear(self.layer(self.patches(x).flatten(2).transpose(1, 2)).mean(1))

    design = measure.design(Attention)
    places, width = 49, 32
    products = places * (16 * width + 4 * width**2 + 2 * 64 * width) + 2 * places**2 * width + width * 10
    assert abs(design.cost.multiply_adds - products) < 0.01 * products
    torch.manual_seed(0)
    model = Attention().eval()
    with torch.no_grad():
        np.testing.assert_allclose(design.scores(X.numpy()), model(X), atol=1e-5)


def test_numbers_that_went_through_numpy_are_constants() -> None:
    made = recorded(lambda x: torch.from_numpy(x.numpy().mean((1, 2))[:, :10] * 1.0))
    one, two = made.scores(X.numpy()), made.scores(1 - X.numpy())
    assert np.array_equal(one, two)  # a constant, and counted as one in each mode
    assert made.cost.parameters == 2 * 500


STEPS: list[Any] = [
    [["rand.default", ["list", ["list", 50, 10]], {}, [["t", 0]]]],
    [["from_file.default", ["list", "/etc/passwd"], {}, [["t", 0]]]],
    [["zeros.default", ["list", ["list", 1 << 40]], {}, [["t", 0]]]],
    [["expand.default", ["list", ["x"], ["list", 50, 1 << 20, 28, 28]], {}, [["t", 0]]]],
    [["relu.default", ["list", ["t", 5]], {}, [["t", 0]]]],
    [["__class__.default", ["list"], {}, [["t", 0]]]],
    [["relu", 3]],
    "steps",
    None,
    [[]] * 5000,
]


@pytest.mark.parametrize("steps", STEPS, ids=lambda steps: str(steps)[:30])
def test_a_forged_recording_is_refused_without_an_error(steps: Any) -> None:
    mode = {"steps": steps, "scores": ["t", 0], "shape": [50, 10], "becomes": []}
    recording = {"kept": [], "judging": mode, "training": mode}
    builds = {"same_model": False, "shared_parameters": [], "same_shapes": True, "same_weights": True}
    response = Response(answer={"recording": recording, "builds": builds})
    exercise = EXERCISES["build_model"]
    verdict = examine(exercise, DESIGN, lambda exercise, inputs: response, hidden=True)
    assert not verdict.figures
    assert [case.name for case in verdict.cases if case.passed] == [exercise.cases[1].name]


@pytest.mark.parametrize("answer", [None, [], {}, {"recording": 3}, {"recording": {"kept": 3}}, {"problem": "odd"}])
def test_an_answer_that_is_not_a_recording_fails(answer: Any) -> None:
    verdict = examine(EXERCISES["build_model"], DESIGN, lambda e, inputs: Response(answer=answer), hidden=True)
    assert verdict.score == 0 and not verdict.figures


def test_question_and_recording_can_cross_the_sandbox() -> None:
    def crossing(exercise: Exercise, inputs: Inputs) -> Response:
        received = Question.from_plain(wire.decode(*wire.encode(exercise.question(inputs).to_plain())))
        assert "division" not in received.inputs
        response = gather(received, functions(RIGHT[0], ("build_model",)))
        assert response.error is None, response.error
        fields = {key: value for key, value in vars(response).items() if key != "error"}
        return Response(**wire.decode(*wire.encode(fields)))

    verdict = examine(EXERCISES["build_model"], DESIGN, crossing, skip=lambda case, failed: case.costly)
    assert verdict.passed, verdict.first_failure


def verdict_on(build_model: Any, *, costly: bool = False) -> Any:
    exercise, student = EXERCISES["build_model"], {"build_model": build_model}
    return examine(
        exercise,
        DESIGN,
        lambda e, inputs: e.respond(student, inputs),
        skip=lambda case, failed: case.costly and not costly,
    )


def test_a_model_that_does_less_while_it_is_recorded_is_judged_by_that() -> None:
    class Watchful(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.first, self.large, self.last = nn.Conv2d(1, 8, 5, 2), nn.Conv2d(8, 8, 5, padding=2), nn.Linear(8, 10)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            x = self.first(x)
            watched = torch._C._len_torch_dispatch_stack() > 0
            for _ in range(0 if watched else 100):
                x = F.relu(self.large(x))
            scores: torch.Tensor = self.last(x.amax((2, 3)))
            return scores

    design = measure.design(Watchful)
    assert design.cost.multiply_adds == 8 * 25 * 12 * 12 + 80
    assert not np.allclose(design.scores(X.numpy()), Watchful()(X).detach(), atol=1e-3)


def test_weights_that_are_already_trained_are_detected() -> None:
    data = measurement.scattered()
    torch.manual_seed(0)
    model = RIGHT[1]
    made = functions(model, ("build_model",))["build_model"]()
    optimizer = torch.optim.Adam(made.parameters(), 0.01)
    x, y = torch.from_numpy(data.train_images[:1000]), torch.from_numpy(data.train_labels[:1000])
    for batch in torch.arange(1000).repeat(4).split(50):
        optimizer.zero_grad()
        F.cross_entropy(made(x[batch]), y[batch]).backward()
        optimizer.step()
    weights = {name: value.clone() for name, value in made.state_dict().items()}

    def build_model() -> nn.Module:
        copy = functions(model, ("build_model",))["build_model"]()
        copy.load_state_dict(weights)
        return copy

    verdict = verdict_on(build_model, costly=True)
    assert [case.mistake for case in verdict.cases if case.mistake] == ["already-trained"]
    assert not verdict.figures


def plain(*more: nn.Module) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(1, 8, 5, 2), nn.ReLU(), nn.AdaptiveMaxPool2d(1), nn.Flatten(), nn.Linear(8, 10), *more
    )


def test_a_last_layer_of_zeros_is_a_right_start() -> None:
    def build_model() -> nn.Module:
        model = plain()
        nn.init.zeros_(model[-1].weight)
        nn.init.zeros_(model[-1].bias)
        return model

    assert verdict_on(build_model).passed


class Grudge(nn.Module):
    """Takes the batch's mean away, weighed by a parameter that is 0 until it is trained."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(()))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x - self.weight * x.mean(0)


def test_looking_at_the_batch_is_detected_after_training_too(monkeypatch: pytest.MonkeyPatch) -> None:
    assert verdict_on(lambda: plain(Grudge())).passed
    verdict = verdict_on(lambda: plain(Grudge()), costly=True)
    assert "looks-at-the-batch" in [mistake.name for mistake in verdict.mistakes] and not verdict.figures


def test_a_training_that_takes_too_long_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measurement, "MOST_SECONDS", 0.0)
    verdict = verdict_on(lambda: plain(nn.Identity()), costly=True)
    assert [mistake.name for mistake in verdict.mistakes] == ["too-slow"] and not verdict.figures


def trained_to(accuracy: float, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model, "train", lambda recording, divisions, seed: measurement.Training(accuracy))


class Around(nn.Module):
    """A convolution, what is tried, and a linear layer."""

    def __init__(self, use: Any, layer: nn.Module | None = None) -> None:
        super().__init__()
        self.conv, self.layer, self.use, self.last = nn.Conv2d(1, 8, 5, 2), layer, use, nn.LazyLinear(10)

    def forward(self, x: torch.Tensor) -> Any:
        return self.last(self.use(torch.relu(self.conv(x)), self.layer).flatten(1))


def padded_by_hand(h: torch.Tensor, layer: Any) -> torch.Tensor:
    out = h.new_zeros(50, 8, 14, 14)
    out[..., 1:-1, 1:-1] = h
    return out.amax((2, 3))


HONEST: dict[str, Any] = {
    "padding by hand": lambda: Around(padded_by_hand),
    "circular padding": lambda: Around(
        lambda h, layer: layer(h).amax((2, 3)), nn.Conv2d(8, 8, 3, padding=1, padding_mode="circular")
    ),
    "a harmless detach": lambda: Around(lambda h, layer: (h - h.mean((2, 3), keepdim=True).detach()).amax((2, 3))),
    "patches and products": lambda: nn.Sequential(
        nn.Unfold(4, stride=4), Swapped(), nn.Linear(16, 20), nn.Tanh(), nn.Flatten(), nn.Linear(980, 10)
    ),
    "a row after the other": lambda: Rows(),
    "squares by a product": lambda: Around(lambda h, layer: h.flatten(2) @ h.flatten(2).transpose(1, 2)),
    "no score below -5": lambda: nn.Sequential(plain(), AtLeast()),
    "a last layer of zeros": lambda: zeros_at_the_end(),
}


class Swapped(nn.Module):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x.transpose(1, 2)


class AtLeast(nn.Module):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x.clamp_min(-5)


class Rows(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.cell, self.last = nn.GRUCell(28, 16), nn.Linear(16, 10)

    def forward(self, x: torch.Tensor) -> Any:
        h = torch.zeros(len(x), 16)
        for row in x.squeeze(1).unbind(1):
            h = self.cell(row, h)
        return self.last(h)


def zeros_at_the_end() -> nn.Module:
    model = plain()
    nn.init.zeros_(model[-1].weight)
    return model


@pytest.mark.parametrize("name", HONEST)
def test_an_honest_design_below_the_line_is_told_so_and_nothing_else(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    trained_to(385 / 397, monkeypatch)
    verdict = verdict_on(HONEST[name], costly=True)
    assert not verdict.mistakes
    messages = {case.message for case in verdict.cases if not case.passed}
    assert messages == {"96.97% of the held-out digits are classified correctly; 97% are required."}


DISHONEST: dict[str, tuple[Any, str, str]] = {
    "gradient-cut": (
        lambda: Around(lambda h, layer: h.amax((2, 3)).detach()),
        "gradient-cut",
        "Without a gradient: conv.weight, conv.bias.",
    ),
    "linear": (lambda: nn.Sequential(nn.Conv2d(1, 4, 5, 4), nn.Flatten(), nn.Linear(144, 10)), "no-nonlinearity", ""),
    "flat": (
        lambda: nn.Sequential(nn.Flatten(), nn.Linear(784, 20), nn.ReLU(), nn.Linear(20, 10)),
        "no-convolution",
        "",
    ),
    "relu": (lambda: plain(nn.ReLU()), "relu-at-the-end", ""),
}


@pytest.mark.parametrize("name", DISHONEST)
def test_what_the_recording_shows_is_named(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    trained_to(0.95, monkeypatch)
    build, mistake, says = DISHONEST[name]
    verdict = verdict_on(build, costly=True)
    assert [named.name for named in verdict.mistakes] == [mistake]
    assert says in verdict.first_failure.message


def test_the_line_itself_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    trained_to(0.97, monkeypatch)
    assert verdict_on(lambda: plain(), costly=True).passed
    assert [percent(share) for share in (0.97, 0.9696, 0.96999, 1.0)] == ["97.00%", "96.96%", "96.99%", "100.00%"]


def test_a_result_changed_in_place_is_named_by_its_error() -> None:
    def changed(h: torch.Tensor, layer: Any) -> torch.Tensor:
        h += 1
        return h.amax((2, 3))

    verdict = verdict_on(lambda: Around(changed), costly=True)
    assert [mistake.name for mistake in verdict.mistakes] == ["changed-in-place"]


def test_a_build_that_seeds_itself_is_named_and_one_without_random_numbers_is_not() -> None:
    def seeded() -> nn.Module:
        torch.manual_seed(0)
        return plain()

    def constant() -> nn.Module:
        model = plain()
        for parameter in model.parameters():
            nn.init.constant_(parameter, 0.1)
        return model

    assert [mistake.name for mistake in verdict_on(seeded).mistakes] == ["seeds-itself"]
    assert verdict_on(constant).passed


def test_layers_in_a_list_are_not_blamed_for_looking_at_the_batch() -> None:
    verdict = verdict_on(lambda: Around(lambda h, layer: layer[0](h).amax((2, 3)), [nn.BatchNorm2d(8)]))  # type: ignore[arg-type]
    assert [mistake.name for mistake in verdict.mistakes] == ["parameters-hidden"]


def test_an_error_within_pytorchs_layers_quotes_no_line_of_the_course() -> None:
    verdict = verdict_on(lambda: nn.Sequential(nn.Flatten(), nn.Linear(28, 10)))
    assert [mistake.name for mistake in verdict.mistakes] == ["flatten-size"]
    assert "in line" not in verdict.first_failure.message


def test_validation_digits_are_training_digits_that_no_copy_is_trained_on() -> None:
    whole, part = scattered_digits(copies=2), scattered_digits(copies=2, validation=300)
    assert len(part.train_labels) == 2 * 1100 and len(part.test_labels) == 300
    np.testing.assert_array_equal(part.train_labels, np.tile(whole.train_labels[:1100], 2))
    np.testing.assert_array_equal(part.test_labels, whole.train_labels[1100:1400])
    with pytest.raises(ValueError, match="1400"):
        scattered_digits(validation=1400)


def test_several_seeds_give_a_mean_and_a_range() -> None:
    data = scattered_digits(copies=1, validation=1300)
    recipe = measure.Recipe(epochs=1)
    results = compare({"plain": lambda: plain()}, data, recipe, seeds=3)
    one = results["plain"]
    assert len(set(one.accuracies)) > 1 and one.accuracy == pytest.approx(np.mean(one.accuracies))
    assert compare({"plain": lambda: plain()}, data, recipe)["plain"].accuracy == one.accuracies[0]
    assert "mean of 3 seeds" in str(results_table(results).data)
    with pytest.raises(ValueError, match="at least one"):
        compare({}, data, seeds=0)


def test_check_and_notebook_have_the_same_budgets() -> None:
    assert (model.MOST_PARAMETERS, model.MOST_MULTIPLY_ADDS) == (measure.MOST_PARAMETERS, measure.MOST_MULTIPLY_ADDS)
    assert measure.RECIPE.batch == model.BATCH


def test_the_threshold_is_the_one_that_was_measured() -> None:
    kept = json.loads((Path(__file__).resolve().parents[2] / "benchmarks" / "design_thresholds.json").read_text())
    assert kept["recipe"] == vars(measure.RECIPE)
    assert kept["threshold"] >= LEAST
    assert next(iter(kept["right"].values()))["seeds"] >= 30
    assert all(row["least"] >= LEAST for row in kept["right"].values())


def result(student: str, **figures: float) -> SubmissionResult:
    outcome = Outcome("build_model", "passed", 60, 60, figures=figures)
    return SubmissionResult(student, DESIGN, "graded", 60, 100, "", (outcome,))


def test_the_leaderboard_ranks_by_accuracy_then_by_cost() -> None:
    ranks = leaderboard(
        [
            result("ada", accuracy=0.98, multiply_adds=2e6, parameters=9e4),
            result("bao", accuracy=0.99, multiply_adds=5e6, parameters=5e4),
            result("chiara", accuracy=0.99, multiply_adds=4e6, parameters=9e4),
            result("elif", accuracy=0.99, multiply_adds=4e6, parameters=9e4),
            result("ines"),
        ]
    )
    assert [(rank.place, rank.student) for rank in ranks] == [(1, "chiara"), (1, "elif"), (3, "bao"), (4, "ada")]
    assert ranks[0].shown == ["99.00%", "4,000,000", "90,000"]
