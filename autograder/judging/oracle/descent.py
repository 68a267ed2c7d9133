"""Gradient descent with momentum as one matrix: a step maps (parameter, velocity, gradient) to the next such triple."""

from __future__ import annotations

import numpy as np


def descent_matrix(lr: float, momentum: float, dampening: float = 0.0, nesterov: bool = False) -> np.ndarray:
    """(3, 3): one step, for a gradient that stays the same. The defaults are those of `torch.optim.SGD`.

    The velocity becomes momentum · velocity + (1 − dampening) · gradient. The parameter moves by −lr times that, or
    with `nesterov` by −lr times gradient + momentum · velocity.
    """
    velocity = np.array([0.0, momentum, 1.0 - dampening])
    gradient = np.array([0.0, 0.0, 1.0])
    direction = gradient + momentum * velocity if nesterov else velocity
    return np.stack([[1.0, 0.0, 0.0] - lr * direction, velocity, gradient])


def descended(matrix: np.ndarray, steps: int, *state: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The parameters and the velocity after some steps of this matrix; state: parameters, velocity, gradient, alike."""
    after = np.tensordot(np.linalg.matrix_power(matrix, steps), np.stack(state).astype(np.float64), 1)
    return after[0], after[1]
