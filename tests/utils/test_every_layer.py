"""Every layer of torch.nn in a design: counted, with the model's scores, or refused by its name with what to use."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as F

from utils import design

X = torch.rand(50, 1, 28, 28, generator=torch.Generator().manual_seed(0))
Use = Callable[[Any, torch.Tensor], torch.Tensor]  # how a layer is called with maps (N, 8, 6, 6)
PLAIN = (
    "CELU", "ELU", "GELU", "GLU", "Hardshrink", "Hardsigmoid", "Hardswish", "Hardtanh", "LeakyReLU", "LogSigmoid",
    "LogSoftmax", "Mish", "PReLU", "RReLU", "ReLU", "ReLU6", "SELU", "SiLU", "Sigmoid", "Softmax", "Softmax2d",
    "Softmin", "Softplus", "Softshrink", "Softsign", "Tanh", "Tanhshrink", "Identity", "Flatten", "Dropout",
    "Dropout2d", "AlphaDropout", "FeatureAlphaDropout", "LazyBatchNorm2d", "LazyInstanceNorm2d",
)  # fmt: skip
# a layer is called with maps, unless it stands in OTHERS
MAPS: dict[str, tuple[Any, ...]] = {
    **dict.fromkeys(PLAIN, ()),
    **dict.fromkeys(["AvgPool2d", "MaxPool2d", "AdaptiveAvgPool2d", "AdaptiveMaxPool2d"], (2,)),
    **dict.fromkeys(["PixelUnshuffle", "PixelShuffle"], (2,)),
    **dict.fromkeys(["ReflectionPad2d", "ReplicationPad2d", "ZeroPad2d", "CircularPad2d", "ReflectionPad1d"], (1,)),
    **dict.fromkeys(["UpsamplingNearest2d", "UpsamplingBilinear2d", "Upsample"], (None, 2)),
    **dict.fromkeys(["Conv2d", "ConvTranspose2d"], (8, 4, 3)),
    **dict.fromkeys(["LazyConv2d", "LazyConvTranspose2d"], (4, 3)),
    **dict.fromkeys(["BatchNorm2d", "InstanceNorm2d", "SyncBatchNorm"], (8,)),
    "Threshold": (0.1, 0.0), "LPPool2d": (2, 2), "ConstantPad2d": (1, 0.5), "Unfold": (2,), "ChannelShuffle": (4,),
    "Unflatten": (1, (2, 4)), "LayerNorm": ([8, 6, 6],), "GroupNorm": (2, 8), "LocalResponseNorm": (3,),
    "RMSNorm": ([6],), "Linear": (6, 4), "LazyLinear": (4,),
}  # fmt: skip


def along(layer: Any, h: torch.Tensor) -> torch.Tensor:
    return layer(h.flatten(2))  # type: ignore[no-any-return]


def volume(layer: Any, h: torch.Tensor) -> torch.Tensor:
    return layer(h.unflatten(2, (2, 3)))  # type: ignore[no-any-return]


def sequence(layer: Any, h: torch.Tensor) -> torch.Tensor:
    out = layer(h.flatten(2).transpose(1, 2))
    return out[0] if isinstance(out, tuple) else out


def cell(layer: Any, h: torch.Tensor) -> torch.Tensor:
    out = layer(h.mean((2, 3)))
    return out[0] if isinstance(out, tuple) else out


def unpooled(size: int) -> Use:
    def use(layer: Any, h: torch.Tensor) -> torch.Tensor:
        h = {1: h.flatten(2), 2: h, 3: h.repeat(1, 1, 2, 1).unflatten(2, (4, 3))[..., :2, :]}[size]
        return layer(*getattr(F, f"max_pool{size}d")(h, 2, return_indices=True))  # type: ignore[no-any-return]

    return use


OTHERS: dict[str, tuple[Use, tuple[Any, ...]]] = {
    **{f"{name}{k}d": (use, (2,)) for name in ("AvgPool", "MaxPool", "AdaptiveAvgPool", "AdaptiveMaxPool")
       for k, use in ((1, along), (3, volume))},
    **{f"{name}{k}d": (use, (8,)) for name in ("BatchNorm", "InstanceNorm") for k, use in ((1, along), (3, volume))},
    **{f"Lazy{name}{k}d": (use, ()) for name in ("BatchNorm", "InstanceNorm") for k, use in ((1, along), (3, volume))},
    **{f"{name}{k}d": (use, (8, 4, 2)) for name in ("Conv", "ConvTranspose") for k, use in ((1, along), (3, volume))},
    **{f"Lazy{name}{k}d": (use, (4, 2)) for name in ("Conv", "ConvTranspose") for k, use in ((1, along), (3, volume))},
    **{f"{name}Pad{k}d": (use, (1,)) for name in ("Reflection", "Replication", "Zero", "Circular")
       for k, use in ((1, along), (3, volume))},
    **{f"ConstantPad{k}d": (use, (1, 0.5)) for k, use in ((1, along), (3, volume))},
    **{f"LPPool{k}d": (use, (2, 2)) for k, use in ((1, along), (3, volume))},
    **{f"MaxUnpool{k}d": (unpooled(k), (2,)) for k in (1, 2, 3)},
    "Dropout1d": (along, ()), "Dropout3d": (volume, ()),
    **dict.fromkeys(("RNN", "LSTM", "GRU"), (sequence, (8, 5))),
    **dict.fromkeys(("RNNCell", "LSTMCell", "GRUCell"), (cell, (8, 5))),
    "Fold": (lambda layer, h: layer(F.unfold(h, 2, stride=2)), ((6, 6), 2, 1, 0, 2)),
    "Bilinear": (lambda layer, h: layer(h, h), (6, 6, 3)),
    "Embedding": (lambda layer, h: h.flatten(1) + layer(torch.arange(1)), (1, 288)),
    "CosineSimilarity": (lambda layer, h: layer(h, h.flip(1)), ()),
    "PairwiseDistance": (lambda layer, h: layer(h, h.flip(1)), ()),
    "MultiheadAttention": (lambda layer, h: layer(*[h.flatten(2).transpose(1, 2)] * 3)[0], (8, 2)),
    "Transformer": (lambda layer, h: layer(*[h.flatten(2).transpose(1, 2)] * 2), (8, 2, 1, 1, 16)),
    "TransformerEncoderLayer": (sequence, (8, 2, 16)),
    "TransformerEncoder": (sequence, (nn.TransformerEncoderLayer(8, 2, 16), 1)),
    "TransformerDecoderLayer": (lambda layer, h: layer(*[h.flatten(2).transpose(1, 2)] * 2), (8, 2, 16)),
    "TransformerDecoder": (
        lambda layer, h: layer(*[h.flatten(2).transpose(1, 2)] * 2), (nn.TransformerDecoderLayer(8, 2, 16), 1)),
    "AdaptiveLogSoftmaxWithLoss": (lambda layer, h: layer.log_prob(h.mean((2, 3))), (8, 10, [4])),
}  # fmt: skip
INSTEAD: dict[str, tuple[Use, tuple[Any, ...], str]] = {
    "CrossMapLRN2d": (lambda layer, h: layer(h), (3,), "nn.LocalResponseNorm"),
    "EmbeddingBag": (lambda layer, h: layer((h.flatten(1) * 0).long()), (9, 4), "nn.Embedding"),
}
DRAWING = {"FractionalMaxPool2d", "FractionalMaxPool3d"}  # in evaluation mode too
NO_LAYERS = {
    "Container", "DataParallel", "Module", "ModuleDict", "ModuleList", "ParameterDict", "ParameterList", "RNNBase",
    "RNNCellBase", "Sequential",
}  # fmt: skip
ALL = {name: (lambda layer, h: layer(h), arguments) for name, arguments in MAPS.items()} | OTHERS


class Around(nn.Module):
    def __init__(self, use: Use, layer: nn.Module) -> None:
        super().__init__()
        self.conv, self.layer, self.use, self.last = nn.Conv2d(1, 8, 8, 4), layer, use, nn.LazyLinear(10)

    def forward(self, x: torch.Tensor) -> Any:
        return self.last(self.use(self.layer, self.conv(x)).flatten(1))


@pytest.mark.parametrize("name", ALL)
@pytest.mark.filterwarnings("ignore::UserWarning")
def test_a_layer_is_counted_and_gives_the_scores_of_the_model(name: str) -> None:
    use, arguments = ALL[name]

    def build() -> nn.Module:
        return Around(use, getattr(nn, name)(*arguments))

    recorded = design.design(build, seed=1)
    torch.manual_seed(1)
    with torch.no_grad():
        model = build().eval()
        scores = model(X)
    np.testing.assert_allclose(recorded.scores(X.numpy()), scores, atol=1e-4)
    assert recorded.cost.multiply_adds >= 8 * 64 * 36


@pytest.mark.parametrize("name", INSTEAD)
def test_a_layer_that_is_not_counted_is_refused_by_its_name(name: str) -> None:
    use, arguments, instead = INSTEAD[name]
    with pytest.raises(design.Refused, match=rf"nn\.{name}.*{instead}"):
        design.design(lambda: Around(use, getattr(nn, name)(*arguments)))


def test_no_layer_of_torch_nn_is_left_out() -> None:
    layers = {name for name, each in vars(nn).items() if isinstance(each, type) and issubclass(each, nn.Module)}
    losses = {name for name in layers if "Loss" in name} - ALL.keys()
    assert layers - losses - NO_LAYERS == ALL.keys() | INSTEAD.keys() | DRAWING
