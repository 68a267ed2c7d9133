"""Reference answers in float64, by NumPy alone. Every function takes and returns NumPy arrays of any float dtype.

They are written from definitions, and gradients come from the chain rule in general (`chain_rule`), so that neither is
what a notebook asks for. tests/judging/test_oracle.py compares them with PyTorch. What 08 to 10 need of PyTorch itself
is in `pytorch`, which nothing here imports.
"""

from __future__ import annotations

from autograder.judging.oracle.descent import descended, descent_matrix
from autograder.judging.oracle.layers import (
    batchnorm,
    batchnorm_gradients,
    cross_entropy,
    linear,
    linear_gradients,
    log_softmax,
    moments,
    relu,
    relu_gradient,
    two_layer,
)
from autograder.judging.oracle.windows import (
    avg_pool2d,
    avg_pool2d_gradient,
    conv,
    conv2d_gradients,
    fold,
    max_pool2d,
    max_pool2d_gradient,
    merge,
    tied_max_gradient,
    unfold,
)
from utils.threads import one_thread

conv2d = conv
__all__ = [
    "avg_pool2d",
    "avg_pool2d_gradient",
    "batchnorm",
    "batchnorm_gradients",
    "conv",
    "conv2d",
    "conv2d_gradients",
    "cross_entropy",
    "descended",
    "descent_matrix",
    "fold",
    "linear",
    "linear_gradients",
    "log_softmax",
    "max_pool2d",
    "max_pool2d_gradient",
    "merge",
    "moments",
    "one_thread",
    "relu",
    "relu_gradient",
    "tied_max_gradient",
    "two_layer",
    "unfold",
]
