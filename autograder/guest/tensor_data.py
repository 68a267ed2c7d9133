"""Tensors as plain data, whatever a student makes of them: parameters, sparse ones, bfloat16, the device meta."""

from __future__ import annotations

import numpy as np
import torch

from autograder.guest.plain_data import UnsupportedType


def array_of(tensor: torch.Tensor) -> np.ndarray | UnsupportedType:
    """A copy of the tensor as an array of the same dtype; where NumPy has none, what kind of tensor it is."""
    array = array_in_place(tensor)
    return array.copy() if isinstance(array, np.ndarray) else array


def array_in_place(tensor: torch.Tensor) -> np.ndarray | UnsupportedType:
    """As `array_of`, in the tensor's own memory where it can be."""
    try:
        array: np.ndarray = tensor.detach().resolve_conj().resolve_neg().cpu().numpy()
        return array
    except (RuntimeError, TypeError, NotImplementedError):
        kind = str(tensor.dtype).removeprefix("torch.")
        layout = "" if tensor.layout is torch.strided else f", {str(tensor.layout).removeprefix('torch.')}"
        return UnsupportedType(f"torch.Tensor of {kind}{layout} on {tensor.device}")


def doubles_of(tensor: torch.Tensor) -> np.ndarray | None:
    """The tensor's numbers in float64; None if it has none that float64 can hold."""
    try:
        return np.array(tensor.detach().cpu().to_dense().double().numpy())
    except (RuntimeError, TypeError, NotImplementedError):
        return None
