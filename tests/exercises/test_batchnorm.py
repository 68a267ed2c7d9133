"""The batchnorm checks: the reference agrees with PyTorch, a cache may be anything, a wrong forward is reported."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from autograder import check
from autograder.exercises import ASSIGNMENTS
from autograder.gallery.registry import find, functions, right_answers
from autograder.judging import oracle
from autograder.judging.verdict import Verdict

NOTEBOOK = tuple(exercise.name for exercise in ASSIGNMENTS["06_batchnorm"])
RIGHT = functions(right_answers("batchnorm_forward")[0], NOTEBOOK)
Function = Callable[..., Any]


def verdict(forward: Function, backward: Function = RIGHT["batchnorm_backward"], hidden: bool = True) -> Verdict:
    return check.verdict(
        "batchnorm_backward", {"batchnorm_forward": forward, "batchnorm_backward": backward}, hidden=hidden
    )


def names(result: Verdict) -> list[str]:
    return [mistake.name for mistake in result.mistakes]


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("shape", [(5, 3), (2, 3, 4, 2)])
def test_the_reference_agrees_with_pytorch(shape: tuple[int, ...], training: bool, torch: Any) -> None:
    rng = np.random.default_rng(0)
    x, dout = rng.standard_normal(shape), rng.standard_normal(shape)
    gamma, beta, mean = rng.standard_normal((3, 3))
    var = 0.5 + rng.random(3)
    leaves = [torch.tensor(a, requires_grad=True) for a in (x, gamma, beta)]
    running = torch.tensor(mean), torch.tensor(var)
    theirs = torch.nn.functional.batch_norm(leaves[0], *running, *leaves[1:], training, 0.2, 0.1)
    theirs.backward(torch.tensor(dout))

    out, new_mean, new_var = oracle.batchnorm(x, gamma, beta, mean, var, training, 0.2, 0.1)
    np.testing.assert_allclose(out, theirs.detach().numpy())
    np.testing.assert_allclose(new_mean, running[0].numpy())
    count = x.size // 3
    biased = (running[1].numpy() - 0.8 * var) * (count - 1) / count + 0.8 * var  # PyTorch's running value is unbiased
    np.testing.assert_allclose(new_var, biased if training else var)
    ours = oracle.batchnorm_gradients(dout, x, gamma, beta, mean, var, training, 0.1)
    for mine, leaf in zip(ours, leaves, strict=True):
        assert leaf.grad is not None
        np.testing.assert_allclose(mine, leaf.grad.numpy(), atol=1e-12)


def normalize(x: Any, gamma: Any, beta: Any, running: Any, training: bool, momentum: float, eps: float) -> Any:
    """(out, x_hat, deviation) and the running arrays updated."""
    mean, var = (x.mean(0), x.var(0)) if training else (running[0].copy(), running[1].copy())
    if training:
        for old, new in zip(running, (mean, var), strict=True):
            old += momentum * (new - old)
    deviation = np.sqrt(var + eps)
    x_hat = (x - mean) / deviation
    return gamma * x_hat + beta, x_hat, deviation


def back(dout: Any, x_hat: Any, deviation: Any, gamma: Any, training: bool) -> Any:
    d = dout * gamma
    if training:
        d = d - d.mean(0) - x_hat * (d * x_hat).mean(0)
    return d / deviation, (dout * x_hat).sum(0), dout.sum(0)


def with_cache(pack: Callable[..., Any]) -> Function:
    """A right forward function whose cache is built by `pack`."""

    def batchnorm_forward(x, gamma, beta, running_mean, running_var, training=True, momentum=0.01, eps=1e-5):
        out, x_hat, deviation = normalize(x, gamma, beta, (running_mean, running_var), training, momentum, eps)
        return out, pack(x_hat=x_hat, deviation=deviation, gamma=gamma, training=training)

    return batchnorm_forward


@pytest.mark.parametrize(
    ("pack", "unpack"),
    [
        pytest.param(dict, lambda cache: cache, id="a dict"),
        pytest.param(SimpleNamespace, vars, id="an object"),
        pytest.param(lambda **kept: lambda: kept, lambda cache: cache(), id="a closure"),
        pytest.param(lambda **kept: list(kept.items()), dict, id="a list"),
    ],
)
def test_a_cache_may_be_anything(pack: Callable[..., Any], unpack: Callable[[Any], dict[str, Any]]) -> None:
    result = verdict(with_cache(pack), lambda dout, cache: back(dout, **unpack(cache)))
    assert result.passed, result.first_failure


def test_a_cache_that_holds_the_running_arrays_is_named() -> None:
    def batchnorm_forward(x, gamma, beta, running_mean, running_var, training=True, momentum=0.01, eps=1e-5):
        out, x_hat, deviation = normalize(x, gamma, beta, (running_mean, running_var), training, momentum, eps)
        return out, (x, x_hat, deviation, running_mean, running_var, gamma, training, eps)

    def batchnorm_backward(dout, cache):
        x, x_hat, deviation, running_mean, running_var, gamma, training, eps = cache
        if not training:
            deviation = np.sqrt(running_var + eps)
            x_hat = (x - running_mean) / deviation
        return back(dout, x_hat, deviation, gamma, training)

    result = verdict(batchnorm_forward, batchnorm_backward)
    assert names(result) == ["cache-holds-running"]
    assert sum(not case.passed for case in result.cases) == 1


@pytest.mark.parametrize("name", ["batchnorm", "spatial_batchnorm"])
def test_something_stored_outside_the_cache_is_named(name: str) -> None:
    forward, backward = RIGHT[f"{name}_forward"], RIGHT[f"{name}_backward"]
    latest: list[Any] = []

    def keeping(*arguments: Any, **options: Any) -> Any:
        out, cache = forward(*arguments, **options)
        latest[:] = [cache]
        return out, cache

    result = check.verdict(
        f"{name}_backward",
        {f"{name}_forward": keeping, f"{name}_backward": lambda dout, cache: backward(dout, latest[0])},
    )
    assert not result.passed
    assert "cache-of-another-call" in names(result)


@pytest.mark.parametrize(
    "label", ["unbiased-variance", "eps-outside-root", "mean-not-subtracted", "batch-statistics-at-test-time"]
)
def test_a_wrong_forward_function_is_named(label: str) -> None:
    def batchnorm_forward(x, gamma, beta, running_mean, running_var, training=True, momentum=0.01, eps=1e-5):
        use = training or label == "batch-statistics-at-test-time"
        mean, var = (x.mean(0), x.var(0)) if use else (running_mean.copy(), running_var.copy())
        if label == "unbiased-variance" and training:
            var = var * len(x) / max(len(x) - 1, 1)
        deviation = np.sqrt(var) + eps if label == "eps-outside-root" else np.sqrt(var + eps)
        x_hat = (x - (0 if label == "mean-not-subtracted" else mean)) / deviation
        return gamma * x_hat + beta, (x, x_hat, mean, deviation**2, gamma, 0.0, training)

    result = verdict(batchnorm_forward)
    assert names(result) == ["forward-wrong"]
    failure = result.first_failure
    assert failure is not None and "batchnorm_forward, which is wrong here" in failure.message


def test_a_forward_that_is_wrong_elsewhere_costs_the_backward_nothing() -> None:
    """beta is dropped: out is wrong, the gradients are not."""
    forward = functions(find("batchnorm_forward", "mean and var of NumPy"), NOTEBOOK)["batchnorm_forward"]

    def without_beta(x: Any, gamma: Any, beta: Any, *rest: Any, **options: Any) -> Any:
        return forward(x, gamma, 0 * beta, *rest, **options)

    assert verdict(without_beta).passed


def test_a_forward_function_without_a_cache_or_with_an_error_is_named() -> None:
    without_cache = verdict(lambda x, *rest, **options: x, hidden=False)
    assert names(without_cache) == ["forward-wrong"]
    message = "batchnorm_forward must return (out, cache); yours returned an array of shape (4, 3)."
    assert without_cache.cases[0].message == message

    def broken(*arguments: Any, **options: Any) -> Any:
        raise KeyError("mean")

    raised = verdict(broken, hidden=False)
    assert names(raised) == ["forward-wrong"] and raised.cases[0].status == "raised"
    assert raised.cases[0].message.startswith("batchnorm_forward is called first. Your code raised KeyError")


def test_an_unwritten_forward_is_not_attempted() -> None:
    def unwritten(*arguments: Any, **options: Any) -> Any:
        raise NotImplementedError("batchnorm_forward is not written yet")

    result = verdict(unwritten)
    assert result.status == "not attempted" and result.score == 0


def test_the_example_shows_the_running_value_that_is_wrong() -> None:
    wrong = functions(find("batchnorm_forward", "momentum-swapped"), NOTEBOOK)["batchnorm_forward"]
    example = check.verdict("batchnorm_forward", {"batchnorm_forward": wrong}).example
    assert example is not None
    assert example.expected.startswith("running_mean = ") and example.got.startswith("running_mean = ")


def test_running_arrays_inside_a_larger_array_are_updated_through_the_view() -> None:
    statistics = np.ones((3, 8))
    x = np.random.default_rng(0).standard_normal((4, 3))
    RIGHT["batchnorm_forward"](x, np.ones(3), np.zeros(3), statistics[:, 2], statistics[:, 5])
    assert not np.any(statistics[:, [2, 5]] == 1) and np.all(np.delete(statistics, [2, 5], axis=1) == 1)
