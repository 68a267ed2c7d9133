"""Run Python programs as other accounts: one process imports nbgrader once, and forks for each (as root).

Each line of the input is a JSON object: uid, folder, environment, and the module with its arguments. Each line of the
output is one too: the exit status, and what was printed.
"""

from __future__ import annotations

import json
import os
import runpy
import sys
import tempfile
from typing import Any

import nbgrader.apps  # noqa: F401 (what takes long)
import small_course

from autograder import exercises


def answer(request: dict[str, Any]) -> dict[str, Any]:
    """Run one program and say how it went."""
    with tempfile.TemporaryFile() as printed:
        child = os.fork()
        if not child:
            try:
                become(request, printed.fileno())
                runpy.run_module(request["arguments"][0], run_name="__main__", alter_sys=True)
            except SystemExit as end:
                os._exit(status_of(end.code))
            except BaseException:
                sys.excepthook(*sys.exc_info())  # type: ignore[arg-type]
                os._exit(1)
            finally:
                sys.stdout.flush()
                sys.stderr.flush()
            os._exit(0)
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        printed.seek(0)
        return {"status": status, "printed": printed.read().decode()}


def status_of(code: Any) -> int:
    """The exit status that Python gives for what sys.exit was called with."""
    if isinstance(code, str):
        print(code, file=sys.stderr)
    return code if isinstance(code, int) else int(code is not None)


def become(request: dict[str, Any], output: int) -> None:
    """Turn this process into one of the account."""
    for stream in (1, 2):
        os.dup2(output, stream)
    os.setgroups([])
    os.setgid(request["uid"])
    os.setuid(request["uid"])
    os.environ.clear()
    os.environ.update(request["environment"])
    os.chdir(request["folder"])
    os.umask(0o022)
    sys.argv = request["arguments"]


if __name__ == "__main__":
    exercises.ASSIGNMENTS = small_course.ASSIGNMENTS
    for line in sys.stdin:
        print(json.dumps(answer(json.loads(line))), flush=True)
