"""Where the templates of formgrader's pages are: this course's, and nbgrader's own."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

OURS = Path(__file__).parent
_NBGRADER = find_spec("nbgrader")  # found without importing it, which takes seconds
NBGRADERS = Path(str(_NBGRADER and _NBGRADER.origin)).parent / "server_extensions" / "formgrader" / "templates"
