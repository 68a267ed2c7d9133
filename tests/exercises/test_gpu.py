"""The checks of 09: the fake clock and GPU, that nothing of them leaks, and the threshold for accuracy."""

from __future__ import annotations

import json
import threading
import time
import timeit
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from autograder.exercises import ASSIGNMENTS, EXERCISES
from autograder.exercises.gpu.budget import HELD_OUT
from autograder.exercises.gpu.rates import judge_rates
from autograder.exercises.gpu.steps import evaluating
from autograder.exercises.pytorch.training import BATCH, LEAST, RATES
from autograder.exercises.shared.digits import digits
from autograder.gallery.registry import functions, right_answers
from autograder.guest.fakes.clock import LAUNCH, FakeClock
from autograder.guest.fakes.machine import patched_devices, patched_time
from autograder.guest.fakes.meta_device import MetaGPU
from autograder.guest.response import Response

NOTEBOOK = tuple(exercise.name for exercise in ASSIGNMENTS["09_gpu"])


def test_work_on_a_gpu_takes_its_time_when_the_code_waits_for_it() -> None:
    clock = FakeClock("cuda", [2.0])
    with patched_time(clock, {}):
        start = time.perf_counter()
        clock.work()
        clock.work()
        assert time.perf_counter() - start == pytest.approx(2 * LAUNCH)
        torch.cuda.synchronize()
        assert time.perf_counter() - start == pytest.approx(4 + LAUNCH)


def test_events_are_markers_in_the_queue() -> None:
    clock = FakeClock("cuda", [2.0])
    with patched_time(clock, {}):
        start, end = torch.cuda.Event(enable_timing=True), torch.cuda.Event(enable_timing=True)
        start.record()
        clock.work()
        end.record()
        end.synchronize()
        assert start.elapsed_time(end) == pytest.approx(2000 + 1000 * LAUNCH)


def test_names_imported_into_a_cell_and_timeit_read_the_fake_clock() -> None:
    clock, cell = FakeClock("cpu", [3.0]), {"perf_counter": time.perf_counter}
    real = cell["perf_counter"]
    with patched_time(clock, cell):
        assert cell["perf_counter"]() == clock.now
        assert timeit.repeat(clock.work, number=1, repeat=2) == [3.0, 3.0]
    assert cell["perf_counter"] is real


def test_other_threads_read_the_real_time() -> None:
    seen: list[float] = []
    with patched_time(FakeClock("cpu", [1.0]), {}):
        thread = threading.Thread(target=lambda: seen.append(time.time()))
        thread.start()
        thread.join()
    assert seen[0] > 1e9


def test_all_patches_are_undone_afterwards() -> None:
    before = (torch.cuda.is_available, torch.cuda.synchronize, time.perf_counter, torch.autocast, torch.compile)
    for name in NOTEBOOK:
        exercise = EXERCISES[name]
        made = functions(right_answers(name)[0], NOTEBOOK)
        for case in exercise.cases:
            if not case.costly:
                exercise.respond(made, exercise.challenge(case, np.random.default_rng(0)))
    after = (torch.cuda.is_available, torch.cuda.synchronize, time.perf_counter, torch.autocast, torch.compile)
    assert before == after
    assert torch.__future__.get_swap_module_params_on_conversion() is False


def test_the_meta_gpu_refuses_tensors_of_two_devices() -> None:
    net, x = nn.Linear(3, 2), torch.ones(4, 3)
    with patched_devices(("cuda",)), MetaGPU():
        net.to("cuda")
        assert next(net.parameters()).device == torch.device("cuda", 0)
        with pytest.raises(RuntimeError, match="same device"):
            net(x)
        assert net(x.to("cuda")).is_cuda


def test_the_meta_gpu_counts_copies_and_reads() -> None:
    images = torch.ones(6, 1, 4, 4)
    with MetaGPU() as gpu:
        copies = images.to(torch.device("cuda"))
        assert gpu.copied == 0  # copies before the first step do not count
        gpu.step = 1
        images[:2].cuda()
        assert gpu.copied == 2
        assert copies.mean().item() == 0.0
        assert float(copies.sum()) == 0.0
        assert copies[:2].cpu().shape == (2, 1, 4, 4)
        assert gpu.reads == [1, 1, 1]


def test_an_optimizer_made_before_the_network_moves_holds_its_parameters() -> None:
    net = nn.Linear(3, 2)
    optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
    with MetaGPU():
        net.cuda()
        assert optimizer.param_groups[0]["params"][0] is net.weight


@pytest.mark.parametrize(
    ("rates", "named"),
    [
        ([0.02, 0.05, 0.04, 0.01, 0.001, 0.0], None),
        ([0.05] * 6, "no-schedule"),
        ([0.002] * 6, "schedule-not-stepped"),
        ([0.02, 0.03, 0.04, 0.05, 0.05, 0.05], "schedule-ends-high"),
        ([0.01, 0.01, 0.01, 0.05, 0.05, 0.05], "schedule-by-epoch"),
        ([0.5, 0.4, 0.3, 0.2, 0.1, 0.0], "lr-ignored"),
    ],
)
def test_wrong_schedules_are_named(rates: list[float], named: str | None) -> None:
    findings = list(judge_rates({"lr": 0.05, "epochs": 2}, rates))
    assert [finding.mistakes for finding in findings] == ([(named,)] if named else [])


@pytest.mark.parametrize(("share", "passes"), [(HELD_OUT.least, True), (HELD_OUT.least - 0.01, False)])
def test_the_threshold_for_held_out_digits(share: float, passes: bool) -> None:
    exercise: Any = EXERCISES["train_fast"]
    case = next(case for case in exercise.cases if case.costly)
    inputs = exercise.challenge(case, np.random.default_rng(0))
    labels = digits().test_labels.copy()
    wrong = len(labels) - int(np.ceil(share * len(labels)))
    labels[:wrong] = (labels[:wrong] + 1) % 10
    response = Response(answer={"scores": np.eye(10, dtype=np.float32)[labels]})
    assert (exercise.judge(case, inputs, response) == []) is passes


@pytest.mark.parametrize(
    ("name", "budget", "least"),
    [
        ("train_one_epoch", [1400, list(RATES), BATCH], LEAST),
        ("train_fast", [HELD_OUT.images, HELD_OUT.epochs, HELD_OUT.batch, HELD_OUT.lr], HELD_OUT.least),
    ],
)
def test_the_budget_is_the_one_that_the_benchmark_used(name: str, budget: list[Any], least: float) -> None:
    """benchmarks/pytorch_thresholds.json was made with this budget, and allows this threshold."""
    folder = Path(__file__).resolve().parents[2] / "benchmarks"
    kept = json.loads((folder / "pytorch_thresholds.json").read_text())[name]
    assert kept["budget"] == budget and kept["threshold"] >= least
    assert all(row["seeds"] >= 30 for row in kept["right"].values())


@pytest.mark.parametrize(
    ("modes", "words"),
    [
        ([False] * 6, "in every step"),
        ([True] * 4 + [False] * 2, "in 2 of 6 steps; the first is step 4. They are those of epoch 2 of 3"),
        ([True] * 3 + [False] * 3, "in 3 of 6 steps; the first is step 3."),
    ],
)
def test_the_card_says_in_which_steps_the_network_was_in_evaluation_mode(modes: list[bool], words: str) -> None:
    text = evaluating(modes, 3)
    assert words in text
    assert ("They are those of epoch" in text) is ("They are" in words)
