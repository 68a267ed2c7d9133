"""What NumPy's messages say about the shapes that did not fit together: the only witness of a mistake that raises."""

from __future__ import annotations

import re

from autograder.guest.response import Raised

Shape = tuple[int, ...]

# (3,3), (3,), (3,1,newaxis) and [original->remapped] forms: `(2,3)->(2,newaxis,3)`; only the original counts
SHAPE = re.compile(r"\((\d+(?:,\s?\d+)*,?)\)(?!\])")
REMAPPED = re.compile(r"->\([^)]*\)")


def clashing(raised: Raised) -> tuple[Shape, ...]:
    """The shapes in a message about shapes that do not fit together, in its order; none for other errors."""
    if raised.type != "ValueError" or not any(word in raised.message for word in ("broadcast", "aligned", "match")):
        return ()
    text = REMAPPED.sub("", raised.message)
    return tuple(tuple(int(n) for n in found.split(",") if n.strip()) for found in SHAPE.findall(text))
