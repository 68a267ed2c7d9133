"""A student's own code in an assignment, by exercise: without what was released, and without comments."""

from __future__ import annotations

import ast
import io
import keyword
import re
import tokenize
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from nbformat import NotebookNode

from autograder.course import Course
from autograder.errors import Unreadable
from autograder.files import read_bytes
from autograder.grading.handed_in import read_handed_in, released_files
from autograder.grading.note import note_of
from autograder.notebooks import nbgrader, parse_notebook
from autograder.restoring.restore import restore

OWN_CELLS = "cells of their own"  # the name of the part with a student's added cells
LONGEST = 60_000  # characters of one part that are compared
WORDS_AT_LEAST, LETTERS_AT_LEAST = 3, 5  # of a comment, and of a name, that says something about who wrote it


@dataclass(frozen=True)
class Work:
    """What one student wrote in one assignment."""

    student: str  # id
    parts: Mapping[str, str]  # exercise, OWN_CELLS or the name of a helper module → source
    comments: frozenset[str] = frozenset()  # in lower case, without punctuation at the ends
    names: frozenset[str] = frozenset()  # of variables, functions and classes
    mistakes: frozenset[str] = field(default_factory=frozenset)  # "exercise: id of the mistake" that the checks named


def read_works(course: Course, assignment: str, skeleton: NotebookNode) -> tuple[list[Work], dict[str, str]]:
    """What each student handed in, and why some is left out: student → reason; `skeleton` is what was released."""
    released = released_files(course, assignment)
    works, left_out = list[Work](), dict[str, str]()
    for student in course.students(assignment):
        handed_in = read_handed_in(course, assignment, student)
        try:
            if isinstance(handed_in.content, Unreadable):
                raise handed_in.content
            notebook = restore(skeleton, parse_notebook(handed_in.content, f"{assignment}.ipynb"))
        except Unreadable as error:
            left_out[student] = str(error)
            continue
        files = {name: data for name, data in handed_in.files.items() if released.get(name) != data}
        works.append(work_of(student, notebook, skeleton, files, _mistakes(course, assignment, student)))
    return works, left_out


def work_of(
    student: str,
    notebook: NotebookNode,
    skeleton: NotebookNode,
    files: Mapping[str, bytes] | None = None,
    mistakes: Iterable[str] = (),
) -> Work:
    """A student's work from the restored notebook and the files beside it; what equals the skeleton is left out."""
    released = {str(cell.source).strip() for cell in skeleton.cells}
    parts = dict[str, str]()
    for cell in notebook.cells:
        source = str(cell.source).strip()
        if cell.cell_type != "code" or not source or source in released:
            continue
        marks = nbgrader(cell)
        name = str(marks["grade_id"]) if marks.get("solution") else OWN_CELLS
        parts[name] = f"{parts[name]}\n\n{source}" if name in parts else source
    for path, data in (files or {}).items():
        if path.endswith(".py"):
            parts[path] = data.decode("utf-8", "replace")
    parts = {name: source[:LONGEST] for name, source in parts.items()}
    code = "\n".join(parts.values())
    return Work(student, parts, frozenset(comments_in(code)), frozenset(names_in(code)), frozenset(mistakes))


def comments_in(source: str) -> set[str]:
    """The comments of several words each; none after a place that is not Python."""
    said = set[str]()
    try:
        for token in tokenize.generate_tokens(io.StringIO(source).readline):
            if token.type == tokenize.COMMENT:
                text = " ".join(token.string.lower().split()).strip("#-=. !:")
                if len(re.findall(r"[^\W\d_]{2,}", text)) >= WORDS_AT_LEAST:
                    said.add(text)
    except (tokenize.TokenError, SyntaxError):
        pass
    return said


def names_in(source: str) -> set[str]:
    """The longer names that the source itself gives: what it assigns, defines or takes as an argument."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return set()
    given = set[str]()
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            given.add(node.id)
        elif isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            given.add(node.name)
        elif isinstance(node, ast.arg):
            given.add(node.arg)
    return {name for name in given if len(name) >= LETTERS_AT_LEAST and not keyword.iskeyword(name)}


def _mistakes(course: Course, assignment: str, student: str) -> set[str]:
    """The mistakes that the checks named in a student's graded notebook; none if it was not graded."""
    try:
        path = course.autograded(assignment, student)
        note = note_of(read_bytes(path), path.name)
    except Unreadable:
        return set()
    verdicts = {name: note.verdict(name) for name in note.verdicts}
    return {f"{name}: {mistake.name}" for name, verdict in verdicts.items() if verdict for mistake in verdict.mistakes}
