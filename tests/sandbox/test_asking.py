"""What honest code does while a check calls it is allowed: files, figures, pools, threads, shared memory, workers."""

from __future__ import annotations

from typing import Any

import in_sandbox
import nbformat
import pytest
from in_sandbox import COURSE
from nbformat import NotebookNode

from autograder.exercises import EXERCISES
from autograder.gallery.registry import right_answers
from autograder.grading.task import Graded
from autograder.notebooks import nbgrader, read_notebook
from autograder.sandbox.availability import why_unavailable

missing = why_unavailable()
pytestmark = pytest.mark.skipif(bool(missing), reason=f"students' code cannot be isolated here: {missing}")

FIRST = """
import os, pickle
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import Array, Lock, Pool, shared_memory
import matplotlib.pyplot as plt
import numpy as np
threads = ThreadPoolExecutor(2)
assert list(threads.map(abs, [-1, -2, -3])) == [1, 2, 3]
from utils.data import load, photograph
log = open("log.txt", "a")
log.write("begun\\n")
log.flush()
os.makedirs("work/kept")
np.save("work/kept/two.npy", np.array(2))
os.chdir("work")
"""
# exercise → what its function does before it computes the answer
DOES = {
    "linear_forward": "np.save('x.npy', x); assert np.load('x.npy').shape == x.shape",
    "linear_backward": "plt.plot([1, 2]); plt.savefig('loss.png'); plt.close(); assert os.path.getsize('loss.png')",
    "relu_forward": "assert list(threads.map(abs, [-1, -2])) == [1, 2]; assert load() and len(photograph()) == 3",
    "relu_backward": "assert list(ProcessPoolExecutor(2).map(abs, [-1])) == [1]; assert Pool(2).map(abs, [-2]) == [2]",
    "softmax_loss": "log.write('called\\n'); log.flush(); assert 'called' in open('/scratch/log.txt').read()",
    "numerical_gradient": "block = shared_memory.SharedMemory(create=True, size=1 << 20); block.unlink()",
    "two_layer_loss": "assert os.getcwd() == '/scratch/work' and np.load('kept/two.npy') == 2; Array('d', 3); Lock()",
}
LAST = """
print("left behind:", sorted(set(os.listdir(".")) - {"kept"}), os.listdir("/dev/shm"))
print("log:", open("/scratch/log.txt").read())
"""
TORCH_FIRST = """
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset
torch.set_num_threads(4)
(torch.randn(1000, 1000) @ torch.randn(1000, 1000)).sigmoid()
nn.Conv2d(1, 8, 3)(torch.randn(16, 1, 28, 28)).sum().backward()
for batch in DataLoader(TensorDataset(torch.randn(32, 3)), batch_size=4, num_workers=2):
    pass
"""
TORCH_DOES = {
    "to_nchw": "for (batch,) in DataLoader(TensorDataset(torch.zeros(8, 3)), batch_size=4, num_workers=2): pass",
    "evaluate": "torch.save(model.state_dict(), 'best.pt'); model.load_state_dict(torch.load('best.pt'))",
}


def doing(name: str, statement: str) -> str:
    """A right answer whose function executes a statement first."""
    source = right_answers(name)[0].source.rstrip()
    head = next(line for line in source.splitlines() if line.startswith(f"def {name}"))
    return source.replace(head, f"{head}\n    {statement}", 1)


def notebook_with(assignment: str, does: dict[str, str], first: str, last: str = "") -> NotebookNode:
    notebook = read_notebook(COURSE.release(assignment))
    for cell in notebook.cells:
        name = nbgrader(cell).get("grade_id")
        if cell.cell_type == "code" and name in does:
            cell.source = doing(name, does[name])
    notebook.cells.insert(2, nbformat.v4.new_code_cell(first))
    notebook.cells.append(nbformat.v4.new_code_cell(last))
    return notebook


@pytest.fixture(scope="module")
def graded() -> Graded:
    return in_sandbox.graded("01_backprop", notebook_with("01_backprop", DOES, FIRST, LAST))


@pytest.mark.parametrize("name", DOES)
def test_it_is_allowed(graded: Graded, name: str) -> None:
    assert graded.scores[f"check_{name}"] == EXERCISES[name].points, why(graded, name)


def test_later_cells_find_nothing_of_it(graded: Graded) -> None:
    cell = nbformat.reads(graded.notebook.decode(), as_version=4).cells[-1]
    assert cell.outputs[0].text == "left behind: [] []\nlog: begun\n\n"


def test_pytorch_s_threads_and_workers_are_allowed(torch: Any) -> None:
    result = in_sandbox.graded("08_pytorch", notebook_with("08_pytorch", TORCH_DOES, TORCH_FIRST))
    for name in TORCH_DOES:
        assert result.scores[f"check_{name}"] == EXERCISES[name].points, why(result, name)


def why(graded: Graded, name: str) -> str:
    cells = nbformat.reads(graded.notebook.decode(), as_version=4).cells
    check = next(cell for cell in cells if nbgrader(cell).get("grade_id") == f"check_{name}")
    return str(check.outputs[0].data["text/plain"])
