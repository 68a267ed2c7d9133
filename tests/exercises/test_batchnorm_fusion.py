"""A convolution fused with its batch normalization gives, at test time, what the two layers gave."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from autograder.exercises import ASSIGNMENTS
from autograder.gallery.registry import Answer, functions, right_answers

CONVOLUTION = tuple(exercise.name for exercise in ASSIGNMENTS["02_convolution"])
BATCHNORM = tuple(exercise.name for exercise in ASSIGNMENTS["06_batchnorm"])
conv_forward = functions(right_answers("conv_forward")[0], CONVOLUTION)["conv_forward"]


@pytest.mark.parametrize("answer", right_answers("fuse_conv_batchnorm"), ids=lambda answer: answer.says)
@pytest.mark.parametrize(("stride", "padding"), [(1, 0), (2, 1)])
def test_the_fused_convolution_gives_what_the_two_layers_gave(answer: Answer, stride: int, padding: int) -> None:
    mine = functions(answer, BATCHNORM)
    rng = np.random.default_rng(0)
    x = rng.standard_normal((3, 2, 7, 6))
    w, b = rng.standard_normal((5, 2, 3, 3)), rng.standard_normal(5)
    gamma, beta, mean, var = rng.standard_normal(5), rng.standard_normal(5), np.zeros(5), np.ones(5)
    for _ in range(5):  # running values as training leaves them
        maps, _ = conv_forward(rng.standard_normal(x.shape), w, b, stride, padding)
        mine["spatial_batchnorm_forward"](maps, gamma, beta, mean, var, momentum=0.3)

    maps, _ = conv_forward(x, w, b, stride, padding)
    two, _ = mine["spatial_batchnorm_forward"](maps, gamma, beta, mean, var, training=False)
    one, _ = conv_forward(x, *mine["fuse_conv_batchnorm"](w, b, gamma, beta, mean, var), stride, padding)
    assert np.all(b != 0) and np.abs(two).max() > 1
    np.testing.assert_allclose(one, two, rtol=0, atol=1e-6)
    np.testing.assert_allclose(one, two, rtol=0, atol=1e-12)


def test_the_fusion_agrees_with_pytorch(torch: Any) -> None:
    fuse = functions(right_answers("fuse_conv_batchnorm")[0], BATCHNORM)["fuse_conv_batchnorm"]
    rng = np.random.default_rng(1)
    w, b = rng.standard_normal((4, 3, 2, 2)), rng.standard_normal(4)
    gamma, beta, mean = rng.standard_normal((3, 4))
    var = rng.random(4) + 0.1
    tensors = {name: torch.tensor(values) for name, values in (("w", w), ("b", b), ("mean", mean), ("var", var))}
    fused_w, fused_b = torch.nn.utils.fusion.fuse_conv_bn_weights(
        *tensors.values(), 1e-5, torch.tensor(gamma), torch.tensor(beta)
    )
    mine = fuse(w, b, gamma, beta, mean, var)
    np.testing.assert_allclose(mine[0], fused_w.numpy())
    np.testing.assert_allclose(mine[1], fused_b.numpy())
