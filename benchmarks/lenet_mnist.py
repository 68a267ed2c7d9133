"""Train LeNet-5 in NumPy on MNIST: python benchmarks/lenet_mnist.py

As in the last section of notebook 07, with the first right LeNet5 and train of the gallery: 60,000 images, five epochs
with a decreasing learning rate, one thread. The test accuracy is printed after each epoch and influences nothing.
"""

from __future__ import annotations

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")

import time

import numpy as np
from machine import machine
from threadpoolctl import threadpool_limits

from autograder.exercises import ASSIGNMENTS
from autograder.gallery.registry import functions, right_answers
from utils.data import load
from utils.training import accuracy

NOTEBOOK = tuple(exercise.name for exercise in ASSIGNMENTS["07_lenet_numpy"])
RATES = (0.03, 0.03, 0.02, 0.007, 0.001)  # of the epochs
BATCH = 50


def main() -> None:
    answer = functions(right_answers("LeNet5")[0], NOTEBOOK)
    mnist, rng = load("mnist"), np.random.default_rng(0)
    print(f"{machine()}; one thread\n")
    print("| epoch | learning rate | mean loss | test accuracy | minutes of training so far |")
    print("| --- | --- | --- | --- | --- |")
    with threadpool_limits(1):
        net, seconds = answer["LeNet5"](rng), 0.0
        for epoch, lr in enumerate(RATES, 1):
            start = time.perf_counter()
            history = answer["train"](net, mnist.train_images, mnist.train_labels, 1, BATCH, lr, rng)
            seconds += time.perf_counter() - start
            share = accuracy(net, mnist.test_images, mnist.test_labels)
            print(f"| {epoch} | {lr:g} | {np.mean(history):.4f} | {share:.2%} | {seconds / 60:.1f} |", flush=True)


if __name__ == "__main__":
    main()
