"""Train LeNet-5 in PyTorch on MNIST: python benchmarks/lenet_pytorch.py [--threads N] [--seed S]

As in the last section of notebook 08, with the first right LeNet5, train_one_epoch and evaluate of the gallery: 60,000
images, three epochs with a decreasing learning rate, on the CPU. The test accuracy is printed after each epoch and
influences nothing.
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
RATES = (0.05, 0.02, 0.004)  # of the epochs
BATCH = 64


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    seed_everything(options.seed)
    answer = functions(right_answers("08_pytorch/LeNet5")[0], NOTEBOOK)
    mnist, cpu = load("mnist"), torch.device("cpu")
    train, test = (
        TensorDataset(torch.from_numpy(images), torch.from_numpy(labels))
        for images, labels in ((mnist.train_images, mnist.train_labels), (mnist.test_images, mnist.test_labels))
    )
    loader = DataLoader(train, BATCH, shuffle=True, **loader_seeds(options.seed))
    net = answer["LeNet5"]()
    optimizer = torch.optim.SGD(net.parameters(), lr=RATES[0], momentum=0.9)
    print(f"{machine()}; {options.threads} thread(s), seed {options.seed}\n")
    print("| epoch | learning rate | mean loss | test accuracy | seconds of training so far | CPU seconds |")
    print("| --- | --- | --- | --- | --- | --- |")
    wall = processor = 0.0
    for epoch, lr in enumerate(RATES, 1):
        optimizer.param_groups[0]["lr"] = lr
        wall_start, processor_start = time.perf_counter(), time.process_time()
        loss = answer["train_one_epoch"](net, loader, optimizer, cpu)
        wall += time.perf_counter() - wall_start
        processor += time.process_time() - processor_start
        share = answer["evaluate"](net, DataLoader(test, 500), cpu)
        print(f"| {epoch} | {lr:g} | {loss:.4f} | {share:.2%} | {wall:.1f} | {processor:.1f} |", flush=True)


if __name__ == "__main__":
    main()
