"""How fast the convolution of notebook 04 is, beside loops and PyTorch: python benchmarks/convolution.py

Everything is float32, on one thread, and measured by turns in one run, in processor time, so that other programs count
little; what is compared are ratios of medians. The loops, and the functions of 04, are the solutions' own, read from
the notebooks. Takes about a minute.
"""

from __future__ import annotations

import json
import statistics
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch  # noqa: F401  before one_thread, which keeps it to one thread too
from machine import machine
from threadpoolctl import threadpool_info

from autograder.exercises import EXERCISES, assignment_of
from autograder.exercises.fast_convolution.speed import SPEED_CASE, WANTED, noted
from autograder.gallery import registry as gallery
from autograder.judging.seeds import generator
from utils.speed.convolution import ROUNDS, backward_rounds, forward_rounds, matrix_product, pytorch_tasks
from utils.speed.timing import PROCESSOR, Task, median_seconds, one_thread, seconds_of

SOLUTIONS = Path(__file__).resolve().parent.parent / "solutions"
N, C, SIDE, F, K, PADDING = 32, 20, 14, 50, 5, 2  # LeNet-5's second convolution
TURNS = 5  # the loops once in each, everything else nine times
ASKED = {"forward": (250, 2.0), "backward": (120, 2.5)}  # at least so many times the loops; at most so many PyTorchs

Function = Callable[..., Any]


def solutions() -> dict[str, Function]:
    """The functions of notebooks 02 to 04, from their solution cells."""
    namespace: dict[str, Any] = {"np": np}
    for title in ("02_convolution", "03_conv_backward", "04_fast_convolution"):
        notebook = json.loads((SOLUTIONS / title / f"{title}.ipynb").read_text(encoding="utf-8"))
        for cell in notebook["cells"]:
            if cell["cell_type"] == "code" and cell["metadata"].get("nbgrader", {}).get("solution"):
                exec("".join(cell["source"]), namespace)
    return namespace


def kernel_forward(x: np.ndarray, w: np.ndarray, b: np.ndarray, padding: int) -> np.ndarray:
    """A loop over the kernel's places, stride 1: one matrix product of (F, C) with (C, L) at each, for every image."""
    side = x.shape[2] + 2 * padding - K + 1
    padded = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    out = np.zeros((len(x), len(w), side * side), x.dtype)
    for p in range(K):
        for q in range(K):
            seen = padded[:, :, p : p + side, q : q + side].reshape(len(x), x.shape[1], -1)
            out += np.ascontiguousarray(w[:, :, p, q]) @ seen
    return (out + b[:, None]).reshape(len(x), len(w), side, side)


def kernel_backward(x: np.ndarray, w: np.ndarray, dout: np.ndarray, padding: int) -> tuple[np.ndarray, ...]:
    """The same on the way back."""
    side, flat = dout.shape[2], dout.reshape(*dout.shape[:2], -1)
    padded = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    dpadded, dw = np.zeros_like(padded), np.empty_like(w)
    for p in range(K):
        for q in range(K):
            seen = padded[:, :, p : p + side, q : q + side]
            dw[:, :, p, q] = (flat @ seen.reshape(len(x), x.shape[1], -1).transpose(0, 2, 1)).sum(axis=0)
            share = np.ascontiguousarray(w[:, :, p, q].T) @ flat
            dpadded[:, :, p : p + side, q : q + side] += share.reshape(seen.shape)
    return dpadded[:, :, padding:-padding, padding:-padding].copy(), dw, dout.sum(axis=(0, 2, 3))


def ways(answers_by_way: dict[str, Function]) -> dict[str, dict[str, Task]]:
    """way → {"forward": task, "backward": task}, all on the same arrays; the answers are compared first."""
    rng = np.random.default_rng(0)
    x = rng.standard_normal((N, C, SIDE, SIDE), dtype=np.float32)
    w, b = rng.standard_normal((F, C, K, K), dtype=np.float32), rng.standard_normal(F, dtype=np.float32)
    fast, fast_back = answers_by_way["conv_forward_fast"], answers_by_way["conv_backward_fast"]
    out, cache = fast(x, w, b, 1, PADDING)
    dout = rng.standard_normal(out.shape, dtype=np.float32)
    padded = np.pad(x, ((0, 0), (0, 0), (PADDING, PADDING), (PADDING, PADDING)))
    pytorch = pytorch_tasks(x, w, b, dout, PADDING)
    assert pytorch is not None
    product = matrix_product(x, w, out)
    tasks: dict[str, dict[str, Task]] = {
        "loops of 02 and 03": {
            "forward": lambda: answers_by_way["conv_forward"](x, w, b, 1, PADDING),
            "backward": lambda: answers_by_way["conv_backward"](dout, cache),
        },
        "rounds of them, counted up": {
            "forward": lambda: forward_rounds(padded, w),
            "backward": lambda: backward_rounds(padded, w),
        },
        "loop over the kernel": {
            "forward": lambda: kernel_forward(x, w, b, PADDING),
            "backward": lambda: kernel_backward(x, w, dout, PADDING),
        },
        "im2col, col2im (04)": {
            "forward": lambda: fast(x, w, b, 1, PADDING),
            "backward": lambda: fast_back(dout, cache),
        },
        "PyTorch": dict(zip(("forward", "backward"), pytorch, strict=True)),
        "limit: matrix products alone": {"forward": product, "backward": lambda: (product(), product())},
    }
    for way in ("loop over the kernel", "im2col, col2im (04)"):
        agree(tasks[way]["forward"](), tasks["PyTorch"]["forward"]())
        agree(tasks[way]["backward"](), tasks["PyTorch"]["backward"]())
    return tasks


def agree(got: Any, wanted: Any) -> None:
    """Stop if two ways disagree."""
    # (out, cache), out, or three gradients
    mine = got[:1] if isinstance(got, tuple) and len(got) == 2 else got if isinstance(got, tuple) else (got,)
    for a, b in zip(mine, wanted if isinstance(wanted, tuple) else (wanted,), strict=True):
        right = b.detach().numpy()
        assert np.abs(a - right).max() < 1e-4 * np.abs(right).max(), "the ways disagree"


def measure(tasks: dict[str, dict[str, Task]]) -> dict[str, dict[str, float]]:
    """way → {"forward": seconds, "backward": seconds}: medians over turns."""
    loops = "loops of 02 and 03"
    numbers = N * F * SIDE * SIDE
    seconds: dict[str, dict[str, float]] = {way: {} for way in tasks}
    for direction in ("forward", "backward"):
        taken: dict[str, list[float]] = {way: [] for way in tasks}
        for _ in range(TURNS):
            taken[loops].append(seconds_of(tasks[loops][direction], PROCESSOR))
            others = {way: both[direction] for way, both in tasks.items() if way != loops}
            for way, median in median_seconds(others, repeats=9, warmup=1, clock=PROCESSOR).items():
                taken[way].append(median * (numbers / ROUNDS if way.startswith("rounds") else 1))
        for way in tasks:
            seconds[way][direction] = statistics.median(taken[way])
    return seconds


def show(seconds: dict[str, dict[str, float]]) -> bool:
    """Print the table; whether the figures that the course promises were reached."""
    flops = {"forward": 2 * N * F * SIDE * SIDE * C * K * K}
    flops["backward"] = 2 * flops["forward"]
    print("| way | " + " | ".join(f"{d}, ms | GFLOP/s | × loops | × PyTorch's time" for d in flops) + " |")
    print("| --- |" + " ---: |" * 8)
    for way in seconds:
        cells = []
        for direction, work in flops.items():
            mine, loops, pytorch = (seconds[w][direction] for w in (way, "loops of 02 and 03", "PyTorch"))
            cells += [f"{mine * 1e3:.1f}", f"{work / mine / 1e9:.3g}", f"{loops / mine:.0f}", f"{mine / pytorch:.2f}"]
        print(f"| {way} | {' | '.join(cells)} |")
    reached = True
    for direction, (times, most) in ASKED.items():
        mine, loops, pytorch = (
            seconds[way][direction] for way in ("im2col, col2im (04)", "loops of 02 and 03", "PyTorch")
        )
        enough = loops / mine >= times and mine / pytorch <= most
        reached &= enough
        print(
            f"{direction}: {loops / mine:.0f}× the loops (asked for: {times}×), {mine / pytorch:.2f}× PyTorch's time "
            f"(asked for: at most {most}×): {'reached' if enough else 'NOT reached'}"
        )
    return reached


def check_margins() -> None:
    """Print what the check of speed measures for every answer of the gallery that is right, or right but slow."""
    print(f"\nWhat the checks measure on their own size (asked for: {WANTED:g}×), for every answer of the gallery:")
    print("| check | right answers: slowest | fastest | too slow: fastest |\n| --- | ---: | ---: | ---: |")
    for name in ("conv_forward_fast", "conv_backward_fast"):
        exercise = EXERCISES[name]
        question = exercise.challenge(SPEED_CASE, generator(assignment_of(name), name, SPEED_CASE.name, False))
        notebook = ("im2col", "col2im", name)
        right: list[float] = []
        slow: list[float] = []
        for answer in gallery.answers():
            if answer.exercise == name and (answer.right or answer.says == "too-slow"):
                ratio = noted(exercise.respond(gallery.functions(answer, notebook), question).notes)
                assert ratio is not None
                (right if answer.right else slow).append(ratio)
        print(f"| {name} | {min(right):.0f}× of {len(right)} | {max(right):.0f}× | {max(slow):.1f}× of {len(slow)} |")


def main() -> int:
    blas: dict[str, Any] = next((pool for pool in threadpool_info() if pool["user_api"] == "blas"), {})
    print(machine())
    print(f"BLAS of NumPy: {blas.get('internal_api')} {blas.get('version')} ({blas.get('architecture')})")
    print("one thread for all, processor time, medians")
    print(f"{N} images of {C}×{SIDE}×{SIDE}, {F} filters of {K}×{K}, padding {PADDING}, float32\n")
    with one_thread():
        reached = show(measure(ways(solutions())))
    check_margins()
    return 0 if reached else 1


if __name__ == "__main__":
    sys.exit(main())
