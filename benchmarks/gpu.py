"""Training LeNet-5 from loops to a CUDA graph, and the speedrun: python benchmarks/gpu.py [--runs N] [--json FILE]

It needs Python 3.11 or newer, PyTorch, NumPy, Pillow and matplotlib, and no network where CNN_COURSE_DATA names a
folder with MNIST. Three tables, on the device that pick_device of the gallery returns:

- images per second of a training step (forward, backward, update), from loops in NumPy to a CUDA graph; each is the
  median of several synchronised steps after a warm-up;
- the roofline: the peak rates of the GPU, measured with a large matrix product in bfloat16 and a large copy, and the
  fraction of them that each implementation reaches, by the operations and bytes that a step needs at least;
- the speedrun: seconds to 99 % on MNIST, for the captured step with and without torch.compile: the median of at least
  five runs with different seeds, with the warm-up time stated separately, and the accuracy of each run on all 10,000
  test images, listed below the table.

--json FILE writes the same numbers, with the machine. Without a GPU, only the first table is printed, for the CPU.
--cpu-run adds one run of the speedrun on the CPU, which takes minutes, to check that it reaches 99 %. --brief takes
each median of one step, to see that everything runs.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch
from machine import machine

from autograder.exercises import ASSIGNMENTS
from autograder.files import replace_file
from autograder.gallery.registry import functions, right_answers
from utils.data import load
from utils.figures.gpu import three_digits
from utils.speed.lenet import loops_seconds, products_seconds, training_steps
from utils.speed.speedrun import Settings, Speedrun
from utils.speed.timing import Task

NOTEBOOK = tuple(exercise.name for exercise in ASSIGNMENTS["09_gpu"])
ANSWER = functions(right_answers("time_it")[0], NOTEBOOK)
FLOAT32 = ("PyTorch, plain", "+ channels_last")  # of training_steps; the others compute in bfloat16
RUNS, LEAST_RUNS = 10, 5
GOAL = 0.99
# multiply-adds of LeNet-5 for one image, see lenet_table of 07; backward, conv1 has one product and the others two,
# because the images need no gradient
CONV1, REST = 392_000, 4_900_000 + 1_225_000 + 5_000
OPERATIONS = 2 * (2 * CONV1 + 3 * REST)  # floating-point operations of a step, for one image
PARAMETERS = 1_256_080
# numbers in the input and in the outputs of all layers, for one image: conv, ReLU, pool, twice; fc1, ReLU, fc2
ACTIVATIONS = 784 + 2 * 15_680 + 3_920 + 2 * 9_800 + 2_450 + 2 * 500 + 10


def bytes_of_step(batch: int, size: int) -> float:
    """Bytes that a step moves at least: each layer reads its input and writes its output; backward, twice as much.

    Parameters have 4 bytes. They are read forward and backward, and in the update parameters, gradients and momentum
    are read and written.

    Args:
        batch: number of images.
        size: bytes of an activation.
    """
    return 3 * 2 * ACTIVATIONS * batch * size + PARAMETERS * 4 * 8


def speeds(device: torch.device, brief: bool = False) -> dict[str, Any]:
    """Print the first table and, on a GPU, the second; returns what is in them."""
    is_cpu = device.type == "cpu"
    batch, repeats = (8 if brief else 64, 5) if is_cpu else (2048, 20)
    warmup = 5
    if brief:
        warmup = repeats = 1
    rows: list[tuple[str, float, str]] = [
        ("NumPy, loops over windows (extrapolated)", 1 / loops_seconds(), "cpu"),
        ("NumPy, columns and matrix products", 1 / products_seconds(), "cpu"),
    ]
    cpu = torch.device("cpu")
    for where, size in ((cpu, batch),) if is_cpu else ((cpu, 64), (device, batch)):
        for name, prepare in training_steps(where, size, compiled=where.type == "cuda").items():
            rows.append(
                (
                    name,
                    size / seconds_of(prepare, where, warmup, min(repeats, 5) if where == cpu else repeats),
                    where.type,
                )
            )
    print(f"batches of {batch if is_cpu else 64} on the CPU{'' if is_cpu else f', of {batch} on {device}'}\n")
    print("| training LeNet-5 | device | images per second | speedup over loops |\n| --- | --- | ---: | ---: |")
    for name, speed, where in rows:
        print(f"| {name} | {where} | {three_digits(speed)} | {three_digits(speed / rows[0][1])} |")
    results: dict[str, Any] = {
        "images per second": [dict(zip(("step", "rate", "device"), row, strict=True)) for row in rows]
    }
    if not is_cpu:
        seconds = {name: batch / speed for name, speed, where in rows if where == device.type and speed}
        results["roofline"] = roofline(device, batch, seconds)
    return results


def seconds_of(prepare: Callable[[], Task], device: torch.device, warmup: int, repeats: int) -> float:
    """Prepare a step and return its median time; infinity, after printing the reason, if it does not run here."""
    try:
        return float(ANSWER["time_it"](prepare(), device, warmup=warmup, repeats=repeats))
    except RuntimeError as error:
        print(f"left out: {str(error).splitlines()[0]}")
        return float("inf")


def roofline(device: torch.device, batch: int, seconds: dict[str, float]) -> dict[str, Any]:
    """Print the second table; returns what is in it, in units without prefixes.

    Args:
        device: a GPU.
        batch: number of images in a step.
        seconds: name of an implementation → seconds of a step.
    """
    side, count = 8192, 1 << 28
    a, b = (torch.randn(side, side, device=device, dtype=torch.bfloat16) for _ in range(2))
    source, target = (torch.empty(count, device=device, dtype=torch.uint8) for _ in range(2))
    peak = 2 * side**3 / ANSWER["time_it"](lambda: a @ b, device)
    bandwidth = 2 * count / ANSWER["time_it"](lambda: target.copy_(source), device)
    print(f"\nmeasured peaks: {peak / 1e12:,.0f} TFLOP/s (bfloat16, {side}²), {bandwidth / 1e12:.2f} TB/s (copy)")
    print(f"a step of {batch} images: {OPERATIONS * batch / 1e9:,.0f} GFLOP\n")
    print("| implementation | ms per step | GB moved | TFLOP/s | of peak | TB/s | of peak | roofline limit (ms) |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
    steps = {}
    for name, step in seconds.items():
        moved = bytes_of_step(batch, 4 if name in FLOAT32 else 2)
        rate, traffic = OPERATIONS * batch / step, moved / step
        limit = max(OPERATIONS * batch / peak, moved / bandwidth)
        cells = f"{rate / 1e12:.1f} | {rate / peak:.0%} | {traffic / 1e12:.2f} | {traffic / bandwidth:.0%}"
        print(f"| {name} | {1000 * step:.3f} | {moved / 1e9:.2f} | {cells} | {1000 * limit:.3f} |")
        steps[name] = {"seconds": step, "bytes": moved, "operations per second": rate, "limit in seconds": limit}
    return {"peak operations per second": peak, "peak bytes per second": bandwidth, "batch": batch, "steps": steps}


def speedruns(device: torch.device, runs: int) -> dict[str, Any]:
    """Print the third table, and the accuracy of every run; returns both."""
    mnist = load("mnist")
    images, labels = torch.from_numpy(mnist.train_images), torch.from_numpy(mnist.train_labels)
    test_set = torch.from_numpy(mnist.test_images), torch.from_numpy(mnist.test_labels)
    settings = Settings()
    print(f"\nspeedrun: {settings}\n")
    print("| step | median (s) | min (s) | max (s) | min accuracy | median accuracy | runs at 99 % | warm-up (s) |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
    results: dict[str, Any] = {"settings": asdict(settings)}
    kinds = {"CUDA graph": False, "torch.compile, CUDA graph": True}
    for name, compiled in (kinds if device.type == "cuda" else {"not captured, on the CPU": False}).items():
        start = time.perf_counter()
        speedrun = Speedrun(images, labels, device, settings, compiled)
        if device.type == "cuda":
            speedrun.run(seed=0)
        warmup = time.perf_counter() - start
        seconds, shares = [], []
        for seed in range(1, runs + 1):
            seconds.append(speedrun.run(seed))
            shares.append(speedrun.accuracy(*test_set))
        reached = f"{sum(share >= GOAL for share in shares)} of {runs}"
        times = f"{statistics.median(seconds):.3f} | {min(seconds):.3f} | {max(seconds):.3f}"
        print(f"| {name} | {times} | {min(shares):.2%} | {statistics.median(shares):.2%} | {reached} | {warmup:.1f} |")
        results[name] = {"seconds": seconds, "accuracy": shares, "warm-up": warmup}
    for name in [name for name in kinds if name in results]:
        print(f"\n{name}: " + ", ".join(f"{share:.2%}" for share in results[name]["accuracy"]))
    return results


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--runs", type=int, default=RUNS, help=f"of the speedrun, at least {LEAST_RUNS}")
    arguments.add_argument("--json", type=Path, metavar="FILE", help="write the numbers here too")
    arguments.add_argument("--cpu-run", action="store_true", help="one run of the speedrun on the CPU")
    arguments.add_argument("--brief", action="store_true", help="one step for each median")
    options = arguments.parse_args()
    device = ANSWER["pick_device"]()
    described = f"{machine()}; {torch.get_num_threads()} threads"
    print(f"{described}\n")
    results = {"machine": described} | speeds(device, options.brief)
    if device.type == "cuda":
        results["speedrun"] = speedruns(device, max(options.runs, LEAST_RUNS))
    elif options.cpu_run:
        results["speedrun"] = speedruns(torch.device("cpu"), 1)
    else:
        print("\nThis machine has no CUDA device: its rows, the roofline and the speedrun are left out.")
    if options.json:
        replace_file(options.json, (json.dumps(results, indent=1) + "\n").encode())


if __name__ == "__main__":
    main()
