"""The processor time of a question includes that of helper processes."""

from __future__ import annotations

import os
import subprocess
import sys
import time

import psutil
import pytest

from autograder.sandbox.processes import processor_seconds

BURN = "import time\nend = time.process_time() + 0.4\nwhile time.process_time() < end: pass\n"
HELPER = f"import os\nif os.fork() == 0:\n    {BURN.replace(chr(10), chr(10) + '    ')}\n"


@pytest.mark.skipif(os.geteuid() != 0, reason="making a pid namespace takes root")
@pytest.mark.parametrize("after", ["while True: time.sleep(1)", "os._exit(0)"], ids=["that lives on", "that has ended"])
def test_a_helper_process_counts(after: str) -> None:
    end = "" if "sleep" in after else "os.wait()\n"
    code = f"import os, time\n{HELPER}\n    {after}\n{end}print('ready', flush=True)\ntime.sleep(60)"
    outer = subprocess.Popen(
        ["unshare", "--pid", "--fork", "--kill-child", sys.executable, "-c", code], stdout=subprocess.PIPE
    )
    try:
        assert outer.stdout is not None and outer.stdout.readline() == b"ready\n"
        (first,) = psutil.Process(outer.pid).children()
        deadline = time.monotonic() + 20
        while processor_seconds(first.pid) < 0.4 and time.monotonic() < deadline:
            time.sleep(0.05)
        assert processor_seconds(first.pid) >= 0.4
        assert first.cpu_times().user < 0.4  # its helper did the computing
    finally:
        outer.kill()
        outer.communicate()


def test_a_process_without_a_pid_namespace_of_its_own_counts_alone() -> None:
    assert processor_seconds(os.getpid()) == pytest.approx(time.process_time(), abs=0.2)
