"""Orders from the host to a warm process, and what it reports back: dataclasses, one JSON object on a line each.

ImportOrder, the first      answered by Ready
ForkOrder                   answered by Forked or NotForked, and by Ended once that kernel has ended
SignalOrder                 not answered
FreezeOrder, ThawOrder      answered by Frozen, Thawed
WaitedOrder                 answered by Waited
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, is_dataclass
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

from autograder.guest.errors import Garbled
from autograder.guest.limits import KernelLimits


@dataclass(frozen=True)
class ImportOrder:
    """What to import before any student's code runs."""

    modules: tuple[str, ...]  # in this order; those that are not installed are left out
    forbidden: tuple[str, ...]  # importing one of these raises ImportError from now on
    stand_ins: str  # Python source of the functions that notebooks may import from utils.layers


@dataclass(frozen=True)
class Connection:
    """Where a kernel's sockets are; the fields are jupyter_client's. Over IPC the ports are suffixes of file names."""

    ip: str  # the path of a socket without its suffix, as the kernel sees it
    key: str  # that signs messages
    shell_port: int
    iopub_port: int
    stdin_port: int
    hb_port: int
    control_port: int


@dataclass(frozen=True)
class ForkOrder:
    """Fork a kernel."""

    kernel: str  # its name
    folder: str  # its own folder as the host sees it
    uid: int | None  # the user to run it as, where the host is root
    sandboxed: bool  # False: no namespaces, and limits on each process alone
    limits: KernelLimits
    connection: Connection


@dataclass(frozen=True)
class SignalOrder:
    """Send a signal to a kernel."""

    kernel: str
    number: int  # SIGKILL ends everything that the kernel started too


@dataclass(frozen=True)
class FreezeOrder:
    """Stop everything of a kernel but its snapshot, and give that folders of its own."""

    kernel: str
    snapshot: int  # its pid as the warm process sees it


@dataclass(frozen=True)
class ThawOrder:
    """End the snapshot and what it started, give the kernel its folders back, and let it go on."""

    kernel: str


@dataclass(frozen=True)
class WaitedOrder:
    """How long has a kernel waited for a processor since the last order of this kind that was `anew`?"""

    kernel: str
    anew: bool  # count from now on


@dataclass(frozen=True)
class Ready:
    """All imports are done."""


@dataclass(frozen=True)
class Forked:
    """A kernel's sockets are bound, and it runs."""

    kernel: str


@dataclass(frozen=True)
class NotForked:
    """A kernel could not be started."""

    kernel: str
    reason: str


@dataclass(frozen=True)
class Ended:
    """A kernel has ended."""

    kernel: str
    exit_status: int  # 128 + the number of the signal where one ended it
    out_of_memory: bool  # whether the warm process ended it, because it used more memory than its limit


@dataclass(frozen=True)
class Frozen:
    """A FreezeOrder was carried out."""

    kernel: str
    error: str  # why a folder could not be mounted; empty if all were


@dataclass(frozen=True)
class Thawed:
    """A ThawOrder was carried out."""

    kernel: str
    error: str  # why a folder could not be given back; empty if all were


@dataclass(frozen=True)
class Waited:
    """The answer to a WaitedOrder."""

    kernel: str
    seconds: float  # of that of its processes which waited longest


Order = ImportOrder | ForkOrder | SignalOrder | FreezeOrder | ThawOrder | WaitedOrder
Report = Ready | Forked | NotForked | Ended | Frozen | Thawed | Waited
Built = TypeVar("Built")


def encode(message: Order | Report) -> bytes:
    """One line of JSON."""
    return json.dumps({"type": type(message).__name__, **asdict(message)}).encode() + b"\n"


def decode_order(line: bytes) -> Order:
    """The order on a line; Garbled if there is none."""
    return _decode(line, ORDERS)


def decode_report(line: bytes) -> Report:
    """The report on a line; Garbled if there is none."""
    return _decode(line, REPORTS)


def _by_name(kinds: Any) -> dict[str, type]:
    return {kind.__name__: kind for kind in get_args(kinds)}


ORDERS, REPORTS = _by_name(Order), _by_name(Report)


def _decode(line: bytes, kinds: Mapping[str, type]) -> Any:
    try:
        content = json.loads(line)
        return _built(kinds[content.pop("type")], content)
    except Garbled:
        raise
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise Garbled(f"not a known message: {type(error).__name__}") from None


def _built(kind: type[Built], content: Any) -> Built:
    """A dataclass out of what JSON holds, with the type of every field checked."""
    hints = get_type_hints(kind)
    if not isinstance(content, dict) or content.keys() != {field.name for field in fields(kind)}:  # type: ignore[arg-type]
        raise Garbled(f"not the fields of {kind.__name__}")
    return kind(**{name: _checked(hints[name], value, f"{kind.__name__}.{name}") for name, value in content.items()})


def _checked(hint: Any, value: Any, name: str) -> Any:
    if is_dataclass(hint):
        return _built(hint, value)  # type: ignore[arg-type]
    if get_origin(hint) is tuple:
        if isinstance(value, list):
            return tuple(_checked(get_args(hint)[0], item, name) for item in value)
    elif isinstance(value, hint) and (hint is bool or not isinstance(value, bool)):
        return value
    raise Garbled(f"{name} is a {type(value).__name__}")
