"""A kernel as the host knows it."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from pathlib import Path
from queue import SimpleQueue

from autograder.guest.orders import Frozen, Thawed, Waited


@dataclass
class Kernel:
    """A kernel: its folder, whether it was forked, and how it ended."""

    name: str
    folder: Path  # as the host sees it
    forked: threading.Event = field(default_factory=threading.Event)  # set when it runs, or cannot be started
    ended: threading.Event = field(default_factory=threading.Event)  # set when it has ended, or cannot be started
    exit_status: int | None = None  # 128 + the number of the signal where one ended it
    out_of_memory: bool = False  # whether it was ended for using more memory than its limit
    error: str = ""  # why it could not be started
    replies: SimpleQueue[Frozen | Thawed | Waited | None] = field(default_factory=SimpleQueue)  # None once it has ended
