"""Lazy layers get their sizes without any other change to a model."""

from __future__ import annotations

import copy

import torch
from torch import nn

from utils.lazy import with_sizes, without_sizes


def lazy_model() -> nn.Sequential:
    return nn.Sequential(
        nn.LazyConv2d(4, 5), nn.LazyBatchNorm2d(), nn.ReLU(), nn.Dropout(), nn.Flatten(), nn.LazyLinear(10)
    )


def test_lazy_layers_have_sizes_and_modes_and_statistics_stay() -> None:
    model = lazy_model()
    model[1].eval()
    assert with_sizes(model) is model and not without_sizes(model)
    assert sum(parameter.numel() for parameter in model.parameters()) == 4 * 25 + 4 + 8 + 2304 * 10 + 10
    assert [module.training for module in model] == [True, False, True, True, True, True]
    assert model[1].running_mean.eq(0).all() and model[1].num_batches_tracked == 0
    assert all(parameter.requires_grad and parameter.grad is None for parameter in model.parameters())
    copy.deepcopy(model).load_state_dict(model.state_dict())


def test_the_weights_are_those_of_the_models_own_first_call() -> None:
    weights = []
    for call in (with_sizes, lambda model: model.eval()(torch.zeros(2, 1, 28, 28))):
        torch.manual_seed(3)
        model = lazy_model()
        call(model)
        weights.append(model[5].weight)
    assert torch.equal(*weights)


def test_a_model_that_has_its_sizes_is_not_called() -> None:
    calls = []
    model = nn.Linear(3, 2)
    model.register_forward_hook(lambda *arguments: calls.append(arguments))
    state = torch.get_rng_state()
    assert with_sizes(model) is model and with_sizes(None) is None
    assert not calls and torch.equal(torch.get_rng_state(), state)


def test_a_lazy_layer_that_is_not_used_is_listed() -> None:
    model = nn.Sequential(nn.Flatten(), nn.Linear(784, 10))
    model[0].unused = nn.LazyLinear(3)
    assert without_sizes(with_sizes(model)) == ["0.unused.weight", "0.unused.bias"]
