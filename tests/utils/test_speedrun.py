"""The step of the speedrun, seeds, the LeNet5 module of 08, and the figures of 09."""

from __future__ import annotations

import random

import numpy as np
import pytest
import torch
from torch.utils.data import DataLoader, TensorDataset

from utils.figures.gpu import batch_sizes, queue_picture, speed_ladder, training_curves, watched_rates
from utils.layers.pytorch_modules import LeNet5
from utils.seeding import seed_everything, seed_worker
from utils.speed.speedrun import Settings, Speedrun, one_cycle

SMALL = Settings(epochs=2, batch=8, lr=0.05)


@pytest.fixture(scope="module")
def small() -> Speedrun:
    torch.manual_seed(0)
    return Speedrun(torch.rand(27, 1, 28, 28), torch.arange(27) % 10, torch.device("cpu"), SMALL)


def test_one_cycle_rises_and_then_falls() -> None:
    rates = one_cycle(100, highest=0.4, rising=0.25)
    assert len(rates) == 100
    assert rates.argmax() == 24 and rates.max() == pytest.approx(0.4)
    assert rates[-1] < 0.01 and (rates > 0).all()
    assert (rates[:25].diff() > 0).all() and (rates[25:].diff() < 0).all()


def test_each_step_takes_the_next_batch_and_the_next_rate(small: Speedrun) -> None:
    small.restart(seed=0)
    small.order.copy_(torch.arange(24).view(3, 8))
    shown: list[torch.Tensor] = []
    hook = small.network.register_forward_pre_hook(lambda net, inputs: shown.append(inputs[0]))
    rates = []
    for _ in range(6):
        small.step()
        rates.append(float(small.rate))
    hook.remove()
    assert rates == pytest.approx(small.rates.tolist())
    for k, batch in enumerate(shown):
        assert torch.equal(batch, small.images[8 * (k % 3) : 8 * (k % 3) + 8])
    assert (int(small.step_in_epoch), int(small.step_in_run)) == (0, 0)


def test_a_run_depends_on_its_seed_and_not_on_earlier_runs(small: Speedrun) -> None:
    ends = []
    for seed in (1, 2, 1):
        small.run(seed)
        ends.append(small.network.fc2.weight.detach().clone())
    assert torch.equal(ends[0], ends[2]) and not torch.equal(ends[0], ends[1])
    assert torch.isfinite(ends[0]).all()


def test_a_step_is_one_of_sgd_with_momentum_smoothing_and_decay(small: Speedrun) -> None:
    """A step is the same as one of PyTorch's SGD with label smoothing, Nesterov momentum and weight decay."""
    small.restart(seed=3)
    twin = LeNet5()
    twin.load_state_dict(small.network.state_dict())
    s = small.settings
    optimizer = torch.optim.SGD(twin.parameters(), lr=0.1, momentum=0.9, nesterov=True, weight_decay=s.weight_decay)
    small.order.copy_(torch.arange(24).view(3, 8))
    for k in range(3):
        small.step()
        optimizer.param_groups[0]["lr"] = float(small.rates[k])
        batch = slice(8 * k, 8 * k + 8)
        scores = twin(small.images[batch])
        optimizer.zero_grad()
        torch.nn.functional.cross_entropy(scores, small.labels[batch], label_smoothing=s.smoothing).backward()
        optimizer.step()
    for mine, theirs in zip(small.network.parameters(), twin.parameters(), strict=True):
        torch.testing.assert_close(mine, theirs, atol=1e-5, rtol=1e-4)


def test_accuracy_counts_all_images(small: Speedrun) -> None:
    images = torch.rand(7, 1, 28, 28)
    small.network.eval()
    labels = small.network(images).argmax(1)
    labels[0] = (labels[0] + 1) % 10
    assert small.accuracy(images, labels, batch=3) == pytest.approx(6 / 7)


def test_the_module_is_lenet_with_the_names_of_08() -> None:
    shapes = {name: tuple(value.shape) for name, value in LeNet5().named_parameters()}
    assert list(shapes) == [
        f"{layer}.{part}" for layer in ("conv1", "conv2", "fc1", "fc2") for part in ("weight", "bias")
    ]
    assert shapes["conv2.weight"] == (50, 20, 5, 5) and shapes["fc1.weight"] == (500, 2450)
    assert sum(value.numel() for value in LeNet5().parameters()) == 1_256_080
    assert LeNet5()(torch.zeros(2, 1, 28, 28)).shape == (2, 10)


def test_one_seed_sets_every_generator() -> None:
    def drawn() -> tuple[object, ...]:
        generator = seed_everything(5)
        data = TensorDataset(torch.arange(8))
        order = [int(x) for (x,) in DataLoader(data, shuffle=True, generator=generator)]
        return random.random(), float(np.random.rand()), float(torch.rand(())), order

    first = drawn()
    assert first == drawn()


def test_each_worker_has_a_different_seed(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []
    for seed in (7, 8, 7):  # a loader gives each worker its own
        monkeypatch.setattr(torch, "initial_seed", lambda seed=seed: seed)
        seed_worker(0)
        seen.append((random.random(), float(np.random.rand())))
    assert seen[0] == seen[2] != seen[1]


def test_the_figures_of_09_are_drawn_with_their_numbers() -> None:
    net = torch.nn.Linear(2, 1)
    with watched_rates() as rates:
        optimizer = torch.optim.SGD(net.parameters(), lr=0.3)
        net(torch.ones(1, 2)).sum().backward()
        optimizer.step()
    assert rates == [0.3]
    assert len(queue_picture().axes) == 2
    assert len(training_curves([2.0, 1.0], [0.1, 0.2]).axes) == 2
    assert batch_sizes({1: 0.1, 4: 0.2}, "cpu").axes[0].get_xscale() == "log"
    bars = speed_ladder({"NumPy, loops": 1.234, "PyTorch": 123456.0}).axes[0]
    assert [text.get_text().split() for text in bars.texts] == [["1.23"], ["123,000", "100,000×"]]
