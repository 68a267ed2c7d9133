"""What a snapshot sends back for one question: a response, or which functions are missing."""

from __future__ import annotations

from dataclasses import dataclass

from autograder.guest.plain_data import PlainData
from autograder.guest.response import ITEMS_AT_MOST, NAME_AT_MOST, Response


@dataclass(frozen=True)
class MissingFunctions:
    """The kernel does not define these functions, so the question was not asked."""

    names: tuple[str, ...]

    def to_plain(self) -> dict[str, PlainData]:
        """The reply as plain data."""
        return {"missing": list(self.names)}


Reply = Response | MissingFunctions


def read_reply(data: PlainData) -> Reply:
    """The reply in data that a student's code may have made up.

    Raises:
        Garbled: if the data is no reply.
    """
    if isinstance(data, dict) and isinstance(data.get("missing"), list):
        return MissingFunctions(tuple(str(name)[:NAME_AT_MOST] for name in data["missing"][:ITEMS_AT_MOST]))
    return Response.from_plain(data)
