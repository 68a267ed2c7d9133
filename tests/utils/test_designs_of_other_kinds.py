"""Designs that are no plain stack of convolutions: counted by a rule, scored as the model, or refused by name."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import matplotlib as mpl
import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as F

from utils import design
from utils.design import measure
from utils.design.own_backward import has_other_gradients
from utils.design.recording import record
from utils.design.replay import Replay
from utils.figures.design import layers_of, show_spending

X = torch.rand(50, 1, 28, 28, generator=torch.Generator().manual_seed(0))
utils = nn.utils
CONV = 16 * 14 * 14 * 9  # multiply-adds of the first convolution


class Around(nn.Module):
    """A convolution, what is tried, and a linear layer; `use` calls what is tried with maps (N, 16, 14, 14)."""

    def __init__(self, use: Callable[[Any, torch.Tensor], torch.Tensor], layer: nn.Module | None = None) -> None:
        super().__init__()
        self.conv, self.layer, self.use, self.last = nn.Conv2d(1, 16, 3, 2, 1), layer, use, nn.LazyLinear(10)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        scores: torch.Tensor = self.last(self.use(self.layer, torch.relu(self.conv(x))).flatten(1))
        return scores


def mean(h: torch.Tensor) -> torch.Tensor:
    return h.mean((2, 3))


def rows(h: torch.Tensor) -> torch.Tensor:
    """(N, 14, 16): each row of the maps, for layers that take sequences."""
    return h.mean(3).transpose(1, 2)


def pooled(layer: Any, h: torch.Tensor) -> torch.Tensor:
    return mean(layer(h))


def last_row(layer: Any, h: torch.Tensor) -> torch.Tensor:
    return layer(rows(h))[0][:, -1]  # type: ignore[no-any-return]


def fourier_filter(layer: Any, h: torch.Tensor) -> torch.Tensor:
    spectrum = torch.fft.rfft2(h) * torch.view_as_complex(layer.weight.view(16, 14, 8, 2))
    return mean(torch.fft.irfft2(spectrum, s=(14, 14)))


def zeroed(layer: Any, h: torch.Tensor) -> torch.Tensor:
    h = h + 0
    h[h > 1] = 0
    return mean(h)


def padded(layer: Any, h: torch.Tensor) -> torch.Tensor:
    """Written into the middle of zeros."""
    out = torch.zeros(50, 16, 16, 16)
    out[:, :, 1:-1, 1:-1] = h
    return mean(layer(out))


def sums_in_slices(layer: Any, h: torch.Tensor) -> torch.Tensor:
    out = torch.zeros(50, 32)
    out[:, :16] += mean(h)
    out[:, 16:].copy_(h.amax((2, 3))).mul_(2)
    return out


def bank(layer: Any, h: torch.Tensor) -> torch.Tensor:
    """Filters that are written, row by row, into a tensor of zeros."""
    filters = torch.zeros(4, 16, 3, 3)
    for k in range(4):
        filters[k, :, 1] = torch.cos(layer.weight[k].reshape(16, 1))
    return mean(F.conv2d(h, filters))


def signs(layer: Any, h: torch.Tensor) -> torch.Tensor:
    """Weights of -1 and 1, through which the gradient goes as if they had not been rounded."""
    with torch.no_grad():
        step = layer.weight.sign() - layer.weight
    return F.linear(mean(h), layer.weight + step)


def fixed_point(layer: Any, h: torch.Tensor) -> torch.Tensor:
    """The gradient goes through the last of three steps only."""
    z = mean(h)
    with torch.no_grad():
        for _ in range(2):
            z = torch.tanh(layer(z))
    return torch.tanh(layer(z.detach()) + mean(h))


def filters_of_each_image(layer: Any, h: torch.Tensor) -> torch.Tensor:
    filters = layer(mean(h)).reshape(50 * 4, 16, 3, 3)
    return mean(F.conv2d(h.reshape(1, 50 * 16, 14, 14), filters, groups=50).view(50, 4, 12, 12))


def experts(layer: Any, h: torch.Tensor) -> torch.Tensor:
    means = mean(h)
    return torch.vmap(lambda w: torch.tanh(means @ w))(layer.weight.view(4, 16, 4)).mean(0)


def moved(layer: Any, h: torch.Tensor) -> torch.Tensor:
    grid = F.affine_grid(layer(mean(h)).view(50, 2, 3), [50, 16, 7, 7], align_corners=False)
    return mean(F.grid_sample(h, grid, align_corners=False))


FOURIER = 16 * 14 * 14 * math.log2(14 * 14)
# name → model, and the multiply-adds between the convolution and the last layer, for one image
DESIGNS: dict[str, tuple[Callable[[], nn.Module], float]] = {
    "LSTM": (lambda: Around(last_row, nn.LSTM(16, 12, batch_first=True)), 14 * (4 * 12 * (16 + 12) + 3 * 12)),
    "LSTM, two layers, both ways": (
        lambda: Around(last_row, nn.LSTM(16, 8, 2, batch_first=True, bidirectional=True)),
        2 * 14 * (4 * 8 * (16 + 8) + 3 * 8) + 2 * 14 * (4 * 8 * (16 + 8) + 3 * 8),
    ),
    "GRU, both ways": (
        lambda: Around(last_row, nn.GRU(16, 8, batch_first=True, bidirectional=True)),
        2 * 14 * (3 * 8 * (16 + 8) + 2 * 8),
    ),
    "RNN": (lambda: Around(last_row, nn.RNN(16, 8, batch_first=True)), 14 * 8 * (16 + 8)),
    "LSTM cell": (lambda: Around(lambda layer, h: layer(mean(h))[0], nn.LSTMCell(16, 8)), 4 * 8 * 24 + 3 * 8),
    "spectral norm": (
        lambda: Around(pooled, utils.parametrizations.spectral_norm(nn.Conv2d(16, 16, 3))),
        16 * 16 * 9 * 144 + (16 * 144 + 16) / 50,
    ),
    "spectral norm, old": (
        lambda: Around(pooled, utils.spectral_norm(nn.Conv2d(16, 16, 3))),
        16 * 16 * 9 * 144 + (16 * 144 + 16) / 50,
    ),
    "weight norm, old": (lambda: Around(pooled, utils.weight_norm(nn.Conv2d(16, 16, 3))), 16 * 16 * 9 * 144),
    "orthogonal": (
        lambda: Around(lambda layer, h: layer(mean(h)), utils.parametrizations.orthogonal(nn.Linear(16, 16))),
        16 * 16 + 13 * 16**3 / 50,
    ),
    "orthogonal, tall": (
        lambda: Around(lambda layer, h: layer(mean(h)), utils.parametrizations.orthogonal(nn.Linear(16, 32))),
        16 * 32 + (2 * 32 * 16**2 + 32 * 32 * 16 + 2 * 32 * 16) / 50,
    ),
    "bilinear": (
        lambda: Around(lambda layer, h: layer(mean(h), h.amax((2, 3))), nn.Bilinear(16, 16, 12)),
        12 * 16 * 16 + 12 * 16,
    ),
    "Transformer encoder": (
        lambda: Around(
            lambda layer, h: layer(rows(h)).mean(1), nn.TransformerEncoderLayer(16, 4, 32, batch_first=True)
        ),
        14 * (4 * 16**2 + 2 * 32 * 16) + 2 * 14**2 * 16,
    ),
    "Fourier transform": (lambda: Around(lambda layer, h: torch.fft.rfft2(h).abs().mean(1)), FOURIER),
    "complex Fourier transform": (lambda: Around(lambda layer, h: torch.fft.fft2(h).abs().mean(1)), 2 * FOURIER),
    "Fourier filter": (lambda: Around(fourier_filter, nn.Linear(16, 224)), 2 * FOURIER + 4 * 16 * 14 * 8),
    "distances": (lambda: Around(lambda layer, h: torch.cdist(mean(h), layer.weight), nn.Linear(16, 20)), 20 * 16),
    "distances, p=1": (
        lambda: Around(lambda layer, h: torch.cdist(mean(h), layer.weight, p=1), nn.Linear(16, 20)),
        20 * 16,
    ),
    "quarter turns": (
        lambda: Around(lambda layer, h: mean(layer(torch.rot90(h, 1, (2, 3)))), nn.Conv2d(16, 8, 3)),
        8 * 16 * 9 * 144,
    ),
    "inverse": (
        lambda: Around(lambda layer, h: mean(h) @ torch.linalg.inv(layer.weight), nn.Linear(16, 16)),
        16**2 + 16**3 / 50,
    ),
    "places learned": (lambda: Around(lambda layer, h: rows(h) + layer(torch.arange(14)), nn.Embedding(14, 16)), 0),
    "random slopes": (lambda: Around(pooled, nn.RReLU()), 0),
    "negative numbers set to 0": (lambda: Around(zeroed), 0),
    "every other map": (lambda: Around(lambda layer, h: mean(h[:, torch.tensor([True, False] * 8)])), 0),
    "padding by hand": (lambda: Around(padded, nn.Conv2d(16, 8, 3)), 8 * 16 * 9 * 14 * 14),
    "circular padding": (
        lambda: Around(pooled, nn.Conv2d(16, 8, 3, padding=1, padding_mode="circular")),
        8 * 16 * 9 * 14 * 14,
    ),
    "sums into slices": (lambda: Around(sums_in_slices), 0),
    "filters written by rows": (lambda: Around(bank, nn.Linear(16, 4)), 4 * 16 * 9 * 144),
    "signs as weights": (lambda: Around(signs, nn.Linear(16, 12)), 16 * 12),
    "a fixed point": (lambda: Around(fixed_point, nn.Linear(16, 16)), 3 * 16 * 16),
    "filters of each image": (
        lambda: Around(filters_of_each_image, nn.Linear(16, 4 * 16 * 9)),
        16 * 4 * 16 * 9 + 4 * 16 * 9 * 144,
    ),
    "experts by vmap": (lambda: Around(experts, nn.Linear(16, 16)), 4 * 16 * 4),
    "moved by a learned grid": (lambda: Around(moved, nn.Linear(16, 6)), 16 * 6 + 7 * 7 * 3 * 2),
    "maximum and its place": (
        lambda: Around(lambda layer, h: mean(nn.MaxUnpool2d(2)(*F.max_pool2d(h, 2, return_indices=True)))),
        0,
    ),
    "antialiased": (lambda: Around(lambda layer, h: F.interpolate(h, (7, 7), mode="bilinear", antialias=True)), 0),
}


@pytest.mark.filterwarnings("ignore::FutureWarning")
@pytest.mark.parametrize("name", DESIGNS)
def test_a_design_is_counted_by_the_rule_and_gives_the_scores_of_the_model(name: str) -> None:
    build, multiply_adds = DESIGNS[name]
    recorded = design.design(build, seed=1)
    torch.manual_seed(1)
    model = build().eval()
    with torch.no_grad():
        scores = model(X)
    np.testing.assert_allclose(recorded.scores(X.numpy()), scores, atol=1e-5)
    expected = CONV + multiply_adds + 10 * model.last.in_features  # type: ignore[union-attr]
    assert recorded.cost.multiply_adds == pytest.approx(expected, rel=1e-3)
    recorded.train(X.numpy(), np.arange(50) % 10, recipe=measure.Recipe(epochs=2))
    assert not np.allclose(recorded.scores(X.numpy()), scores, atol=1e-3)


@pytest.mark.parametrize("use", [padded, sums_in_slices, bank, signs, fixed_point, filters_of_each_image, experts])
def test_a_recording_has_the_gradients_of_the_model(use: Any) -> None:
    size = {padded: 0, filters_of_each_image: 4 * 16 * 9, bank: 4}.get(use, 16)
    torch.manual_seed(2)
    model = Around(use, nn.Linear(16, size) if size else nn.Conv2d(16, 8, 3))
    with torch.no_grad():
        model(X)
    recording = record(model, X)
    kept = [torch.from_numpy(one["array"].copy()).requires_grad_(one["trained"]) for one in recording["kept"]]
    Replay(recording["training"], random=True).run(X, kept).square().mean().backward()
    model(X).square().mean().backward()
    for one, twin in zip(recording["kept"], kept, strict=True):
        if one["trained"]:
            torch.testing.assert_close(model.get_parameter(one["name"]).grad, twin.grad)


def test_only_a_parameter_without_any_gradient_is_cut_off() -> None:
    def cut(layer: Any, h: torch.Tensor) -> torch.Tensor:
        return layer(mean(h).detach())  # type: ignore[no-any-return]

    def besides(layer: Any, h: torch.Tensor) -> torch.Tensor:
        return layer(mean(h) - mean(h).mean(1, keepdim=True).detach())  # type: ignore[no-any-return]

    def frozen(layer: Any, h: torch.Tensor) -> torch.Tensor:
        with torch.no_grad():
            h = layer(mean(h))
        return h

    def compared(layer: Any, h: torch.Tensor) -> torch.Tensor:
        return mean(h) * (mean(h) > layer.bias).detach()

    names = {
        use.__name__: design.design(lambda use=use: Around(use, nn.Linear(16, 16))).cut_off(X.numpy())
        for use in (cut, besides, frozen, compared)
    }
    assert names["cut"] == ["conv.weight", "conv.bias"] and names["besides"] == []
    assert names["frozen"] == ["conv.weight", "conv.bias", "layer.weight", "layer.bias"]
    assert names["compared"] == []  # without the detach there is no gradient either


class Sign(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: torch.Tensor) -> torch.Tensor:
        return x.sign()

    @staticmethod
    def backward(ctx: Any, *gradients: torch.Tensor) -> torch.Tensor:
        return gradients[0]


class Double(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: torch.Tensor) -> torch.Tensor:
        return 2 * x

    @staticmethod
    def backward(ctx: Any, *gradients: torch.Tensor) -> torch.Tensor:
        return 2 * gradients[0]


def test_a_backward_pass_that_is_no_derivative_is_noticed() -> None:
    for function, other in ((Sign, True), (Double, False)):
        model = Around(lambda layer, h, function=function: mean(function.apply(h)))
        with torch.no_grad():
            model(X)
        recording = record(model, X)
        assert recording["training"]["functions"] == [function.__name__]
        assert has_other_gradients(model, recording, X) is other


def test_spectral_norm_trains_as_the_model_does() -> None:
    def build() -> nn.Module:
        return Around(pooled, utils.parametrizations.spectral_norm(nn.Conv2d(16, 16, 3)))

    recipe = measure.Recipe(epochs=3)
    recorded = design.design(build, seed=3)
    recorded.train(X.numpy(), np.arange(50) % 10, recipe=recipe)
    torch.manual_seed(3)
    model = build()
    with torch.no_grad():
        model.eval()(X)
    model.train()
    optimizer = torch.optim.AdamW(model.parameters(), recipe.lr, weight_decay=recipe.weight_decay)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, recipe.lr, recipe.epochs, pct_start=recipe.rising)
    for _ in range(recipe.epochs):
        loss = F.cross_entropy(model(X), torch.arange(50) % 10)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
    with torch.no_grad():
        np.testing.assert_allclose(recorded.scores(X.numpy()), model.eval()(X), atol=1e-3)


def svd(layer: Any, h: torch.Tensor) -> torch.Tensor:
    return torch.linalg.svdvals(h[:, :, :4, :4])


def one_hot(layer: Any, h: torch.Tensor) -> torch.Tensor:
    return F.one_hot(mean(h).argmax(1), 16).float()


def chosen(layer: Any, h: torch.Tensor) -> torch.Tensor:
    return h[h > 0].mean() * torch.ones(50, 1)


REFUSED: dict[str, tuple[Callable[[], nn.Module], tuple[str, ...]]] = {
    "a legacy layer": (lambda: Around(pooled, nn.CrossMapLRN2d(3)), ("nn.CrossMapLRN2d", "nn.LocalResponseNorm")),
    "an embedding of a largest norm": (
        lambda: Around(lambda layer, h: rows(h) + layer(torch.arange(14)), nn.Embedding(14, 16, max_norm=1.0)),
        ("nn.Embedding", "without max_norm"),
    ),
    "a function": (lambda: Around(svd), ("torch.linalg.svdvals", "matrix products")),
    "a layer": (
        lambda: Around(lambda layer, h: layer(mean(h).long()), nn.EmbeddingBag(9, 4)),
        ("nn.EmbeddingBag", "nn.Embedding"),
    ),
    "a layer in a Sequential": (
        lambda: nn.Sequential(nn.Conv2d(1, 1, 3), nn.Flatten(1, 2), nn.Flatten(1), Counted(), nn.EmbeddingBag(9, 10)),
        ("nn.EmbeddingBag",),
    ),
    "a lazy layer that is not used": (
        lambda: Around(lambda layer, h: mean(h), nn.LazyLinear(3)),
        ("lazy layer .layer",),
    ),
    "an if": (lambda: Around(lambda layer, h: mean(h) if h.mean() > 0 else mean(-h)), ("h.mean() > 0", "number")),
    "one_hot": (lambda: Around(one_hot), ("F.one_hot", "torch.arange")),
    "a mask": (lambda: Around(chosen), ("h[h > 0]", "torch.where")),
    "complex weights": (
        lambda: Around(lambda layer, h: (mean(h) * layer.w).abs(), Complex()),
        ("complex", "view_as_complex"),
    ),
    "another type": (lambda: Around(lambda layer, h: layer(mean(h).bfloat16()).float(), Brain()), ("bfloat16",)),
}


class Counted(nn.Module):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x.long()


class Complex(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.w = nn.Parameter(torch.ones(16, dtype=torch.complex64))


class Brain(nn.Linear):
    def __init__(self) -> None:
        super().__init__(16, 4, dtype=torch.bfloat16)


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_refused_is_named_as_it_was_written(name: str) -> None:
    build, texts = REFUSED[name]
    with pytest.raises((design.Refused, design.NotRecorded)) as raised:
        design.design(build)
    assert all(text in str(raised.value) for text in texts), raised.value


def test_an_error_of_the_recording_is_not_the_models() -> None:
    def only_unwatched(layer: Any, h: torch.Tensor) -> torch.Tensor:
        if torch._C._len_torch_dispatch_stack():
            raise NotImplementedError("no rule for this mode")
        return mean(h)

    with pytest.raises(design.NotRecorded, match="forward works, but not while its operations are recorded"):
        design.design(lambda: Around(only_unwatched))


def test_what_is_computed_from_constants_alone_may_be_anything() -> None:
    window = torch.rand(16, 16, generator=torch.Generator().manual_seed(1))

    def projected(layer: Any, h: torch.Tensor) -> torch.Tensor:
        return mean(h) @ torch.linalg.qr(window).Q

    cost = design.design(lambda: Around(projected)).cost
    assert cost.parameters == 160 + 170 + 2 * 256  # kept once for each mode


def test_a_value_written_into_a_constant_is_no_constant() -> None:
    def written(layer: Any, h: torch.Tensor) -> torch.Tensor:
        out = torch.zeros(50, 16)
        out[:, 0] = h.mean((1, 2, 3))
        return torch.histc(out, 4)[None].expand(50, 4)

    with pytest.raises(design.Refused, match="histc"):
        design.design(lambda: Around(written))


@pytest.mark.parametrize("name", ["LSTM", "spectral norm", "Transformer encoder"])
def test_the_cost_of_each_layer_is_drawn(name: str) -> None:
    mpl.use("agg")
    build, _ = DESIGNS[name]
    show_spending(build)
    torch.manual_seed(0)
    model = build()
    assert sum(layer.parameters for layer in layers_of(model)) == sum(p.numel() for p in model.parameters())
