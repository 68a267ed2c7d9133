"""Which names a cell of a notebook defines, and which it uses from outside, by its symbol table."""

from __future__ import annotations

import ast
import contextlib
import symtable
from collections.abc import Iterator


def table_of(source: str) -> symtable.SymbolTable | None:
    """The symbol table of a code cell, its %magics and !commands as calls; None if it has a syntax error."""
    return _table(source) or _table(without_magics(source))


def _table(source: str) -> symtable.SymbolTable | None:
    with contextlib.suppress(SyntaxError, ValueError):
        ast.parse(source)  # finds more errors than symtable alone
        return symtable.symtable(source, "cell", "exec")
    return None


def without_magics(source: str) -> str:
    """The source of a code cell as IPython runs it: %magics and !commands are calls. As it is if IPython refuses it."""
    from IPython.core.inputtransformer2 import TransformerManager  # slow to import, and few programs get here

    with contextlib.suppress(SyntaxError):
        return str(TransformerManager().transform_cell(source))
    return source


def nested_tables(table: symtable.SymbolTable) -> Iterator[symtable.SymbolTable]:
    """The tables of all functions and classes inside one, at any depth."""
    for child in table.get_children():
        yield child
        yield from nested_tables(child)


def names_read(table: symtable.SymbolTable) -> set[str]:
    """Names that the code of a top-level table reads, and those that functions in it read from the top level."""
    names = {symbol.get_name() for symbol in table.get_symbols() if symbol.is_referenced()}
    for inner in nested_tables(table):
        names |= {symbol.get_name() for symbol in inner.get_symbols() if symbol.is_global() and symbol.is_referenced()}
    return names
