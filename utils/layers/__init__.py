"""Functions of earlier notebooks: the student's own if their check has passed, else stand-ins.

    from utils.layers import conv_forward, relu_forward

For conv_forward this reads 02_convolution/02_convolution.ipynb, in the folder next to the current notebook's or in
notebooks/ of the working directory. If the verdict saved in that notebook says that the check of conv_forward passed,
conv_forward is the student's function; otherwise it is a stand-in with the same arguments, results and cache. One line
is printed that says which is which. After changing and saving the notebook, run the import again.

- While nbgrader grades, or with CNN_COURSE_LAYERS=stand-ins in the environment, only stand-ins are used and nothing is
  printed: a mistake in an early notebook costs no points in a later one.
- `hand_in({"conv_forward": f})` makes conv_forward this f, for a process without stand-ins.
"""

from __future__ import annotations

import dis
import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from types import FrameType
from typing import Any

from utils.layers import stand_ins
from utils.layers.students import Unavailable, own_function

Function = Callable[..., Any]

VARIABLE = "CNN_COURSE_LAYERS"  # set to "stand-ins": read no notebook and print nothing

# notebook → its functions that later notebooks use
NOTEBOOKS: dict[str, tuple[str, ...]] = {
    "01_backprop": (
        "linear_forward",
        "linear_backward",
        "relu_forward",
        "relu_backward",
        "softmax_loss",
        "numerical_gradient",
        "two_layer_loss",
    ),
    "02_convolution": (
        "conv_output_size",
        "conv_cost",
        "conv_forward",
        "hand_filters",
        "conv1x1_forward",
        "merge_convs",
        "receptive_field",
    ),
    "03_conv_backward": ("conv_backward_bias", "conv_backward_weight", "conv_backward_input", "conv_backward"),
    "04_fast_convolution": (
        "im2col",
        "col2im",
        "conv_forward_fast",
        "conv_backward_fast",
        "conv1d_forward",
        "conv3d_forward",
    ),
    "05_pooling": ("max_pool_forward", "max_pool_backward", "avg_pool_forward", "avg_pool_backward"),
    "06_batchnorm": (
        "batchnorm_forward",
        "batchnorm_backward",
        "spatial_batchnorm_forward",
        "spatial_batchnorm_backward",
        "fuse_conv_batchnorm",
    ),
    "07_lenet_numpy": ("LeNet5",),
}
# function → its notebook
ORIGIN = {name: notebook for notebook, names in NOTEBOOKS.items() for name in names}

_handed_in: dict[str, Function] = {}
# (name, path of the notebook, time of its last save in ns) → the student's function, or why it cannot be used
_loaded: dict[tuple[str, Path, int], Function | Unavailable] = {}
# functions that are being loaded now: their notebooks may import from here too
_loading: list[str] = []


def hand_in(functions: Mapping[str, Function]) -> None:
    """Use these functions from now on, whatever the notebooks contain, and print nothing about them.

    For a grader with reference functions of its own. Each call replaces the functions of the call before it, so
    `hand_in({})` removes them all. Other names are looked up in the notebooks as usual.

    Raises:
        ValueError: if a name is not a function of an earlier notebook.
    """
    if unknown := [name for name in functions if name not in ORIGIN]:
        raise ValueError(f"no notebook has {', '.join(unknown)}; the names are {', '.join(ORIGIN)}.")
    _handed_in.clear()
    _handed_in.update(functions)


def __getattr__(name: str) -> Function:
    if name not in ORIGIN:
        raise AttributeError(f"utils.layers has no {name!r}; it has {', '.join(ORIGIN)}.")
    imported = _imported_together(name, sys._getframe(1))
    if imported and (line := origins(imported)):
        print(line)
    return _resolve(name)[0]


def __dir__() -> list[str]:
    return [*ORIGIN, "hand_in", "origins"]


def origins(names: tuple[str, ...]) -> str:
    """Say in one line which of these functions are the student's and which are stand-ins, and why.

    The line is empty while grading and for functions that were handed in.
    """
    groups: dict[str, list[str]] = {}
    for name in names:
        if name in ORIGIN and (origin := _resolve(name)[1]):
            groups.setdefault(origin, []).append(name)
    return "; ".join(f"{', '.join(group)}: {_plural(origin, len(group))}" for origin, group in groups.items())


def _plural(origin: str, count: int) -> str:
    if count == 1 or not origin.startswith("stand-in"):
        return origin
    for one, many in (("stand-in", "stand-ins"), ("its check has", "their checks have"), ("its check", "their checks")):
        origin = origin.replace(one, many, 1)
    return origin.replace("its cell is", "their cells are")


def _resolve(name: str) -> tuple[Function, str]:
    """The function of this name, and its origin in words; no words where nothing should be printed."""
    if name in _handed_in:
        return _handed_in[name], ""
    stand_in: Function = getattr(stand_ins, name)
    # a notebook that imports its own function from here would be loaded again without end
    grading = os.environ.get("NBGRADER_EXECUTION") == "autograde"
    if grading or os.environ.get(VARIABLE) == "stand-ins" or name in _loading:
        return stand_in, ""
    _loading.append(name)
    try:
        function = _from_notebook(name, _notebook_path(ORIGIN[name]))
    finally:
        _loading.pop()
    if isinstance(function, Unavailable):
        return stand_in, f"stand-in ({function})"
    return function, f"yours, from {ORIGIN[name]}"


def _notebook_path(title: str) -> Path:
    """Where the student's notebook is expected: in a folder next to the current one, or in the course's notebooks/."""
    here = Path.cwd()
    paths = [here.parent / title / f"{title}.ipynb", here / "notebooks" / title / f"{title}.ipynb"]
    return next((path for path in paths if path.is_file()), paths[0])


def _from_notebook(name: str, path: Path) -> Function | Unavailable:
    saved = path.stat().st_mtime_ns if path.is_file() else 0
    if (name, path, saved) not in _loaded:
        try:
            _loaded[name, path, saved] = own_function(name, path)
        except Unavailable as reason:
            _loaded[name, path, saved] = reason
    return _loaded[name, path, saved]


def _imported_together(name: str, frame: FrameType | None) -> tuple[str, ...]:
    """All names of the import statement that is executed, if `name` is the first of them, else none.

    `from utils.layers import a, b` calls `__getattr__` for a and for b; the line about both is printed with the first.
    """
    if frame is None or _loading or frame.f_code.co_filename.startswith("<frozen importlib"):
        return ()
    code = [step for step in dis.get_instructions(frame.f_code) if step.opname != "EXTENDED_ARG"]
    current = next((k for k, step in enumerate(code) if step.offset == frame.f_lasti), 0)
    if code[current].opname != "IMPORT_FROM":
        return (name,)
    while code[current].opname != "IMPORT_NAME":
        current -= 1
    names = []
    for step in code[current + 1 :]:
        if step.opname == "IMPORT_FROM" and step.argval in ORIGIN:
            names.append(str(step.argval))
        elif step.opname != "IMPORT_FROM" and not step.opname.startswith("STORE_"):
            break
    return tuple(names) if names[0] == name else ()
