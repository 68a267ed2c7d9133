"""Networks and functions of 08 and 09, for the notebooks after them: the student's own, else stand-ins.

    from utils.layers.in_pytorch import LeNet5, evaluate

It works as `utils.layers` does for 01 to 07. It is a module of its own because 07 and 08 both have a LeNet5, and
because it needs PyTorch.
"""

from __future__ import annotations

import sys

from utils.layers.earlier import Earlier, Function

# notebook → its functions that later notebooks use
NOTEBOOKS: dict[str, tuple[str, ...]] = {
    "08_pytorch": ("LeNet5", "evaluate"),
    "09_gpu": ("pick_device", "time_it"),
}


def _stand_in(name: str) -> Function:
    """The course's version. Those of 08 and 09 are in two files: while 09 is graded, its own is not there."""
    if name in NOTEBOOKS["08_pytorch"]:
        from utils.layers import pytorch_modules

        return getattr(pytorch_modules, name)
    from utils.layers import pytorch_devices

    return getattr(pytorch_devices, name)


_earlier = Earlier(NOTEBOOKS, _stand_in)
ORIGIN = _earlier.origin  # function → its notebook


def origins(names: tuple[str, ...]) -> str:
    """Say in one line which of these functions are the student's and which are stand-ins, and why."""
    return _earlier.origins(names)


def __getattr__(name: str) -> Function:
    if name not in ORIGIN:
        raise AttributeError(f"utils.layers.in_pytorch has no {name!r}; it has {', '.join(ORIGIN)}.")
    return _earlier.imported(name, sys._getframe(1))


def __dir__() -> list[str]:
    return [*ORIGIN, "origins"]
