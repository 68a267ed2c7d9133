"""The clock by which answers are compared counts short times, whatever limits the system sets."""

from __future__ import annotations

import subprocess
import sys

import pytest

SHORT = """
import resource
resource.setrlimit(resource.RLIMIT_CPU, (600, resource.getrlimit(resource.RLIMIT_CPU)[1]))
import time
from utils.speed.timing import PROCESSOR, WALL, seconds_of

def half_a_millisecond():
    end = time.thread_time() + 5e-4
    while time.thread_time() < end:
        pass

print(min(seconds_of(half_a_millisecond, PROCESSOR) for _ in range(20)), PROCESSOR is not WALL)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows limits no processor time")
def test_a_limit_of_processor_time_does_not_round_short_times_to_zero() -> None:
    done = subprocess.run([sys.executable, "-c", SHORT], capture_output=True, text=True, check=True)
    seconds, by_processor = done.stdout.split()
    assert 4e-4 < float(seconds) < 2e-3
    assert by_processor == "True" or sys.platform != "linux"
