"""Find out from nbgrader's log why it gave up."""

from __future__ import annotations

import re
from collections.abc import Mapping

ERROR = re.compile(r"^\s*(?:\w+\.)*(\w*(?:Error|Exception|Entry)\b(?:: .+)?)$", re.MULTILINE)
LONGEST = 500


def everything(result: Mapping[str, str]) -> str:
    """The log and the traceback of one run of a converter, as `capture_log` gives them."""
    return result.get("log", "") + "\n" + result.get("error", "")


def cause(result: Mapping[str, str]) -> str:
    """The exception that nbgrader stopped at, in one line."""
    errors = [error for error in ERROR.findall(everything(result)) if not error.startswith("NbGraderException")]
    if errors:
        return errors[-1][:LONGEST]
    logged = re.findall(r"^\[ERROR\] (.+)$", result.get("log", ""), re.MULTILINE)
    return logged[-1][:LONGEST] if logged else "nbgrader gave no reason"
