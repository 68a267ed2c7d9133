"""LeNet-5 from loops to a CUDA graph, and the speedrun: python benchmarks/gpu.py [--runs N] [--cpu-run]

Three tables, on whatever device pick_device of the gallery finds:

- images a second of a training step (forward, back, update), from loops in NumPy to a CUDA graph; each way warmed up,
  synchronised, the median of several;
- the roofline: what the card can do at most, measured (a large matrix product in bfloat16, a large copy), and how near
  each way comes to it with the operations and bytes that a step is counted to need;
- the speedrun: seconds to 99 % on MNIST, for the captured step as it is and with torch.compile: the median of at least
  five runs from different seeds, warm-up apart and stated, each run's accuracy on all 10,000 test images.

Where there is no GPU, the first table has the rows of the processor, and a line says so of the rest. With --cpu-run one
run of the speedrun's recipe is made on the processor, which takes minutes, to see that it gets to 99 %.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable

import torch
from machine import machine

from autograder.exercises import ASSIGNMENTS
from autograder.gallery.registry import functions, right_answers
from utils.data import load
from utils.figures.gpu import three_digits
from utils.speed.lenet import loops_seconds, products_seconds, training_steps
from utils.speed.speedrun import Settings, Speedrun
from utils.speed.timing import Task

NOTEBOOK = tuple(exercise.name for exercise in ASSIGNMENTS["09_gpu"])
WRITTEN = functions(right_answers("time_it")[0], NOTEBOOK)
LEAST_RUNS = 5
GOAL = 0.99
# multiply-adds of the products of LeNet-5 for one image: see lenet_table of 07; the images need no gradient
CONV1, REST = 392_000, 4_900_000 + 1_225_000 + 5_000
OPERATIONS = 2 * (2 * CONV1 + 3 * REST)
PARAMETERS = 1_256_080
# numbers that layers hand on to the next, for one image: conv, ReLU, pool, twice; fc1, ReLU, fc2
HANDED_ON = 784 + 2 * 15_680 + 3_920 + 2 * 9_800 + 2_450 + 2 * 500 + 10


def bytes_of_step(batch: int, size: int) -> float:
    """Bytes that a step has to move if each layer reads its input and writes its output, and the same twice back.

    Parameters, in 4 bytes, are read forward and back, and read and written with gradient and momentum in the update.
    """
    return 3 * 2 * HANDED_ON * batch * size + PARAMETERS * 4 * 8


def speeds(device: torch.device) -> None:
    """The first table and, on a GPU, the second."""
    is_cpu = device.type == "cpu"
    batch, repeats = (64, 5) if is_cpu else (2048, 20)
    rows: list[tuple[str, float, str]] = [
        ("NumPy, loops over windows (rounds counted up)", 1 / loops_seconds(), "cpu"),
        ("NumPy, columns and matrix products", 1 / products_seconds(), "cpu"),
    ]
    cpu = torch.device("cpu")
    for place, size in ((cpu, 64),) if is_cpu else ((cpu, 64), (device, batch)):
        ways = training_steps(place, size, compiled=place.type == "cuda")
        for name, make in ways.items():
            rows.append((name, size / seconds_of(make, place, repeats if place == device else 5), place.type))
    print(f"batches of 64 on the processor{'' if is_cpu else f', of {batch} on {device}'}\n")
    print("| training LeNet-5 | on | images a second | × loops |\n| --- | --- | ---: | ---: |")
    for name, speed, on in rows:
        print(f"| {name} | {on} | {three_digits(speed)} | {three_digits(speed / rows[0][1])} |")
    if not is_cpu:
        roofline(device, batch, {name: batch / speed for name, speed, on in rows if on == device.type})


def seconds_of(make: Callable[[], Task], device: torch.device, repeats: int) -> float:
    """The median of a step that is made now; infinity, and a line, where this machine cannot make it."""
    try:
        return float(WRITTEN["time_it"](make(), device, warmup=5, repeats=repeats))
    except RuntimeError as error:
        print(f"left out: {str(error).splitlines()[0]}")
        return float("inf")


def roofline(device: torch.device, batch: int, seconds: dict[str, float]) -> None:
    """How near each way comes to what the card was measured to do at most."""
    side, count = 8192, 1 << 28
    a, b = (torch.randn(side, side, device=device, dtype=torch.bfloat16) for _ in range(2))
    source, target = (torch.empty(count, device=device, dtype=torch.uint8) for _ in range(2))
    peak = 2 * side**3 / WRITTEN["time_it"](lambda: a @ b, device)
    width = 2 * count / WRITTEN["time_it"](lambda: target.copy_(source), device)
    print(f"\nmeasured ceilings: {peak / 1e12:,.0f} TFLOP/s (bfloat16, {side}²), {width / 1e12:.2f} TB/s (copy)")
    print(f"a step of {batch} images: {OPERATIONS * batch / 1e9:,.0f} GFLOP\n")
    print("| way | ms a step | GB counted | TFLOP/s | of the ceiling | TB/s | of the ceiling | limit by roofline, ms |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
    for name, taken in seconds.items():
        moved = bytes_of_step(batch, 2 if name not in ("PyTorch as it is", "+ channels_last") else 4)
        done, flow = OPERATIONS * batch / taken, moved / taken
        limit = max(OPERATIONS * batch / peak, moved / width)
        shares = f"{done / 1e12:.1f} | {done / peak:.0%} | {flow / 1e12:.2f} | {flow / width:.0%}"
        print(f"| {name} | {1000 * taken:.3f} | {moved / 1e9:.2f} | {shares} | {1000 * limit:.3f} |")


def speedruns(device: torch.device, runs: int) -> None:
    """The third table."""
    mnist = load("mnist")
    images, labels = torch.from_numpy(mnist.train_images), torch.from_numpy(mnist.train_labels)
    held_out = torch.from_numpy(mnist.test_images), torch.from_numpy(mnist.test_labels)
    settings = Settings()
    print(f"\nspeedrun: {settings}\n")
    print("| step | seconds, median | least | most | accuracy, least | median | runs at 99 % | warm-up, s |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
    for name, compiled in (("CUDA graph", False), ("torch.compile, CUDA graph", True)):
        if device.type != "cuda":
            name = "as it is, on the processor"
        started = time.perf_counter()
        ready = Speedrun(images, labels, device, settings, compiled)
        if device.type == "cuda":
            ready.run(seed=0)
        warm = time.perf_counter() - started
        seconds, shares = [], []
        for seed in range(1, runs + 1):
            seconds.append(ready.run(seed))
            shares.append(ready.accuracy(*held_out))
        reached = f"{sum(share >= GOAL for share in shares)} of {runs}"
        times = f"{statistics.median(seconds):.3f} | {min(seconds):.3f} | {max(seconds):.3f}"
        print(f"| {name} | {times} | {min(shares):.2%} | {statistics.median(shares):.2%} | {reached} | {warm:.1f} |")
        if device.type != "cuda":
            return


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--runs", type=int, default=LEAST_RUNS)
    arguments.add_argument("--cpu-run", action="store_true", help="one run of the speedrun on the processor")
    options = arguments.parse_args()
    device = WRITTEN["pick_device"]()
    print(f"{machine()}; {torch.get_num_threads()} threads\n")
    speeds(device)
    if device.type == "cuda":
        speedruns(device, max(options.runs, LEAST_RUNS))
    elif options.cpu_run:
        speedruns(torch.device("cpu"), 1)
    else:
        print(
            "\nNo CUDA device here: its rows, the roofline and the speedrun are left out. They run on any such machine."
        )


if __name__ == "__main__":
    main()
