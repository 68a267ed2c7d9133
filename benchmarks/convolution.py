"""Compare the convolution of notebook 04 with loops and with PyTorch: python benchmarks/convolution.py

All times are of float32 on one thread, in CPU time, which other programs hardly affect. The implementations take turns
in one run, and ratios of medians are compared. The loops and the functions of 04 are read from the solution notebooks.
Takes about a minute.
"""

from __future__ import annotations

import json
import statistics
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch  # noqa: F401  one_thread limits PyTorch only once it has been imported
from machine import machine
from threadpoolctl import threadpool_info

from autograder.exercises import EXERCISES, assignment_of
from autograder.exercises.fast_convolution.speed import SPEED_CASE, WANTED, noted
from autograder.gallery import registry as gallery
from autograder.judging.seeds import generator
from utils.speed.convolution import ROUNDS, backward_rounds, forward_rounds, matrix_product, pytorch_tasks
from utils.speed.timing import PROCESSOR, Task, median_seconds, seconds_of
from utils.threads import one_thread

SOLUTIONS = Path(__file__).resolve().parent.parent / "solutions"
N, C, SIDE, F, K, PADDING = 32, 20, 14, 50, 5, 2  # LeNet-5's second convolution
TURNS = 5  # in each the loops are timed once, the others nine times
# direction → least speedup over the loops, and largest multiple of PyTorch's time, that the course promises
PROMISED = {"forward": (250, 2.0), "backward": (120, 2.5)}
LOOPS, ROUNDS_OF_LOOPS = "loops of 02 and 03", "the same, extrapolated"
KERNEL, COLUMNS = "loop over the kernel", "im2col, col2im (04)"
PYTORCH, LIMIT = "PyTorch", "limit: matrix products alone"

Function = Callable[..., Any]


def solutions() -> dict[str, Function]:
    """The functions that the solution cells of notebooks 02 to 04 define."""
    namespace: dict[str, Any] = {"np": np}
    for title in ("02_convolution", "03_conv_backward", "04_fast_convolution"):
        notebook = json.loads((SOLUTIONS / title / f"{title}.ipynb").read_text(encoding="utf-8"))
        for cell in notebook["cells"]:
            if cell["cell_type"] == "code" and cell["metadata"].get("nbgrader", {}).get("solution"):
                exec("".join(cell["source"]), namespace)
    return namespace


def kernel_forward(x: np.ndarray, w: np.ndarray, b: np.ndarray, padding: int) -> np.ndarray:
    """Convolution with stride 1 by a loop over the kernel: a matrix product (F, C) · (C, L) per position and image."""
    side = x.shape[2] + 2 * padding - K + 1
    padded = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    out = np.zeros((len(x), len(w), side * side), x.dtype)
    for p in range(K):
        for q in range(K):
            pixels = padded[:, :, p : p + side, q : q + side].reshape(len(x), x.shape[1], -1)
            out += np.ascontiguousarray(w[:, :, p, q]) @ pixels
    return (out + b[:, None]).reshape(len(x), len(w), side, side)


def kernel_backward(x: np.ndarray, w: np.ndarray, dout: np.ndarray, padding: int) -> tuple[np.ndarray, ...]:
    """dx, dw and db of the same layer, by a loop over the kernel."""
    side, flat = dout.shape[2], dout.reshape(*dout.shape[:2], -1)
    padded = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    dpadded, dw = np.zeros_like(padded), np.empty_like(w)
    for p in range(K):
        for q in range(K):
            pixels = padded[:, :, p : p + side, q : q + side]
            dw[:, :, p, q] = (flat @ pixels.reshape(len(x), x.shape[1], -1).transpose(0, 2, 1)).sum(axis=0)
            share = np.ascontiguousarray(w[:, :, p, q].T) @ flat
            dpadded[:, :, p : p + side, q : q + side] += share.reshape(pixels.shape)
    return dpadded[:, :, padding:-padding, padding:-padding].copy(), dw, dout.sum(axis=(0, 2, 3))


def implementations(solution: dict[str, Function]) -> dict[str, dict[str, Task]]:
    """Name → {"forward": task, "backward": task}, all on the same arrays, after a comparison of their results.

    Args:
        solution: the functions of the notebooks, by name.
    """
    rng = np.random.default_rng(0)
    x = rng.standard_normal((N, C, SIDE, SIDE), dtype=np.float32)
    w, b = rng.standard_normal((F, C, K, K), dtype=np.float32), rng.standard_normal(F, dtype=np.float32)
    fast, fast_backward = solution["conv_forward_fast"], solution["conv_backward_fast"]
    out, cache = fast(x, w, b, 1, PADDING)
    dout = rng.standard_normal(out.shape, dtype=np.float32)
    padded = np.pad(x, ((0, 0), (0, 0), (PADDING, PADDING), (PADDING, PADDING)))
    pytorch = pytorch_tasks(x, w, b, dout, PADDING)
    assert pytorch is not None
    product = matrix_product(x, w, out)
    tasks: dict[str, dict[str, Task]] = {
        LOOPS: {
            "forward": lambda: solution["conv_forward"](x, w, b, 1, PADDING),
            "backward": lambda: solution["conv_backward"](dout, cache),
        },
        ROUNDS_OF_LOOPS: {
            "forward": lambda: forward_rounds(padded, w),
            "backward": lambda: backward_rounds(padded, w),
        },
        KERNEL: {
            "forward": lambda: kernel_forward(x, w, b, PADDING),
            "backward": lambda: kernel_backward(x, w, dout, PADDING),
        },
        COLUMNS: {
            "forward": lambda: fast(x, w, b, 1, PADDING),
            "backward": lambda: fast_backward(dout, cache),
        },
        PYTORCH: dict(zip(("forward", "backward"), pytorch, strict=True)),
        LIMIT: {"forward": product, "backward": lambda: (product(), product())},
    }
    for name in (KERNEL, COLUMNS):
        for direction in ("forward", "backward"):
            compare(tasks[name][direction](), tasks[PYTORCH][direction]())
    return tasks


def compare(result: Any, expected: Any) -> None:
    """Stop if a result differs from PyTorch's."""
    # (out, cache), out, or three gradients
    is_forward = isinstance(result, tuple) and len(result) == 2
    arrays = result[:1] if is_forward else result if isinstance(result, tuple) else (result,)
    for array, tensor in zip(arrays, expected if isinstance(expected, tuple) else (expected,), strict=True):
        reference = tensor.detach().numpy()
        assert np.abs(array - reference).max() < 1e-4 * np.abs(reference).max(), "the results differ"


def measure(tasks: dict[str, dict[str, Task]]) -> dict[str, dict[str, float]]:
    """Name → {"forward": seconds, "backward": seconds}, medians over the turns."""
    iterations = N * F * SIDE * SIDE  # of the complete loops
    seconds: dict[str, dict[str, float]] = {name: {} for name in tasks}
    for direction in ("forward", "backward"):
        timings: dict[str, list[float]] = {name: [] for name in tasks}
        for _ in range(TURNS):
            timings[LOOPS].append(seconds_of(tasks[LOOPS][direction], PROCESSOR))
            others = {name: both[direction] for name, both in tasks.items() if name != LOOPS}
            for name, median in median_seconds(others, repeats=9, warmup=1, clock=PROCESSOR).items():
                timings[name].append(median * (iterations / ROUNDS if name == ROUNDS_OF_LOOPS else 1))
        for name in tasks:
            seconds[name][direction] = statistics.median(timings[name])
    return seconds


def show(seconds: dict[str, dict[str, float]]) -> bool:
    """Print the table; return whether the speeds that the course promises were reached."""
    flops = {"forward": 2 * N * F * SIDE * SIDE * C * K * K}
    flops["backward"] = 2 * flops["forward"]
    columns = (f"{direction} (ms) | GFLOP/s | speedup over loops | time / PyTorch's" for direction in flops)
    print(f"| implementation | {' | '.join(columns)} |")
    print("| --- |" + " ---: |" * 8)
    for name in seconds:
        cells = []
        for direction, work in flops.items():
            own, loops, pytorch = (seconds[key][direction] for key in (name, LOOPS, PYTORCH))
            cells += [f"{own * 1e3:.1f}", f"{work / own / 1e9:.3g}", f"{loops / own:.0f}", f"{own / pytorch:.2f}"]
        print(f"| {name} | {' | '.join(cells)} |")
    print()
    all_reached = True
    for direction, (speedup, multiple) in PROMISED.items():
        own, loops, pytorch = (seconds[name][direction] for name in (COLUMNS, LOOPS, PYTORCH))
        reached = loops / own >= speedup and own / pytorch <= multiple
        all_reached &= reached
        print(
            f"- {direction}: {loops / own:.0f} times as fast as the loops (promised: {speedup}), {own / pytorch:.2f} "
            f"times PyTorch's time (promised: at most {multiple}): {'reached' if reached else 'NOT reached'}"
        )
    return all_reached


def check_margins() -> None:
    """Print the speedups that the checks measure for the right answers of the gallery, and for those only too slow."""
    print(f"\nSpeedups that the checks measure for the gallery, with their own sizes ({WANTED:g} is required):\n")
    print("| check | slowest right answer | fastest right answer | fastest too slow answer |")
    print("| --- | ---: | ---: | ---: |")
    for name in ("conv_forward_fast", "conv_backward_fast"):
        exercise = EXERCISES[name]
        inputs = exercise.challenge(SPEED_CASE, generator(assignment_of(name), name, SPEED_CASE.name, False))
        notebook = ("im2col", "col2im", name)
        right: list[float] = []
        slow: list[float] = []
        for answer in gallery.answers():
            if answer.exercise == name and (answer.right or answer.says == "too-slow"):
                ratio = noted(exercise.respond(gallery.functions(answer, notebook), inputs).notes)
                assert ratio is not None
                (right if answer.right else slow).append(ratio)
        print(f"| {name} | {min(right):.0f} (of {len(right)}) | {max(right):.0f} | {max(slow):.1f} (of {len(slow)}) |")


def main() -> int:
    blas: dict[str, Any] = next((pool for pool in threadpool_info() if pool["user_api"] == "blas"), {})
    print(machine())
    print(f"BLAS of NumPy: {blas.get('internal_api')} {blas.get('version')} ({blas.get('architecture')})")
    print("one thread, CPU time, medians")
    print(f"{N} images of {C}×{SIDE}×{SIDE}, {F} filters of {K}×{K}, padding {PADDING}, float32\n")
    with one_thread():
        reached = show(measure(implementations(solutions())))
    check_margins()
    return 0 if reached else 1


if __name__ == "__main__":
    sys.exit(main())
