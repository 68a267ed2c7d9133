"""The operators, by the name that a report gives them. Of two that make the same mutant, the first names it."""

from __future__ import annotations

from autograder.gallery.mutation import arithmetic, calls, indices, statements
from autograder.gallery.mutation.changes import Operator

OPERATORS: dict[str, Operator] = {
    "arithmetic": arithmetic.arithmetic,
    "term dropped": arithmetic.term,
    "comparison": arithmetic.comparison,
    "condition": arithmetic.condition,
    "axis": indices.axis,
    "order of axes": indices.order,
    "einsum": indices.einsum,
    "slice": indices.slices,
    "index": indices.index,
    "entries": indices.entries,
    "default": calls.default,
    "mode": calls.mode,
    "dtype": calls.dtype,
    "reduction": calls.reduction,
    "taken for another": calls.taken,
    "name": calls.name,
    "arguments": calls.arguments,
    "keyword dropped": calls.keyword,
    "call dropped": calls.call,
    "loop": statements.loop,
    "statement dropped": statements.dropped,
    "statement doubled": statements.doubled,
    "statements exchanged": statements.swapped,
    "statement moved": statements.moved,
    "constant": arithmetic.constant,
    "string": arithmetic.string,
}
