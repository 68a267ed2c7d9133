"""Alternative texts: what a figure shows, in words, for people who do not see it.

A function that draws a figure ends with `return described(figure, "…")`. `show_texts` makes notebooks show figures as
HTML images that have their texts: JupyterLab and the default page of nbconvert ignore the `alt` in a PNG's metadata.
The PNG goes with them, for programs that keep pictures only, and the text takes the place of `<Figure size …>`.
"""

from __future__ import annotations

import html
from collections.abc import Callable, Iterable, Sequence
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

MOST_NUMBERS = 60  # of a matrix that is read out in full

_texts: WeakKeyDictionary[Figure, str] = WeakKeyDictionary()


def described(figure: Figure, *sentences: str) -> Figure:
    """Give a figure its alternative text, in place of any that it has, and return the figure."""
    _texts[figure] = " ".join(sentence for sentence in sentences if sentence)
    return figure


def described_further(figure: Figure, *sentences: str) -> Figure:
    """Add sentences to the alternative text of a figure that several functions draw on, and return the figure."""
    return described(figure, _texts.get(figure, ""), *sentences)


def alternative_text(figure: Figure) -> str:
    """The text that a figure was given; for any other figure its titles and axes' labels, as far as it has them."""
    if figure in _texts:
        return _texts[figure]
    names = [figure.get_suptitle()]
    for ax in figure.axes:
        names += [ax.get_title(loc) for loc in ("left", "center", "right")]
        names += [ax.get_xlabel(), ax.get_ylabel()]
    shown = ", ".join(" ".join(name.split()) for name in names if name.strip())
    return f"Figure without a description: {shown or 'it has no titles'}."


def show_texts() -> None:
    """From now on, show the figures of this notebook with their alternative texts; outside IPython, do nothing."""
    from IPython.core.getipython import get_ipython

    shell = get_ipython()
    if shell is not None and shell.display_formatter is not None:
        # a formatter for a single type would be removed when the student chooses another format of pictures
        shell.display_formatter.mimebundle_formatter.for_type(Figure, _in_a_notebook)


class DrawnOnce:
    """IPython's drawing of a figure as a PNG, which is kept between the two outputs that need it."""

    def __init__(self, draw: Callable[[Figure], Any]) -> None:
        self._draw = draw
        self._kept: tuple[Figure, Any] | None = None

    def __call__(self, figure: Figure) -> Any:
        kept, self._kept = self._kept, None
        return kept[1] if kept and kept[0] is figure else self._draw(figure)

    def keep(self, figure: Figure) -> Any:
        """Draw now; the next call for this figure returns the same."""
        self._kept = figure, self._draw(figure)
        return self._kept[1]


def _in_a_notebook(figure: Figure, **_: object) -> tuple[dict[str, str], dict[str, Any]]:
    """(data, metadata) of a figure's output, apart from the PNG, which IPython adds."""
    text = alternative_text(figure)
    drawn = _drawn(figure)
    data, size = drawn if isinstance(drawn, tuple) else (drawn, {})  # with a size where the resolution is high
    bundle = {"text/plain": text}
    if isinstance(data, str):
        bundle["text/html"] = image_tag(data, text, **size)
    return bundle, {"image/png": {"alt": text, **size}}


def _drawn(figure: Figure) -> Any:
    """What IPython's formatter for PNG returns for a figure; None if this session has none."""
    from IPython.core.getipython import get_ipython

    shell = get_ipython()
    png = shell.display_formatter.formatters["image/png"] if shell and shell.display_formatter else None
    try:
        draw = png.lookup_by_type(Figure) if png else None
    except KeyError:
        return None
    if png is None or draw is None:
        return None
    if not isinstance(draw, DrawnOnce):
        draw = DrawnOnce(draw)
        png.for_type(Figure, draw)
    return draw.keep(figure)


def image_tag(png: str, text: str, **attributes: object) -> str:
    """An HTML image of a PNG in base64, with its alternative text."""
    more = "".join(f' {name}="{html.escape(str(value))}"' for name, value in attributes.items())
    return f'<img src="data:image/png;base64,{png.strip()}" alt="{html.escape(text)}"{more}>'


def number(value: float, digits: int = 3) -> str:
    """A number in so many significant digits, with a minus sign: -1234.5 → "−1230"."""
    shown = f"{float(value) + 0.0:.{digits}g}"
    if "e" in shown and 1e-4 <= abs(value) < 1e7:
        shown = f"{float(shown):.0f}"
    return shown.replace("-", "−")


def numbers(values: ArrayLike, digits: int = 3) -> str:
    """A matrix row by row, or a list, if it is small; of a large one the size and the range."""
    matrix = np.asarray(values, dtype=float)
    if matrix.size > MOST_NUMBERS:
        size = "×".join(map(str, matrix.shape))
        return f"{size} numbers from {number(np.nanmin(matrix), digits)} to {number(np.nanmax(matrix), digits)}"
    with_zeros = np.where(np.abs(matrix) < 1e-6 * np.nanmax(np.abs(matrix), initial=0), 0, matrix)  # no rounding errors
    rows = np.atleast_2d(with_zeros)
    return "; ".join(" ".join("–" if np.isnan(x) else number(x, digits) for x in row) for row in rows)


def course_of(values: ArrayLike) -> str:
    """How a curve runs: its first and last value, and its lowest and highest if they are others."""
    curve = np.asarray(values, dtype=float)
    if curve.size == 0:
        return "no values"
    first, last = number(curve[0]), number(curve[-1])
    text = f"from {first} to {last}" if curve.size > 1 else first
    extremes = {"lowest": number(np.nanmin(curve)), "highest": number(np.nanmax(curve))}
    further = [f"{name} {value}" for name, value in extremes.items() if value not in (first, last)]
    return ", ".join([text, *further])


def listed(items: Iterable[object]) -> str:
    """a, b and c."""
    words = [str(item) for item in items]
    return " and ".join(filter(None, [", ".join(words[:-1]), *words[-1:]]))


def one_line(title: str) -> str:
    """A title without its line breaks."""
    return " ".join(title.split())


def counted(count: int, one: str, many: str = "") -> str:
    """1 image, 2 images."""
    return f"{count} {one if count == 1 else many or one + 's'}"


def pairs(names: Sequence[object], values: Iterable[object]) -> str:
    """name value, name value, …"""
    return ", ".join(f"{name} {value}" for name, value in zip(names, values, strict=True))
