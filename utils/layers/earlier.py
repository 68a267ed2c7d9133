"""What a module offers of earlier notebooks: the student's functions if their checks have passed, else stand-ins."""

from __future__ import annotations

import dis
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from types import FrameType
from typing import Any

from utils.layers.students import Unavailable, own_function

Function = Callable[..., Any]

VARIABLE = "CNN_COURSE_LAYERS"  # set to "stand-ins": read no notebook and print nothing

# (notebook, name, path of the notebook, time of its last save in ns) → the student's function, or why it cannot be used
_loaded: dict[tuple[str, str, Path, int], Function | Unavailable] = {}
# (notebook, name) of the functions that are being loaded now: their notebooks may import earlier functions too
_loading: list[tuple[str, str]] = []


class Earlier:
    """The functions of earlier notebooks that a module offers.

    Args:
        notebooks: notebook → its functions that later notebooks use.
        stand_in: returns the course's version of a function, by its name.

    Attributes:
        origin: function → its notebook.
    """

    def __init__(self, notebooks: Mapping[str, tuple[str, ...]], stand_in: Callable[[str], Function]) -> None:
        self.origin = {name: notebook for notebook, names in notebooks.items() for name in names}
        self._stand_in = stand_in
        self._handed_in: dict[str, Function] = {}

    def hand_in(self, functions: Mapping[str, Function]) -> None:
        """Use these functions from now on, in place of those of the call before, and print nothing about them.

        Raises:
            ValueError: if a name is not a function of an earlier notebook.
        """
        if unknown := [name for name in functions if name not in self.origin]:
            raise ValueError(f"no notebook has {', '.join(unknown)}; the names are {', '.join(self.origin)}.")
        self._handed_in = dict(functions)

    def imported(self, name: str, frame: FrameType | None) -> Function:
        """The function of this name, for the module's `__getattr__`, which passes the frame that called it.

        With the first name of an import statement one line is printed about all of them.
        """
        together = self._imported_together(name, frame)
        if together and (line := self.origins(together)):
            print(line)
        return self._resolve(name)[0]

    def origins(self, names: tuple[str, ...]) -> str:
        """Say in one line which of these functions are the student's and which are stand-ins, and why.

        The line is empty while grading and for functions that were handed in.
        """
        groups: dict[str, list[str]] = {}
        for name in names:
            if name in self.origin and (origin := self._resolve(name)[1]):
                groups.setdefault(origin, []).append(name)
        return "; ".join(f"{', '.join(group)}: {_plural(origin, len(group))}" for origin, group in groups.items())

    def _resolve(self, name: str) -> tuple[Function, str]:
        """The function of this name, and its origin in words; no words where nothing should be printed."""
        if name in self._handed_in:
            return self._handed_in[name], ""
        notebook = self.origin[name]
        # a notebook that imports its own function from here would be loaded again without end
        grading = os.environ.get("NBGRADER_EXECUTION") == "autograde"
        if grading or os.environ.get(VARIABLE) == "stand-ins" or (notebook, name) in _loading:
            return self._stand_in(name), ""
        _loading.append((notebook, name))
        try:
            function = _from_notebook(notebook, name, _notebook_path(notebook))
        finally:
            _loading.pop()
        if isinstance(function, Unavailable):
            return self._stand_in(name), f"stand-in ({function})"
        return function, f"yours, from {notebook}"

    def _imported_together(self, name: str, frame: FrameType | None) -> tuple[str, ...]:
        """All names of the import statement that is executed, if `name` is the first of them, else none.

        `from utils.layers import a, b` calls `__getattr__` for a and for b; the line about both is printed with the
        first.
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
            if step.opname == "IMPORT_FROM" and step.argval in self.origin:
                names.append(str(step.argval))
            elif step.opname != "IMPORT_FROM" and not step.opname.startswith("STORE_"):
                break
        return tuple(names) if names[0] == name else ()


def _plural(origin: str, count: int) -> str:
    if count == 1 or not origin.startswith("stand-in"):
        return origin
    for one, many in (("stand-in", "stand-ins"), ("its check has", "their checks have"), ("its check", "their checks")):
        origin = origin.replace(one, many, 1)
    return origin.replace("its cell is", "their cells are")


def _notebook_path(title: str) -> Path:
    """Where the student's notebook is expected: in a folder next to the current one, or in the course's notebooks/."""
    here = Path.cwd()
    paths = [here.parent / title / f"{title}.ipynb", here / "notebooks" / title / f"{title}.ipynb"]
    return next((path for path in paths if path.is_file()), paths[0])


def _from_notebook(notebook: str, name: str, path: Path) -> Function | Unavailable:
    saved = path.stat().st_mtime_ns if path.is_file() else 0
    key = notebook, name, path, saved
    if key not in _loaded:
        try:
            _loaded[key] = own_function(name, path)
        except Unavailable as reason:
            _loaded[key] = reason
    return _loaded[key]
