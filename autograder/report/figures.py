"""The colours of the maps, light and dark, and the distribution of scores as inline SVG."""

from __future__ import annotations

import statistics
from collections.abc import Sequence

from markupsafe import Markup

Scale = tuple[tuple[float, tuple[int, int, int]], ...]

# none, half and all of the points: terracotta, sand, pale teal; they differ in lightness too, for colour-blind readers
SCALE: Scale = ((0.0, (226, 125, 96)), (0.5, (248, 221, 160)), (1.0, (205, 232, 224)))
DARK: Scale = ((0.0, (150, 58, 36)), (0.5, (104, 80, 30)), (1.0, (22, 66, 60)))
STEPS = 20  # colours on the page

WIDTH, HEIGHT, BINS = 420, 150, 10
LEFT, TOP, BOTTOM = 8, 22, 24


def shade(share: float, scale: Scale = SCALE) -> str:
    """The colour for a share of the points from 0 to 1, as #rrggbb."""
    share = min(max(share, 0.0), 1.0)
    (low, start), (high, end) = scale[:2] if share < scale[1][0] else scale[1:]
    fraction = (share - low) / (high - low)
    return "#" + "".join(f"{round(a + fraction * (b - a)):02x}" for a, b in zip(start, end, strict=True))


def step(share: float) -> str:
    """The CSS class for a share of the points from 0 to 1; the last one is for all points, and for nothing less."""
    share = min(max(share, 0.0), 1.0)
    return f"s{STEPS if share > 1 - 1e-9 else min(int(share * STEPS), STEPS - 1)}"


def scale_css(scale: Scale) -> str:
    """The rules of all steps."""
    return "".join(
        f".s{k}{{background:{shade(k / STEPS, scale)};fill:{shade(k / STEPS, scale)}}}" for k in range(STEPS + 1)
    )


def histogram(shares: Sequence[float]) -> Markup:
    """SVG: the number of students per tenth of an assignment's points, and the median as a line."""
    counts = [0] * BINS
    for share in shares:
        counts[min(int(min(max(share, 0.0), 1.0) * BINS + 1e-9), BINS - 1)] += 1
    width, tallest = (WIDTH - 2 * LEFT) / BINS, max([*counts, 1])
    base = HEIGHT - BOTTOM
    bars, labels = [], []
    for tenth, count in enumerate(counts):
        height = (base - TOP) * count / tallest
        x, y = LEFT + tenth * width, base - height
        size = f'x="{x + 2:.1f}" y="{y:.1f}" width="{width - 4:.1f}" height="{height:.1f}" rx="2"'
        title = f"<title>{tenth * 10}–{tenth * 10 + 10} %: {count}</title>"
        bars.append(f'<rect class="{step((tenth + 0.5) / BINS)} bar" {size}>{title}</rect>')
        if count:
            labels.append(f'<text x="{x + width / 2:.1f}" y="{y - 5:.1f}" text-anchor="middle">{count}</text>')
    for tenth in range(0, BINS + 1, 2):
        x = LEFT + tenth * width
        anchor = "start" if tenth == 0 else "end" if tenth == BINS else "middle"
        labels.append(f'<text class="axis" x="{x:.1f}" y="{HEIGHT - 7}" text-anchor="{anchor}">{tenth * 10} %</text>')
    bars.append(f'<line class="base" x1="{LEFT}" x2="{WIDTH - LEFT}" y1="{base}" y2="{base}"/>')
    if shares:
        middle = statistics.median(shares)
        x = LEFT + min(max(middle, 0.0), 1.0) * BINS * width
        title = f"<title>median {middle:.0%}</title>"
        bars.append(f'<line class="median" x1="{x:.1f}" x2="{x:.1f}" y1="6" y2="{base}">{title}</line>')
    head = f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="distribution of scores">'
    return Markup(head + "".join(bars + labels) + "</svg>")
