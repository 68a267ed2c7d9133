"""Without PyTorch every file of tests can be collected, and no more of them are skipped whole than need it whole."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
# the others import nothing of PyTorch at their beginning
FOLDERS = ("exercises", "grading", "guest", "judging", "utils")
WHOLE = {
    "exercises/test_design_your_own.py",
    "exercises/test_gpu.py",
    "exercises/test_pytorch.py",
    "grading/test_design_graded.py",
    "guest/test_students_tensors.py",
    "judging/test_oracle.py",
    "utils/test_alternative_texts.py",
    "utils/test_designs_of_other_kinds.py",
    "utils/test_every_layer.py",
    "utils/test_lazy.py",
    "utils/test_recording.py",
    "utils/test_speedrun.py",
}
COLLECT = """
import sys
sys.modules["torch"] = None
import pytest
sys.exit(pytest.main(["--collect-only", "-n", "0", "-rs", "-p", "no:cacheprovider", *sys.argv[1:]]))
"""


def test_only_these_files_are_skipped_whole_without_pytorch() -> None:
    folders = [str(HERE / folder) for folder in FOLDERS]
    done = subprocess.run([sys.executable, "-c", COLLECT, *folders], cwd=HERE.parent, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr
    skipped = re.findall(r"^SKIPPED \[1\] tests/(\S+?):\d+: needs PyTorch", done.stdout, re.MULTILINE)
    assert set(skipped) == WHOLE
