"""An exception as plain data: what was raised, in which lines of the student's, and whether it is the course's fault.

A traceback has frames of the student's, of the course and of libraries. With a frame of the student's, the error came
out of the student's code, perhaps inside a function of the course that it called. Without one, it is the student's if
the course was calling what the student wrote (`call_student`), or used an attribute that the student's object lacks.
Anything else is an error of the course's own.
"""

from __future__ import annotations

import builtins
import linecache
import os
import sys
import traceback
from dataclasses import dataclass, replace
from enum import Enum
from pathlib import Path
from types import FrameType
from typing import Any

from autograder.guest.plain_data import PlainData

ROOT = Path(__file__).parents[2].as_posix()  # the folder that the course's own packages are in
COURSE = (f"{ROOT}/autograder/", f"{ROOT}/utils/")
STANDARD_LIBRARY = f"{Path(os.__file__).parent.as_posix()}/"
CALL = "call_student"  # the function of the course that calls a student's, in guest.student_call and in utils
EARLIER = "<earlier notebooks>"  # the file name of the solutions that stand in for earlier notebooks while grading
NO_FILES = ("<frozen ", "<__array", "<string>", "<eval_with_key>")  # file names of code that libraries make
COMPREHENSIONS = {"<listcomp>", "<setcomp>", "<dictcomp>", "<genexpr>"}
# what the host keeps of an exception, which a student's process may have made up
MESSAGE_AT_MOST = 500  # characters of an exception's message, and of a source line
NAME_AT_MOST = 200  # characters of a name
BASES_AT_MOST = 50  # base classes
FRAMES_AT_MOST = 8  # of the student's; a recursion has a thousand


class Owner(Enum):
    """Who wrote the code of a frame."""

    STUDENT = "student"
    COURSE = "course"
    LIBRARY = "library"


@dataclass(frozen=True)
class Frame:
    """A line of the student's that was being executed."""

    function: str  # name of the function or method; empty outside of any
    number: int  # of the line, in its cell or file
    line: str  # its source
    file: str = ""  # the file beside the notebook, or the earlier notebook, that it is in; empty for the notebook
    times: int = 1  # how often in a row it was on the stack, in a recursion

    @classmethod
    def from_plain(cls, data: PlainData) -> Frame:
        """A frame from plain data of any kind; see `Raised.from_plain`."""
        number, times = data["number"], data["times"]
        return cls(
            str(data["function"])[:NAME_AT_MOST],
            number if type(number) is int else 0,
            str(data["line"])[:MESSAGE_AT_MOST],
            str(data["file"])[:NAME_AT_MOST],
            times if type(times) is int else 1,
        )


@dataclass(frozen=True)
class Raised:
    """An exception that was raised instead of an answer."""

    type: str  # name of its class
    bases: tuple[str, ...]  # names of the classes it inherits from, itself first
    message: str
    line_number: int | None = None  # of the last frame that is the student's own code
    line: str = ""  # the source of that line
    frames: tuple[Frame, ...] = ()  # all that are the student's, the outermost first
    left_out: int = 0  # frames of the student's that are not in `frames`, from their middle
    used: str = ""  # without a frame of the student's: what of theirs was called or used; "answer" if it has no name
    inside: str = ""  # the function of the course that raised it, called by the last of the frames
    ours: str = ""  # where in the course's code it was raised, if nothing of the student's has to do with it
    by_library: bool = False  # whether a library raised it, called by the last of the frames

    @property
    def not_written(self) -> bool:
        """Whether a function of the student's says that it is not written yet; PyTorch raises such errors too."""
        return "NotImplementedError" in self.bases and not (self.ours or self.inside or self.by_library)

    @classmethod
    def from_plain(cls, data: PlainData) -> Raised:
        """An exception from plain data of any kind. A value that does not fit raises one of WRONG_STRUCTURE."""
        number, left_out = data["line_number"], data.get("left_out")
        used, inside, ours = (str(data.get(name, ""))[:NAME_AT_MOST] for name in ("used", "inside", "ours"))
        return cls(
            type=str(data["type"])[:NAME_AT_MOST],
            bases=tuple(str(base)[:NAME_AT_MOST] for base in data["bases"][:BASES_AT_MOST]),
            message=str(data["message"])[:MESSAGE_AT_MOST],
            line_number=number if type(number) is int else None,
            line=str(data["line"])[:MESSAGE_AT_MOST],
            frames=tuple(Frame.from_plain(each) for each in data.get("frames", ())[:FRAMES_AT_MOST]),
            left_out=left_out if type(left_out) is int else 0,
            used=used,
            inside=inside,
            ours=ours,
            by_library=data.get("by_library") is True,
        )


def raised(error: BaseException) -> Raised:
    """Describe an exception."""
    bases = tuple(base.__name__ for base in type(error).__mro__)
    described = Raised(type(error).__name__, bases, _message(error))
    stack = [(frame, number, _owner(frame)) for frame, number in traceback.walk_tb(error.__traceback__)]
    own = [k for k, (_, _, owner) in enumerate(stack) if owner is Owner.STUDENT]
    below = stack[own[-1] + 1 :] if own else stack
    course = [(frame, number) for frame, number, owner in below if owner is Owner.COURSE]
    through_call = bool(course) and course[-1][0].f_code.co_name == CALL
    if own:
        frames = _collapsed([_described(*stack[k][:2]) for k in own])
        inside = "" if through_call or not course else _name(course[0][0])
        last, left_out = frames[-1], max(0, len(frames) - FRAMES_AT_MOST)
        if left_out:
            frames = [*frames[: FRAMES_AT_MOST // 2], *frames[-FRAMES_AT_MOST // 2 :]]
        return replace(
            described,
            line_number=last.number,
            line=last.line,
            frames=tuple(frames),
            left_out=left_out,
            inside=inside,
            by_library=bool(below) and not inside,
        )
    # a function of the course may be what the student answered with
    if call := next((frame for frame, _ in course if frame.f_code.co_name == CALL), None):
        return replace(described, used=_name_of(call.f_locals.get("function")))
    if lacking := _lacks_attribute(error):
        return replace(described, used=lacking)
    if not course or isinstance(error, MemoryError):  # such as a copy of what was returned, which is too large
        return replace(described, used="answer")
    return replace(described, ours=_place(*course[-1]))


def of_the_course(error: Exception) -> Raised:
    """Describe an exception of the course's own, raised where no student's code runs: by the oracle, in judging."""
    stack = list(traceback.walk_tb(error.__traceback__))
    inner = [(frame, number) for frame, number in stack if _owner(frame) is Owner.COURSE] or stack
    bases = tuple(base.__name__ for base in type(error).__mro__)
    return Raised(type(error).__name__, bases, _message(error), ours=_place(*inner[-1]))


def _place(frame: FrameType, number: int) -> str:
    """A line of the course's code, as `autograder/judging/compare.py:12`."""
    return f"{_path(frame).removeprefix(ROOT).strip('/')}:{number}"


def _message(error: BaseException) -> str:
    try:
        return str(error)[:MESSAGE_AT_MOST]
    except Exception as another:
        return f"its message cannot be read: __str__ raised {type(another).__name__}"


def _path(frame: FrameType) -> str:
    return frame.f_code.co_filename.replace("\\", "/")


def _owner(frame: FrameType) -> Owner:
    return owner_of(_path(frame))


def owner_of(path: str) -> Owner:
    """Who wrote the code in a file; the name of a cell's code is no path, or one of a file that does not exist."""
    if path.startswith(COURSE) or path == EARLIER:
        return Owner.COURSE
    packages = "/site-packages/" in path or "/dist-packages/" in path
    if packages or path.startswith((STANDARD_LIBRARY, *NO_FILES)):
        return Owner.LIBRARY
    return Owner.STUDENT


def _name(frame: FrameType) -> str:
    """The name of a frame's function, without those of the functions that it is defined in; empty for a module."""
    name = frame.f_code.co_qualname.rpartition("<locals>.")[2]
    return "" if name == "<module>" else name


def _described(frame: FrameType, number: int) -> Frame:
    path = _path(frame)
    line = linecache.getline(frame.f_code.co_filename, number, frame.f_globals).strip()
    return Frame(_name(frame), number, line[:MESSAGE_AT_MOST], _file(path))


def _file(path: str) -> str:
    """How a student knows the file: empty for the notebook itself, whose cells are in no file."""
    if path.startswith("<"):
        notebook, cell, _ = path[1:].partition(" cell ")  # of utils.layers.students
        return notebook if cell else ""
    return Path(path).name if Path(path).is_file() else ""


def _collapsed(frames: list[Frame]) -> list[Frame]:
    """The frames without comprehensions in the line before them, and each recursion once."""
    kept: list[Frame] = []
    for frame in frames:
        before = kept[-1] if kept else None
        same_line = before is not None and (before.number, before.file, before.line) == (
            frame.number,
            frame.file,
            frame.line,
        )
        if before is not None and same_line and frame.function in COMPREHENSIONS:
            continue
        if before is not None and same_line and frame.function == before.function:
            kept[-1] = replace(before, times=before.times + 1)
        else:
            kept.append(frame)
    return kept


def _lacks_attribute(error: BaseException) -> str:
    """`Class.attribute`, if the error says that an object of the student's has no such attribute; else empty."""
    if not isinstance(error, AttributeError) or error.name is None or error.obj is None:
        return ""
    owner = _name_of(error.obj)
    return "" if owner == "answer" else f"{owner}.{error.name}"


def _name_of(value: Any) -> str:
    """The name of a function, a method, or a class of the student's or of an object of it; else "answer"."""
    function = getattr(value, "__func__", value)
    code = getattr(function, "__code__", None)
    if code is not None:
        named = owner_of(code.co_filename.replace("\\", "/")) is Owner.STUDENT
        return str(code.co_qualname.rpartition("<locals>.")[2]) if named else "answer"
    kind = value if isinstance(value, type) else type(value)
    return kind.__name__ if _is_students(kind) else "answer"


def _is_students(kind: type) -> bool:
    """Whether a class is defined in code of the student's."""
    if kind.__module__ == "builtins":  # also where a class is defined in a namespace without a __name__
        return getattr(builtins, kind.__name__, None) is not kind and kind.__name__ != "NoneType"
    path = getattr(sys.modules.get(kind.__module__), "__file__", None) or ""
    return kind.__module__ == "__main__" or owner_of(path.replace("\\", "/")) is Owner.STUDENT
