"""The text of a figure, as a reader sees it."""

from __future__ import annotations

import matplotlib.pyplot as plt
from matplotlib.figure import Figure


def texts(figure: Figure) -> list[str]:
    """Every text of a figure that is not empty, without spaces around it."""
    figure.draw_without_rendering()
    return [text.get_text().strip() for text in figure.findobj(plt.Text) if text.get_text().strip()]
