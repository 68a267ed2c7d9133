"""The gallery: answers to the exercises, right and wrong, as students write them.

An answer is an ordinary function named after its exercise. It uses only `np` (from 08 on also `torch`, `nn` and `F`)
and earlier functions of its notebook, so that its source can be put into a solution cell unchanged:

    @right("loops over the kernel only")
    def conv_forward(x, w, b, stride=1, padding=0): ...

    @wrong("kernel-flipped")
    def conv_forward(x, w, b, stride=1, padding=0): ...

A class is registered in the same way. A wrong answer may be a right one with a line or two changed:

    altered("LeNet5", "one line a layer", "pool-forgotten", ("max_pool_forward(h, 2)", "(h, None)"))

Where two assignments have an exercise of the same name, an answer to the later one names its assignment:

    @right("functional", assignment="08_pytorch")
    class LeNet5(nn.Module): ...
"""

from __future__ import annotations

import ast
import importlib
import inspect
import linecache
import pkgutil
import statistics
import sys
import textwrap
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any

import numpy as np

from autograder.exercises import ASSIGNMENTS, EXERCISES, assignment_of, key_of
from autograder.guest.limits import PYTORCH_FROM
from autograder.judging.oracle.pytorch import torch
from utils.layers import ORIGIN, stand_ins

Function = Callable[..., Any]


class _Anything(type):
    def __getattr__(cls, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return cls


class Later(metaclass=_Anything):
    """A placeholder for PyTorch, or for a class that uses it, in a module of the gallery.

        from autograder.gallery.registry import Later as nn

    Importing the gallery only reads the source of its answers; PyTorch is imported when an answer is executed.
    """

    def __init__(self, *arguments: Any, **options: Any) -> None:
        pass


@dataclass(frozen=True)
class Answer:
    """One way to answer one exercise."""

    exercise: str  # its key in EXERCISES
    says: str  # the style of a right answer; the id of the mistake in a wrong one
    right: bool  # whether it must get full marks
    named: bool  # whether the check must name the mistake; a rare one need only fail
    how: str  # what distinguishes this answer from another one with the same mistake; may be empty
    source: str  # of the function or class, without its decorators
    also: tuple[str, ...] = ()  # other mistakes of which it is true to say that a wrong answer makes them

    @property
    def name(self) -> str:
        """The name of the function or class."""
        return EXERCISES[self.exercise].name

    @property
    def label(self) -> str:
        """Unique among the answers to one exercise: `kernel-flipped (in the loops)`."""
        return f"{self.says} ({self.how})" if self.how else self.says

    @property
    def title(self) -> str:
        """Unique in the gallery: `conv_forward: kernel-flipped (in the loops)`."""
        return f"{self.exercise}: {self.label}"


_answers: dict[str, Answer] = {}


def right(style: str, *, assignment: str = "") -> Callable[[Function], Function]:
    """Register an answer that must get full marks, written in `style`."""
    return _register(style, right=True, named=False, how="", assignment=assignment)


def wrong(
    mistake: str, how: str = "", *, named: bool = True, also: tuple[str, ...] = (), assignment: str = ""
) -> Callable[[Function], Function]:
    """Register an answer that must lose marks; with `named`, the check must also name the mistake, or one of `also`."""
    return _register(mistake, right=False, named=named, how=how, assignment=assignment, also=also)


def altered(
    exercise: str,
    style: str,
    mistake: str,
    *edits: tuple[str, str],
    how: str = "",
    named: bool = True,
    also: tuple[str, ...] = (),
) -> None:
    """Register a wrong answer: the right one in `style` with every occurrence of each old text replaced by the new one.

    Raises:
        LookupError: if no such right answer is registered yet, or an old text is not in it.
    """
    source = _answers[f"{exercise}: {style}"].source
    for old, new in edits:
        if old not in source:
            raise LookupError(f"{exercise}, {style}: {old!r} is not in its source")
        source = source.replace(old, new)
    _add(Answer(exercise, mistake, False, named, how, source, also))


def _register(
    says: str, *, right: bool, named: bool, how: str, assignment: str, also: tuple[str, ...] = ()
) -> Callable[[Function], Function]:
    def decorate(function: Function) -> Function:
        line = sys._getframe(1).f_lineno  # of the decorator
        _add(Answer(key_of(function.__name__, assignment), says, right, named, how, _source(function, line), also))
        return function

    return decorate


def _add(answer: Answer) -> None:
    if answer.title in _answers:
        raise ValueError(f"two answers are called {answer.title!r}; pass `how` for one of them")
    _answers[answer.title] = answer


def _source(function: Function, line: int) -> str:
    """The source of a function or class without its decorators; `line` is that of the first decorator."""
    if inspect.isclass(function):
        # inspect finds only the first of several classes with the same name
        text = inspect.getsource(inspect.getmodule(function) or function)
        definition = next(node for node in _classes(text) if node.decorator_list[0].lineno == line)
        return "\n".join(text.splitlines()[definition.lineno - 1 : definition.end_lineno]) + "\n"
    text = textwrap.dedent(inspect.getsource(function))
    return "\n".join(text.splitlines()[ast.parse(text).body[0].lineno - 1 :]) + "\n"


@cache
def _classes(text: str) -> tuple[ast.ClassDef, ...]:
    """The decorated classes in the source of a module."""
    return tuple(node for node in ast.parse(text).body if isinstance(node, ast.ClassDef) and node.decorator_list)


def pytorch() -> dict[str, Any]:
    """The names that the notebooks on PyTorch import from it."""
    return {"torch": torch(), "nn": torch().nn, "F": torch().nn.functional}


@cache
def answers() -> tuple[Answer, ...]:
    """Every answer, in the order of the modules in `autograder.gallery.answers`."""
    from autograder.gallery import answers as package

    for module in pkgutil.iter_modules(package.__path__, package.__name__ + "."):
        importlib.import_module(module.name)
    return tuple(_answers.values())


def right_answers(exercise: str) -> list[Answer]:
    """The right answers to one exercise, the plainest first."""
    return [answer for answer in answers() if answer.right and answer.exercise == exercise]


def find(exercise: str, label: str) -> Answer:
    """The answer to `exercise` with this label.

    Raises:
        LookupError: if the gallery has none.
    """
    for answer in answers():
        if (answer.exercise, answer.label) == (exercise, label):
            return answer
    raise LookupError(f"the gallery has no {exercise} called {label!r}")


def setup_names(assignment: str) -> dict[str, Any]:
    """What a notebook's setup cell imports: `np`, clocks, functions of earlier notebooks, and from 08 on PyTorch."""
    earlier = {name: getattr(stand_ins, name) for name, origin in ORIGIN.items() if origin < assignment}
    modules = {"np": np, "time": time, "statistics": statistics}
    return {**modules, **earlier, **(pytorch() if assignment >= PYTORCH_FROM else {})}


def functions(
    answer: Answer, notebook: tuple[str, ...], others: Mapping[str, Answer] = MappingProxyType({})
) -> dict[str, Function]:
    """The functions of a notebook with these names, executed in one namespace: `answer`, and right answers to the rest.

    others: key of an exercise → its right answer that is taken; for one that is not named, the first of the gallery.

    The namespace holds what the notebook's setup cell imports.
    """
    assignment = assignment_of(answer.exercise)
    keys = [key_of(name, assignment) for name in notebook]
    chosen = [answer if key == answer.exercise else others.get(key) or right_answers(key)[0] for key in keys]
    namespace = setup_names(assignment)
    for each in chosen:
        filename = f"<{each.title}>"
        linecache.cache[filename] = (len(each.source), None, each.source.splitlines(True), filename)
        exec(compile(each.source, filename, "exec"), namespace)
    return {name: namespace[name] for name in notebook}


def called(answer: Answer, others: Mapping[str, Answer] = MappingProxyType({})) -> dict[str, Function]:
    """What the check of an answer calls, by name; others: see `functions`."""
    notebook = tuple(exercise.name for exercise in ASSIGNMENTS[assignment_of(answer.exercise)])
    defined = functions(answer, notebook, others)
    return {name: defined[name] for name in EXERCISES[answer.exercise].functions}
