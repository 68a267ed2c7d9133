"""What people leave in their notebooks, by the threads in which they ask about it, costs right answers nothing."""

from __future__ import annotations

import in_sandbox
import nbformat
import pytest
from in_sandbox import COURSE

from autograder.gallery.registry import right_answers
from autograder.grading.task import Graded
from autograder.notebooks import nbgrader, read_notebook
from autograder.sandbox.availability import why_unavailable

missing = why_unavailable()
pytestmark = pytest.mark.skipif(bool(missing), reason=f"students' code cannot be isolated here: {missing}")

FIRST = (
    "from google.colab import drive\ndrive.mount('/content/drive')",
    "%cd /content/drive/MyDrive\n%cd ..",
    "!pip install --quiet einops\n%pip install --quiet einops\n!nvidia-smi",
    "%matplotlib notebook",
    "import matplotlib\nmatplotlib.use('TkAgg')",
    "%load_ext autoreload\n%autoreload 2",
    "from ipywidgets import Output, interact\ninteract(lambda name: print(name), name=['a', 'b'])\nOutput()",
    "import asyncio\nawait asyncio.sleep(0.01)",
    "%xmode Minimal\n%pdb on",
    "%debug",
    "name = input('Your name? ')",
    "import threading, time\nthreading.Thread(target=time.sleep, args=(1000,), daemon=True).start()",
    "def unfinished(:\n    pass",
)
# exercise → source, in which @ is a right answer
ANSWERS = {
    "linear_forward": "%%time\n@",
    "linear_backward": "%%capture shown\n@",
    "relu_forward": "def relu_forward(x):\n    breakpoint()\n    return np.maximum(x, 0), x",
    "relu_backward": "@\nn = input('Try it with how many? ')",
    "softmax_loss": "from __future__ import annotations\nfrom typing import Any\n@\nexit()",
    "numerical_gradient": "import inspect\n@\nif __name__ == '__main__':\n    inspect.getsource(numerical_gradient)",
    "two_layer_loss": "import logging\nlogging.basicConfig(level='DEBUG')\n@\nquit",
}
LAST = "%reset -f"


@pytest.fixture(scope="module")
def graded() -> Graded:
    notebook = read_notebook(COURSE.release("01_backprop"))
    for cell in notebook.cells:
        name = nbgrader(cell).get("grade_id")
        if cell.cell_type == "code" and name in ANSWERS:
            cell.source = ANSWERS[name].replace("@", right_answers(name)[0].source.rstrip())
    notebook.cells[2:2] = [nbformat.v4.new_code_cell(source) for source in FIRST]
    notebook.cells.append(nbformat.v4.new_code_cell(LAST))
    return in_sandbox.graded("01_backprop", notebook)


@pytest.mark.parametrize("name", ANSWERS)
def test_it_costs_nothing(graded: Graded, name: str) -> None:
    cells = nbformat.reads(graded.notebook.decode(), as_version=4).cells
    check = next(cell for cell in cells if nbgrader(cell).get("grade_id") == f"check_{name}")
    assert graded.scores[f"check_{name}"] == nbgrader(check)["points"], check.outputs[0].data["text/plain"]


def test_a_question_to_nobody_says_what_to_do(graded: Graded) -> None:
    cells = nbformat.reads(graded.notebook.decode(), as_version=4).cells
    errors = [output.evalue for cell in cells for output in cell.get("outputs", ()) if output.output_type == "error"]
    assert sum("write the value into the code" in error for error in errors) >= 2
