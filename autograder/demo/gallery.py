"""The gallery: answers to the exercises, right and wrong, as students write them.

An answer is an ordinary function named after its exercise. It uses `np`, earlier functions of its notebook and
nothing else, so that its source can stand in a solution cell as it is:

    @right("loops over the kernel only")
    def conv_forward(x, w, b, stride=1, padding=0): ...

    @wrong("kernel-flipped")
    def conv_forward(x, w, b, stride=1, padding=0): ...
"""

from __future__ import annotations

import ast
import importlib
import inspect
import linecache
import pkgutil
import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

Function = Callable[..., Any]


@dataclass(frozen=True)
class Answer:
    """One way to answer one exercise."""

    exercise: str
    says: str
    """The style of a right answer; the id of the mistake in a wrong one."""
    right: bool
    named: bool
    """Whether the check should name the mistake; an odd one need only fail."""
    how: str
    """What tells this answer from another one with the same mistake."""
    source: str

    @property
    def label(self) -> str:
        """Unique among the answers to one exercise: `kernel-flipped (in the loops)`."""
        return f"{self.says} ({self.how})" if self.how else self.says

    @property
    def title(self) -> str:
        """Unique in the gallery: `conv_forward: kernel-flipped (in the loops)`."""
        return f"{self.exercise}: {self.label}"


_answers: dict[str, Answer] = {}


def right(style: str) -> Callable[[Function], Function]:
    """Register an answer that must get full marks, written in `style`."""
    return _register(style, right=True, named=False, how="")


def wrong(mistake: str, how: str = "", *, named: bool = True) -> Callable[[Function], Function]:
    """Register an answer that must lose marks; with `named`, the check must also name the `mistake`."""
    return _register(mistake, right=False, named=named, how=how)


def _register(says: str, *, right: bool, named: bool, how: str) -> Callable[[Function], Function]:
    def decorate(function: Function) -> Function:
        answer = Answer(function.__name__, says, right, named, how, _source(function))
        if answer.title in _answers:
            raise ValueError(f"two answers are called {answer.title!r}; give one of them a `how`")
        _answers[answer.title] = answer
        return function

    return decorate


def _source(function: Function) -> str:
    """The function's source without its decorators."""
    text = textwrap.dedent(inspect.getsource(function))
    definition = ast.parse(text).body[0]
    return "\n".join(text.splitlines()[definition.lineno - 1 :]) + "\n"


@cache
def answers() -> tuple[Answer, ...]:
    """Every answer, in the order of the modules in `autograder.demo.answers`."""
    from autograder.demo import answers as package

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


def functions(answer: Answer, notebook: tuple[str, ...]) -> dict[str, Function]:
    """The functions of a notebook that holds `answer`, and right answers to its other exercises.

    Each source is executed in one namespace with `np`, as cells of a notebook are.
    """
    chosen = [answer if name == answer.exercise else right_answers(name)[0] for name in notebook]
    namespace: dict[str, Any] = {"np": np}
    for one in chosen:
        filename = f"<{one.title}>"
        linecache.cache[filename] = (len(one.source), None, one.source.splitlines(True), filename)
        exec(compile(one.source, filename, "exec"), namespace)
    return {name: namespace[name] for name in notebook}
