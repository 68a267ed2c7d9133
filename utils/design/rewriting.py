"""Operations that are recorded as others, which compute the same and whose sizes do not depend on values."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch


def index(x: torch.Tensor, indices: list[Any]) -> torch.Tensor:
    """x[mask] with a mask of constants, as an index of positions."""
    return torch.ops.aten.index(x, _positions(indices))


def index_put_(x: torch.Tensor, indices: list[Any], values: torch.Tensor, accumulate: bool = False) -> torch.Tensor:
    """x[mask] = number, as masked_fill_; with a mask of constants and other values, as an index of positions."""
    first = indices[0]
    if is_mask(first) and len(indices) == 1 and values.numel() == 1 and not accumulate:
        mask = first.view(*first.shape, *[1] * (x.ndim - first.ndim))
        return x.masked_fill_(mask, values.reshape(()).to(x.dtype))
    return torch.ops.aten.index_put_(x, _positions(indices), values, accumulate)


def rrelu(
    x: torch.Tensor, noise: torch.Tensor, lower: Any = 0.125, upper: Any = 1 / 3, *_: Any, **__: Any
) -> torch.Tensor:
    """nn.RReLU in evaluation mode, where it draws nothing."""
    return torch.nn.functional.leaky_relu(x, (lower + upper) / 2)


def is_mask(value: Any) -> bool:
    """Whether an index is a mask."""
    return isinstance(value, torch.Tensor) and value.dtype in (torch.bool, torch.uint8)


def _positions(indices: list[Any]) -> list[Any]:
    """Indices with the positions of what is true in place of masks."""
    found: list[Any] = []
    for value in indices:
        found += list(value.nonzero().unbind(1)) if is_mask(value) else [value]
    return found


def rewritten(name: str, args: Any, mask_depends: Callable[[torch.Tensor], bool]) -> Callable[..., Any] | None:
    """The function that is recorded in place of an operation, if there is one.

    mask_depends: whether a tensor depends on the images.

    Raises:
        LookupError: if the size of the result depends on the images.
    """
    if name == "rrelu_with_noise.default" and not (args[4] if len(args) > 4 else False):
        return rrelu
    if name not in ("index.Tensor", "index_put_.default"):
        return None
    masks = [value for value in args[1] if is_mask(value)]
    if not masks:
        return None
    fills = name.startswith("index_put_") and len(args[1]) == 1 and args[2].numel() == 1 and not any(args[3:])
    if not fills and any(mask_depends(mask) for mask in masks):
        raise LookupError
    return index_put_ if name.startswith("index_put_") else index
