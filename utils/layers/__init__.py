"""Functions of earlier notebooks: the student's own if their check has passed, else stand-ins.

    from utils.layers import conv_forward, relu_forward

For conv_forward this reads 02_convolution/02_convolution.ipynb, in the folder next to the current notebook's or in
notebooks/ of the working directory. If the verdict saved in that notebook says that the check of conv_forward passed,
conv_forward is the student's function; otherwise it is a stand-in with the same arguments, results and cache. One line
is printed that says which is which. After changing and saving the notebook, run the import again.

- While nbgrader grades, or with CNN_COURSE_LAYERS=stand-ins in the environment, only stand-ins are used and nothing is
  printed: a mistake in an early notebook costs no points in a later one.
- `hand_in({"conv_forward": f})` makes conv_forward this f, for a process without stand-ins.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping

from utils.layers import stand_ins
from utils.layers.earlier import VARIABLE as VARIABLE
from utils.layers.earlier import Earlier, Function

# notebook → its functions that later notebooks use
NOTEBOOKS: dict[str, tuple[str, ...]] = {
    "01_backprop": (
        "linear_forward",
        "linear_backward",
        "relu_forward",
        "relu_backward",
        "softmax_loss",
        "numerical_gradient",
        "two_layer_loss",
    ),
    "02_convolution": (
        "conv_output_size",
        "conv_cost",
        "conv_forward",
        "hand_filters",
        "conv1x1_forward",
        "merge_convs",
        "receptive_field",
    ),
    "03_conv_backward": ("conv_backward_bias", "conv_backward_weight", "conv_backward_input", "conv_backward"),
    "04_fast_convolution": (
        "im2col",
        "col2im",
        "conv_forward_fast",
        "conv_backward_fast",
        "conv1d_forward",
        "conv3d_forward",
    ),
    "05_pooling": ("max_pool_forward", "max_pool_backward", "avg_pool_forward", "avg_pool_backward"),
    "06_batchnorm": (
        "batchnorm_forward",
        "batchnorm_backward",
        "spatial_batchnorm_forward",
        "spatial_batchnorm_backward",
        "fuse_conv_batchnorm",
    ),
    "07_lenet_numpy": ("LeNet5",),
}
_earlier = Earlier(NOTEBOOKS, lambda name: getattr(stand_ins, name))
ORIGIN = _earlier.origin  # function → its notebook


def hand_in(functions: Mapping[str, Function]) -> None:
    """Use these functions from now on, whatever the notebooks contain, and print nothing about them.

    For a grader with reference functions of its own. Each call replaces the functions of the call before it, so
    `hand_in({})` removes them all. Other names are looked up in the notebooks as usual.

    Raises:
        ValueError: if a name is not a function of an earlier notebook.
    """
    _earlier.hand_in(functions)


def origins(names: tuple[str, ...]) -> str:
    """Say in one line which of these functions are the student's and which are stand-ins, and why.

    The line is empty while grading and for functions that were handed in.
    """
    return _earlier.origins(names)


def __getattr__(name: str) -> Function:
    if name not in ORIGIN:
        raise AttributeError(f"utils.layers has no {name!r}; it has {', '.join(ORIGIN)}.")
    return _earlier.imported(name, sys._getframe(1))


def __dir__() -> list[str]:
    return [*ORIGIN, "hand_in", "origins"]
