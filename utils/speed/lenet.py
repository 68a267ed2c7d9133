"""One training step of LeNet-5 in several implementations, to be timed.

Loops and matrix products in NumPy are the answers to notebooks 02 to 04, so this module only has their work: as many
products, copies and additions of the same sizes. ReLU, pooling and the update are left out there; they cost little.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

from utils.layers.pytorch_modules import LeNet5
from utils.speed.convolution import ROUNDS, backward_rounds, forward_rounds
from utils.speed.timing import WALL, Task, median_seconds

Array = np.ndarray
CONVOLUTIONS = ((1, 20, 28), (20, 50, 14))  # input channels, filters, height and width of input and output
LINEAR = ((2450, 500), (500, 10))  # input and output features
KERNEL, PADDING = 5, 2


def loops_seconds() -> float:
    """Seconds for one image, forward and backward, with loops over every window as in 02 and 03; extrapolated."""
    seconds = 0.0
    for channels, filters, size in CONVOLUTIONS:
        x = np.ones((1, channels, size + 2 * PADDING, size + 2 * PADDING), np.float32)
        w = np.ones((filters, channels, KERNEL, KERNEL), np.float32)
        tasks: dict[str, Task] = {"forward": partial(forward_rounds, x, w), "backward": partial(backward_rounds, x, w)}
        medians = median_seconds(tasks, repeats=3, warmup=1)
        seconds += sum(medians.values()) * filters * size * size / ROUNDS
    return seconds


def products_seconds(batch: int = 64) -> float:
    """Seconds for one image of a batch, forward and backward, with matrix products in NumPy as in 04."""
    layers = [_convolution(batch, *sizes) for sizes in CONVOLUTIONS]
    rng = np.random.default_rng(0)
    for inputs, outputs in LINEAR:
        x, w, dout = (
            rng.standard_normal(shape, dtype=np.float32)
            for shape in ((batch, inputs), (inputs, outputs), (batch, outputs))
        )
        layers.append(partial(_linear, x, w, dout))
    medians = median_seconds({"step": lambda: [layer() for layer in layers]}, repeats=5, warmup=1, clock=WALL)
    return medians["step"] / batch


def _linear(x: Array, w: Array, dout: Array) -> None:
    """The products of a linear layer, forward and backward."""
    x @ w
    x.T @ dout
    dout @ w.T


def _convolution(batch: int, channels: int, filters: int, size: int) -> Task:
    """The work of one convolution: copy windows to columns, three products, add columns back to the image."""
    rows, positions = channels * KERNEL * KERNEL, size * size
    image = np.ones((batch, channels, size + 2 * PADDING, size + 2 * PADDING), np.float32)
    w, dout = np.ones((filters, rows), np.float32), np.ones((batch, filters, positions), np.float32)
    cols = np.empty((batch, channels, KERNEL, KERNEL, size, size), np.float32)

    def work() -> None:
        for i in range(KERNEL):
            for j in range(KERNEL):
                cols[:, :, i, j] = image[:, :, i : i + size, j : j + size]
        flat = cols.reshape(batch, rows, positions)
        w @ flat
        (dout @ flat.swapaxes(1, 2)).sum(axis=0)
        if channels > 1:  # training does not need the gradient of the images
            dcols = (w.T @ dout).reshape(cols.shape)
            for i in range(KERNEL):
                for j in range(KERNEL):
                    image[:, :, i : i + size, j : j + size] += dcols[:, :, i, j]
        image.fill(1)

    return work


def training_steps(
    device: torch.device, batch: int, compiled: bool, network: Callable[[], nn.Module] = LeNet5
) -> dict[str, Callable[[], Task]]:
    """Return name → a function that prepares one training step in PyTorch; each name says what is added.

    A step is prepared by a separate call, so that memory is allocated and kernels are compiled for one at a time.

    Args:
        device: where the network and the images are.
        batch: number of images.
        compiled: whether to include torch.compile. A CUDA graph is included on CUDA devices.
        network: makes the network that is trained; by default the course's LeNet-5.
    """
    options: dict[str, dict[str, Any]] = {
        "PyTorch, plain": {},
        "+ channels_last": {"channels_last": True},
        "+ autocast, bfloat16": {"channels_last": True, "autocast": True},
    }
    if compiled:
        options["+ torch.compile"] = {"channels_last": True, "autocast": True, "compiled": True}
    if device.type == "cuda":
        options["+ CUDA graph"] = {"channels_last": True, "autocast": True, "graph": True}
    return {name: partial(one_step, device, batch, network, **chosen) for name, chosen in options.items()}


def one_step(
    device: torch.device,
    batch: int,
    network: Callable[[], nn.Module] = LeNet5,
    channels_last: bool = False,
    autocast: bool = False,
    compiled: bool = False,
    graph: bool = False,
) -> Task:
    """Prepare one training step of LeNet-5: forward, backward, and SGD with momentum."""
    model = network().to(device)
    if channels_last:
        to_channels_last(model)
    x = torch.rand(batch, 1, 28, 28, device=device)
    y = torch.arange(batch, device=device) % 10
    net: Any = torch.compile(model) if compiled else model
    optimizer = torch.optim.SGD(model.parameters(), lr=1e-4, momentum=0.9)

    def step() -> None:
        # a graph must convert the weights to 16 bits anew in each replay
        with torch.autocast(device.type, torch.bfloat16, enabled=autocast, cache_enabled=not graph):
            loss = F.cross_entropy(net(x), y)
        optimizer.zero_grad(set_to_none=not graph)
        loss.backward()
        optimizer.step()

    return as_cuda_graph(step) if graph else step


def to_channels_last(model: nn.Module) -> nn.Module:
    """Change the memory format of a network's weights in place, and return the network."""
    return model.to(memory_format=torch.channels_last)  # type: ignore[call-overload]


def as_cuda_graph(step: Task, warmup: int = 3) -> Task:
    """Capture a step as a CUDA graph; a call of the result launches all its kernels at once."""
    stream = torch.cuda.Stream()
    stream.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(stream):  # allocates memory and initialises libraries before the capture
        for _ in range(warmup):
            step()
    torch.cuda.current_stream().wait_stream(stream)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        step()
    return partial(_replay, graph, step)


def _replay(graph: torch.cuda.CUDAGraph, step: Task) -> None:
    """Launch the kernels. A graph only stores addresses; the argument `step` keeps the tensors alive."""
    graph.replay()
