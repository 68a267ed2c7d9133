"""LeNet-5 in PyTorch on the real MNIST: python benchmarks/lenet_pytorch.py [--threads N] [--seed S]

The gallery's plainest LeNet5, train_one_epoch and evaluate, as in the last section of notebook 08: 60,000 images, three
passes with a falling learning rate, on the CPU. The test images are looked at after each pass, and decide nothing.
"""

from __future__ import annotations

import argparse
import time

import torch
from machine import machine
from torch.utils.data import DataLoader, TensorDataset

from autograder.exercises import ASSIGNMENTS
from autograder.gallery.registry import functions, right_answers
from utils.data import load
from utils.seeding import loader_seeds, seed_everything

NOTEBOOK = tuple(exercise.name for exercise in ASSIGNMENTS["08_pytorch"])
RATES = (0.05, 0.02, 0.004)
BATCH = 64


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    seed_everything(options.seed)
    written = functions(right_answers("08_pytorch/LeNet5")[0], NOTEBOOK)
    mnist, cpu = load("mnist"), torch.device("cpu")
    parts = (
        TensorDataset(torch.from_numpy(images), torch.from_numpy(labels))
        for images, labels in ((mnist.train_images, mnist.train_labels), (mnist.test_images, mnist.test_labels))
    )
    train, test = parts
    loader = DataLoader(train, BATCH, shuffle=True, **loader_seeds(options.seed))
    net = written["LeNet5"]()
    optimizer = torch.optim.SGD(net.parameters(), lr=RATES[0], momentum=0.9)
    print(f"{machine()}; {options.threads} thread(s), seed {options.seed}\n")
    print("| pass | learning rate | mean loss | right of 10,000 new digits | seconds of training | of processor |")
    print("| --- | --- | --- | --- | --- | --- |")
    wall = processor = 0.0
    for k, lr in enumerate(RATES, 1):
        optimizer.param_groups[0]["lr"] = lr
        started, computed = time.perf_counter(), time.process_time()
        loss = written["train_one_epoch"](net, loader, optimizer, cpu)
        wall, processor = wall + time.perf_counter() - started, processor + time.process_time() - computed
        share = written["evaluate"](net, DataLoader(test, 500), cpu)
        print(f"| {k} | {lr:g} | {loss:.4f} | {share:.2%} | {wall:.1f} | {processor:.1f} |", flush=True)


if __name__ == "__main__":
    main()
