"""A GPU machine without Jupyter runs the benchmark, the checks of 09 and the tests of CUDA; tried on the CPU here."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.usefixtures("torch")
ROOT = Path(__file__).resolve().parents[2]
# what is installed here and is not on such a machine, or is only by chance
ABSENT = (
    "IPython", "bleach", "copydetect", "distributed", "filelock", "ipykernel", "ipywidgets", "jupyter_client",
    "jupyter_core", "nbclient", "nbconvert", "nbformat", "nbgrader", "pooch", "pylatexenc", "scipy", "sklearn",
    "sqlalchemy", "traitlets", "tqdm", "zmq",
)  # fmt: skip
BARE = f"import runpy, sys; sys.modules.update(dict.fromkeys({ABSENT}))\n"
CHECK_OF_09 = """
import torch
from autograder import check
def pick_device(name=None):
    if name is not None:
        return torch.device(name)
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")
verdict = check.pick_device(pick_device)
"""


def bare(script: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run Python without the packages that such a machine does not have."""
    command = [sys.executable, "-c", BARE + script, *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True)


def test_the_benchmark_runs_and_writes_its_numbers(tmp_path: Path) -> None:
    script = "sys.path[:0] = ['benchmarks']; runpy.run_path('benchmarks/gpu.py', run_name='__main__')"
    done = bare(script, "--brief", "--json", str(tmp_path / "gpu.json"))
    assert done.returncode == 0, done.stderr
    written = json.loads((tmp_path / "gpu.json").read_text())
    assert {row["device"] for row in written["images per second"]} == {"cpu"}
    assert all(row["rate"] > 0 for row in written["images per second"]) and "PyTorch" in written["machine"]
    assert "no CUDA device" in done.stdout or "speedrun" in written


def test_a_check_of_09_prints_its_card_as_text() -> None:
    done = bare(CHECK_OF_09)
    assert done.returncode == 0, done.stderr
    assert "pick_device" in done.stdout and ("✗" in done.stdout or "✓" in done.stdout)


def test_the_tests_of_cuda_run_without_pytest() -> None:
    absent = "sys.modules['pytest'] = None; sys.argv[1:] = ['discover', '-s', 'tests/gpu', '-p', 'test_cuda.py']\n"
    done = bare(absent + "runpy.run_module('unittest', run_name='__main__')")
    assert done.returncode == 0, done.stderr
    assert "Ran 4 tests" in done.stderr


def test_a_data_set_that_cannot_be_downloaded_says_where_to_put_it() -> None:
    done = bare("import os; os.environ.pop('CNN_COURSE_DATA', 0); from utils.data import load; load('mnist')")
    assert "Set CNN_COURSE_DATA to a folder that has it" in done.stderr.splitlines()[-1]
