"""Whether this machine can put up the walls, found out by putting them up once."""

from __future__ import annotations

from functools import cache

from autograder.sandbox.bubblewrap import SandboxUnavailable
from autograder.sandbox.limits import Limits
from autograder.sandbox.provisioner import PORTS, SOCKETS
from autograder.sandbox.warm import WarmProcess, WarmProcessGone


@cache
def missing_wall() -> str:
    """Why students' code cannot be walled off here; empty if it can. Takes some seconds: it starts a kernel."""
    try:
        warm = WarmProcess()
        try:
            kernel = warm.folder_for_kernel()
            warm.fork(kernel, {"ip": f"{warm.inside(kernel)}/{SOCKETS}", "key": "", **PORTS}, Limits())
        finally:
            warm.close()
    except SandboxUnavailable as error:
        return str(error)
    except WarmProcessGone:
        return "the process that forks kernels was ended from outside while it started"
    return ""
