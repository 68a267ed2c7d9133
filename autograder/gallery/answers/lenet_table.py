"""lenet_table, right and wrong."""
# mypy: ignore-errors
# ruff: noqa: F821

import numpy as np

from autograder.gallery.registry import altered, right, wrong


@right("written down")
def lenet_table():
    return [
        ("Input", (1, 28, 28), None, 0, 0),
        ("Conv", (20, 28, 28), (20, 1, 5, 5), 520, 392_000),
        ("ReLU", (20, 28, 28), None, 0, 0),
        ("MaxPool", (20, 14, 14), None, 0, 0),
        ("Conv", (50, 14, 14), (50, 20, 5, 5), 25_050, 4_900_000),
        ("ReLU", (50, 14, 14), None, 0, 0),
        ("MaxPool", (50, 7, 7), None, 0, 0),
        ("Flatten", (2450,), None, 0, 0),
        ("Linear", (500,), (2450, 500), 1_225_500, 1_225_000),
        ("ReLU", (500,), None, 0, 0),
        ("Linear", (10,), (500, 10), 5_010, 5_000),
    ]


@right("computed, with conv_cost")
def lenet_table():
    size = (1, 28, 28)
    rows = [("Input", size, None, 0, 0)]
    for filters in (20, 50):
        weight = (filters, size[0], 5, 5)
        size, params, macs = conv_cost(size, filters, 5, padding=2)
        rows.append(("Conv", size, weight, params, macs))
        rows.append(("ReLU", size, None, 0, 0))
        size = (filters, *(conv_output_size(n, 2, 2) for n in size[1:]))
        rows.append(("MaxPool", size, None, 0, 0))
    n = size[0] * size[1] * size[2]
    rows.append(("Flatten", (n,), None, 0, 0))
    rows.append(("Linear", (500,), (n, 500), n * 500 + 500, n * 500))
    rows.append(("ReLU", (500,), None, 0, 0))
    rows.append(("Linear", (10,), (500, 10), 5010, 5000))
    return rows


@right("lists, NumPy's whole numbers, 2450 for (2450,)")
def lenet_table():
    names = ["Input", *["Conv", "ReLU", "MaxPool"] * 2, "Flatten", "Linear", "ReLU", "Linear"]
    outputs = [(1, 28, 28), (20, 28, 28), (20, 28, 28), (20, 14, 14), (50, 14, 14), (50, 14, 14), (50, 7, 7)]
    outputs += [2450, 500, 500, 10]
    weights = {1: (20, 1, 5, 5), 4: (50, 20, 5, 5), 8: (2450, 500), 10: (500, 10)}
    rows = []
    for k, (name, output) in enumerate(zip(names, outputs, strict=True)):
        weight = weights.get(k)
        size = np.prod(weight) if weight else 0
        bias = 0 if weight is None else output[0] if name == "Conv" else output
        places = output[1] * output[2] if name == "Conv" else 1
        rows.append([name, output, weight, size + bias, size * places])
    return tuple(rows)


def plainly(mistake, *edits, how="", named=True, also=()):
    altered("lenet_table", "computed, with conv_cost", mistake, *edits, how=how, named=named, also=also)


plainly(
    "biases-not-counted",
    ("weight, params, macs", "weight, params - filters, macs"),
    ("n * 500 + 500", "n * 500"),
    ("5010", "5000"),
)
plainly("biases-not-counted", ("n * 500 + 500", "n * 500"), ("5010", "5000"), how="linear layers only")
plainly(
    "macs-count-biases",
    ("n * 500)", "n * 500 + 500)"),
    ("5000)", "5010)"),
    ("params, macs))", "params, macs + filters))"),
)
plainly("macs-of-one-place", ("params, macs))", "params, params - filters))"))
plainly("macs-after-pooling", ("params, macs))", "params, macs // 4))"))
plainly("multiplications-and-additions", ("macs))", "2 * macs))"), ("n * 500)", "n * 1000)"), ("5000)", "10000)"))
plainly("one-channel-filters", ("(filters, size[0], 5, 5)", "(filters, 1, 5, 5)"))
plainly("weights-channels-in-first", ("(filters, size[0], 5, 5)", "(size[0], filters, 5, 5)"))
plainly("linear-weights-transposed", ("(n, 500)", "(500, n)"), ("(500, 10)", "(10, 500)"))
plainly("no-padding", ("padding=2", "padding=0"))
plainly("input-row-missing", ("return rows", "return rows[1:]"))
plainly("layers-without-weights-left-out", ("return rows", "return [row for row in rows if row[2]]"))
plainly("returns-nothing", ("return rows", "print(rows)"))
plainly("final-layer-forgotten", ('    rows.append(("Linear", (10,)', '    rows.append(("Softmax", (10,)'), named=False)
plainly("lecture-only", ("return rows", "return [row[:3] for row in rows]"), how="no costs", named=False)
plainly("pooling-has-weights", ('("MaxPool", size, None, 0, 0)', '("MaxPool", size, (2, 2), 4, 0)'))
plainly("batch-axis", ("return rows", "return [(r[0], (1, *r[1]), *r[2:]) for r in rows]"))


@wrong("channels-last")
def lenet_table():
    return [
        ("Input", (28, 28, 1), None, 0, 0),
        ("Conv", (28, 28, 20), (20, 1, 5, 5), 520, 392_000),
        ("ReLU", (28, 28, 20), None, 0, 0),
        ("MaxPool", (14, 14, 20), None, 0, 0),
        ("Conv", (14, 14, 50), (50, 20, 5, 5), 25_050, 4_900_000),
        ("ReLU", (14, 14, 50), None, 0, 0),
        ("MaxPool", (7, 7, 50), None, 0, 0),
        ("Flatten", (2450,), None, 0, 0),
        ("Linear", (500,), (2450, 500), 1_225_500, 1_225_000),
        ("ReLU", (500,), None, 0, 0),
        ("Linear", (10,), (500, 10), 5_010, 5_000),
    ]


@wrong("a-dict", named=False)
def lenet_table():
    return {"Conv": 25_570, "Linear": 1_230_510, "in all": 1_256_080}
