"""Whether this machine can isolate students' code, found out by starting a kernel once."""

from __future__ import annotations

from functools import cache

from autograder.sandbox.bubblewrap import SandboxUnavailable
from autograder.sandbox.limits import Limits
from autograder.sandbox.provisioner import connection_of
from autograder.sandbox.warm import WarmProcess, WarmProcessGone


@cache
def why_unavailable() -> str:
    """Why students' code cannot be isolated here; empty if it can. The first call takes some seconds."""
    try:
        warm = WarmProcess()
        try:
            kernel = warm.new_kernel()
            warm.fork(kernel, connection_of(warm, kernel, key=""), Limits())
        finally:
            warm.close()
    except SandboxUnavailable as error:
        return str(error)
    except WarmProcessGone:
        return "the process that forks kernels was killed while it started"
    return ""
