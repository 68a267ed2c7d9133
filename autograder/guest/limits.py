"""The limits that the guest enforces on one submission."""

from __future__ import annotations

from dataclasses import dataclass

PYTORCH_FROM = "08"  # notebooks before this one are graded where PyTorch cannot be imported
MB = 1 << 20


@dataclass(frozen=True)
class KernelLimits:
    """Limits of one kernel and the processes that it starts; sizes in bytes."""

    memory: int = 3072 * MB  # of all its processes together, and of the data segment of each
    files: int = 64 * MB  # size of its scratch folder
    file: int = 64 * MB  # size of one file
    output: int = 200_000  # characters that one cell may print; the rest is dropped
    cpu: int = 300  # seconds of processor time of each process
    processes: int = 64  # at once
    descriptors: int = 256  # open in each process
