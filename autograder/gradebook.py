"""nbgrader's gradebook, imported without the web server that nbgrader's package loads: that takes over a second.

Whoever imports nbgrader itself afterwards gets all of it, with the same classes.
"""

from __future__ import annotations

import importlib.util
import sys

NAME = "nbgrader"
_spec = None if NAME in sys.modules else importlib.util.find_spec(NAME)
if _spec is not None:
    sys.modules[NAME] = importlib.util.module_from_spec(_spec)  # the package, but for the code of its __init__.py
try:
    from nbgrader.api import (
        Assignment,
        Grade,
        Gradebook,
        InvalidEntry,
        MissingEntry,
        Student,
        SubmittedAssignment,
        SubmittedNotebook,
    )
    from nbgrader.utils import compute_checksum, parse_utc
finally:
    if _spec is not None:
        del sys.modules[NAME]

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
