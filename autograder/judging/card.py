"""The card that shows a verdict to people: HTML in a notebook, plain text in a terminal."""

from __future__ import annotations

from collections import defaultdict
from html import escape

import numpy as np

from autograder.guest.status import Status
from autograder.judging.compare import Mismatch
from autograder.judging.verdict import GUESS, SURE, CaseResult, Verdict, figure
from autograder.judging.written import indexed

# with any other status, the code raised an error or was ended
MARKS = defaultdict(
    lambda: "!", {Status.PASSED: "✓", Status.FAILED: "✗", Status.NOT_ATTEMPTED: "○", Status.TO_BE_MARKED: "?"}
)
# behind a white sign: themes are light and dark, and no colour for text has enough contrast on both
COLOURS = defaultdict(
    lambda: "#c2410c",
    {Status.PASSED: "#1a7f5a", Status.NOT_ATTEMPTED: "#6b7280", Status.TO_BE_MARKED: "#6b7280"},
)
SOFT = "opacity:.8"  # of text that matters less; with less than this it has too little contrast in some themes
PANELS_AT_MOST = 8  # of the picture
SQUARES_AT_LEAST = 9  # of a picture; fewer numbers are told by their count
CELLS_AT_MOST = 32  # rows or columns of one panel of the picture


def headline(verdict: Verdict) -> str:
    """`conv_forward: 4 of 6 cases pass`."""
    if verdict.status is Status.NOT_ATTEMPTED:
        return f"{verdict.exercise}: not written yet"
    passed = sum(case.passed for case in verdict.cases)
    total = len(verdict.cases)
    count = f"all {total}" if passed == total else f"{passed} of {total}"
    failed = sum(not case.judged for case in verdict.cases)
    ours = f"; in {failed} the check itself failed" if failed else ""
    return f"{verdict.exercise}: {count} cases pass{ours}"


def explanation(verdict: Verdict) -> list[tuple[str, str]]:
    """What to say about the first failure: (label, sentence) pairs, the most useful first."""
    failure = verdict.first_failure
    if failure is None:
        return []
    if failure.status is Status.NOT_ATTEMPTED:
        return [("", failure.message)]
    lines = []
    named = verdict.named
    says = verdict.sentences.get(named.mistake, "") if named else ""
    if named and says:
        seen = "" if named.mistake == failure.mistake else f" (in “{named.name}”)"
        lines.append((f"{SURE if named.sure else GUESS}{seen}", says))
        if named.why:
            lines.append(("What speaks for it", named.why))
    if failure.judged and (ours := next((case for case in verdict.cases if not case.judged), None)):
        lines.append((f"In “{ours.name}”", ours.public_message))
    if failure.hidden:
        if failure.hint and failure.judged:
            lines.append(("Hint", failure.hint))
        if failure.status is not Status.FAILED:
            lines.append(("What happened", failure.public_message))
        return lines
    lines.append((f"What happened in “{failure.name}”", failure.message))
    if not failure.judged:
        return lines
    if failure.mismatch is not None:
        if failure.mismatch.where:
            lines.append(("Where", failure.mismatch.where))
        if failure.mismatch.pattern and not says:
            lines.append(("Pattern", failure.mismatch.pattern))
    if failure.inputs:
        lines.append(("Inputs", ", ".join(f"{name} {value}" for name, value in failure.inputs)))
    if failure.hint:
        lines.append(("Hint", failure.hint))
    if verdict.printed.strip():
        lines.append(("Your code printed", verdict.printed.strip()[:400]))
    return lines


def figures_line(verdict: Verdict) -> str:
    """The figures for the leaderboard in one line; empty if there are none."""
    return ", ".join(f"{name.replace('_', '-')} {figure(name, value)}" for name, value in verdict.figures.items())


def as_text(verdict: Verdict) -> str:
    """The card for a terminal."""
    lines = [f"{MARKS[verdict.status]} {headline(verdict)}"]
    for case in verdict.cases:
        if verdict.status is not Status.NOT_ATTEMPTED:
            lines.append(f"   {MARKS[case.status]} {_label(case)}")
    if verdict.figures:
        lines.append(f"   Measured: {figures_line(verdict)}")
    for label, sentence in explanation(verdict):
        lines.append(f"   {label}: {sentence}" if label else f"   {sentence}")
    if made := _made_of_lines(verdict):
        lines.append(f"   {made[0]}")
        for text in made[1:]:
            lines.extend("      " + line for line in text.splitlines())
    if verdict.example is not None:
        lines.append("   The smallest case that still goes wrong:")
        for text in (*_example_lines(verdict), _first_of_example(verdict)):
            lines.extend("      " + line for line in text.splitlines())
    return "\n".join(lines)


def as_html(verdict: Verdict) -> str:
    """The card for a notebook; colours follow JupyterLab's theme, light or dark."""
    colour = COLOURS[verdict.status]
    ticks = "".join(
        f'<div style="padding:1px 0">{_sign(case.status)}{escape(_label(case))}</div>'
        for case in verdict.cases
        if verdict.status is not Status.NOT_ATTEMPTED
    )
    if verdict.figures:
        ticks += f'<div style="padding:3px 0 1px;font-weight:600">Measured: {escape(figures_line(verdict))}</div>'
    sentences = "".join(
        f'<div style="margin-top:6px"><span style="{SOFT}">{escape(label)}</span>{"<br>" if label else ""}'
        f'<span style="{"font-weight:600" if label.startswith((SURE, GUESS)) else ""};white-space:pre-wrap">'
        f"{_code(sentence)}</span></div>"
        for label, sentence in explanation(verdict)
    )
    failure = verdict.first_failure
    mismatch = failure.mismatch if failure is not None and not failure.hidden else None
    picture = _picture(mismatch) if mismatch is not None and _says_something(mismatch) else ""
    if made := _made_of_lines(verdict):
        sentences += (
            f'<div style="margin-top:6px"><span style="{SOFT}">{escape(made[0])}</span>'
            f"{_preformatted(made[1:]) if made[1:] else ''}</div>"
        )
    example = ""
    if verdict.example is not None:
        example = (
            f'<details open style="margin-top:8px"><summary style="cursor:pointer;{SOFT}">The smallest case that '
            f"still goes wrong, to follow by hand</summary>{_preformatted(_example_lines(verdict))}"
            f"{escape(_first_of_example(verdict))}</details>"
        )
    body = f'<div style="flex:1 1 340px;min-width:0">{sentences}{example}</div>' if sentences or example else ""
    side = f'<div style="flex:0 0 auto">{picture}</div>' if picture else ""
    return (
        f'<div style="border:1px solid var(--jp-border-color2,#ddd);border-left:5px solid {colour};border-radius:4px;'
        "padding:8px 12px;max-width:860px;"
        "font:13px/1.45 var(--jp-ui-font-family,sans-serif);"
        'color:var(--jp-content-font-color1,#222);background-color:var(--jp-layout-color1,#fff)">'
        f'<div style="font-weight:700">{_sign(verdict.status)}{escape(headline(verdict))}</div>'
        f'<div style="margin-top:4px">{ticks}</div>'
        f'<div style="display:flex;flex-wrap:wrap;gap:20px">{body}{side}</div></div>'
    )


def _label(case: CaseResult) -> str:
    return f"{case.name} (hidden)" if case.hidden else case.name


def _sign(status: Status) -> str:
    """The mark of a status, white on its colour."""
    return (
        f'<span style="background-color:{COLOURS[status]};color:#fff;display:inline-block;width:1.3em;margin-right:6px;'
        f'text-align:center;border-radius:3px;font-weight:700;line-height:1.3">{MARKS[status]}</span>'
    )


def _code(sentence: str) -> str:
    """The sentence as HTML, with the text between backticks as code."""
    pieces = escape(sentence).split("`")
    return "".join(f"<code>{piece}</code>" if k % 2 else piece for k, piece in enumerate(pieces))


def _preformatted(lines: list[str]) -> str:
    """Lines as HTML, their columns kept."""
    text = escape("\n".join(lines))
    return f'<pre tabindex="0" style="margin:4px 0 0;font-size:12px;overflow-x:auto">{text}</pre>'


def _says_something(mismatch: Mismatch) -> bool:
    """Whether a picture of the wrong elements tells more than how many they are."""
    wrong = mismatch.wrong
    return wrong is not None and wrong.size >= SQUARES_AT_LEAST and not wrong.all()


def _made_of_lines(verdict: Verdict) -> list[str]:
    """A label, then the numbers that the first wrong one is made of; in one line where they are many."""
    failure = verdict.first_failure
    if failure is None or failure.hidden or failure.mismatch is None or not failure.made_of:
        return []
    number = indexed(failure.mismatch.part, failure.mismatch.first or ())
    if not all(text for _, text in failure.made_of):
        return [f"{number} is made of {', '.join(name for name, _ in failure.made_of)}"]
    return [f"{number} is made of", *(_hanging(f"{name} = ", text) for name, text in failure.made_of)]


def _example_lines(verdict: Verdict) -> list[str]:
    example = verdict.example
    assert example is not None
    return [
        *(_hanging(f"{name} = ", value) for name, value in example.inputs),
        _hanging("expected ", example.expected),
        _hanging("yours    ", example.got),
    ]


def _first_of_example(verdict: Verdict) -> str:
    """The sentence about the first wrong number of the smallest case; empty if it has one number."""
    first = verdict.example.first if verdict.example else ""
    return f"The first wrong number is {first}." if first else ""


def _hanging(label: str, text: str) -> str:
    """A label, and behind it a text whose lines all begin in the same column; "name = " joins the label."""
    name, equals, rest = text.partition(" = ")
    if not rest:
        name, equals, rest = "", "", text
    label += name + equals
    return label + rest.replace("\n", "\n" + " " * len(label))


def _picture(mismatch: Mismatch) -> str:
    """HTML with one SVG panel for each slice along the last two axes; wrong elements have a colour of their own."""
    assert mismatch.wrong is not None
    wrong = mismatch.wrong
    names = mismatch.axes.split() or [f"axis {k}" for k in range(wrong.ndim)]
    slices = wrong.reshape((-1, *wrong.shape[-2:])) if wrong.ndim > 1 else wrong.reshape(1, 1, -1)
    leading = wrong.shape[:-2]
    # slices with an error are preferred, so that a long batch still shows one
    chosen = sorted(np.argsort(~slices.any(axis=(1, 2)), kind="stable")[:PANELS_AT_MOST])
    rows, columns = (min(n, CELLS_AT_MOST) for n in slices.shape[1:])
    cell = max(5, min(16, 96 // max(rows, columns)))
    panels = []
    for k in chosen:
        squares = "".join(
            f'<rect x="{j * cell}" y="{i * cell}" width="{cell - 1}" height="{cell - 1}" rx="1" '
            f'fill="{"#c2410c" if slices[k, i, j] else "#8fc7b0"}"/>'
            for i in range(rows)
            for j in range(columns)
        )
        index = np.unravel_index(int(k), leading) if leading else ()
        label = ", ".join(f"{name} {int(i)}" for name, i in zip(names, index, strict=False))
        panels.append(
            '<div style="display:inline-block;margin:0 10px 8px 0;text-align:center;font-size:11px;vertical-align:top">'
            f'<svg width="{columns * cell}" height="{rows * cell}" role="img" '
            f'aria-label="wrong elements of {escape(mismatch.part)}">{squares}</svg><br>{escape(label)}</div>'
        )
    more = f" (first {len(panels)} of {len(slices)})" if len(slices) > len(panels) else ""
    across = f": rows {names[-2]}, columns {names[-1]}" if wrong.ndim > 1 else f": along {names[-1]}"
    if names[-2:] == ["row", "column"]:  # the picture says so itself
        across = ""
    return (
        f'<div style="margin-top:6px;max-width:300px"><span style="{SOFT}">Wrong elements of '
        f"{escape(mismatch.part)}{more}{escape(across)}</span><br>{''.join(panels)}</div>"
    )
