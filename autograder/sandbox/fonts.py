"""The list of fonts that matplotlib has made for the user who grades; a warm process would take half a second for it.

Fonts outside the folders that the sandbox shows are left out, and with them what their paths tell of the user.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from autograder.sandbox.bubblewrap import SYSTEM_FOLDERS

LISTS = "fontlist-v*.json"  # one for each version of their format
FONTS = ("ttflist", "afmlist")  # where a list has them


def write_font_lists(folder: Path) -> list[Path]:
    """Write into `folder` the lists that there are, with the fonts that a kernel can read, and return their paths."""
    return [folder / name for name, content in _font_lists() if (folder / name).write_text(content)]


def _font_lists() -> Iterator[tuple[str, str]]:
    """(file name, content) of each list; none where matplotlib has made none."""
    for path in sorted(_folder().glob(LISTS)):
        with contextlib.suppress(OSError, ValueError, TypeError, KeyError):  # half-written, or of a format to come
            listed: dict[str, Any] = json.loads(path.read_text())
            readable = {name: [font for font in listed[name] if _is_readable(font["fname"])] for name in FONTS}
            yield path.name, json.dumps(listed | readable)


def _folder() -> Path:
    """Where matplotlib keeps its cache on Linux; to import it would take as long as what is saved."""
    if own := os.environ.get("MPLCONFIGDIR"):
        return Path(own)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "matplotlib"


def _is_readable(font: str) -> bool:
    """Whether a kernel can read this font: one of matplotlib's own, whose path is relative, or one of the system's."""
    return not os.path.isabs(font) or any(Path(font).is_relative_to(folder) for folder in SYSTEM_FOLDERS)
