"""Stand-ins for the functions of earlier notebooks: the same arguments, results and caches.

With them a student can start at any notebook. They are in utils/layers/reference/, which kernels that grade a notebook
on NumPy do not have; there a stand-in can be imported, and raises when it is called.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

BATCHNORM = ("batchnorm_", "spatial_batchnorm_", "fuse_conv_")  # how the names in that module begin


def __getattr__(name: str) -> Callable[..., Any]:
    """The stand-in of this name."""
    if name.startswith("_"):
        raise AttributeError(f"utils.layers.stand_ins has no {name!r}.")
    try:
        from utils.layers.reference import batchnorm, functions, network
    except ImportError:
        return missing(name)
    module = network if name == "LeNet5" else batchnorm if name.startswith(BATCHNORM) else functions
    stand_in: Callable[..., Any] = getattr(module, name)
    return stand_in


def missing(name: str) -> Callable[..., Any]:
    """A function that says when it is called that the stand-in is not there."""

    def call(*args: Any, **kwargs: Any) -> Any:
        raise ImportError(
            f"{name}: this notebook is graded without the stand-ins of utils.layers. "
            "Call your own functions, or those of earlier notebooks that utils.layers hands you."
        )

    return call
