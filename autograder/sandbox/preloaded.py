"""What a warm process imports before any student's code runs, and what no kernel may import."""

from __future__ import annotations

import importlib.util
from pathlib import Path

# Imported once, before any student's code runs. SciPy is not: few answers use it, and it takes a fifth of the start.
MODULES = (
    "numpy", "numpy.lib.stride_tricks", "matplotlib.pyplot", "matplotlib.animation", "matplotlib_inline.backend_inline",
    "matplotlib.backends.backend_agg", "mpl_toolkits.mplot3d", "IPython.core.interactiveshell",
    "IPython.core.pylabtools", "ipykernel.kernelapp", "ipywidgets", "tqdm.auto", "threadpoolctl",
    "PIL.Image", "safetensors.numpy", "autograder.check", "autograder.guest.kernel",
    "utils.figures.animations", "utils.figures.graphs", "utils.figures.plots",
    "utils.data", "utils.gradients", "utils.layers", "utils.lesson",
)  # fmt: skip
TORCH = "torch"
WITH_TORCH = (TORCH, "torch._dynamo")  # the second is imported by the first optimizer, which takes three seconds
UNWANTED = ("debugpy",)  # importing a debugger would take most of a kernel's start


def torch_folders() -> list[Path]:
    """Where PyTorch is installed, found without importing it."""
    spec = importlib.util.find_spec(TORCH)
    return [Path(folder).resolve() for folder in (spec.submodule_search_locations or ())] if spec else []
