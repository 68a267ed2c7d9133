"""07_lenet_numpy: the lecture's table of LeNet-5, with what it costs."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from autograder.guest.plain_data import Inputs, PlainData
from autograder.guest.question import Question
from autograder.guest.response import Response
from autograder.judging.case import Case, Finding, Sizes
from autograder.judging.exercise import Exercise
from autograder.judging.mistake import Mistake

COLUMNS = ("layers", "outputs", "weights", "params", "macs")
ROW = "(layer, output size, weight size, params, MACs)"

# (layer, output size, weight size); params and MACs are computed from these
LAYERS: tuple[tuple[str, tuple[int, ...], tuple[int, ...] | None], ...] = (
    ("Input", (1, 28, 28), None),
    ("Conv", (20, 28, 28), (20, 1, 5, 5)),
    ("ReLU", (20, 28, 28), None),
    ("MaxPool", (20, 14, 14), None),
    ("Conv", (50, 14, 14), (50, 20, 5, 5)),
    ("ReLU", (50, 14, 14), None),
    ("MaxPool", (50, 7, 7), None),
    ("Flatten", (2450,), None),
    ("Linear", (500,), (2450, 500)),
    ("ReLU", (500,), None),
    ("Linear", (10,), (500, 10)),
)


def rows() -> list[tuple[Any, ...]]:
    """The right table."""
    return [(name, output, weight, _params(output, weight), _macs(output, weight)) for name, output, weight in LAYERS]


def _params(output: tuple[int, ...], weight: tuple[int, ...] | None) -> int:
    return math.prod(weight) + output[0] if weight else 0  # one bias for each channel or unit


def _macs(output: tuple[int, ...], weight: tuple[int, ...] | None) -> int:
    return math.prod(weight) * math.prod(output[1:]) if weight else 0


def _weighted(value: Callable[[tuple[int, ...], tuple[int, ...]], Any]) -> list[Any]:
    """A column computed from (output, weight) in the rows with weights, 0 in the others."""
    return [value(output, weight) if weight else 0 for _, output, weight in LAYERS]


def _outputs(*changes: tuple[int, tuple[int, ...]]) -> list[tuple[int, ...]]:
    """The column of outputs with some rows replaced."""
    changed = dict(changes)
    return [changed.get(k, output) for k, (_, output, _) in enumerate(LAYERS)]


def _weights(change: Callable[[tuple[int, ...]], tuple[int, ...]]) -> list[tuple[int, ...] | None]:
    return [change(weight) if weight else None for _, _, weight in LAYERS]


def _where_pooled(value: Any, column: Sequence[Any]) -> list[Any]:
    """A column with this value in the rows of pooling."""
    return [value if name == "MaxPool" else other for (name, _, _), other in zip(LAYERS, column, strict=True)]


# (output size, weight size) of each row where the convolutions have no padding
UNPADDED = tuple(
    zip(
        _outputs(
            (1, (20, 24, 24)),
            (2, (20, 24, 24)),
            (3, (20, 12, 12)),
            (4, (50, 8, 8)),
            (5, (50, 8, 8)),
            (6, (50, 4, 4)),
            (7, (800,)),
        ),
        _weights(lambda w: (800, 500) if w == (2450, 500) else w),
        strict=True,
    )
)


def _without_biases(axes: int) -> Callable[[Inputs, Any], dict[str, PlainData]]:
    """For a `Mistake`: params without the biases of the layers whose weights have this many axes."""
    return lambda q, right: {"params": _column(q, _weighted(lambda out, w: math.prod(w) + (len(w) != axes) * out[0]))}


class LenetTable(Exercise):
    name, points = "lenet_table", 10
    returns = COLUMNS
    card_inputs = ()
    fields = {part: tuple(f"row {k} ({row[0]})" for k, row in enumerate(LAYERS)) for part in COLUMNS}
    cases = (
        Case("eleven rows, in the lecture's order", parts=("layers",)),
        Case("output sizes", parts=("outputs",), weight=2),
        Case("weight sizes", parts=("weights",)),
        Case("parameters, with the biases", parts=("params",), weight=2),
        Case("multiply-adds", parts=("macs",), weight=2),
        Case("1,256,080 parameters in all, 6,522,000 multiply-adds", {"total": True}, parts=("params", "macs")),
    )
    mistakes = (
        Mistake(
            "biases-not-counted",
            "The biases are parameters too: one for each filter, and one for each output of a linear layer.",
            lambda q, right: {"params": _column(q, _weighted(lambda out, w: math.prod(w)))},
            *(_without_biases(axes) for axes in (2, 4)),  # of the linear layers only, of the convolutions only
        ),
        Mistake(
            "macs-count-biases",
            "Multiply-adds do not count biases: an output is a dot product with one product per weight.",
            lambda q, right: {
                "macs": _column(q, _weighted(lambda out, w: (math.prod(w) + out[0]) * math.prod(out[1:])))
            },
            lambda q, right: {"macs": _column(q, _weighted(lambda out, w: math.prod(w) * math.prod(out[1:]) + out[0]))},
        ),
        Mistake(
            "macs-of-one-place",
            "A filter is applied at every position of its map: multiply its weights by the height and width of the "
            "output.",
            lambda q, right: {"macs": _column(q, _weighted(lambda out, w: math.prod(w)))},
        ),
        Mistake(
            "macs-after-pooling",
            "The convolution comes before the pooling: count the positions of its own output.",
            lambda q, right: {
                "macs": _column(q, _weighted(lambda out, w: math.prod(w) * math.prod(n // 2 for n in out[1:])))
            },
        ),
        Mistake(
            "multiplications-and-additions",
            "A multiplication and its addition count as one multiply-add; yours counts two.",
            lambda q, right: {"macs": _column(q, _weighted(lambda out, w: 2 * math.prod(w) * math.prod(out[1:])))},
        ),
        Mistake(
            "one-channel-filters",
            "A filter of the second convolution spans all 20 input channels.",
            lambda q, right: {"weights": _weights(lambda w: (w[0], 1, *w[2:]) if len(w) == 4 else w)},
        ),
        Mistake(
            "weights-channels-in-first",
            "The filters have the shape (F, C, K, K): the number of filters comes first.",
            lambda q, right: {"weights": _weights(lambda w: (w[1], w[0], *w[2:]) if len(w) == 4 else w)},
        ),
        Mistake(
            "linear-weights-transposed",
            "A linear layer's weights are (inputs, outputs) in this course, as in the lecture: 2450×500.",
            lambda q, right: {"weights": _weights(lambda w: w[::-1] if len(w) == 2 else w)},
        ),
        Mistake(
            "no-padding",
            "These sizes are those of convolutions without padding; LeNet-5 here has padding 2, which keeps 28 and 14.",
            lambda q, right: {"outputs": [output for output, _ in UNPADDED]},
            lambda q, right: {
                "outputs": [output for output, _ in UNPADDED],
                "weights": [weight for _, weight in UNPADDED],
                "params": _column(q, [_params(output, weight) for output, weight in UNPADDED]),
                "macs": _column(q, [_macs(output, weight) for output, weight in UNPADDED]),
            },
        ),
        Mistake(
            "channels-last",
            "Sizes are (channels, height, width), channels first.",
            lambda q, right: {"outputs": [(*out[1:], out[0]) if len(out) == 3 else out for out in right["outputs"]]},
        ),
        Mistake(
            "batch-axis",
            "Sizes are those of a single image, without a batch axis.",
            lambda q, right: {"outputs": [(1, *out) for out in right["outputs"]]},
        ),
        Mistake(
            "pooling-has-weights",
            "Pooling learns nothing: it has no weights.",
            lambda q, right: {"weights": _where_pooled((2, 2), right["weights"])},
            lambda q, right: {
                "weights": _where_pooled((2, 2), right["weights"]),
                "params": _column(q, _where_pooled(4, _weighted(_params))),
            },
        ),
        Mistake(
            "input-row-missing",
            "The table starts with a row for the input.",
            lambda q, right: {part: right[part][1:] for part in COLUMNS},
        ),
        Mistake(
            "layers-without-weights-left-out",
            "ReLU, pooling and flattening have rows too; they have no weights, and cost no multiply-adds.",
            lambda q, right: {
                part: [value for value, row in zip(right[part], LAYERS, strict=True) if row[2]] for part in COLUMNS
            },
        ),
    )

    def inputs(self, sizes: Sizes, rng: Any) -> Inputs:
        return {"total": True} if sizes.get("total") else {}

    def expected(self, q: Inputs) -> dict[str, PlainData]:
        columns = dict(zip(COLUMNS, (list(column) for column in zip(*rows(), strict=True)), strict=True))
        return columns | {part: _column(q, columns[part]) for part in ("params", "macs")}

    def question(self, inputs: Inputs) -> Question:
        return super().question({})

    def repeats_call(self, inputs: Inputs) -> bool:
        """No: the function has no arguments, so there is only one question."""
        return False

    def judge(self, case: Case, inputs: Inputs, response: Response) -> list[Finding]:
        return super().judge(case, inputs, self.as_judged(inputs, response))

    def as_judged(self, inputs: Inputs, response: Response) -> Response:
        """The table column by column; for the totals, the columns are summed."""
        table = response.answer
        if isinstance(table, (tuple, list)) and all(_is_row(row) for row in table):
            columns = [list(column) for column in zip(*table, strict=True)] or [[] for _ in COLUMNS]
            columns[1] = [(size,) if type(size) is int else size for size in columns[1]]  # 2450 for (2450,)
            response = replace(response, answer=(*columns[:3], *(_column(inputs, column) for column in columns[3:])))
        elif table is not None:
            response = replace(response, answer={"not_a_table": table})
        return response

    def split(self, answer: PlainData) -> dict[str, PlainData] | str:
        """part → column; a sentence if the answer is not a list of rows of five."""
        if isinstance(answer, tuple):
            return dict(zip(COLUMNS, answer, strict=True))
        if answer is None:
            return "lenet_table returned nothing (None). Is there a `return` at its end?"
        table = answer["not_a_table"]
        if not isinstance(table, (tuple, list)):
            return f"lenet_table must return a list of rows {ROW}; yours returned a {type(table).__name__}."
        k, row = next((k, row) for k, row in enumerate(table) if not _is_row(row))
        what = f"{len(row)} values" if isinstance(row, (tuple, list)) else f"a {type(row).__name__}"
        return f"A row is a tuple of five: {ROW}. Row {k} is {what}."


def _is_row(row: PlainData) -> bool:
    return isinstance(row, (tuple, list)) and len(row) == len(COLUMNS)


def _column(q: Inputs, column: Sequence[PlainData]) -> PlainData:
    """The column, or its sum if the question is about the totals."""
    numbers = all(type(value) is int for value in column)
    return sum(column) if q.get("total") and numbers else list(column)
