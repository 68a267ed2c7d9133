"""nbgrader's gradebook, imported without the web server that nbgrader's package loads: that takes over a second.

The package runs its own code when somebody asks it for what that defines.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
from importlib.machinery import ModuleSpec
from typing import Any

NAME = "nbgrader"


def _lazy_package(spec: ModuleSpec) -> None:
    """Put the package where imports look for it, but do not run its code before a name of it is needed."""
    package = importlib.util.module_from_spec(spec)

    def __getattr__(name: str) -> Any:
        if importlib.util.find_spec(f"{NAME}.{name}"):
            return importlib.import_module(f"{NAME}.{name}")
        vars(package).pop("__getattr__", None)
        assert spec.loader is not None
        spec.loader.exec_module(package)
        return getattr(package, name)

    package.__getattr__ = __getattr__  # type: ignore[method-assign]
    sys.modules[NAME] = package


if NAME not in sys.modules and (_spec := importlib.util.find_spec(NAME)):
    _lazy_package(_spec)

from nbgrader.api import (  # noqa: E402
    Assignment,
    Grade,
    Gradebook,
    InvalidEntry,
    MissingEntry,
    Student,
    SubmittedAssignment,
    SubmittedNotebook,
)
from nbgrader.utils import compute_checksum, parse_utc  # noqa: E402

__all__ = [
    "Assignment",
    "Grade",
    "Gradebook",
    "InvalidEntry",
    "MissingEntry",
    "Student",
    "SubmittedAssignment",
    "SubmittedNotebook",
    "compute_checksum",
    "parse_utc",
]
