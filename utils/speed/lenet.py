"""How fast LeNet-5 can be trained, in many ways: what each does in one step, to be timed beside the others.

Loops and matrix products in NumPy are answers to notebooks 02 to 04, so only their work is here: as many products,
copies and additions of the same sizes. What ReLU, pooling and the step cost is left out of these two; it is little.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F

from utils.layers.pytorch_modules import LeNet5
from utils.speed.convolution import ROUNDS, backward_rounds, forward_rounds
from utils.speed.timing import WALL, Task, median_seconds

Array = np.ndarray
CONVOLUTIONS = ((1, 20, 28), (20, 50, 14))  # channels in, filters, height and width in and out
LINEAR = ((2450, 500), (500, 10))
KERNEL, PADDING = 5, 2


def loops_seconds() -> float:
    """Seconds for one image, forward and back, by loops over every window as in 02 and 03; rounds counted up."""
    seconds = 0.0
    for channels, filters, size in CONVOLUTIONS:
        x = np.ones((1, channels, size + 2 * PADDING, size + 2 * PADDING), np.float32)
        w = np.ones((filters, channels, KERNEL, KERNEL), np.float32)
        tasks: dict[str, Task] = {"forward": partial(forward_rounds, x, w), "back": partial(backward_rounds, x, w)}
        taken = median_seconds(tasks, repeats=3, warmup=1)
        seconds += sum(taken.values()) * filters * size * size / ROUNDS
    return seconds


def products_seconds(batch: int = 64) -> float:
    """Seconds for one image of a batch, forward and back, by matrix products in NumPy as in 04."""
    work = [_columns(batch, *sizes) for sizes in CONVOLUTIONS]
    rng = np.random.default_rng(0)
    for inputs, outputs in LINEAR:
        x, w, d = (
            rng.standard_normal(shape, dtype=np.float32)
            for shape in ((batch, inputs), (inputs, outputs), (batch, outputs))
        )
        work.append(partial(_linear, x, w, d))
    taken = median_seconds({"step": lambda: [task() for task in work]}, repeats=5, warmup=1, clock=WALL)
    return taken["step"] / batch


def _linear(x: Array, w: Array, d: Array) -> None:
    """The products of a linear layer, forward and back."""
    x @ w
    x.T @ d
    d @ w.T


def _columns(batch: int, channels: int, filters: int, size: int) -> Task:
    """The work of one convolution: windows copied to columns, three products, columns added back."""
    rows, places = channels * KERNEL * KERNEL, size * size
    image = np.ones((batch, channels, size + 2 * PADDING, size + 2 * PADDING), np.float32)
    w, d = np.ones((filters, rows), np.float32), np.ones((batch, filters, places), np.float32)
    cols = np.empty((batch, channels, KERNEL, KERNEL, size, size), np.float32)

    def work() -> None:
        for i in range(KERNEL):
            for j in range(KERNEL):
                cols[:, :, i, j] = image[:, :, i : i + size, j : j + size]
        flat = cols.reshape(batch, rows, places)
        w @ flat
        (d @ flat.swapaxes(1, 2)).sum(axis=0)
        if channels > 1:  # nobody needs the gradient of the images themselves
            back = (w.T @ d).reshape(cols.shape)
            for i in range(KERNEL):
                for j in range(KERNEL):
                    image[:, :, i : i + size, j : j + size] += back[:, :, i, j]
        image.fill(1)

    return work


def training_steps(device: torch.device, batch: int, compiled: bool) -> dict[str, Callable[[], Task]]:
    """way → a function that makes one training step of `batch` images, whose name says what it has beside the last.

    Making one is apart from running it, so that memory and compiling are paid for one by one. The images stay on the
    device. A CUDA graph is there on cuda alone.
    """
    ways: dict[str, dict[str, Any]] = {
        "PyTorch as it is": {},
        "+ channels_last": {"last": True},
        "+ autocast, bfloat16": {"last": True, "autocast": True},
    }
    if compiled:
        ways["+ torch.compile"] = {"last": True, "autocast": True, "compiled": True}
    if device.type == "cuda":
        ways["+ CUDA graph"] = {"last": True, "autocast": True, "graph": True}
    return {name: partial(one_step, device, batch, **way) for name, way in ways.items()}


def one_step(
    device: torch.device,
    batch: int,
    last: bool = False,
    autocast: bool = False,
    compiled: bool = False,
    graph: bool = False,
) -> Task:
    """One training step of LeNet-5: forward, back, and SGD with momentum."""
    model = LeNet5().to(device)
    if last:
        channels_last(model)
    x = torch.rand(batch, 1, 28, 28, device=device)
    y = torch.arange(batch, device=device) % 10
    net: Any = torch.compile(model) if compiled else model
    optimizer = torch.optim.SGD(model.parameters(), lr=1e-4, momentum=0.9)

    def step() -> None:
        # a graph cannot keep 16-bit copies of the weights from one call to the next
        with torch.autocast(device.type, torch.bfloat16, enabled=autocast, cache_enabled=not graph):
            loss = F.cross_entropy(net(x), y)
        optimizer.zero_grad(set_to_none=not graph)
        loss.backward()
        optimizer.step()

    return captured(step) if graph else step


def channels_last(model: LeNet5) -> LeNet5:
    """The network itself, with the channels of its weights beside each other."""
    return model.to(memory_format=torch.channels_last)  # type: ignore[call-overload]


def captured(step: Task, warmup: int = 3) -> Task:
    """A step as a CUDA graph: its kernels are recorded once, and started all together from then on."""
    side = torch.cuda.Stream()
    side.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(side):  # memory is handed out and libraries set up before the recording
        for _ in range(warmup):
            step()
    torch.cuda.current_stream().wait_stream(side)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        step()
    return partial(_replay, graph, step)


def _replay(graph: torch.cuda.CUDAGraph, step: Task) -> None:
    """Start the kernels. A graph knows addresses alone, so the step, and with it its tensors, has to be kept alive."""
    graph.replay()
