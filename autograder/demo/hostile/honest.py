"""Controls: honest submissions that look unusual, and must keep their points."""

from __future__ import annotations

import copy

from nbformat import NotebookNode

from autograder.demo.hostile.attack import EXERCISES, Attack, own_cell
from autograder.demo.hostile.notebooks import edited, tests_edited, tests_gone
from autograder.notebooks import nbgrader

WARNS = """
import sys, warnings, logging
warnings.warn("this is deprecated")
print("something on stderr", file=sys.stderr)
logging.warning("and a log message")
import numpy as np
np.log(np.zeros(3))
"""

PRINTS = """
for k in range(20_000):
    print("step", k, "loss", 1 / (k + 1))
"""

HELPS = """
import matplotlib.pyplot as plt, numpy as np, subprocess, threading
plt.plot(np.arange(10)); plt.show()
from IPython.display import HTML, display
shown = display(HTML("<b>mine</b>"), display_id=True)
shown.update(HTML("<i>mine</i>"))
finished = threading.Thread(target=lambda: None)
finished.start()
finished.join()
print(subprocess.run(["echo", "hello"], capture_output=True, text=True).stdout)
open("notes.txt", "w").write("my own file")
%time sum(range(1000))
!ls
"""

MISTAKES = "this cell is no Python at all\n"


def doubled(notebook: NotebookNode) -> None:
    """Duplicate every check cell."""
    for index in range(len(notebook.cells) - 1, -1, -1):
        cell = notebook.cells[index]
        if nbgrader(cell).get("grade"):
            notebook.cells.insert(index, copy.deepcopy(cell))


def scratch(notebook: NotebookNode) -> None:
    """Insert extra cells everywhere, some of which raise."""
    for index in range(len(notebook.cells), 0, -6):
        notebook.cells.insert(index, own_cell(f"scratch-{index}", "y = 1 / 0" if index % 4 else "z = 3"))


CONTROLS = (
    Attack("honest", "is right", right=EXERCISES),
    Attack("honest-warns", "is right, and writes to stderr", right=EXERCISES, first=WARNS, last=WARNS),
    Attack("honest-prints", "is right, and prints a lot", right=EXERCISES, first=PRINTS, last=PRINTS),
    Attack("honest-helps-itself", "is right, and uses threads, processes, files and magics", right=EXERCISES,
           first=HELPS, last=HELPS),
    Attack("honest-scratch", "is right, with cells that raise", right=EXERCISES, first=MISTAKES, edit=edited(scratch)),
    Attack("honest-tests-gone", "is right, and has lost its checks", right=EXERCISES, edit=edited(tests_gone)),
    Attack("honest-tests-doubled", "is right, and has every check twice", right=EXERCISES, edit=edited(doubled)),
    Attack("honest-tests-edited", "is right, and has edited checks", right=EXERCISES, edit=edited(tests_edited)),
)  # fmt: skip
