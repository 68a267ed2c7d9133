"""Time the solved notebooks, each in a fresh kernel: python benchmarks/notebooks.py

One line for each notebook: the seconds from the start of the kernel to the end of the last cell, with figures and
animations; its slowest cell; and its points. The embedded data is used, and stand-ins for earlier notebooks.
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
from autograder.guest.status import Status
from autograder.notebook_check import run
from autograder.notebooks import graded_cells, read_notebook
from autograder.outcome import outcome

SOLUTIONS = Path(__file__).resolve().parents[1] / "solutions"
LAST_IN_NUMPY = "07_lenet_numpy"


def main() -> None:
    print(machine(), "\n")
    print("| notebook | seconds | slowest cell | points |")
    print("| --- | ---: | ---: | ---: |")
    total = 0.0
    for name in ASSIGNMENTS:
        notebook = read_notebook(SOLUTIONS / name / f"{name}.ipynb")
        with tempfile.TemporaryDirectory() as folder:
            start = time.perf_counter()
            crashed = run(notebook, Path(folder), timeout=300)
            seconds = time.perf_counter() - start
        if crashed:
            sys.exit(f"the kernel of {name} died")
        outcomes = [outcome(cell) for cell in graded_cells(notebook)]
        checked = [o for o in outcomes if o.status != Status.TO_BE_MARKED]
        points = f"{sum(o.score for o in checked):g} of {sum(o.points for o in checked):g}"
        slowest, cell_id = max((_seconds(cell), cell.id) for cell in notebook.cells if cell.cell_type == "code")
        print(f"| {name} | {seconds:.0f} | {cell_id}, {slowest:.0f} s | {points} |", flush=True)
        total += seconds
        if name == LAST_IN_NUMPY:
            print(f"| 01 to 07 | {total:.0f} | | |", flush=True)
    print(f"| all ten | {total:.0f} | | |")


def _seconds(cell: NotebookNode) -> float:
    """Seconds that a cell ran, from Jupyter's time stamps in its metadata; 0 if it did not run."""
    times = cell.metadata.get("execution", {})
    if "shell.execute_reply" not in times or "iopub.execute_input" not in times:
        return 0.0
    return (isoparse(times["shell.execute_reply"]) - isoparse(times["iopub.execute_input"])).total_seconds()


if __name__ == "__main__":
    main()
