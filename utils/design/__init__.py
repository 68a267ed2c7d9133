"""Notebook 10: record what a model computes, count its cost, and train it from the recording.

Its public names come from `utils.design.measure`, which is imported when one of them is first used: the limits in
`utils.design.budget` can be read without PyTorch.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from utils.design.measure import RECIPE, Design, Recipe, Refused, design
    from utils.design.recording import NotRecorded

__all__ = ["RECIPE", "Design", "NotRecorded", "Recipe", "Refused", "design"]


def __getattr__(name: str) -> Any:
    if name in __all__:
        from utils.design import measure, recording

        return getattr(recording if name == "NotRecorded" else measure, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
