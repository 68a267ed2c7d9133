"""How long the solved notebooks run, in order, each in a fresh kernel: python benchmarks/notebooks.py

One line a notebook: its seconds from the start of the kernel to the end of the last cell, figures and films included,
the seconds of its slowest cell, and its points. With the embedded data, on PyTorch's stand-ins for earlier notebooks.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")

from dateutil.parser import isoparse
from machine import machine
from nbformat import NotebookNode

from autograder.exercises import ASSIGNMENTS
from autograder.notebook_check import TO_BE_MARKED, outcome, run
from autograder.notebooks import graded_cells, read_notebook

SOLUTIONS = Path(__file__).resolve().parents[1] / "solutions"
NUMPY_HALF = "07_lenet_numpy"  # the last of it


def main() -> None:
    print(machine(), "\n")
    print("| notebook | seconds | slowest cell | points |")
    print("| --- | ---: | ---: | ---: |")
    total = 0.0
    for name in ASSIGNMENTS:
        notebook = read_notebook(SOLUTIONS / name / f"{name}.ipynb")
        with tempfile.TemporaryDirectory() as folder:
            started = time.perf_counter()
            crashed = run(notebook, Path(folder), timeout=300)
            seconds = time.perf_counter() - started
        if crashed:
            sys.exit(f"the kernel of {name} died")
        outcomes = [outcome(cell) for cell in graded_cells(notebook)]
        checked = [o for o in outcomes if o.status != TO_BE_MARKED]
        points = f"{sum(o.score for o in checked):g} of {sum(o.points for o in checked):g}"
        slowest, where = max((_seconds(cell), cell.id) for cell in notebook.cells if cell.cell_type == "code")
        print(f"| {name} | {seconds:.0f} | {where}, {slowest:.0f} s | {points} |", flush=True)
        total += seconds
        if name == NUMPY_HALF:
            print(f"| 01 to 07 | {total:.0f} | | |", flush=True)
    print(f"| all ten | {total:.0f} | | |")


def _seconds(cell: NotebookNode) -> float:
    """By Jupyter's own time stamps of a cell."""
    times = cell.metadata.get("execution", {})
    if "shell.execute_reply" not in times or "iopub.execute_input" not in times:
        return 0.0
    return (isoparse(times["shell.execute_reply"]) - isoparse(times["iopub.execute_input"])).total_seconds()


if __name__ == "__main__":
    main()
