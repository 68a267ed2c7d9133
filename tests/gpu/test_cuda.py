"""On a CUDA device: the checks of 09, its answers, and the speedrun. `python -m unittest` runs it too, without pytest.

    PYTHONPATH=. python -m unittest discover -s tests/gpu -v

It needs PyTorch, NumPy and Pillow, and no network. Elsewhere the checks of 09 use fakes of a GPU.
"""

from __future__ import annotations

import statistics
import time
import unittest

import torch

from autograder.exercises import ASSIGNMENTS
from autograder.gallery.matrix import verdict_on
from autograder.gallery.registry import answers, called, right_answers
from utils.data import load
from utils.speed.speedrun import Settings, Speedrun

NAMES = tuple(exercise.name for exercise in ASSIGNMENTS["09_gpu"])
# mistakes that only show on a device: what they leave behind, wait for, or mix
ON_A_DEVICE = ("pick_device", "time_it", "train_fast")


@unittest.skipUnless(torch.cuda.is_available(), "this machine has no CUDA device")
class OnADevice(unittest.TestCase):
    def test_every_right_answer_passes_and_leaves_the_generators_as_they_were(self) -> None:
        for answer in (one for name in NAMES for one in right_answers(name)):
            with self.subTest(answer.title):
                before = torch.cuda.get_rng_state(), torch.get_rng_state()
                verdict = verdict_on(answer)
                self.assertTrue(verdict.passed, [case.message for case in verdict.cases if not case.passed])
                self.assertTrue(torch.equal(before[0], torch.cuda.get_rng_state()))
                self.assertTrue(torch.equal(before[1], torch.get_rng_state()))

    def test_every_wrong_answer_fails(self) -> None:
        for answer in (one for one in answers() if not one.right and one.exercise in ON_A_DEVICE):
            with self.subTest(answer.title):
                self.assertFalse(verdict_on(answer).passed)

    def test_time_it_waits_for_the_queue(self) -> None:
        device = torch.device("cuda")
        a = torch.randn(4096, 4096, device=device)

        def queued() -> None:
            for _ in range(20):
                a @ a

        queued()
        torch.cuda.synchronize()
        started = time.perf_counter()
        queued()
        launched = time.perf_counter() - started
        torch.cuda.synchronize()
        whole = time.perf_counter() - started
        for answer in right_answers("time_it"):
            with self.subTest(answer.title):
                measured = called(answer)["time_it"](queued, device, warmup=2, repeats=5)
                self.assertGreater(measured, 2 * launched)
                self.assertLess(abs(measured - whole), whole / 2)

    def test_the_speedrun_learns_the_digits(self) -> None:
        digits = load("digits")
        images, labels = torch.from_numpy(digits.train_images), torch.from_numpy(digits.train_labels)
        held_out = torch.from_numpy(digits.test_images), torch.from_numpy(digits.test_labels)
        speedrun = Speedrun(images, labels, torch.device("cuda"), Settings(epochs=20, batch=100))
        shares = []
        for seed in range(3):
            speedrun.run(seed)
            shares.append(speedrun.accuracy(*held_out))
        self.assertGreater(statistics.median(shares), 0.95, shares)


if __name__ == "__main__":
    unittest.main()
