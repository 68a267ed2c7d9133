"""How much one submission may use."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

MB = 1 << 20


@dataclass(frozen=True)
class Limits:
    """Limits of one submission; sizes in bytes, times in seconds.

    memory: of all its processes together, and the data of each; files: the size of its scratch folder; file: of one
    file; output: what one cell may print before the rest is dropped; cpu: of each process; cell: wall time of one of
    the student's cells; notebook: wall time of all; question: until one is answered, where the exercise gives no
    less; answer: what may come back for one; processes: at once.
    """

    memory: int = 3072 * MB
    files: int = 64 * MB
    file: int = 64 * MB
    output: int = 200_000
    cpu: int = 300
    cell: float = 60.0
    notebook: float = 600.0
    question: float = 20.0
    answer: int = 64 * MB
    processes: int = 64
    descriptors: int = 256

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)
