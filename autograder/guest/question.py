"""One question to a student's functions: a call to make and how to make it, as plain data."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from autograder.guest.plain_data import Inputs, PlainData

Functions = Mapping[str, Callable[..., Any]]  # the student's functions, by name


@dataclass(frozen=True)
class Question:
    """What a responder needs to call a student's functions, here or in another process."""

    exercise: str  # the function that the exercise is named after
    inputs: Inputs  # the arguments, in order
    functions: tuple[str, ...] = ()  # all functions that the check takes; they must exist
    keywords: tuple[str, ...] = ()  # arguments that are passed by keyword
    returns: tuple[str, ...] = ()  # names of the parts of the return value
    repeat: bool = True  # call again, with other inputs in between
    responder: str = ""  # the module of guest.responders that makes the calls; empty for a plain call
    uses: Mapping[str, str] = field(default_factory=dict)  # role -> function, for a responder that calls several

    def to_plain(self) -> dict[str, PlainData]:
        """The question as plain data."""
        return vars(self) | {"uses": dict(self.uses)}

    @classmethod
    def from_plain(cls, data: dict[str, PlainData]) -> Question:
        """The question that `to_plain` was called on."""
        return cls(**data)
