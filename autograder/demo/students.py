"""The students of the made-up class, what each did in 01 and 02, and the notebooks that they hand in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import nbformat

from autograder.demo.later import later_works
from autograder.demo.words import GOOD, THIN, WORDS, WRONG
from autograder.demo.work import NOTHING, Work
from autograder.notebooks import nbgrader, read_notebook

BACKPROP, CONVOLUTION = "01_backprop", "02_convolution"


@dataclass(frozen=True)
class Student:
    """One student."""

    name: str  # in the gradebook
    about: str  # what they are like
    works: Mapping[str, Work]  # assignment → what they did, for 01 and 02; the rest is in later.py


def both(backprop: Work, convolution: Work) -> dict[str, Work]:
    """The works of a student who handed in both notebooks."""
    return {BACKPROP: backprop, CONVOLUTION: convolution}


CLASS = (
    Student("ada", "sees a matrix product in everything", both(Work(("@", "product")), Work(("product",)))),
    Student(
        "bao",
        "trusts loops and nothing else",
        both(Work(("loop", "image by image", "nditer")), Work(("loops", "counts", "pixel by pixel"))),
    ),
    Student("chiara", "writes einsum first", both(Work(("einsum", "one-hot")), Work(("einsum", "windows")))),
    Student(
        "dmitri",
        "likes short code and odd tricks",
        both(
            Work(("half", "heaviside", "bias as", "logaddexp", "unit vectors", "nodes")),
            Work(("as_strided", "asks both", "range", "recursion", "np.prod", "outer", "tensordot")),
        ),
    ),
    Student(
        "elif",
        "prints everything, and warnings do not bother her",
        both(
            Work(("prints", "warns", "where"), written=THIN),
            Work(("prints", "counts", "shifted"), written=THIN),
        ),
    ),
    Student(
        "femi",
        "remembers convolution from signal processing",
        both(
            Work(but={"relu_backward": "zero-passes", "linear_backward": "dw-averaged (db too)"}, written=THIN),
            Work(but={"conv_forward": "kernel-flipped", "merge_convs": "kernels-correlated"}),
        ),
    ),
    Student(
        "greta",
        "forgets the biases",
        both(
            Work(but={"linear_forward": "bias-forgotten", "two_layer_loss": "b1-ignored"}),
            Work(
                but={
                    "conv_forward": "bias-once-per-channel",
                    "conv_cost": "biases-not-counted",
                    "conv1x1_forward": "bias-forgotten",
                }
            ),
        ),
    ),
    Student(
        "hugo",
        "saves memory by writing into his inputs",
        both(
            Work(
                but={
                    "relu_forward": "input-modified",
                    "relu_backward": "input-modified",
                    "softmax_loss": "input-modified",
                    "numerical_gradient": "x-left-changed (in the last bits)",
                }
            ),
            Work(but={"conv_forward": "input-modified (padding written into x)"}),
        ),
    ),
    Student("ines", "handed in the empty notebook", both(NOTHING, NOTHING)),
    Student(
        "jonas",
        "never ran his cells",
        both(
            Work(
                but={
                    "linear_forward": "name-unknown (a name that was never set)",
                    "softmax_loss": "raises (a matrix used as a function)",
                }
            ),
            Work(
                but={
                    "conv_forward": "raises (channels not counted)",
                    "hand_filters": "raises (a list is no array)",
                }
            ),
        ),
    ),
    Student(
        "kenji",
        "forgets to return",
        both(
            Work(but={name: "returns-nothing" for name in ("linear_forward", "relu_forward", "softmax_loss")}),
            Work(but={name: "returns-nothing" for name in ("conv_forward", "receptive_field")}),
        ),
    ),
    Student(
        "lucia",
        "answers in words only",
        both(
            Work(only=(), written=GOOD),
            Work(only=(), written=GOOD),
        ),
    ),
    Student(
        "mats",
        "joined late and left early",
        {BACKPROP: Work(("mask",), but={"numerical_gradient": "one-sided (forward)"})},
    ),
    Student(
        "noor",
        "works on square float64 images only",
        both(
            Work(but={"softmax_loss": "overflow", "relu_forward": "dtype-lost"}, written=WRONG),
            Work(but={"conv_forward": "width-from-height", "conv_cost": "width-from-height"}, written=WRONG),
        ),
    ),
    Student(
        "oskar",
        "ran out of time half-way",
        both(
            Work(only=("linear_forward", "linear_backward", "relu_forward"), written=""),
            Work(only=("conv_output_size", "conv_cost"), but={"conv_output_size": "rounded-up"}, written=""),
        ),
    ),
    Student(
        "priya",
        "mixes up sums and means",
        both(
            Work(
                but={
                    "linear_backward": "db-averaged",
                    "softmax_loss": "loss-summed",
                    "numerical_gradient": "not-divided-by-2h",
                }
            ),
            Work(but={"hand_filters": "blur-not-normalised", "receptive_field": "strides-ignored"}),
        ),
    ),
)


def hand_in(student: Student, assignment: str, released: Path, folder: Path) -> Path | None:
    """Write the student's notebook, made from the released one, and return its path.

    That is folder/NAME/ASSIGNMENT/ASSIGNMENT.ipynb; None if the student handed in nothing.
    """
    work = {**student.works, **later_works(student.name)}.get(assignment)
    if work is None:
        return None
    sources = {answer.name: answer.source for answer in work.answers(assignment)}
    notebook = read_notebook(released)
    for position, cell in reversed(list(enumerate(notebook.cells))):
        marks = nbgrader(cell)
        if cell.cell_type == "code" and marks.get("grade_id") in sources:
            cell.source = sources[marks["grade_id"]].rstrip("\n")
        elif cell.cell_type == "markdown" and marks.get("grade_id") in WORDS and work.written:
            cell.source = WORDS[marks["grade_id"]][work.written]
        elif marks.get("task") and work.written:  # answered in a cell below it
            notebook.cells.insert(position + 1, nbformat.v4.new_markdown_cell(WORDS[marks["grade_id"]][work.written]))
    path = folder / student.name / assignment / f"{assignment}.ipynb"
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, path)
    return path
